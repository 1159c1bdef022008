"""A second opinion: reads what somebody points at as the bot reads its feeds; stores nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.errors import FeedUnreadable
from bot.feeds.fetch import fetch_page
from bot.feeds.workers import Workers
from bot.model import Verdict
from bot.pipeline import Reader
from bot.understand.article import story_of_html, story_of_text

_LONGEST = 20_000  #: characters of a text that is read
_TIMEOUT_S = 20
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Reads a page or a text in a worker process, which starts with the first question."""

    workers: Workers  #: made with ``Reader.load``
    clock: Callable[[], datetime]
    inside: bool = False  #: also read addresses inside our own network

    async def __call__(self, pointed_at: str) -> Verdict:
        """Return what the bot makes of a web address or a text.

        Raises FeedUnreachable, FeedUnreadable or FeedGone when there is nothing to read.
        """
        now = self.clock()
        if not _ADDRESS.fullmatch(pointed_at):
            return await self.workers.run(_read, pointed_at[:_LONGEST], "", now, feed="this text")
        try:
            host = urlsplit(pointed_at).hostname or ""
        except ValueError:
            host = ""
        if not host:
            raise FeedUnreadable("this link", "its address is not a valid URL")
        page = await fetch_page(pointed_at, now=now, inside=self.inside, timeout_s=_TIMEOUT_S)
        return await self.workers.run(_read, page, pointed_at, now, feed=host)


def _read(content: str, url: str, now: datetime) -> Verdict:
    """Read a story inside a worker."""
    if url and content.lstrip()[:1] == "<":
        story = story_of_html(content, story_id=url, url=url)
        if story is None:
            raise FeedUnreadable(urlsplit(url).hostname or url, "no article found in this page")
    else:
        story = story_of_text(content, story_id=url or "text")
    return Reader.read([story], now)[0]
