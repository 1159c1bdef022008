"""A host of feeds over real HTTP: good ones, and every way of being bad.

It is strict where real hosts are: a matching ETag or date gets a 304 without a body, and it
counts what it was asked.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from aiohttp import web

RSS = "application/rss+xml; charset=utf-8"


def item(number: int, title: str = "", *, published: str = "Tue, 28 Oct 2025 14:00:00 GMT") -> str:
    """Return one RSS item."""
    return (
        f"<item><title>{title or f'Story {number}'}</title><guid>g{number}</guid>"
        f"<link>https://news.example/{number}</link><pubDate>{published}</pubDate>"
        f"<description>Text {number}</description></item>"
    )


def rss(*items: str) -> str:
    """Return an RSS document."""
    return f"<rss version='2.0'><channel><title>News</title>{''.join(items)}</channel></rss>"


@dataclass
class FeedHost:
    """Serves what the tests put under a path."""

    url: str = ""
    bodies: dict[str, str | bytes] = field(default_factory=dict)  #: path → body
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  #: path → more headers
    statuses: dict[str, int] = field(default_factory=dict)  #: path → an error
    asked: Counter[str] = field(default_factory=Counter)  #: path → requests
    agents: set[str] = field(default_factory=set)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve a path as told."""
        path = request.path
        self.asked[path] += 1
        self.agents.add(request.headers.get("User-Agent", ""))
        headers = {"Content-Type": RSS} | self.headers.get(path, {})
        if path in self.statuses:
            return web.Response(status=self.statuses[path], headers=headers, text="sorry")
        if path in _BAD:
            return await _BAD[path](request)
        if path not in self.bodies:
            raise web.HTTPNotFound
        body = self.bodies[path]
        raw = body.encode() if isinstance(body, str) else body
        etag = f'"{sha256(raw).hexdigest()[:8]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=raw, headers={"ETag": etag} | headers)


async def _drip(request: web.Request) -> web.StreamResponse:
    """A feed that never ends: a few bytes now and then, for ever."""
    response = web.StreamResponse(headers={"Content-Type": RSS})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"<item>")
            await asyncio.sleep(0.02)
    except (ConnectionError, asyncio.CancelledError):
        return response


async def _bomb(request: web.Request) -> web.StreamResponse:
    """Thirty megabytes that travel as thirty kilobytes."""
    body = gzip.compress(b" " * 30_000_000)
    return web.Response(body=body, headers={"Content-Type": RSS, "Content-Encoding": "gzip"})


async def _huge(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"x" * 30_000_000, headers={"Content-Type": RSS})


async def _loop(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/loop")


async def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _moved(request: web.Request) -> web.StreamResponse:
    raise web.HTTPMovedPermanently("/good")


_BAD: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "/drip": _drip, "/bomb": _bomb, "/huge": _huge, "/loop": _loop, "/hang-up": _hang_up,
    "/moved": _moved,
}  # fmt: skip


@asynccontextmanager
async def feed_host() -> AsyncIterator[FeedHost]:
    """Serve a FeedHost on a free port."""
    host = FeedHost()
    app = web.Application()
    app.router.add_get("/{path:.*}", host.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = str(site.name)
    try:
        yield host
    finally:
        await runner.cleanup()
