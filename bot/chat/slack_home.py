"""Slack's Home tab: the newest deals, one's watches, and how the bot is."""

from __future__ import annotations

from collections import deque
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.slack_blocks import HOME_DETAILS, HOME_REMOVE, details_modal, home_view
from bot.chat import Ask, Question

#: Events remembered, so that one that Slack sends again does nothing twice.
_REMEMBERED = 1000


def register(app: AsyncApp, ask: Ask) -> None:
    """Let *app* show the Home tab and answer its buttons."""
    done: deque[str] = deque(maxlen=_REMEMBERED)

    async def publish(client: AsyncWebClient, user: str) -> None:
        home = await ask(Question("app_home", service="slack", user=user))
        await client.views_publish(user_id=user, view=home_view(home))

    async def opened(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        event_id = str(body.get("event_id", ""))
        if event.get("tab") != "home" or event_id in done:
            return
        done.append(event_id)
        try:
            await publish(client, event["user"])
        except Exception:
            done.remove(event_id)  # Slack's next try may do better
            raise

    async def details(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        user, deal_id = _clicked(body)
        deal = await ask(Question("deal", deal_id, service="slack", user=user))
        await client.views_open(trigger_id=body["trigger_id"], view=details_modal(deal))

    async def remove(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        user, number = _clicked(body)
        await ask(Question("unwatch", number, service="slack", user=user))
        await publish(client, user)

    app.event("app_home_opened")(opened)
    app.action(HOME_DETAILS)(details)
    app.action(HOME_REMOVE)(remove)


def _clicked(body: dict[str, Any]) -> tuple[str, str]:
    """Return who pressed a button, and what it stands for."""
    return body["user"]["id"], str(body["actions"][0].get("value") or "")
