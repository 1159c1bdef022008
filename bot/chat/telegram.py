"""Telegram: cards out through the Bot API, questions in through long polling."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.methods import EditMessageText, GetChat, GetMe, SendMessage
from aiogram.types import ReplyParameters

from bot.alerts.digest import Brief
from bot.alerts.telegram_text import brief_text, card, follow_up_text
from bot.chat import Ask
from bot.chat.telegram_api import SERVICE, Moved, NotModified, call, open_bot, send
from bot.chat.telegram_questions import listen
from bot.errors import CardGone, ChannelClosed, SendError, SendLater, SendRefused, SettingsError
from bot.model import Alert, Channel, Deal, News, Place

log = logging.getLogger(__name__)


class TelegramSender:
    """Posts cards, edits them, and answers beneath them."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:
        """Post the card of *deal*; in silence when it only comes back for one more source."""
        message = SendMessage(
            chat_id=channel.address,
            text=card(deal),
            disable_notification=alert.news in (News.SOURCE, News.CORRECTION),
        )
        posted = await self._post(channel, message)
        return Place(channel.name, str(posted["chat"]["id"]), str(posted["message_id"]))

    async def brief(self, channel: Channel, brief: Brief) -> None:
        """Post several deals in one message."""
        await self._post(channel, SendMessage(chat_id=channel.address, text=brief_text(brief)))

    async def _post(self, channel: Channel, message: SendMessage) -> Any:  # noqa: ANN401
        """Post *message*, wherever the group has moved."""
        try:
            return await send(self._bot, channel.name, message)
        except Moved as moved:
            log.warning("channel moved channel=%s: %s", channel.name, moved.reason)
            message = message.model_copy(update={"chat_id": moved.address})
            return await send(self._bot, channel.name, message)

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        """Edit the card, then say beneath it what is new; only a change makes a sound.

        Editing twice does no harm, so that a reply that has to wait is safely sent later.
        """
        reply = SendMessage(
            chat_id=place.address,
            text=follow_up_text(alert, deal),
            reply_parameters=ReplyParameters(message_id=int(place.message)),
            disable_notification=not (channel.broadcast and alert.news is News.CHANGE),
        )
        await self.refresh(channel, place, deal)
        await self._edit(channel, reply)

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> None:
        """Edit the card of *deal*."""
        card_id = int(place.message)
        edit = EditMessageText(chat_id=place.address, message_id=card_id, text=card(deal))
        with contextlib.suppress(NotModified):
            await self._edit(channel, edit)

    async def _edit(self, channel: Channel, message: SendMessage | EditMessageText) -> None:
        """Send what belongs to a card that hangs; in a group that moved it is gone."""
        try:
            await send(self._bot, channel.name, message)
        except Moved as moved:
            raise CardGone(channel.name, moved.reason) from None


# ---- start and stop -------------------------------------------------------------------------


@asynccontextmanager
async def connected(token: str, api_url: str, ask: Ask) -> AsyncIterator[TelegramSender]:
    """Connect to Telegram, answer questions, and yield what posts cards.

    Raises SettingsError naming the variable when Telegram refuses the token. When Telegram
    cannot be reached the connection is made later: it is tried until it succeeds.
    """
    async with open_bot(token, api_url) as bot:
        try:
            await _greet(bot)
        except SendLater as error:
            log.warning("telegram not reached yet reason=%s", error.reason)
        listening = asyncio.create_task(listen(bot, ask))
        try:
            yield TelegramSender(bot)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


async def _greet(bot: Bot) -> str:
    """Return the bot's user name.

    Raises SettingsError when Telegram refuses the token, and SendLater when it is not there.
    """
    try:
        me = await call(bot, SERVICE, GetMe())
    except (SendRefused, ChannelClosed) as error:
        raise SettingsError(
            f"TELEGRAM_BOT_TOKEN: Telegram refuses it ({error.reason}); "
            "copy the token again from @BotFather"
        ) from None
    return str(me["username"])


# ---- the doctor's questions -----------------------------------------------------------------

Check = tuple[str, str, bool]  #: subject, message, whether it is wrong


async def examine(token: str, api_url: str, channels: Sequence[Channel]) -> list[Check]:
    """Return whether Telegram takes the token and shows the bot the chats of *channels*."""
    try:
        async with open_bot(token, api_url) as bot:
            name = await _greet(bot)
            found = [await _chat(bot, channel) for channel in channels]
    except SettingsError as error:
        subject, _, message = str(error).partition(": ")
        return [(subject, message, True)]
    except SendLater as error:
        return [("TELEGRAM_BOT_TOKEN", f"cannot be checked now: {error.reason}", False)]
    return [("TELEGRAM_BOT_TOKEN", f"good for @{name}", False), *found]


async def _chat(bot: Bot, channel: Channel) -> Check:
    subject = f"channel {channel.name!r}"
    try:
        chat = await call(bot, channel.name, GetChat(chat_id=channel.address))
    except ChannelClosed as error:
        advice = "add the bot to the chat, and check the address in channels.toml"
        return subject, f"{error.reason}; {advice}", True
    except SendLater as error:
        return subject, f"cannot be checked now: {error.reason}", False
    except SendError as error:
        return subject, error.reason, True
    title = chat.get("title") or chat.get("first_name") or chat["id"]
    return subject, f"the bot sees the {chat['type']} {title!r}", False
