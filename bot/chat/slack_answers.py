"""Slack's answers out: to the asker alone, to a whole channel, beneath a mention, with files."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.answer import Answer, File
from bot.alerts.slack_blocks import answer_blocks, escape, share_button, shared_by
from bot.chat import Ask, Question

log = logging.getLogger(__name__)

_FAILURES = (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError, OSError)
_INVITE = "The file could not be posted here: invite the bot with /invite, then try again."


async def answered(ask: Ask, question: Question) -> Answer:
    """Return the answer to *question*; when looking it up fails, one that says so."""
    try:
        return await ask(question)
    except Exception:
        log.exception("question failed service=slack command=%s", question.command)
        return Answer("Not answered", error="This could not be looked up.", hint="Try it later.")


async def whisper(
    respond: AsyncRespond,
    client: AsyncWebClient,
    question: Question,
    answer: Answer,
    *,
    turned: bool = False,
) -> None:
    """Answer the asker alone; a file goes to their direct messages. *turned* replaces the page.

    Slack has no files that only one person in a channel sees.
    """
    if answer.file is not None:
        sent = await _to_person(client, question.user, answer.file, answer.title)
        told = "The file is in your direct messages." if sent else "The file could not be sent."
        answer = replace(answer, hint=f"{answer.hint} {told}".strip())
    button = share_button(question.command, question.text, question.offset)
    offered = [button] if button and answer.shareable and not answer.error else []
    await respond(
        **_content(answer, offered),
        response_type="ephemeral",
        replace_original=turned,
    )


async def share(
    respond: AsyncRespond, client: AsyncWebClient, question: Question, answer: Answer
) -> None:
    """Show the answer to everybody in the channel, and who shared it."""
    if answer.error:
        await respond(**_content(answer), response_type="ephemeral", replace_original=False)
        return
    command = "deals read" if question.command == "read" else question.command
    by = shared_by(question.user, f"/{command} {question.text}".strip())
    await respond(**_content(answer, [by]), response_type="in_channel", replace_original=False)
    if answer.file and not await _upload(client, question.place, answer.file, answer.title):
        failed = Answer("Not posted", error=_INVITE)
        await respond(**_content(failed), response_type="ephemeral", replace_original=False)


async def reply(client: AsyncWebClient, channel: str, thread: str, answer: Answer) -> None:
    """Answer in the thread beneath a message."""
    try:
        await client.chat_postMessage(channel=channel, thread_ts=thread, **_content(answer))
    except _FAILURES as error:
        log.warning("mention not answered channel=%s reason=%s", channel, _said(error))
        return
    if answer.file:
        await _upload(client, channel, answer.file, answer.title, thread)


async def unfurl(client: AsyncWebClient, event: dict[str, Any], found: dict[str, Any]) -> None:
    """Show what links in a message lead to; one that is still being written has no channel."""
    being_written = {"unfurl_id", "source"} <= event.keys()
    where = (
        {"unfurl_id": event["unfurl_id"], "source": event["source"]}
        if being_written
        else {"channel": event["channel"], "ts": event["message_ts"]}
    )
    try:
        await client.chat_unfurl(**where, unfurls=found)
    except _FAILURES as error:
        log.warning("links not shown channel=%s reason=%s", event.get("channel"), _said(error))


def _content(answer: Answer, more: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "text": escape(answer.error or answer.title),
        "blocks": [*answer_blocks(answer), *(more or [])],
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def _to_person(client: AsyncWebClient, user: str, file: File, title: str) -> bool:
    try:
        opened = await client.conversations_open(users=user)
    except _FAILURES as error:
        log.warning("no direct messages user=%s reason=%s", user, _said(error))
        return False
    return await _upload(client, opened["channel"]["id"], file, title)


async def _upload(
    client: AsyncWebClient, channel: str, file: File, title: str, thread: str | None = None
) -> bool:
    """Upload *file* and say whether that went well."""
    try:
        await client.files_upload_v2(
            channel=channel,
            thread_ts=thread,
            content=file.content,
            filename=file.name,
            title=title[:200],
            alt_txt=title[:200] if file.media_type.startswith("image/") else None,
        )
    except _FAILURES as error:
        log.warning("file not sent channel=%s reason=%s", channel, _said(error))
        return False
    return True


def _said(error: Exception) -> str:
    """Return what went wrong in a word."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return type(error).__name__
