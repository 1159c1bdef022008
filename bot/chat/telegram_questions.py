"""Telegram's questions in: commands and the buttons of lists, by long polling."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    EditMessageText,
    GetMe,
    GetUpdates,
    SendDocument,
    SendMessage,
    SendPhoto,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)

from bot.alerts.answer import Answer, File
from bot.alerts.telegram_text import answer_text, page_of, pages
from bot.chat import Ask, Question
from bot.chat.telegram_api import SERVICE, TIMEOUT_S, call, send
from bot.errors import CardGone, ChannelClosed, SendError, SendLater, SendRefused
from bot.retry import backoff

log = logging.getLogger(__name__)

_COMMANDS = {
    "deals": "Past deals: /deals nvidia since:90d",
    "deal": "One deal with its sources: /deal 20251028-1",
    "top": "The largest deals: /top since:30d",
    "company": "Money in and out: /company nvidia",
    "stats": "Figures and a picture: /stats kind:debt",
    "export": "Deals as CSV: /export layer:power",
    "why": "Why a story was told of or not: /why and its address",
    "read": "What the bot makes of an article: /read and its address",
    "subscribe": "This chat hears of such deals: /subscribe amount>=1b",
    "subscriptions": "What this chat hears",
    "unsubscribe": "Take one away: /unsubscribe 3",
    "watch": "Tells you alone: /watch coreweave",
    "watches": "What you watch",
    "unwatch": "Take one away: /unwatch 3",
    "quiet": "Alerts wait at night: /quiet 22:00-07:00 Europe/Berlin",
    "digest": "Briefs instead of cards: /digest daily 08:00",
    "health": "Feeds, messages waiting",
    "feeds": "The feeds and how they are: /feeds help",
    "help": "How to ask",
}
_POLL_S = 50  #: seconds Telegram holds a request until somebody writes
_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=2)
_ANSWERS_AT_ONCE = 8
_TRIES = 3
_MOST_CAPTION = 500  #: characters; Telegram takes 1024 UTF-16 units
_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<text>.*))?", re.DOTALL)


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
    return Asked(Question(command, text, offset, SERVICE, who, where), message["message_id"])


async def listen(bot: Bot, ask: Ask) -> None:
    """Read what people write and answer it, until cancelled."""
    me = await _persist(bot, GetMe())
    commands = [BotCommand(command=name, description=text) for name, text in _COMMANDS.items()]
    for method in (DeleteWebhook(), SetMyCommands(commands=commands)):
        try:
            await call(bot, SERVICE, method)
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
            return await call(bot, SERVICE, method, timeout_s=_POLL_S + TIMEOUT_S)
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
    if answer.file:
        await _try(bot, _file(asked, answer.title, answer.file))
    if asked.press:
        await _try(bot, AnswerCallbackQuery(callback_query_id=asked.press))


async def _try(bot: Bot, method: TelegramMethod[Any]) -> None:
    """Call *method*, more than once where Telegram asks to wait; an answer may be lost."""
    for attempt in range(1, _TRIES + 1):
        try:
            await send(bot, SERVICE, method)
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


def _file(asked: Asked, title: str, file: File) -> SendPhoto | SendDocument:
    """Return the message that carries a file: a picture as one, all else to download."""
    chat, caption = asked.question.place, title[:_MOST_CAPTION]
    to = ReplyParameters(message_id=asked.message, allow_sending_without_reply=True)
    content = BufferedInputFile(file.content, file.name)
    if file.media_type.startswith("image/"):
        return SendPhoto(
            chat_id=chat, photo=content, caption=caption, parse_mode=None, reply_parameters=to
        )
    return SendDocument(
        chat_id=chat, document=content, caption=caption, parse_mode=None, reply_parameters=to
    )


def _keyboard(answer: Answer) -> InlineKeyboardMarkup | None:
    row = [InlineKeyboardButton(text=label, callback_data=data) for label, data in pages(answer)]
    return InlineKeyboardMarkup(inline_keyboard=[row]) if row else None


def _wait_s(error: SendError, attempts: int) -> float:
    """Return how long to wait after *attempts* failures: as Telegram says, or ever longer."""
    if isinstance(error, SendLater) and error.wait_s is not None:
        return error.wait_s
    return backoff(attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT).total_seconds()
