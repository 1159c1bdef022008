"""What a host's robots.txt says is done, for redirects too, and asked once a host."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FeedUnreachable
from bot.feeds.fetch import PAGES, Fetched, fetch, web_session
from bot.feeds.robots import Robots
from bot.model import FeedState
from tests.doubles.feed_host import FeedHost, feed_host

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)


class Visitor:
    """A session that obeys robots.txt, with a clock that tests move."""

    def __init__(self, host: FeedHost) -> None:
        self.host, self.now = host, NOON
        self.session = web_session(inside=True, middlewares=(Robots(lambda: self.now).obey,))
        host.bodies["/story"] = host.bodies["/good"] = "<html>Words</html>"

    async def get(self, path: str = "/story") -> Fetched:
        state = FeedState("Grid", self.host.url + path)
        return await fetch(self.session, state, accept=PAGES, now=self.now, timeout_s=5)


@pytest.fixture
async def visitor():
    async with feed_host() as host:
        visitor = Visitor(host)
        async with visitor.session:
            yield visitor


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        pytest.param("User-agent: *\nDisallow: /private", True, id="another part"),
        pytest.param("User-agent: *\nDisallow: /", False, id="everything, to all"),
        pytest.param("User-agent: Dealwire\nDisallow: /", False, id="everything, to us"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: dealwire\nAllow: /", True, id="us by name"
        ),
        pytest.param("User-agent: *\nDisallow: /*ory$", False, id="by a pattern"),
        pytest.param("User-agent: *\nDisallow: /\nAllow: /story", True, id="longest rule wins"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /", False, id="after a byte order mark"),
        pytest.param("<html>Not found</html>", True, id="no rules at all"),
        pytest.param(b"\xff\xfe\x00garbage", True, id="no text"),
    ],
)
async def test_a_host_is_obeyed(visitor, robots, allowed):
    visitor.host.bodies["/robots.txt"] = robots
    if allowed:
        assert (await visitor.get()).body == b"<html>Words</html>"
    else:
        with pytest.raises(FeedUnreachable, match=r"robots\.txt"):
            await visitor.get()
        assert visitor.host.asked["/story"] == 0


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (429, False), (500, False), (503, False)]
)
async def test_no_file_allows_all_and_a_host_in_trouble_is_left_alone(visitor, status, allowed):
    visitor.host.statuses["/robots.txt"] = status
    if allowed:
        assert (await visitor.get()).body
    else:
        with pytest.raises(FeedUnreachable, match=r"robots\.txt"):
            await visitor.get()


async def test_a_redirect_to_a_forbidden_page_is_not_followed(visitor):
    visitor.host.bodies["/robots.txt"] = "User-agent: *\nDisallow: /good"
    with pytest.raises(FeedUnreachable, match=r"robots\.txt"):
        await visitor.get("/moved")
    assert visitor.host.asked["/good"] == 0


async def test_the_file_is_asked_once_a_host_until_it_expires(visitor):
    visitor.host.bodies["/robots.txt"] = "User-agent: *\nDisallow: /private"
    visitor.host.headers["/robots.txt"] = {"Cache-Control": "max-age=7200"}
    await asyncio.gather(*(visitor.get() for _ in range(5)))
    visitor.now += timedelta(minutes=119)
    await visitor.get()
    assert visitor.host.asked["/robots.txt"] == 1
    visitor.now += timedelta(minutes=1)
    visitor.host.bodies["/robots.txt"] = "User-agent: *\nDisallow: /"
    with pytest.raises(FeedUnreachable):
        await visitor.get()


async def test_a_host_that_was_in_trouble_is_asked_again_soon(visitor):
    visitor.host.statuses["/robots.txt"] = 503
    with pytest.raises(FeedUnreachable):
        await visitor.get()
    del visitor.host.statuses["/robots.txt"]
    visitor.now += timedelta(minutes=10)
    assert (await visitor.get()).body
