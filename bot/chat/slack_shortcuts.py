"""Slack's other ways in: mentions, "Is this a deal?" on a message, sharing, links to deals."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.answer import Answer
from bot.alerts.slack_blocks import LINK, SHARE, card, plain, shared_of
from bot.chat import Ask, Question
from bot.chat.seen import Seen
from bot.chat.slack_answers import answered, reply, share, unfurl, whisper

log = logging.getLogger(__name__)

IS_THIS_A_DEAL = "is_this_a_deal"
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_LINK_KEYS = ("from_url", "title_link", "url")  #: where blocks and attachments hold links
_MOST_LINKS = 10
_DEEPEST = 12  #: blocks in blocks
_SHORTEST = 4  #: words that may tell of a deal


def register(
    app: AsyncApp, ask: Ask, *, permalink_base: str = "", clock: Callable[[], float] = monotonic
) -> None:
    """Let *app* answer mentions, shortcuts and links; *clock* counts seconds."""
    seen = Seen(clock)

    async def mention(body: dict[str, Any], event: dict[str, Any], client: AsyncWebClient) -> None:
        if seen.before(body.get("event_id", "")) or event.get("bot_id") or event.get("edited"):
            return
        asked = plain(_MENTION.sub(" ", event.get("text") or "")).strip()
        question = Question(
            "deals" if asked else "help", asked, 0, "slack", event.get("user", ""), event["channel"]
        )
        thread = event.get("thread_ts") or event["ts"]
        await reply(client, event["channel"], thread, await answered(ask, question))

    async def is_this_a_deal(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        message = body.get("message") or {}
        link, text = first_link(message), _text(message)
        question = Question("read", link or text, 0, "slack", *_where(body))
        if link or len(text.split()) >= _SHORTEST:
            answer = await answered(ask, question)
        else:
            answer = Answer("Nothing to read", error="This message has no link and hardly a word.")
        await whisper(respond, client, question, answer)

    async def shared(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        command, text, offset = shared_of(str(body["actions"][0].get("value") or ""))
        question = Question(command, text, offset, "slack", *_where(body))
        await share(respond, client, question, await answered(ask, question))

    async def links(body: dict[str, Any], event: dict[str, Any], client: AsyncWebClient) -> None:
        if seen.before(body.get("event_id", "")):
            return
        found = {}
        for link in event.get("links", [])[:_MOST_LINKS]:
            if deal_id := linked_deal(link.get("url", ""), permalink_base):
                answer = await answered(ask, Question("deal", deal_id, 0, "slack"))
                if answer.deal is not None:
                    blocks = [each for each in card(answer.deal) if each["type"] != "actions"]
                    found[link["url"]] = {"blocks": blocks}
        if found:
            await unfurl(client, event, found)

    app.event("app_mention")(mention)
    app.shortcut(IS_THIS_A_DEAL)(is_this_a_deal)
    app.action(SHARE)(shared)
    app.event("link_shared")(links)


def _where(body: Mapping[str, Any]) -> tuple[str, str]:
    return (body.get("user") or {}).get("id", ""), (body.get("channel") or {}).get("id", "")


def linked_deal(url: str, base: str) -> str:
    """Return the id of the deal that a link of ours names, "" for any other link.

    >>> linked_deal("https://deals.example.org/20251028-1?from=mail", "https://deals.example.org/")
    '20251028-1'
    """
    if not base or not url.startswith(base):
        return ""
    found = re.match(r"(\d{8}-\d{1,5})(?![^/?#])", url.removeprefix(base), re.ASCII)
    return found[1] if found else ""


def first_link(message: Mapping[str, Any]) -> str:
    """Return the first web address in a message, its attachments or its blocks; "" without one."""
    in_text = LINK.search(str(message.get("text") or ""))
    if in_text:
        return plain(in_text[1])
    parts = [message.get("attachments"), message.get("blocks")]
    return next((link for part in parts for link in _links_in(part, _DEEPEST)), "")


def _links_in(node: object, deep: int) -> Iterator[str]:
    if not deep:
        return
    if isinstance(node, list):
        for each in node:
            yield from _links_in(each, deep - 1)
    elif isinstance(node, dict):
        for key in _LINK_KEYS:
            link = node.get(key)
            if isinstance(link, str) and link.startswith(("http://", "https://")):
                yield link
        for each in node.values():
            yield from _links_in(each, deep - 1)


def _text(message: Mapping[str, Any]) -> str:
    return plain(_MENTION.sub(" ", str(message.get("text") or ""))).strip()
