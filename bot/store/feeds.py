"""The ``feeds`` table: what we remember of each feed between polls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from bot.model import Feed, FeedState
from bot.store.database import Database, utc_of, utc_text


class Fetched(Protocol):
    """What an answer tells about how to ask next time."""

    @property
    def etag(self) -> str:  # noqa: D102
        ...

    @property
    def last_modified(self) -> str:  # noqa: D102
        ...

    @property
    def body_hash(self) -> str:  # noqa: D102
        ...


_DUE = "select * from feeds where next_poll <= :now order by next_poll, name"

_SYNC = """
    insert into feeds (name, url, next_poll) values (:name, :url, :now)
    on conflict (name) do update set
        url = excluded.url, next_poll = excluded.next_poll, first_polled_at = null,
        etag = '', last_modified = '', body_hash = '', errors = 0, error = ''
    where url != excluded.url
"""

_POLLED = """
    update feeds set
        next_poll = :again, first_polled_at = coalesce(first_polled_at, :now),
        succeeded_at = :now, new_story_at = case when :new_stories then :now else new_story_at end,
        etag = :etag, last_modified = :last_modified, body_hash = :body_hash,
        errors = 0, error = ''
    where name = :name
"""

_FAILED = """
    update feeds set next_poll = :again, errors = :errors, error = :error where name = :name
"""


class Feeds:
    """The ``feeds`` table, as FeedState objects in and out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def sync(self, feeds: Iterable[Feed], now: datetime) -> None:
        """Make rows for *feeds* that have none, due at once; a new address starts afresh."""
        with self._db.atomic():
            for feed in feeds:
                row = {"name": feed.name, "url": feed.url, "now": utc_text(now)}
                self._db.execute(_SYNC, row)

    def forget(self, names: Iterable[str]) -> None:
        """Drop the rows of feeds that are listed no more: one that comes back starts afresh."""
        with self._db.atomic():
            for name in names:
                self._db.execute("delete from feeds where name = :name", {"name": name})

    def due(self, now: datetime) -> list[FeedState]:
        """Return the feeds to poll at *now*, longest overdue first."""
        return [_from_row(row) for row in self._db.query(_DUE, {"now": utc_text(now)})]

    def polled(
        self,
        state: FeedState,
        fetched: Fetched,
        again: datetime | None,
        now: datetime,
        *,
        new_stories: int = 0,
    ) -> None:
        """Note a good answer, and when to ask again."""
        row = {
            "name": state.name,
            "again": again and utc_text(again),
            "now": utc_text(now),
            "new_stories": new_stories,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
            "body_hash": fetched.body_hash,
        }
        with self._db.atomic():
            self._db.execute(_POLLED, row)

    def failed(self, state: FeedState, reason: str, again: datetime | None) -> None:
        """Note a failure, and when to ask again; None is never."""
        row = {
            "name": state.name,
            "again": again and utc_text(again),
            "errors": state.errors + 1,
            "error": reason,
        }
        with self._db.atomic():
            self._db.execute(_FAILED, row)

    def all(self) -> list[FeedState]:
        """Return every feed ever synced, by name."""
        return [_from_row(row) for row in self._db.query("select * from feeds order by name")]


def _from_row(row: dict[str, Any]) -> FeedState:
    times = ("next_poll", "first_polled_at", "succeeded_at", "new_story_at")
    return FeedState(**{**row, **{name: utc_of(row[name]) for name in times}})
