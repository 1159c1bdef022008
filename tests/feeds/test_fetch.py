"""Polite requests, and every way that a host can be bad."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import FeedError, FeedGone, FeedUnreachable, FeedUnreadable
from bot.feeds.fetch import fetch, fetch_page, web_session
from bot.model import FeedState
from tests.doubles.feed_host import feed_host, item, rss

NOW = datetime(2025, 10, 28, 12, tzinfo=UTC)


@pytest.fixture
async def host():
    async with feed_host() as host:
        yield host


@pytest.fixture
async def session():
    async with web_session(inside=True) as session:
        yield session


async def test_a_feed_comes_with_how_to_ask_next_time(host, session):
    host.bodies["/good"] = rss(item(1))
    host.headers["/good"] = {"Cache-Control": "public, max-age=900"}
    fetched = await fetch(session, FeedState("Grid", host.url + "/good"), now=NOW)
    assert fetched.body == rss(item(1)).encode()
    assert fetched.etag
    assert fetched.max_age_s == 900
    assert host.agents.pop().startswith("Dealwire/")


@pytest.mark.parametrize("said", ["max-age=²", "max-age=soon", "max-age", "no-store"])
async def test_a_freshness_that_is_no_number_is_not_heard(host, session, said):
    host.bodies["/good"] = rss(item(1))
    host.headers["/good"] = {"Cache-Control": said}
    fetched = await fetch(session, FeedState("Grid", host.url + "/good"), now=NOW)
    assert fetched.max_age_s is None


async def test_an_unchanged_feed_costs_no_body(host, session):
    host.bodies["/good"] = rss(item(1))
    state = FeedState("Grid", host.url + "/good")
    first = await fetch(session, state, now=NOW)
    again = await fetch(session, replace(state, etag=first.etag), now=NOW)
    assert again.body is None
    assert again.etag == first.etag


async def test_a_host_that_knows_no_304_is_seen_through_by_the_body(host, session):
    host.bodies["/good"] = rss(item(1))
    state = FeedState("Grid", host.url + "/good")
    first = await fetch(session, state, now=NOW)
    again = await fetch(session, replace(state, body_hash=first.body_hash), now=NOW)
    assert again.body is None


async def test_a_moved_feed_is_followed(host, session):
    host.bodies["/good"] = rss(item(1))
    fetched = await fetch(session, FeedState("Grid", host.url + "/moved"), now=NOW)
    assert fetched.url == host.url + "/good"


@pytest.mark.parametrize(
    ("path", "status", "error", "said"),
    [
        ("/x", 404, FeedUnreachable, "404"),
        ("/x", 403, FeedUnreachable, "403"),
        ("/x", 500, FeedUnreachable, "500"),
        ("/x", 410, FeedGone, "410"),
        ("/loop", None, FeedUnreachable, "redirects"),
        ("/hang-up", None, FeedUnreachable, "connection"),
        ("/huge", None, FeedUnreadable, "larger than 10 MB"),
        ("/bomb", None, FeedUnreadable, "larger than 10 MB"),
        ("/drip", None, FeedUnreachable, "0.3 seconds"),
        ("/empty", None, FeedUnreadable, "empty"),
    ],
)
async def test_a_bad_host_is_one_clear_reason(host, session, path, status, error, said):
    host.bodies["/empty"] = "  \n"
    if status:
        host.statuses[path] = status
    patience_s = 0.3 if path == "/drip" else 20
    with pytest.raises(error, match=said) as raised:
        await fetch(session, FeedState("Grid", host.url + path), timeout_s=patience_s, now=NOW)
    assert raised.value.feed == "Grid"
    assert host.url not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [("120", 120), ("Tue, 28 Oct 2025 12:10:00 GMT", 600), ("soon", None)],
)
async def test_a_host_that_asks_us_to_wait_is_heard(host, session, said, wait_s):
    host.statuses["/x"] = 429
    host.headers["/x"] = {"Retry-After": said}
    with pytest.raises(FeedUnreachable) as raised:
        await fetch(session, FeedState("Grid", host.url + "/x"), now=NOW)
    assert raised.value.wait_s == wait_s


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1/feed", "cannot connect"),
        ("http://nobody.invalid/feed", "not known"),
        ("http://", "valid URL"),
        ("gopher://x/", "failed"),
        ("http://user:secret@127.0.0.1:1/?key=secret", "cannot connect"),
    ],
)
async def test_an_unreachable_host_is_said_without_its_address(session, url, said):
    with pytest.raises(FeedUnreachable, match=said) as raised:
        await fetch(session, FeedState("Grid", url), timeout_s=5, now=NOW)
    assert "secret" not in str(raised.value)


async def test_an_address_inside_the_network_is_refused_to_strangers(host):
    host.bodies["/page"] = "<html>secret</html>"
    for url in (host.url + "/page", host.url.replace("127.0.0.1", "localhost") + "/page"):
        with pytest.raises(FeedError, match="inside the network"):
            await fetch_page(url, now=NOW)


async def test_a_page_is_read_in_the_encoding_it_declares(host):
    host.bodies["/page"] = "<html>Société</html>".encode("latin-1")
    host.headers["/page"] = {"Content-Type": "text/html; charset=iso-8859-1"}
    assert "Société" in await fetch_page(host.url + "/page", now=NOW, inside=True)
