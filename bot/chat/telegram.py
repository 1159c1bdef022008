"""Telegram: cards out through the Bot API, questions in through long polling."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
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
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    EditMessageText,
    GetChat,
    GetMe,
    GetUpdates,
    Response,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)

from bot.alerts.answer import Answer
from bot.alerts.telegram_text import answer_text, card, follow_up_text, page_of, pages, plain
from bot.chat import Ask, Question
from bot.errors import CardGone, ChannelClosed, SendError, SendLater, SendRefused, SettingsError
from bot.model import Alert, Channel, Deal, News, Place
from bot.retry import backoff

log = logging.getLogger(__name__)

_COMMANDS = {
    "deals": "Past deals: /deals nvidia since:90d",
    "deal": "One deal with its sources: /deal 20251028-1",
    "help": "How to ask",
}
_SERVICE = "telegram"  #: stands for the channel where a call is for none
_TIMEOUT_S = 30
_POLL_S = 50  #: seconds Telegram holds a request until somebody writes
_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=2)
_ANSWERS_AT_ONCE = 8
_ANSWER_TRIES = 3
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_.~-]+")
_API_URL = re.compile(r"https?://[^\s{}]+")
_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<text>.*))?", re.DOTALL)


# ---- calls ----------------------------------------------------------------------------------


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


class _NotModified(SendRefused):
    """The message reads like this already."""


class _BadMarkup(SendRefused):
    """Telegram cannot parse the HTML."""


class _Moved(SendRefused):
    """The group has become a supergroup, with an id of its own."""

    def __init__(self, channel: str, address: int) -> None:
        super().__init__(channel, f"the group has moved: write address = '{address}'")
        self.address = str(address)


def _bot(token: str, api_url: str) -> Bot:
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
        session=_Session(api=TelegramAPIServer.from_base(api_url), timeout=_TIMEOUT_S),
        default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True),
    )


async def _call(
    bot: Bot, channel: str, method: TelegramMethod[Any], *, timeout_s: int = _TIMEOUT_S
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
        return _Moved(channel, error.migrate_to_chat_id)
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
    ("message is not modified", _NotModified),
    ("can't parse entities", _BadMarkup),
    ("message to edit not found", CardGone),
    ("message can't be edited", CardGone),
    ("message to be replied not found", CardGone),
    ("MESSAGE_ID_INVALID", CardGone),
    ("chat not found", ChannelClosed),
    ("CHAT_WRITE_FORBIDDEN", ChannelClosed),
    ("not enough rights", ChannelClosed),
)


async def _send(bot: Bot, channel: str, message: TelegramMethod[Any]) -> Any:  # noqa: ANN401
    """Send *message*; as plain text where Telegram does not understand its HTML."""
    try:
        return await _call(bot, channel, message)
    except _BadMarkup as error:
        log.warning("html refused channel=%s reason=%s", channel, error.reason)
        bare = {"text": plain(getattr(message, "text", "")), "parse_mode": None}
        return await _call(bot, channel, message.model_copy(update=bare))


# ---- alerts out -----------------------------------------------------------------------------


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
        try:
            posted = await _send(self._bot, channel.name, message)
        except _Moved as moved:
            log.warning("channel moved channel=%s: %s", channel.name, moved.reason)
            message = message.model_copy(update={"chat_id": moved.address})
            posted = await _send(self._bot, channel.name, message)
        return Place(channel.name, str(posted["chat"]["id"]), str(posted["message_id"]))

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        """Edit the card, then say beneath it what is new; only a change makes a sound.

        Editing twice does no harm, so that a reply that has to wait is safely sent later.
        """
        card_id = int(place.message)
        edit = EditMessageText(chat_id=place.address, message_id=card_id, text=card(deal))
        reply = SendMessage(
            chat_id=place.address,
            text=follow_up_text(alert, deal),
            reply_parameters=ReplyParameters(message_id=card_id),
            disable_notification=not (channel.broadcast and alert.news is News.CHANGE),
        )
        try:
            with contextlib.suppress(_NotModified):
                await _send(self._bot, channel.name, edit)
            await _send(self._bot, channel.name, reply)
        except _Moved as moved:
            raise CardGone(channel.name, moved.reason) from None


# ---- questions in ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where its answer goes."""

    question: Question
    message: int  #: answered beneath; edited where a button was pressed
    press: str = ""  #: the id of a button's press


def asked_in(message: Mapping[str, Any], username: str) -> Asked | None:
    """Return what *message* asks the bot called *username*, None when it asks somebody else.

    In a private chat every text is for the bot, and a text without a command is a look-up.
    In a group only our own commands are, or any that name us: "/deals@alerts_bot nvidia".
    """
    text, chat, sender = message.get("text"), message["chat"], message.get("from", {})
    if not text or sender.get("is_bot"):
        return None
    private = chat.get("type") == "private"
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return _asked(message, sender, "deals", text) if private else None
    command, to = found["name"].lower(), (found["bot"] or "").lower()
    if to and to != username.lower():
        return None
    if not (to or private or command in _COMMANDS):
        return None
    return _asked(message, sender, command, found["text"] or "")


def pressed(press: Mapping[str, Any]) -> Asked | None:
    """Return what a button asks for: another page of the look-up above it."""
    message = press.get("message")
    if not message:
        return None
    text, offset = page_of(str(press.get("data", "")))
    asked = _asked(message, press.get("from", {}), "deals", text, offset)
    return replace(asked, press=str(press["id"]))


