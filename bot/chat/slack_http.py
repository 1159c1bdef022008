"""Slack's questions over HTTP, for hosts that want a public address instead of Socket Mode.

Bolt checks each request's signature and age; one that comes a second time is refused here.
Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.errors import SettingsError

log = logging.getLogger(__name__)

_VALID_S = 300  #: seconds for which Slack's signature of a request is good
_MOST_BYTES = 2**20  #: Slack's largest payloads are a modal's, a tenth of this

_Next = Callable[[], Awaitable[BoltResponse]]


def refuse_replays() -> Callable[..., Awaitable[BoltResponse]]:
    """Return a middleware that refuses a signed request that was served before."""
    served: dict[str, float] = {}  # signature → when it may be forgotten, in that order

    async def middleware(req: AsyncBoltRequest, next_: _Next) -> BoltResponse:
        now = asyncio.get_running_loop().time()
        for signature in [old for old, until in served.items() if until < now]:
            del served[signature]
        signature = req.headers.get("x-slack-signature", [""])[0]
        if signature in served:
            log.warning("slack request refused: it was served before")
            return BoltResponse(status=401, body="served before")
        served[signature] = now + 2 * _VALID_S  # its timestamp may lie as far ahead as behind
        return await next_()

    return middleware


@asynccontextmanager
async def serving(app: AsyncApp, port: int, healthy: Callable[[], bool]) -> AsyncIterator[int]:
    """Answer Slack at /slack/events and the host's own checks at /healthz; yield the port.

    *healthy* says whether the bot is at work. Raises SettingsError when the port is taken.
    """

    async def events(request: web.Request) -> web.Response:
        answered = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answered)

    async def health(_: web.Request) -> web.Response:
        return web.Response(text="ok") if healthy() else web.Response(status=503, text="stuck")

    app.use(refuse_replays())
    server = web.Application(client_max_size=_MOST_BYTES)
    server.router.add_post("/slack/events", events)
    server.router.add_get("/healthz", health)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, port=port).start()
        except OSError as error:
            raise SettingsError(f"PORT: {port} cannot be used: {error.strerror}") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
