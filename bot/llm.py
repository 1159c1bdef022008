"""The language model, when one is set: one bounded question to an OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from bot.feeds.fetch import first_bytes
from bot.model import Claim, Story
from bot.settings import Settings
from bot.store.answers import Answers
from bot.store.writer import Writer
from bot.understand.llm import SCHEMA, question

log = logging.getLogger(__name__)

_LONGEST_ANSWER = 500  #: tokens
_MAX_BYTES = 200_000
_TRIES = 2
_WAIT_S = 0.5  #: before the second try
_RESTS = timedelta(minutes=5)  #: after a failure, so that a dead server delays one story, not all


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is."""

    model: str
    base_url: str  #: up to "/v1"
    api_key: str = field(default="", repr=False)  #: "" for a server that asks for none


class _Failed(Exception):
    """No answer this time."""

    def __init__(self, reason: str, *, may_retry: bool = True) -> None:
        super().__init__(reason)
        self.may_retry = may_retry


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int = Field(default=0, ge=0)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class Llm:
    """Asks the model; every trouble is one log line and no answer, never an error."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        session: aiohttp.ClientSession,
        writer: Writer,
        clock: Callable[[], datetime],
        settings: Settings,
    ) -> None:
        self._endpoint = endpoint
        self._session = session
        self._writer = writer
        self._clock = clock
        self._settings = settings
        self._rests_until: datetime | None = None

    async def ask(self, story: Story, claim: Claim) -> str | None:
        """Return what the model says of *story*, in ``llm_within_s`` at most; None when nothing.

        A question asked before is answered from the store.
        """
        messages = question(story, claim)
        asked = json.dumps([self._endpoint.model, self._endpoint.base_url, messages])
        key = hashlib.sha256(asked.encode()).hexdigest()[:32]
        answer = await self._writer.run(lambda db: Answers(db).get(key))
        now = self._clock()
        if answer is not None or (self._rests_until is not None and now < self._rests_until):
            return answer
        try:
            async with asyncio.timeout(self._settings.llm_within_s):
                answer = await self._try(messages)
        except (_Failed, TimeoutError) as error:
            self._rests_until = now + _RESTS
            reason = str(error) or f"no answer within {self._settings.llm_within_s:g} seconds"
            log.warning("llm story=%s: %s", story.id, reason)
            return None
        if answer is None:
            return None
        kept = answer
        await self._writer.run(lambda db: Answers(db).put(key, kept, now))
        return kept

    async def _try(self, messages: list[dict[str, str]]) -> str | None:
        """Ask, and once more when that may help; None when today's share is used up."""
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": _LONGEST_ANSWER,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "claim", "strict": True, "schema": SCHEMA},
            },
        }
        tokens = sum(len(message["content"]) for message in messages) // 4 + _LONGEST_ANSWER
        for left in reversed(range(_TRIES)):
            if not await self._take(tokens):
                log.info("llm: today's share is used up")
                return None
            try:
                done = await self._post(body)
            except _Failed as error:
                if not left or not error.may_retry:
                    raise
                # not every server knows schemas; the answer is checked all the same
                body.pop("response_format")
                await asyncio.sleep(_WAIT_S)
            else:
                if done.usage is not None and done.usage.total_tokens:
                    await self._count(done.usage.total_tokens - tokens)
                return done.choices[0].message.content
        return None

    async def _take(self, tokens: int) -> bool:
        settings, now = self._settings, self._clock()
        return await self._writer.run(
            lambda db: Answers(db).take(
                now,
                tokens,
                most_requests=settings.llm_requests_a_day,
                most_tokens=settings.llm_tokens_a_day,
            )
        )

    async def _count(self, tokens: int) -> None:
        now = self._clock()
        await self._writer.run(lambda db: Answers(db).add(now, tokens))

    async def _post(self, body: dict[str, Any]) -> _Completion:
        key = self._endpoint.api_key
        try:
            async with self._session.post(
                f"{self._endpoint.base_url.rstrip('/')}/chat/completions",
                json=body,
                headers={"Authorization": f"Bearer {key}"} if key else {},
                allow_redirects=False,
            ) as response:
                if response.status != 200:  # noqa: PLR2004
                    told = f"the server answered {response.status} {response.reason or ''}".strip()
                    raise _Failed(told, may_retry=response.status not in (401, 403, 404))
                raw = await first_bytes(response, _MAX_BYTES)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _Failed(f"the connection failed: {type(error).__name__}") from None
        try:
            return _Completion.model_validate_json(raw)
        except ValidationError:
            raise _Failed("the answer is no chat completion", may_retry=False) from None
