"""The feeds as feeds.toml lists them now: whoever changes the file, the running bot follows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.errors import SettingsError
from bot.feeds import listing
from bot.model import Feed
from bot.settings import load_feeds
from bot.store.database import Database
from bot.store.feeds import Feeds
from bot.store.writer import Writer

log = logging.getLogger(__name__)


class FeedList:
    """The one list of feeds of a running bot."""

    def __init__(
        self,
        folder: Path,
        feeds: Sequence[Feed],
        writer: Writer,
        clock: Callable[[], datetime],
    ) -> None:
        self.feeds: tuple[Feed, ...] = ()
        self.on: dict[str, Feed] = {}  #: by name, those to poll; stays the same object
        self._folder = folder
        self._path = folder / "feeds.toml"
        self._writer = writer
        self._clock = clock
        self._changing = asyncio.Lock()
        self._stamp: object = None  #: the file as it was read last
        self._take(feeds)

    async def add(self, feeds: Sequence[Feed]) -> None:
        """List *feeds* and poll them from now on; raises SettingsError when one is listed."""
        await self._change(listing.add, *feeds)

    async def remove(self, name: str) -> None:
        """List the feed called *name* no more; raises SettingsError when there is none."""
        await self._change(listing.remove, name)

    async def refresh(self) -> None:
        """Follow the file where somebody else has changed it; a broken one changes nothing."""
        async with self._changing:
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return
            try:
                await self._load()
            except SettingsError as error:
                log.error("feeds.toml not taken up: %s", error)  # noqa: TRY400
            self._stamp = stamp

    async def _change(self, change: Callable[..., None], *what: object) -> None:
        async with self._changing:
            await asyncio.to_thread(load_feeds, self._folder)  # a broken file is left alone
            await asyncio.to_thread(change, self._path, *what)
            self._stamp = self._stamp_now()
            await self._load()

    async def _load(self) -> None:
        feeds = await asyncio.to_thread(load_feeds, self._folder)
        gone = {feed.name for feed in self.feeds} - {feed.name for feed in feeds}
        await self._writer.run(_follow, feeds, gone, self._clock())
        self._take(feeds)

    def _take(self, feeds: Sequence[Feed]) -> None:
        before = set(self.on)
        self.feeds = tuple(feeds)
        self.on.clear()
        self.on.update({feed.name: feed for feed in feeds if feed.enabled})
        if before and before != set(self.on):
            log.info("feeds now on=%d off=%d", len(self.on), len(self.feeds) - len(self.on))

    def _stamp_now(self) -> object:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _follow(db: Database, feeds: Iterable[Feed], gone: Iterable[str], now: datetime) -> None:
    with db.atomic():
        Feeds(db).forget(gone)
        Feeds(db).sync(feeds, now)
