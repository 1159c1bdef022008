"""What a host's robots.txt lets us fetch: asked once a host, remembered for a while."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from protego import Protego
from yarl import URL

from bot.feeds.fetch import PRODUCT, Forbidden, first_bytes, fresh_s

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_MAX_BYTES = 512_000  #: what follows is not read. Source: RFC 9309 §2.5
_MOST_HOSTS = 2_000
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=1)  #: Source: RFC 9309 §2.4
_AFTER_FAILURE = timedelta(minutes=10)

_Rules = Protego | None  #: None: the host forbids all, or could not say


class Robots:
    """The rules of every host asked so far; a session's middleware, so redirects obey too.

    Source: RFC 9309 §2.3.1: a host without the file allows all, one in trouble allows nothing.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: dict[URL, tuple[_Rules, datetime]] = {}  #: origin → rules, valid until
        self._asking: defaultdict[URL, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def obey(
        self, request: aiohttp.ClientRequest, handler: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send *request* on, or raise Forbidden when its host does not want that."""
        rules = await self._rules(request.url.origin(), request.session)
        if rules is None or not rules.can_fetch(str(request.url), PRODUCT):
            raise Forbidden
        return await handler(request)

    async def _rules(self, origin: URL, session: aiohttp.ClientSession) -> _Rules:
        async with self._asking[origin]:
            known = self._known.get(origin)
            if known is None or known[1] <= self._clock():
                if len(self._known) >= _MOST_HOSTS:
                    self._known.clear()
                known = self._known[origin] = await self._ask(origin, session)
            return known[0]

    async def _ask(self, origin: URL, session: aiohttp.ClientSession) -> tuple[_Rules, datetime]:
        now = self._clock()
        try:
            async with session.get(
                origin / "robots.txt", middlewares=(), timeout=_TIMEOUT
            ) as response:
                body = await first_bytes(response, _MAX_BYTES) if response.ok else b""
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            return None, now + _AFTER_FAILURE
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004
            return None, now + _AFTER_FAILURE
        said_s = fresh_s(response.headers, now)
        fresh = _LONGEST if said_s is None else timedelta(seconds=min(said_s, 1e6))
        rules = Protego.parse(body.decode("utf-8-sig", "replace"))
        return rules, now + min(max(fresh, _SHORTEST), _LONGEST)
