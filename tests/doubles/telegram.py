"""Telegram's Bot API over real HTTP, as strict as the real one; TDLib judges the HTML.

It refuses what Telegram refuses, in Telegram's words: other tokens, unknown chats, bad HTML,
long or empty texts, edits that change nothing, replies to nothing, messages that come too fast.
Source: core.telegram.org/bots/api; the words are those of the open Bot API server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import tdjson
from aiohttp import web

TOKEN = "123456:AAH-very_secret"  # noqa: S105
GROUP = -1001
ALICE = 501

Arguments = Mapping[str, Any]


class Refused(Exception):
    """What Telegram says no with."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters

    def response(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


def bad(description: str, **parameters: int) -> Refused:
    return Refused(400, f"Bad Request: {description}", **parameters)


def too_fast(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


# ---- TDLib ----------------------------------------------------------------------------------


def tdlib(request: dict[str, Any]) -> dict[str, Any]:
    """Let TDLib answer *request*."""
    answered: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or "")
    return answered


tdlib({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def parsed(text: str, parse_mode: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text people see and its entities, or refuse as Telegram does."""
    if parse_mode != "HTML":
        raise bad("unsupported parse_mode")
    if len(text.encode()) > 1 << 15:
        raise bad("text is too long")
    mode = {"@type": "textParseModeHTML"}
    found = tdlib({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if found["@type"] == "error":
        message = found["message"]
        raise bad(message[0].lower() + message[1:])
    return found["text"], found["entities"]


def length(text: str) -> int:
    """Return how long *text* is for Telegram: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes


# ---- the service ----------------------------------------------------------------------------


@dataclass
class Message:
    """A message as it stands in a chat."""

    id: int
    chat: int
    text: str
    ours: bool = True  #: sent by the bot
    entities: list[dict[str, Any]] = field(default_factory=list)
    reply_to: int | None = None
    silent: bool = False
    preview: bool = True
    edits: int = 0
    buttons: list[tuple[str, str]] = field(default_factory=list)  #: label, data
    file: tuple[str, bytes] | None = None  #: name and content of what came with it

    @property
    def links(self) -> list[str]:
        """Return where its links lead."""
        kinds = [entity["type"] for entity in self.entities]
        return [kind["url"] for kind in kinds if kind["@type"] == "textEntityTypeTextUrl"]


@dataclass
class Telegram:
    """One bot's Telegram: its chats, and what it was told."""

    url: str = ""
    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)  #: groups that became supergroups
    messages: dict[tuple[int, int], Message] = field(default_factory=dict)
    commands: list[dict[str, str]] = field(default_factory=list)
    presses: set[str] = field(default_factory=set)  #: of buttons, that the bot has not answered
    webhook: bool = False
    pace_s: float = 0  #: seconds between two messages to one chat
    faults: dict[str, list[Refused | web.Response]] = field(
        default_factory=lambda: defaultdict(list)
    )  #: method → what it answers next, once each
    updates: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.add_chat(GROUP, type="supergroup", title="Alerts")
        self.add_chat(ALICE, type="private", first_name="Alice")
        self._ids = itertools.count(1)
        self._free_at: dict[int, float] = {}

    def add_chat(self, chat_id: int, **facts: str) -> None:
        self.chats[chat_id] = {"id": chat_id, **facts}

    # ---- what people see and do ----

    def seen(self, chat: int = GROUP) -> list[Message]:
        """Return what the bot wrote in *chat*, oldest first."""
        return [each for each in self.messages.values() if each.chat == chat and each.ours]

    async def until(self, true: Callable[[], bool], within_s: float = 5) -> None:
        """Wait until something *true* has come of what the bot did."""
        async with asyncio.timeout(within_s):
            while not true():
                await self._change()

    async def say(self, text: str, chat: int = GROUP, **facts: Any) -> Message:
        """Let Alice write *text*, and return the bot's answer."""
        asked = self.write(text, chat, **facts)
        answers: list[Message] = []

        def answered() -> bool:
            answers[:] = [each for each in self.seen(chat) if each.reply_to == asked.id]
            return bool(answers)

        await self.until(answered)
        return answers[0]

    async def press(self, message: Message, data: str = "") -> None:
        """Let Alice press the last button of *message*, and wait until the bot has heard it."""
        press = str(next(self._ids))
        self.presses.add(press)
        shown = {"message_id": message.id, "chat": self.chats[message.chat], "date": 0}
        data = data or message.buttons[-1][1]
        self.push({"callback_query": {"id": press, "data": data, "message": shown}})
        await self.until(lambda: press not in self.presses)

    def write(self, text: str, chat: int = GROUP, **facts: Any) -> Message:
        """Let Alice write *text*."""
        said = self._put(Message(next(self._ids), chat, text, ours=False))
        sender = {"id": ALICE, "is_bot": False, "first_name": "Alice"}
        message = {
            "message_id": said.id, "date": 1_760_000_000, "chat": self.chats[chat],
            "from": sender, "text": text,
        }  # fmt: skip
        self.push({"message": message | facts})
        return said

    def push(self, update: dict[str, Any]) -> None:
        """Hand *update* to the bot."""
        self.updates.append({"update_id": 1000 + next(self._ids), **update})
        self._tell()

    # ---- HTTP ----

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except Refused as refused:
            return refused.response()
        finally:
            self._tell()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            raise Refused(401, "Unauthorized")
        if self.faults[method]:
            fault = self.faults[method].pop(0)
            if isinstance(fault, web.Response):
                return fault
            raise fault
        if method not in _METHODS:
            raise Refused(404, "Not Found: method not found")
        result = _METHODS[method](self, await _arguments(request))
        if asyncio.iscoroutine(result):
            result = await result
        return web.json_response({"ok": True, "result": result})

    # ---- methods ----

    def get_me(self, _: Arguments) -> dict[str, Any]:
        return {"id": 123456, "is_bot": True, "first_name": "Alerts", "username": "Alerts_Bot"}

    def get_chat(self, arguments: Arguments) -> dict[str, Any]:
        return self._chat(arguments)

    def set_my_commands(self, arguments: Arguments) -> bool:
        for command in arguments["commands"]:
            name = command["command"]
            if not (name.isalnum() and name == name.lower() and 1 <= len(name) <= 32):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = arguments["commands"]
        return True

    def delete_webhook(self, _: Arguments) -> bool:
        self.webhook = False
        return True

    def answer_callback_query(self, arguments: Arguments) -> bool:
        if arguments["callback_query_id"] not in self.presses:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.presses.remove(arguments["callback_query_id"])
        return True

    def send_message(self, arguments: Arguments) -> dict[str, Any]:
        chat = self._chat(arguments)["id"]
        text, entities = self._text(arguments)
        reply_to = self._reply_target(chat, arguments.get("reply_parameters") or {})
        self._keep_pace(chat)
        message = Message(
            next(self._ids),
            chat,
            text,
            entities=entities,
            reply_to=reply_to,
            silent=arguments.get("disable_notification") is True,
            preview=not (arguments.get("link_preview_options") or {}).get("is_disabled"),
            buttons=_buttons(arguments),
        )
        return self._shown(self._put(message))

    def send_photo(self, arguments: Arguments) -> dict[str, Any]:
        if not arguments["photo"].content.startswith(b"\x89PNG"):
            raise bad("IMAGE_PROCESS_FAILED")
        return self._send_file(arguments, arguments["photo"])

    def send_document(self, arguments: Arguments) -> dict[str, Any]:
        return self._send_file(arguments, arguments["document"])

    def _send_file(self, arguments: Arguments, file: Upload) -> dict[str, Any]:
        chat = self._chat(arguments)["id"]
        caption = str(arguments.get("caption", ""))
        if arguments.get("parse_mode"):
            caption, _ = parsed(caption, arguments["parse_mode"])
        if length(caption) > 1024:
            raise bad("message caption is too long")
        if not file.content:
            raise bad("file must be non-empty")
        reply_to = self._reply_target(chat, arguments.get("reply_parameters") or {})
        self._keep_pace(chat)
        message = Message(next(self._ids), chat, caption, reply_to=reply_to)
        message.file = (file.name, file.content)
        return self._shown(self._put(message))

    def edit_message_text(self, arguments: Arguments) -> dict[str, Any]:
        chat = self._chat(arguments)["id"]
        message = self.messages.get((chat, int(arguments["message_id"])))
        if message is None:
            raise bad("message to edit not found")
        if not message.ours:
            raise bad("message can't be edited")
        new = (*self._text(arguments), _buttons(arguments))
        if new == (message.text, message.entities, message.buttons):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        self._keep_pace(chat)
        message.text, message.entities, message.buttons = new
        message.edits += 1
        return self._shown(message)

    async def get_updates(self, arguments: Arguments) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self.polls += 1
        mine = self.polls
        self._tell()
        offset = arguments.get("offset", 0)
        self.updates = [each for each in self.updates if each["update_id"] >= offset]
        wanted = set(arguments["allowed_updates"])
        try:
            async with asyncio.timeout(arguments.get("timeout", 0)):
                while not self.updates and mine == self.polls:
                    await self._change()
        except TimeoutError:
            return []
        if mine != self.polls:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        return [each for each in self.updates[:100] if wanted & set(each)]

    # ---- rules ----

    def _chat(self, arguments: Arguments) -> dict[str, Any]:
        try:
            chat_id = int(arguments["chat_id"])
        except (KeyError, ValueError):
            raise bad("chat not found") from None
        if chat_id in self.moved:
            moved = self.moved[chat_id]
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=moved)
        if chat_id not in self.chats:
            raise bad("chat not found")
        return self.chats[chat_id]

    @staticmethod
    def _text(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
        text = str(arguments.get("text", ""))
        entities: list[dict[str, Any]] = []
        if arguments.get("parse_mode"):
            text, entities = parsed(text, arguments["parse_mode"])
        if not text.strip():
            raise bad("message text is empty")
        if length(text) > 4096:
            raise bad("message is too long")
        return text, entities

    def _reply_target(self, chat: int, parameters: Arguments) -> int | None:
        if not parameters:
            return None
        target = int(parameters["message_id"])
        if (chat, target) in self.messages:
            return target
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def _keep_pace(self, chat: int) -> None:
        now = asyncio.get_running_loop().time()
        wait_s = self._free_at.get(chat, 0) - now
        if wait_s > 0:
            raise too_fast(math.ceil(wait_s))
        self._free_at[chat] = now + self.pace_s

    # ---- inside ----

    def _put(self, message: Message) -> Message:
        self.messages[message.chat, message.id] = message
        return message

    def _shown(self, message: Message) -> dict[str, Any]:
        chat = self.chats[message.chat]
        return {"message_id": message.id, "date": 1_760_000_000, "chat": chat}

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    async def _change(self) -> None:
        await self.changed.wait()


_METHODS: Mapping[str, Callable[[Telegram, Arguments], Any]] = {
    "getMe": Telegram.get_me,
    "getChat": Telegram.get_chat,
    "getUpdates": Telegram.get_updates,
    "setMyCommands": Telegram.set_my_commands,
    "deleteWebhook": Telegram.delete_webhook,
    "answerCallbackQuery": Telegram.answer_callback_query,
    "sendMessage": Telegram.send_message,
    "editMessageText": Telegram.edit_message_text,
    "sendPhoto": Telegram.send_photo,
    "sendDocument": Telegram.send_document,
}
_TEXTS = ("text", "parse_mode", "chat_id", "callback_query_id", "caption", "photo", "document")


def _buttons(arguments: Arguments) -> list[tuple[str, str]]:
    rows = (arguments.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = [(button["text"], button["callback_data"]) for row in rows for button in row]
    for label, data in buttons:
        if not label:
            raise bad("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    return buttons


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Return what a form holds: texts and files as they are, everything else as JSON."""
    form = await request.post()
    files = {
        f"attach://{name}": Upload(value.filename, value.file.read())
        for name, value in form.items()
        if isinstance(value, web.FileField)
    }
    return {
        name: files.get(str(value), value) if name in _TEXTS else json.loads(str(value))
        for name, value in form.items()
        if not isinstance(value, web.FileField)
    }


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """Serve a Telegram on a free port."""
    service = Telegram()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", service.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = str(site.name)
    try:
        yield service
    finally:
        await runner.cleanup()
