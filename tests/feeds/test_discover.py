"""The feed behind an address that a person gives."""

from datetime import UTC, datetime

import pytest

from bot.errors import FeedError
from bot.feeds.discover import find_feed
from bot.feeds.fetch import web_session
from tests.doubles.feed_host import feed_host, item, rss

NOW = datetime(2025, 10, 28, 12, tzinfo=UTC)
PAGE = "<html><head><link rel=stylesheet href=x><link rel='alternate' type='{}' href='{}'></head>"


@pytest.fixture
async def host():
    async with feed_host() as host:
        host.bodies["/feed"] = rss(item(1))
        host.bodies["/page"] = PAGE.format("application/rss+xml", "feed")
        host.bodies["/stale"] = PAGE.format("application/rss+xml", "/nowhere")
        host.bodies["/broken"] = "<html><head></head><![foo[x]]>"
        host.bodies["/page-broken-below"] = (
            PAGE.format("application/rss+xml", "feed") + "<![foo[x]]>"
        )
        host.bodies["/bare"] = "<html><head></head></html>"
        yield host


@pytest.mark.parametrize("path", ["/feed", "/page", "/page-broken-below"])
async def test_a_feed_is_found_by_itself_or_by_the_page_that_names_it(host, path):
    async with web_session(inside=True) as session:
        found = await find_feed(session, host.url + path, NOW)
    assert (found.url, found.title) == (host.url + "/feed", "News")


@pytest.mark.parametrize("path", ["/bare", "/stale", "/broken"])
async def test_no_feed_is_said_with_what_to_give(host, path):
    async with web_session(inside=True) as session:
        with pytest.raises(FeedError, match="RSS or Atom"):
            await find_feed(session, host.url + path, NOW)


async def test_other_schemes_and_addresses_inside_the_network_are_refused(host):
    async with web_session(inside=False) as session:
        with pytest.raises(FeedError, match="http://"):
            await find_feed(session, "file:///etc/passwd", NOW)
        with pytest.raises(FeedError, match="inside the network"):
            await find_feed(session, host.url + "/feed", NOW)
