"""Slack's questions in: slash commands and the buttons of cards and lists."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.alerts.answer import Answer
from bot.alerts.slack_blocks import DETAILS, OPEN, PAGE, REMOVE, answer_blocks, escape, page_of
from bot.chat import Ask, Question


def register(app: AsyncApp, ask: Ask) -> None:
    """Let *app* answer /deals, /deal and the buttons of cards and lists."""

    async def command(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        name, text = body["command"].removeprefix("/"), body.get("text") or ""
        await _reply(respond, await ask(_question(body, name, text)))

    async def details(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        await _reply(respond, await ask(_question(body, "deal", _value(body))))

    async def page(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        query, offset = page_of(_value(body))
        reply = await ask(_question(body, "deals", query, offset))
        await _reply(respond, reply, replace=True)

    async def opened(ack: AsyncAck) -> None:
        await ack()  # the browser follows the button's link by itself

    async def remove(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        reply = await ask(_question(body, "deals", _value(body)))
        await _reply(respond, reply, replace=True)

    app.command("/deals")(command)
    app.command("/deal")(command)
    app.action(DETAILS)(details)
    app.action(f"{PAGE}_back")(page)
    app.action(f"{PAGE}_next")(page)
    app.action(OPEN)(opened)
    app.action(REMOVE)(remove)


def _question(body: dict[str, Any], command: str, text: str, offset: int = 0) -> Question:
    """Return what a command or a click asks; their payloads name people in different ways."""
    user = body.get("user_id") or (body.get("user") or {}).get("id", "")
    place = body.get("channel_id") or (body.get("channel") or {}).get("id", "")
    return Question(command, text, offset, "slack", user, place)


def _value(body: dict[str, Any]) -> str:
    return str(body["actions"][0].get("value") or "")


async def _reply(respond: AsyncRespond, answer: Answer, *, replace: bool = False) -> None:
    await respond(
        text=escape(answer.error or answer.title),
        blocks=answer_blocks(answer),
        response_type="ephemeral",
        replace_original=replace,
        unfurl_links=False,
        unfurl_media=False,
    )
