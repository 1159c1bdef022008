"""A language model's server, OpenAI-compatible, over real HTTP; strict about what it is sent.

It answers what the tests put in ``script``, in order, and the last of it for ever: a text is the
model's words, a number a status, a `Raw` body is sent as it stands, and `SILENCE` says nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-double-secret"
MODEL = "double-1"


@dataclass(frozen=True)
class Raw:
    """A body that is no chat completion."""

    body: str


SILENCE = Raw("silence")


@dataclass
class Model:
    """The server, and what it was asked."""

    base_url: str = ""
    script: list[str | int | Raw] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)  #: bodies of the requests
    tokens: int | None = 900  #: said in "usage"; None says nothing
    knows_schemas: bool = True

    async def complete(self, request: web.Request) -> web.Response:
        """Answer one request as scripted."""
        body = await request.json()
        self.asked.append(body)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "invalid api key"}}, status=401)
        if problem := _problem(body) or (
            "response_format" in body and not self.knows_schemas and "unknown response_format"
        ):
            return web.json_response({"error": {"message": problem}}, status=400)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if answer is SILENCE:
            await asyncio.sleep(30)
        if isinstance(answer, Raw):
            return web.Response(text=answer.body, content_type="application/json")
        if isinstance(answer, int):
            return web.json_response({"error": {"message": "no"}}, status=answer)
        usage = {} if self.tokens is None else {"usage": {"total_tokens": self.tokens}}
        message = {"role": "assistant", "content": answer}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return web.json_response(
            {"id": "c1", "object": "chat.completion", "choices": [choice]} | usage
        )


def _problem(body: dict[str, Any]) -> str:
    if body.get("model") != MODEL:
        return "the model does not exist"
    messages = body.get("messages")
    if not messages or [message["role"] for message in messages] != ["system", "user"]:
        return "messages must be one of the system and one of the user"
    if body.get("temperature") != 0 or not 0 < body.get("max_tokens", 0) <= 1_000:
        return "temperature and max_tokens are not as agreed"
    json.loads(messages[1]["content"])
    return ""


@asynccontextmanager
async def model_double() -> AsyncIterator[Model]:
    """Serve a Model on a free port."""
    model = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.complete)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    model.base_url = f"{site.name}/v1"
    try:
        yield model
    finally:
        await runner.cleanup()
