"""The feed behind an address that a person gives: the feed itself, or a page that names one."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import aiohttp
import feedparser

from bot.errors import FeedError, FeedUnreadable
from bot.feeds.fetch import Fetched, decoded, fetch
from bot.model import FeedState

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_MOST_TRIED = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answers."""

    url: str
    title: str


async def find_feed(session: aiohttp.ClientSession, url: str, now: datetime) -> Found:
    """Return the feed at *url*, or the first one that the page there names.

    Raises FeedError naming the host and what to do.
    """
    name = urlsplit(url).hostname or url
    if urlsplit(url).scheme not in ("http", "https"):
        raise FeedUnreadable(name, "give an address that starts with http:// or https://")
    fetched = await fetch(session, FeedState(name, url), now=now)
    found = _feed_in(fetched)
    if found is not None:
        return found
    named = _Links(fetched.url)
    with contextlib.suppress(AssertionError):  # its way to say that a declaration is broken
        named.feed(decoded(fetched.body or b"", fetched.content_type))
    for address in named.feeds[:_MOST_TRIED]:
        try:
            found = _feed_in(await fetch(session, FeedState(name, address), now=now))
        except FeedError:
            continue
        if found is not None:
            return found
    raise FeedUnreadable(name, "no feed there; give the address of an RSS or Atom feed")


def _feed_in(fetched: Fetched) -> Found | None:
    try:
        parsed = feedparser.parse(io.BytesIO(fetched.body or b""), sanitize_html=False)
    except Exception:  # noqa: BLE001  it raises anything on what strangers send
        return None
    if not parsed.get("version"):
        return None
    return Found(fetched.url, str(parsed.feed.get("title", "")).strip())


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
            self.feeds.append(urljoin(self._base, said["href"]))
