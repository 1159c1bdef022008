"""Slack: cards out through the Web API, and the connection for what comes in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.alerts.digest import Brief, brief_notification
from bot.alerts.slack_blocks import brief_blocks, card, escape, follow_up_blocks
from bot.alerts.summarise import follow_up, notification
from bot.chat import (
    Ask,
    Corrector,
    slack_corrections,
    slack_home,
    slack_questions,
    slack_shortcuts,
)
from bot.chat.slack_http import serving
from bot.errors import CardGone, ChannelClosed, SendError, SendLater, SendRefused, SettingsError
from bot.model import Alert, Channel, Deal, News, Place

log = logging.getLogger(__name__)

SLACK_API_URL = "https://slack.com/api/"

_TIMEOUT = aiohttp.ClientTimeout(total=30)

#: The card cannot be edited any more.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
#: A person has to mend it; until then the channel's messages wait. Text: what to do.
_MENDABLE = {
    "not_in_channel": "the bot is not in this channel: invite it with /invite",
    "channel_not_found": "Slack knows no such channel, or it is private: invite the bot, or "
    "mend its address in channels.toml",
    "is_archived": "the channel is archived: bring it back, or take it out of channels.toml",
    "restricted_action": "the workspace does not let the bot post here: ask an admin",
    "missing_scope": "the app lacks a scope: install it again from config/slack-manifest.json",
    "invalid_auth": "SLACK_BOT_TOKEN is refused: set the token of the installed app",
    "not_authed": "SLACK_BOT_TOKEN is refused: set the token of the installed app",
    "token_revoked": "SLACK_BOT_TOKEN was revoked: install the app again and set its new token",
    "token_expired": "SLACK_BOT_TOKEN has expired: install the app again and set its new token",
    "account_inactive": "SLACK_BOT_TOKEN belongs to a removed app: install it again",
}
#: The message itself is refused: sent again as plain text, then never.
_BAD_MESSAGE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"}
)


#: What the ids of people begin with; a message to one goes to the bot's direct messages.
_PEOPLE = ("U", "W")
_MOST_TEXT = 3000  #: characters of a notification; Slack advises 4,000 with what escaping adds


class SlackSender:
    """Posts cards, edits them, and answers beneath them."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:
        """Post the card of *deal*."""
        answered = await self._call(
            channel.name,
            "chat.postMessage",
            channel=channel.address,
            text=escape(notification(alert, deal)),
            blocks=card(deal),
            unfurl_links=False,
            unfurl_media=False,
        )
        return Place(channel.name, answered["channel"], answered["ts"])

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        """Edit the card, then say beneath it what is new; a change may show in the channel too.

        Editing twice does no harm, so that a reply that has to wait is safely sent later.
        """
        await self.refresh(channel, place, deal)
        if alert.news is News.SOURCE and channel.address.startswith(_PEOPLE):
            return  # who watches a company asked for its deals and their changes alone
        broadcast = channel.broadcast and alert.news is News.CHANGE
        told = notification(alert, deal) if broadcast else follow_up(alert, deal)
        await self._call(
            channel.name,
            "chat.postMessage",
            channel=place.address,
            thread_ts=place.message,
            reply_broadcast=broadcast,
            text=escape(told),
            blocks=follow_up_blocks(alert, deal),
            unfurl_links=False,
            unfurl_media=False,
        )

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> None:
        """Edit the card of *deal*."""
        await self._call(
            channel.name,
            "chat.update",
            channel=place.address,
            ts=place.message,
            text=escape(notification(Alert(News.NEW, deal.id, "", ""), deal)),
            blocks=card(deal),
        )

    async def brief(self, channel: Channel, brief: Brief) -> None:
        """Post several deals in one message."""
        await self._call(
            channel.name,
            "chat.postMessage",
            channel=channel.address,
            text=escape(brief_notification(brief)[:_MOST_TEXT]),
            blocks=brief_blocks(brief),
            unfurl_links=False,
            unfurl_media=False,
        )

    async def _call(self, name: str, method: str, /, **message: Any) -> AsyncSlackResponse:  # noqa: ANN401
        """Call a method for the channel *name*; without the blocks where Slack refuses them."""
        try:
            return await self._once(name, method, message)
        except SendRefused as error:
            log.warning("blocks refused channel=%s reason=%s", name, error.reason)
            return await self._once(name, method, {**message, "blocks": []})

    async def _once(self, name: str, method: str, message: dict[str, Any]) -> AsyncSlackResponse:
        try:
            return await self._client.api_call(method, json=message)
        except SlackApiError as error:
            raise _send_error(name, error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = f"Slack cannot be reached: {type(error).__name__}"
            raise SendLater(name, reason) from None


def _send_error(channel: str, error: SlackApiError) -> SendError:
    """Return what Slack's refusal means for delivery."""
    code, status, headers = _refusal(error)
    if code in _GONE:
        return CardGone(channel, code)
    if code in _MENDABLE:
        return ChannelClosed(channel, _MENDABLE[code])
    if code in _BAD_MESSAGE:
        return SendRefused(channel, f"Slack refuses the message: {code}")
    wait = headers.get("Retry-After", "")
    reason = "Slack asks to wait" if status == 429 else f"Slack answered {code or status}"  # noqa: PLR2004
    return SendLater(channel, reason, wait_s=float(wait) if wait.isdecimal() else None)


def _refusal(error: SlackApiError) -> tuple[str, int, dict[str, str]]:
    """Return Slack's error code, the HTTP status and the headers of a failed call."""
    response: Any = error.response
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    status: int = getattr(response, "status_code", getattr(response, "status", 0))
    headers = {str(key).title(): str(value) for key, value in dict(response.headers).items()}
    return code, status, headers


# ---- the connection -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Access:
    """What the bot may use of Slack, and how questions come in."""

    bot_token: str
    app_token: str = ""  #: for Socket Mode; not used when there is a signing secret
    signing_secret: str = ""  #: set: questions come over HTTP
    api_url: str = SLACK_API_URL
    port: int = 3000  #: where HTTP is served
    healthy: Callable[[], bool] = lambda: True  #: what /healthz answers
    permalink_base: str = ""  #: links to it and a deal's id show the card; "" is off


@asynccontextmanager
async def connected(
    access: Access, ask: Ask, corrector: Corrector | None = None
) -> AsyncIterator[SlackSender]:
    """Connect to Slack, answer questions, and yield what posts cards.

    With a *corrector* people can correct deals.

    Raises SettingsError naming the variable when Slack refuses a token. When Slack cannot be
    reached the connection is made later: it is tried until it succeeds.
    """
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        client = AsyncWebClient(access.bot_token, base_url=access.api_url, session=session)
        for subject, message, wrong in await _tokens(client, access):
            if wrong:
                raise SettingsError(f"{subject}: {message}")
        app = AsyncApp(client=client, signing_secret=access.signing_secret or None)
        slack_questions.register(app, ask)
        slack_shortcuts.register(app, ask, permalink_base=access.permalink_base)
        slack_home.register(app, ask)
        if corrector is not None:
            slack_corrections.register(app, corrector)
        async with _listening(app, access):
            yield SlackSender(client)


@asynccontextmanager
async def _listening(app: AsyncApp, access: Access) -> AsyncIterator[None]:
    """Hear what people ask: over HTTP with a signing secret, else in Socket Mode."""
    if access.signing_secret:
        async with serving(app, access.port, access.healthy) as port:
            log.info("slack questions are answered at :%d/slack/events", port)
            yield
        return
    handler = AsyncSocketModeHandler(app, access.app_token)
    connecting = asyncio.create_task(handler.client.connect())
    try:
        yield
    finally:
        connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connecting
        await handler.client.close()


# ---- the doctor's questions -----------------------------------------------------------------

Check = tuple[str, str, bool]  #: subject, message, whether it is wrong


async def examine(access: Access, channels: Sequence[Channel]) -> list[Check]:
    """Return whether Slack takes the tokens and lets the bot into *channels*."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        client = AsyncWebClient(access.bot_token, base_url=access.api_url, session=session)
        found = await _tokens(client, access)
        if any(wrong for _, _, wrong in found):
            return found
        return found + [await _channel(client, channel) for channel in channels]


async def _tokens(client: AsyncWebClient, access: Access) -> list[Check]:
    found = [await _token("SLACK_BOT_TOKEN", client.auth_test())]
    if not access.signing_secret:
        opened = client.apps_connections_open(app_token=access.app_token)
        found.append(await _token("SLACK_APP_TOKEN", opened))
    return found


async def _token(variable: str, call: Awaitable[AsyncSlackResponse]) -> Check:
    try:
        answered = await call
    except SlackApiError as error:
        code, status, _ = _refusal(error)
        if status == 200:  # noqa: PLR2004
            return variable, f"Slack refuses it ({code}): copy the token again", True
        return variable, f"cannot be checked now: Slack answered {code or status}", False
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = f"cannot be checked now: Slack cannot be reached ({type(error).__name__})"
        return variable, reason, False
    team = answered.get("team")
    return variable, f"good for the workspace {team!r}" if team else "good", False


async def _channel(client: AsyncWebClient, channel: Channel) -> Check:
    subject = f"channel {channel.name!r}"
    try:
        answered = await client.conversations_info(channel=channel.address)
    except SlackApiError as error:
        code, status, _ = _refusal(error)
        return subject, _MENDABLE.get(code, f"Slack answered {code or status}"), True
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return subject, f"cannot be checked now: {type(error).__name__}", False
    found: dict[str, Any] = answered.get("channel") or {}
    if found.get("is_archived"):
        return subject, _MENDABLE["is_archived"], True
    if not found.get("is_member", True):
        return subject, _MENDABLE["not_in_channel"], True
    return subject, f"the bot is in #{found.get('name', channel.address)}", False
