"""A Slack workspace over real HTTP and WebSocket, as strict as the real one.

It refuses unknown tokens, channels and messages, blocks that break Block Kit's rules, and more
than one message a second in a channel when told to. What people did and saw are plain lists.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, WSMsgType, web

from tests.doubles.block_rules import faults, view_faults

MANIFEST = Path(__file__).parents[2] / "config" / "slack-manifest.json"
BOT_TOKEN = "xoxb-test-bot"  # noqa: S105
APP_TOKEN = "xapp-test-app"  # noqa: S105
SECRET = "test-signing-secret"  # noqa: S105
ACK_WITHIN_S = 3
TRIGGER_FOR_S = 3

Payload = dict[str, Any]

#: What an app must have been granted to call a method. Source: docs.slack.dev/reference/methods
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "chat.unfurl": "links:write",
}
#: What an app must have been granted to hear of an event. Source: docs.slack.dev/reference/events
EVENT_SCOPES = {"app_mention": "app_mentions:read", "link_shared": "links:read"}


def signed_body(kind: str, payload: Payload) -> str:
    """Return *payload* as Slack posts it: events as JSON, all else as a form."""
    if kind == "events_api":
        return json.dumps(payload)
    return urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)})


def signature(body: str, timestamp: int, secret: str = SECRET) -> dict[str, str]:
    """Return the headers that sign *body*. Source: docs.slack.dev, verifying requests."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
        "Content-Type": "application/json"
        if body.startswith("{")
        else "application/x-www-form-urlencoded",
    }


