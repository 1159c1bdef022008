"""The feed behind an address that a person gives: the feed itself, or a page that names one."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urljoin

import aiohttp
import feedparser

from bot.errors import FeedError, FeedUnreadable
from bot.feeds.address import host_of, refusal
from bot.feeds.fetch import Fetched, decoded, fetch
from bot.feeds.workers import Workers
from bot.model import FeedState

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_MOST_TRIED = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answers."""

    url: str
    title: str


async def find_feed(
    session: aiohttp.ClientSession, url: str, now: datetime, *, workers: Workers | None = None
) -> Found:
    """Return the feed at *url*, or the first one that the page there names.

    What the hosts send is read by *workers* where a service must not stall.

    Raises FeedError naming the host and what to do.
    """
    name = host_of(url)

    async def look(address: str) -> Found | list[str]:
        fetched = await fetch(session, FeedState(name, address), now=now)
        if workers is None:
            return look_at(fetched)
        return await workers.run(look_at, fetched, feed=name)

    _refuse(name, url)
    seen = await look(url)
    if isinstance(seen, Found):
        return seen
    for address in seen[:_MOST_TRIED]:
        try:
            _refuse(name, address)
            found = await look(address)
        except FeedError:
            continue
        if isinstance(found, Found):
            return found
    raise FeedUnreadable(name, "no feed there; give the address of an RSS or Atom feed")


def _refuse(name: str, url: str) -> None:
    """Raise FeedUnreadable for what is no address; where it leads is for the session to judge."""
    if reason := refusal(url, inside=True):
        raise FeedUnreadable(name, reason)


def look_at(fetched: Fetched) -> Found | list[str]:
    """Return the feed in *fetched*, or the addresses of feeds that a page names."""
    body = fetched.body or b""
    try:
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False)
    except Exception:  # noqa: BLE001  it raises anything on what strangers send
        parsed = None
    if parsed is not None and parsed.get("version"):
        return Found(fetched.url, str(parsed.feed.get("title", "")).strip())
    named = _Links(fetched.url)
    with contextlib.suppress(AssertionError):  # its way to say that a declaration is broken
        named.feed(decoded(body, fetched.content_type))
    return named.feeds


class _Links(HTMLParser):
    """Collects the feeds that a page names in its head."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a ``<link rel="alternate">`` of a feed's type."""
        said = {name: value or "" for name, value in attrs}
        is_feed = "alternate" in said.get("rel", "").lower() and said.get("type") in _FEED_TYPES
        if tag == "link" and is_feed and said.get("href"):
            with contextlib.suppress(ValueError):  # no address at all
                self.feeds.append(urljoin(self._base, said["href"]))
