"""Calls of Telegram's Bot API: every failure says what it means, and none tells the token."""

from __future__ import annotations

import logging
import re
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod

from bot.alerts.telegram_text import plain
from bot.errors import CardGone, ChannelClosed, SendError, SendLater, SendRefused, SettingsError

log = logging.getLogger(__name__)

SERVICE = "telegram"  #: stands for the channel where a call is for none
TIMEOUT_S = 30
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_.~-]+")
_API_URL = re.compile(r"https?://[^\s{}]+")


class _Session(AiohttpSession):
    """Takes results as they come, without the library's models.

    A Bot API newer than the library must neither make a card that was sent look unsent, nor
    one strange message stop the reading of all others.
    """

    def check_response(
        self,
        bot: Bot,
        method: TelegramMethod[Any],  # noqa: ARG002
        status_code: int,
        content: str,
    ) -> Response[Any]:
        return super().check_response(bot, _AnyMethod(), status_code, content)


class _AnyMethod(TelegramMethod[Any]):
    __returning__ = Any
    __api_method__ = ""


class NotModified(SendRefused):
    """The message reads like this already."""


class BadMarkup(SendRefused):
    """Telegram cannot parse the HTML."""


class Moved(SendRefused):
    """The group has become a supergroup, with an id of its own."""

    def __init__(self, channel: str, address: int) -> None:
        super().__init__(channel, f"the group has moved: write address = '{address}'")
        self.address = str(address)


def open_bot(token: str, api_url: str) -> Bot:
    """Return the library's client.

    Raises SettingsError naming the variable that cannot be right.
    """
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN: this is no bot token; copy the whole of it from @BotFather, "
            "it looks like 123456789:AAH…"
        )
    if not _API_URL.fullmatch(api_url):
        raise SettingsError(f"TELEGRAM_API_URL: {api_url!r} must start with http:// or https://")
    return Bot(
        token,
        session=_Session(api=TelegramAPIServer.from_base(api_url), timeout=TIMEOUT_S),
        default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True),
    )


async def call(
    bot: Bot, channel: str, method: TelegramMethod[Any], *, timeout_s: int = TIMEOUT_S
) -> Any:  # noqa: ANN401
    """Call a method of the Bot API for *channel*; raises SendError, which never tells the token."""
    try:
        return await bot(method, request_timeout=timeout_s)
    except (AiogramError, OSError, ValueError, TypeError) as error:
        # an odd answer can trip the library up; "from None", as its error may tell the token
        raise _send_error(channel, error, bot.token) from None


def _send_error(channel: str, error: Exception, token: str) -> SendError:
    """Return what a failed call means for delivery."""
    if isinstance(error, TelegramRetryAfter):
        return SendLater(channel, "Telegram asks to wait", wait_s=error.retry_after)
    if isinstance(error, TelegramMigrateToChat):
        return Moved(channel, error.migrate_to_chat_id)
    if not isinstance(error, TelegramAPIError):
        return SendLater(channel, f"Telegram's answer is unreadable: {type(error).__name__}")
    reason = str(error.message).replace(token.partition(":")[2], "…")
    if not isinstance(error, _FINAL):
        return SendLater(channel, reason)
    otherwise = ChannelClosed if isinstance(error, _CLOSED) else SendRefused
    leaf = next((leaf for words, leaf in _REFUSALS if words in reason), otherwise)
    return leaf(channel, reason)


#: Telegram has understood, and said no. All else (network, 5xx, 409, 429) may pass.
_FINAL = (
    TelegramBadRequest, TelegramForbiddenError, TelegramNotFound, TelegramUnauthorizedError,
    TelegramEntityTooLarge,
)  # fmt: skip
_CLOSED = (TelegramForbiddenError, TelegramNotFound, TelegramUnauthorizedError)
_REFUSALS: tuple[tuple[str, type[SendRefused | CardGone | ChannelClosed]], ...] = (
    ("message is not modified", NotModified),
    ("can't parse entities", BadMarkup),
    ("message to edit not found", CardGone),
    ("message can't be edited", CardGone),
    ("message to be replied not found", CardGone),
    ("MESSAGE_ID_INVALID", CardGone),
    ("chat not found", ChannelClosed),
    ("group chat was deactivated", ChannelClosed),
    (" rights ", ChannelClosed),  # "not enough rights to …", "need administrator rights in …"
    ("CHAT_", ChannelClosed),  # CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, CHAT_RESTRICTED
    ("TOPIC_CLOSED", ChannelClosed),
)


async def send(bot: Bot, channel: str, message: TelegramMethod[Any]) -> Any:  # noqa: ANN401
    """Send *message*; as plain text where Telegram does not understand its HTML."""
    try:
        return await call(bot, channel, message)
    except BadMarkup as error:
        log.warning("html refused channel=%s reason=%s", channel, error.reason)
        bare = {"text": plain(getattr(message, "text", "")), "parse_mode": None}
        return await call(bot, channel, message.model_copy(update=bare))