class Refusal(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


@dataclass
class Fault:
    """An answer that the next call of a method gets instead."""

    method: str
    status: int
    body: Payload
    headers: dict[str, str]


def _channels() -> dict[str, Payload]:
    return {
        "C0000001": {"id": "C0000001", "name": "deals", "is_member": True},
        "C0000002": {"id": "C0000002", "name": "big-deals", "is_member": True},
        "C0000003": {"id": "C0000003", "name": "strangers", "is_member": False},
        "C0000004": {"id": "C0000004", "name": "old", "is_member": True, "is_archived": True},
    }


@dataclass
class Slack:
    """The workspace: its channels, their messages, and what people were shown."""

    manifest: Payload = field(default_factory=lambda: json.loads(MANIFEST.read_text("utf-8")))
    channels: dict[str, Payload] = field(default_factory=_channels)
    messages: dict[str, list[Payload]] = field(default_factory=lambda: defaultdict(list))
    replies: list[Payload] = field(default_factory=list)  #: sent to response URLs
    files: list[Payload] = field(default_factory=list)  #: shared in channels
    unfurls: list[Payload] = field(default_factory=list)  #: what links were shown as
    homes: dict[str, Payload] = field(default_factory=dict)  #: user → Home tab as published
    people: set[str] = field(default_factory=lambda: {"U1", "U2", "U3"})  #: who has not left
    whispers: list[Payload] = field(default_factory=list)  #: shown to one person in a channel
    views: dict[str, Payload] = field(default_factory=dict)  #: open forms, by id
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    a_second: bool = False  #: only one message a second in each channel
    url: str = ""
    acked_at: float = 0  #: when the last envelope was acknowledged, by the loop's clock
    request_url: str = ""  #: set: questions come signed over HTTP, not down the socket
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _acks: dict[str, asyncio.Future[Payload | None]] = field(default_factory=dict)
    _uploads: dict[str, Payload] = field(default_factory=dict)  #: id → file on its way
    _triggers: dict[str, float] = field(default_factory=dict)  #: id → when it was given
    _links: dict[str, int] = field(default_factory=dict)  #: response URL → uses left
    _last: dict[str, float] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)  #: a call was answered
    _replied: asyncio.Event = field(default_factory=asyncio.Event)
    _whispered: asyncio.Event = field(default_factory=asyncio.Event)
    _shown: Payload = field(default_factory=dict)  #: the last answer, or form
    _count: int = 0

    # ---- what tests say ----

    @property
    def api_url(self) -> str:
        """Return what SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    def fail(self, method: str, code: str = "", *, status: int = 200, **headers: str) -> None:
        """Let the next call of *method* fail."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(method, status, {"ok": False, "error": code}, named))

    def cards(self, channel: str) -> list[Payload]:
        """Return the messages that stand in a channel itself."""
        return [each for each in self.messages[channel] if "thread_ts" not in each]

    def thread(self, channel: str) -> list[Payload]:
        """Return the messages in threads of a channel."""
        return [each for each in self.messages[channel] if "thread_ts" in each]

    # ---- what people do ----

    async def slash(
        self, command: str, text: str = "", user: str = "U1", channel: str = "C0000001"
    ) -> Payload:
        """Type a slash command that the manifest lists; return what was answered."""
        commands = [each["command"] for each in self.manifest["features"]["slash_commands"]]
        assert command in commands, f"{command} is not a valid command"
        payload = {
            **self._who(user),
            "command": command,
            "text": text,
            "user_id": user,
            "team_id": "T1",
            "channel_id": channel,
        }
        return await self._told("slash_commands", payload)

    async def open_home(
        self, user: str = "U1", *, tab: str = "home", event_id: str = "", retry: int = 0
    ) -> None:
        """Open the app; *retry* counts the times Slack has sent the same event before."""
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": f"D{user[1:]}",
            "tab": tab,
            "event_ts": self._ts(),
        }
        assert event["type"] in self.manifest["settings"]["event_subscriptions"]["bot_events"]
        payload = {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event": event,
            "event_id": event_id or f"Ev{uuid.uuid4().hex}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        }
        again = {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self._deliver("events_api", payload, accepts_response_payload=False, **again)

    async def click_home(self, action_id: str, user: str = "U1", **forged: str) -> None:
        """Press a button of a person's Home tab; there is no message and no response URL."""
        view = self.homes[user]
        who = self._who(user)
        del who["response_url"]
        payload = {
            **who,
            "type": "block_actions",
            "view": {"id": f"V{user}", **view},
            "container": {"type": "view", "view_id": f"V{user}"},
            "actions": [self._pressed(view, action_id, forged)],
        }
        await self._deliver("interactive", payload)

    async def click(
        self, message: Payload, action_id: str, user: str = "U1", **forged: str
    ) -> Payload | None:
        """Press a button of a message; return what was answered, None when nothing was."""
        action = self._pressed(message, action_id, forged)
        payload = {
            **self._who(user),
            "type": "block_actions",
            "channel": {"id": "C0000001"},
            "container": {"type": "message", "channel_id": "C0000001"},
            "actions": [action],
        }
        if "url" in action:
            await self._deliver("interactive", payload)
            return None
        return await self._told("interactive", payload)

    def _pressed(self, surface: Payload, action_id: str, forged: dict[str, str]) -> Payload:
        element = next(
            each
            for block in surface["blocks"]
            for each in [*block.get("elements", []), block.get("accessory") or {}]
            if each.get("action_id") == action_id
        )
        return {
            **element,
            "block_id": "b",
            "action_ts": self._ts(),
            **forged,
        }

    async def until(self, true: Callable[[], object], within_s: float = 20) -> None:
        """Wait until something *true* has come of what the bot did."""
        async with asyncio.timeout(within_s):
            while not true():
                await self._changed.wait()

    def say(self, text: str, channel: str = "C0000001", **more: Any) -> Payload:
        """Let somebody write a message."""
        message = {"ts": self._ts(), "type": "message", "user": "U1", "text": text, **more}
        self.messages[channel].append(message)
        return message

    async def mention(self, text: str, channel: str = "C0000001", **more: Any) -> list[Payload]:
        """Let somebody write to the bot; return the answers in the thread beneath."""
        message = self.say(f"<@UBOT> {text}", channel, **more)
        await self.event({**message, "type": "app_mention", "channel": channel})
        parent = message.get("thread_ts", message["ts"])

        def answers() -> list[Payload]:
            return [
                each
                for each in self.messages[channel]
                if each.get("thread_ts") == parent and each is not message
            ]

        await self.until(answers)
        return answers()

    async def event(self, event: Payload, event_id: str = "", retry: int = 0) -> None:
        """Tell the bot of something that the manifest asks to hear of."""
        settings = self.manifest["settings"]
        assert event["type"] in settings["event_subscriptions"]["bot_events"], "not asked for"
        granted = self.manifest["oauth_config"]["scopes"]["bot"]
        assert EVENT_SCOPES[event["type"]] in granted, "missing scope"
        payload = {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event_id": event_id or f"Ev{uuid.uuid4().hex}",
            "event_time": int(time.time()),
            "event": {"event_ts": self._ts(), **event},
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        }
        await self._deliver("events_api", payload, retry_attempt=retry)

    async def shortcut(self, name: str, message: Payload) -> Payload:
        """Choose a shortcut of the manifest on a message; return what was answered."""
        known: dict[str, Payload] = {
            each["name"]: each for each in self.manifest["features"]["shortcuts"]
        }
        assert known[name]["type"] == "message"
        payload = {
            **self._who("U1"),
            "type": "message_action",
            "callback_id": known[name]["callback_id"],
            "channel": {"id": "C0000001", "name": "deals"},
            "message_ts": message.get("ts"),
            "message": message,
        }
        return await self._told("interactive", payload)

    async def choose(
        self, message: Payload, text: str, user: str = "U1", *, late: bool = False, **forged: str
    ) -> Payload:
        """Choose from the menu of a message; return the form it opened, or what was answered."""
        menu = next(
            each
            for block in message["blocks"]
            for each in block.get("elements", [])
            if each["type"] == "overflow"
        )
        option = next(each for each in menu["options"] if each["text"]["text"] == text)
        payload = {
            **self._who(user),
            "type": "block_actions",
            "channel": {"id": "C0000001", "name": "deals"},
            "container": {"type": "message", "channel_id": "C0000001"},
            "actions": [
                {
                    "type": "overflow",
                    "action_id": menu["action_id"],
                    "block_id": "b",
                    "selected_option": {**option, **forged},
                    "action_ts": self._ts(),
                }
            ],
        }
        if late:
            self._triggers[payload["trigger_id"]] -= TRIGGER_FOR_S
        return await self._told("interactive", payload)

    async def submit(
        self, view: Payload, user: str = "U1", again: bool = False, **values: Any
    ) -> Payload | None:
        """Fill in *values* by block id and send the form; return what it was told back.

        None closes the form. A menu takes a value, checkboxes a list of places. With *again*
        the same order comes once more, as when Slack did not hear that it had come.
        """
        assert again or view["id"] in self.views, "this form is not open"
        inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
        assert set(values) <= set(inputs), "no such input"
        state = {
            block_id: {element["action_id"]: _state(element, values.get(block_id))}
            for block_id, element in inputs.items()
        }
        payload = {
            **self._who(user),
            "type": "view_submission",
            "view": {**view, "state": {"values": state}},
            "response_urls": [],
        }
        answer = await self._deliver("interactive", payload)
        action = (answer or {}).get("response_action")
        if action == "errors":
            assert answer is not None
            assert answer["errors"], "errors name at least one block"
            assert set(answer["errors"]) <= set(inputs), "errors name inputs of the form"
        elif action == "update":
            assert answer is not None
            assert view_faults(answer["view"]) == []
        else:
            assert not answer, f"a form is not answered with {answer}"
            self.views.pop(view["id"], None)
        return answer

    async def whispered(self, count: int = 1) -> str:
        """Return the text of the last of *count* messages that only one person was shown."""
        while len(self.whispers) < count:
            self._whispered.clear()
            await asyncio.wait_for(self._whispered.wait(), 5)
        return str(self.whispers[-1])

    async def _told(self, kind: str, payload: Payload) -> Payload:
        """Deliver, then return the answer that came to the response URL, or the opened form."""
        self._replied.clear()
        await self._deliver(kind, payload)
        await asyncio.wait_for(self._replied.wait(), 20)
        return self._shown

    async def _deliver(self, kind: str, payload: Payload, **envelope_more: Any) -> Payload | None:
        """Send an envelope; the bot has three seconds to say it came, and may say more."""
        if self.request_url:
            status, said = await self._posted(signed_body(kind, payload))
            assert status == 200, status
            return json.loads(said) if said else None
        async with asyncio.timeout(10):
            await self._connected.wait()
        envelope = uuid.uuid4().hex
        ack: asyncio.Future[Payload | None] = asyncio.get_running_loop().create_future()
        self._acks[envelope] = ack
        await self._sockets[-1].send_json(
            {
                "envelope_id": envelope,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
                **envelope_more,
            }
        )
        answered = await asyncio.wait_for(ack, ACK_WITHIN_S)
        self.acked_at = asyncio.get_running_loop().time()
        return answered

    async def post_signed(self, body: str, *, ago_s: int = 0, secret: str = SECRET) -> int:
        """Post *body* as Slack does, signed *ago_s* seconds ago; return the bot's status."""
        return (await self._posted(body, ago_s, secret))[0]

    async def _posted(self, body: str, ago_s: int = 0, secret: str = SECRET) -> tuple[int, str]:
        headers = signature(body, int(time.time()) - ago_s, secret)
        async with (
            ClientSession() as session,
            session.post(
                self.request_url,
                data=body,
                headers=headers,
                timeout=ClientTimeout(total=ACK_WITHIN_S),
            ) as answered,
        ):
            return answered.status, await answered.text()

    def _who(self, user: str) -> Payload:
        link = f"{self.url}/response/{uuid.uuid4().hex}"
        self._links[link] = 5
        trigger = uuid.uuid4().hex
        self._triggers[trigger] = time.monotonic()
        return {
            "team": {"id": "T1", "domain": "test"},
            "user": {"id": user, "team_id": "T1"},
            "api_app_id": "A1",
            "trigger_id": trigger,
            "response_url": link,
        }

    def _ts(self) -> str:
        self._count += 1
        return f"{int(time.time())}.{self._count:06d}"

    # ---- the Web API ----

    async def api(self, request: web.Request) -> web.Response:
        """Answer one call of the Web API, and tell who waits for what came of it."""
        try:
            return await self._answer(request)
        finally:
            self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments: Payload = dict(request.query)
        if "json" in request.content_type:
            arguments |= json.loads(await request.text() or "{}")
        else:
            arguments |= dict(await request.post())
        self.calls.append((method, arguments))
        for fault in list(self.faults):
            if fault.method == method:
                self.faults.remove(fault)
                return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        try:
            self._authorize(method, request)
            return web.json_response({"ok": True, **_METHODS[method](self, arguments)})
        except Refusal as refusal:
            late = refusal.body["error"] == "ratelimited"
            return web.json_response(
                refusal.body,
                status=429 if late else 200,
                headers={"Retry-After": "1"} if late else None,
            )

    def _authorize(self, method: str, request: web.Request) -> None:
        if method not in _METHODS:
            raise Refusal("unknown_method")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            raise Refusal("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN):
            raise Refusal("invalid_auth")
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            raise Refusal("not_allowed_token_type")
        needed = SCOPES.get(method)
        if needed and needed not in self.manifest["oauth_config"]["scopes"]["bot"]:
            raise Refusal("missing_scope", needed=needed)

    def _channel(self, arguments: Payload) -> str:
        address = arguments.get("channel", "")
        if address in self.people:  # a message to a person opens the direct messages with the bot
            if not self.manifest["features"]["app_home"]["messages_tab_enabled"]:
                raise Refusal("messages_tab_disabled")
            if "im:write" not in self.manifest["oauth_config"]["scopes"]["bot"]:
                raise Refusal("missing_scope", needed="im:write")
            address = f"D{address[1:]}"
            self.channels[address] = {"id": address, "is_im": True, "is_member": True}
        channel = self.channels.get(address)
        if channel is None:
            raise Refusal("channel_not_found")
        if channel.get("is_archived"):
            raise Refusal("is_archived")
        if not channel["is_member"]:
            raise Refusal("not_in_channel")
        return str(channel["id"])

    def _content(self, arguments: Payload) -> Payload:
        blocks = arguments.get("blocks") or []
        if found := faults(blocks):
            code = "msg_blocks_too_long" if "msg_blocks_too_long" in found else "invalid_blocks"
            raise Refusal(code, response_metadata={"messages": found})
        text = arguments.get("text") or ""
        if not (text or blocks):
            raise Refusal("no_text")
        if len(text) > 40_000:
            raise Refusal("msg_too_long")
        return {"text": text, "blocks": blocks}

    def _find(self, channel: str, ts: str) -> Payload:
        for message in self.messages[channel]:
            if message["ts"] == ts:
                return message
        raise Refusal("message_not_found")

    def _post(self, arguments: Payload) -> Payload:
        channel = self._channel(arguments)
        if self.a_second and time.monotonic() - self._last.get(channel, 0) < 1:
            raise Refusal("ratelimited")
        message = {"ts": self._ts(), **self._content(arguments)}
        if "thread_ts" in arguments:
            parent = self._find(channel, arguments["thread_ts"])
            message["thread_ts"] = parent["ts"]
            message["broadcast"] = bool(arguments.get("reply_broadcast"))
        self._last[channel] = time.monotonic()
        self.messages[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _update(self, arguments: Payload) -> Payload:
        channel = self._channel(arguments)
        message = self._find(channel, arguments.get("ts", ""))
        message.update(self._content(arguments), edited=True)
        return {"channel": channel, "ts": message["ts"], "text": message["text"]}

    def _delete(self, arguments: Payload) -> Payload:
        channel = self._channel(arguments)
        self.messages[channel].remove(self._find(channel, arguments["ts"]))
        return {"channel": channel, "ts": arguments["ts"]}

    def _whisper(self, arguments: Payload) -> Payload:
        channel = self._channel(arguments)
        if arguments.get("user") not in self.people:
            raise Refusal("user_not_in_channel")
        self.whispers.append({"channel": channel, **arguments, **self._content(arguments)})
        self._whispered.set()
        return {"message_ts": self._ts()}

    def _open_view(self, arguments: Payload) -> Payload:
        given = self._triggers.pop(arguments.get("trigger_id", ""), None)
        if given is None:
            raise Refusal("invalid_trigger_id")
        if time.monotonic() - given >= TRIGGER_FOR_S:
            raise Refusal("expired_trigger_id")
        view = arguments.get("view") or {}
        view = json.loads(view) if isinstance(view, str) else view
        if found := view_faults(view):
            raise Refusal("invalid_arguments", response_metadata={"messages": found})
        opened = {**view, "id": f"V{uuid.uuid4().hex[:10].upper()}", "hash": uuid.uuid4().hex}
        self.views[opened["id"]] = self._shown = opened
        self._replied.set()
        return {"view": opened}

    def _info(self, arguments: Payload) -> Payload:
        if arguments.get("channel") not in self.channels:
            raise Refusal("channel_not_found")
        return {"channel": self.channels[arguments["channel"]]}

    def _open_direct(self, arguments: Payload) -> Payload:
        user = arguments.get("users", "")
        if user not in ("U1", "U2", "U3"):
            raise Refusal("user_not_found")
        channel: Payload = {"id": f"D{user}", "is_im": True, "is_member": True}
        self.channels[channel["id"]] = channel
        return {"channel": channel}

    def _start_upload(self, arguments: Payload) -> Payload:
        if not arguments.get("filename") or int(arguments.get("length", 0)) < 1:
            raise Refusal("invalid_arguments")
        file = f"F{uuid.uuid4().hex[:8].upper()}"
        self._uploads[file] = {"name": arguments["filename"], "length": int(arguments["length"])}
        return {"file_id": file, "upload_url": f"{self.url}/upload/{file}"}

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file: just as many as were announced."""
        file = self._uploads.get(request.match_info["file"])
        content = await request.read()
        if file is None or len(content) != file["length"]:
            return web.Response(status=400, text="bad upload")
        file["content"] = content
        return web.Response(text=f"OK - {len(content)}")

    def _finish_upload(self, arguments: Payload) -> Payload:
        channel = self._channel({"channel": arguments.get("channel_id", "")})
        thread = arguments.get("thread_ts")
        if thread:
            self._find(channel, thread)
        found = []
        for each in json.loads(arguments["files"]):
            file = self._uploads.pop(each["id"], {})
            if "content" not in file:
                raise Refusal("file_not_found")
            found.append({**file, **each, "channel": channel, "thread_ts": thread})
        self.files += found
        return {"files": [{"id": file["id"], "title": file["title"]} for file in found]}

    def _unfurl(self, arguments: Payload) -> Payload:
        if not {"unfurl_id", "source"} <= arguments.keys():
            message = self._find(self._channel(arguments), arguments.get("ts", ""))
            if not all(url in message["text"] for url in arguments["unfurls"]):
                raise Refusal("cannot_unfurl_url")
        for url, shown in arguments["unfurls"].items():
            domains = self.manifest["features"]["unfurl_domains"]
            if not any(f"//{domain}/" in url for domain in domains):
                raise Refusal("cannot_unfurl_url")
            if found := faults(shown["blocks"]):
                raise Refusal("invalid_blocks", response_metadata={"messages": found})
        self.unfurls.append(arguments)
        return {}

    def _auth(self, _: Payload) -> Payload:
        return {"team": "Test", "team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}

    def _publish(self, arguments: Payload) -> Payload:
        if not self.manifest["features"]["app_home"]["home_tab_enabled"]:
            raise Refusal("not_enabled")
        if arguments.get("user_id") not in self.people:
            raise Refusal("user_not_found")
        self.homes[arguments["user_id"]] = self._view(arguments, "home")
        return {"view": self.homes[arguments["user_id"]]}

    def _view(self, arguments: Payload, kind: str) -> Payload:
        view = arguments.get("view") or {}
        view = json.loads(view) if isinstance(view, str) else view
        known = {"type", "blocks"} | ({"title"} if kind == "modal" else set())
        found = faults(view.get("blocks"), most=100, most_characters=250_000)
        if view.get("type") != kind or set(view) != known or found:
            raise Refusal("invalid_arguments", response_metadata={"messages": found})
        return dict(view)

    def _open(self, _: Payload) -> Payload:
        return {"url": f"{self.url.replace('http', 'ws')}/socket"}

    # ---- Socket Mode and response URLs ----

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection of the bot."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        self._connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                said = json.loads(message.data)
                ack = self._acks.pop(said.get("envelope_id", ""), None)
                if ack is not None and not ack.done():
                    ack.set_result(said.get("payload"))
        self._sockets.remove(socket)
        if not self._sockets:
            self._connected.clear()
        return socket

    async def drop_sockets(self) -> None:
        """Close every connection, as Slack does every few hours."""
        self._connected.clear()
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError):  # a killed bot closed it already
                await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await socket.close()

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer to a command or a click: five an address, valid blocks only."""
        link = f"{self.url}{request.path}"
        if self._links.get(link, 0) < 1:
            return web.Response(status=404, text="used_url")
        self._links[link] -= 1
        body = await request.json()
        if found := faults(body.get("blocks") or []):
            return web.Response(status=400, text=f"invalid_blocks: {found}")
        self.replies.append(body)
        self._shown = body
        self._replied.set()
        self._tell()
        return web.Response(text="ok")


def _state(element: Payload, value: Any) -> Payload:
    """Return what a form sends of one input: as it was opened, or as *value* fills it."""
    kind = element["type"]
    if kind == "plain_text_input":
        typed = element.get("initial_value") if value is None else value or None
        assert typed is None or len(typed) <= element.get("max_length", 3000), "Slack stops typing"
        return {"type": kind, "value": typed}
    options = {option["value"]: option for option in element["options"]}
    if kind == "checkboxes":
        ticked = [element["options"][place] for place in value or []]
        return {"type": kind, "selected_options": ticked}
    chosen = element.get("initial_option") if value is None else options[value]
    return {"type": kind, "selected_option": chosen}


_METHODS: dict[str, Callable[[Slack, Payload], Payload]] = {
    "auth.test": Slack._auth,
    "apps.connections.open": Slack._open,
    "chat.postMessage": Slack._post,
    "chat.update": Slack._update,
    "chat.delete": Slack._delete,
    "conversations.info": Slack._info,
    "conversations.open": Slack._open_direct,
    "files.getUploadURLExternal": Slack._start_upload,
    "files.completeUploadExternal": Slack._finish_upload,
    "chat.unfurl": Slack._unfurl,
    "views.publish": Slack._publish,
    "chat.postEphemeral": Slack._whisper,
    "views.open": Slack._open_view,
}


@asynccontextmanager
async def slack_double() -> AsyncIterator[Slack]:
    """Serve a workspace on a free port."""
    slack = Slack()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/api/{method}", slack.api)
    app.router.add_get("/socket", slack.socket)
    app.router.add_post("/upload/{file}", slack.upload)
    app.router.add_post("/response/{link}", slack.respond)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = str(site.name)
    try:
        yield slack
    finally:
        await slack.drop_sockets()
        await runner.cleanup()