def _asked(
    message: Mapping[str, Any], user: Mapping[str, Any], command: str, text: str, offset: int = 0
) -> Asked:
    who, where = str(user.get("id", "")), str(message["chat"]["id"])
    return Asked(Question(command, text, offset, _SERVICE, who, where), message["message_id"])


async def _listen(bot: Bot, ask: Ask) -> None:
    """Read what people write and answer it, until cancelled."""
    me = await _persist(bot, GetMe())
    commands = [BotCommand(command=name, description=text) for name, text in _COMMANDS.items()]
    for method in (DeleteWebhook(), SetMyCommands(commands=commands)):
        try:
            await _call(bot, _SERVICE, method)
        except SendError as error:
            log.warning("telegram %s reason=%s", method.__api_method__, error.reason)
    gate = asyncio.Semaphore(_ANSWERS_AT_ONCE)
    get = GetUpdates(timeout=_POLL_S, allowed_updates=["message", "callback_query"])
    async with asyncio.TaskGroup() as answering:
        while True:
            for update in await _persist(bot, get):
                get.offset = update["update_id"] + 1
                asked = _asked_in_update(update, str(me.get("username")))
                if asked is not None:
                    await gate.acquire()
                    task = answering.create_task(_answer(bot, ask, asked))
                    task.add_done_callback(lambda _: gate.release())


def _asked_in_update(update: Mapping[str, Any], username: str) -> Asked | None:
    if message := update.get("message"):
        return asked_in(message, username)
    if press := update.get("callback_query"):
        return pressed(press)
    return None


async def _persist(bot: Bot, method: TelegramMethod[Any]) -> Any:  # noqa: ANN401
    """Call *method* until it succeeds."""
    errors = 0
    while True:
        try:
            return await _call(bot, _SERVICE, method, timeout_s=_POLL_S + _TIMEOUT_S)
        except SendError as error:
            errors += 1
            wait_s = _wait_s(error, errors)
            log.warning(
                "telegram %s errors=%d again_s=%g reason=%s",
                method.__api_method__, errors, wait_s, error.reason,
            )  # fmt: skip
            await asyncio.sleep(wait_s)


async def _answer(bot: Bot, ask: Ask, asked: Asked) -> None:
    try:
        answer = await ask(asked.question)
    except Exception:
        log.exception("question failed service=telegram command=%s", asked.question.command)
        answer = Answer("Not answered", error="This could not be looked up.", hint="Try it later.")
    await _try(bot, _reply(asked, answer))
    if asked.press:
        await _try(bot, AnswerCallbackQuery(callback_query_id=asked.press))


async def _try(bot: Bot, method: TelegramMethod[Any]) -> None:
    """Call *method*, more than once where Telegram asks to wait; an answer may be lost."""
    for attempt in range(1, _ANSWER_TRIES + 1):
        try:
            await _send(bot, _SERVICE, method)
        except (ChannelClosed, SendRefused, CardGone) as error:
            log.info("answer refused reason=%s", error.reason)
            return
        except SendError as error:
            log.warning("answer put off attempts=%d reason=%s", attempt, error.reason)
            await asyncio.sleep(_wait_s(error, attempt))
        else:
            return


def _reply(asked: Asked, answer: Answer) -> SendMessage | EditMessageText:
    """Return the message that answers: a new one beneath the question, or the page turned."""
    text, keyboard = answer_text(answer), _keyboard(answer)
    chat = asked.question.place
    if asked.press:
        return EditMessageText(
            chat_id=chat, message_id=asked.message, text=text, reply_markup=keyboard
        )
    to = ReplyParameters(message_id=asked.message, allow_sending_without_reply=True)
    return SendMessage(chat_id=chat, text=text, reply_parameters=to, reply_markup=keyboard)


def _keyboard(answer: Answer) -> InlineKeyboardMarkup | None:
    row = [InlineKeyboardButton(text=label, callback_data=data) for label, data in pages(answer)]
    return InlineKeyboardMarkup(inline_keyboard=[row]) if row else None


def _wait_s(error: SendError, attempts: int) -> float:
    """Return how long to wait after *attempts* failures: as Telegram says, or ever longer."""
    if isinstance(error, SendLater) and error.wait_s is not None:
        return error.wait_s
    return backoff(attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT).total_seconds()


@asynccontextmanager
async def connected(token: str, api_url: str, ask: Ask) -> AsyncIterator[TelegramSender]:
    """Connect to Telegram, answer questions, and yield what posts cards.

    Raises SettingsError naming the variable when Telegram refuses the token. When Telegram
    cannot be reached the connection is made later: it is tried until it succeeds.
    """
    async with _bot(token, api_url) as bot:
        try:
            await _greet(bot)
        except SendLater as error:
            log.warning("telegram not reached yet reason=%s", error.reason)
        listening = asyncio.create_task(_listen(bot, ask))
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
        me = await _call(bot, _SERVICE, GetMe())
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
        async with _bot(token, api_url) as bot:
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
        chat = await _call(bot, channel.name, GetChat(chat_id=channel.address))
    except ChannelClosed as error:
        advice = "add the bot to the chat, and check the address in channels.toml"
        return subject, f"{error.reason}; {advice}", True
    except SendLater as error:
        return subject, f"cannot be checked now: {error.reason}", False
    except SendError as error:
        return subject, error.reason, True
    title = chat.get("title") or chat.get("first_name") or chat["id"]
    return subject, f"the bot sees the {chat['type']} {title!r}", False
