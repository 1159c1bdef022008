"""Slack's questions in: slash commands and the buttons of cards and lists."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.slack_blocks import DETAILS, OPEN, PAGE, REMOVE, page_of, plain
from bot.chat import Ask, Question
from bot.chat.slack_answers import answered, whisper


def register(app: AsyncApp, ask: Ask) -> None:
    """Let *app* answer /deals, /deal and the buttons of cards and lists."""

    async def command(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        name, text = body["command"].removeprefix("/"), plain(body.get("text") or "")
        question = _question(body, name, text)
        await whisper(respond, client, question, await answered(ask, question))

    async def details(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        question = _question(body, "deal", _value(body))
        await whisper(respond, client, question, await answered(ask, question))

    async def page(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        query, offset = page_of(_value(body))
        question = _question(body, "deals", query, offset)
        await whisper(respond, client, question, await answered(ask, question), turned=True)

    async def opened(ack: AsyncAck) -> None:
        await ack()  # the browser follows the button's link by itself

    async def remove(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        question = _question(body, "deals", _value(body))
        await whisper(respond, client, question, await answered(ask, question), turned=True)

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
