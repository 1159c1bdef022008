"""The ``stories`` table: every story ever seen, with what was made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.model import Aside, Story, Verdict
from bot.store.database import Database, utc_of, utc_text
from bot.store.deals import id_of, key_of

_KNOWN = """
    select id from stories where id in (select value from json_each(:ids))
    union all
    select url from stories where url != '' and url in (select value from json_each(:urls))
"""

_SAVE = """
    insert into stories
        (id, url, source, title, text, feed, published, seen_at, deal, reason, score, why)
    values
        (:id, :url, :source, :title, :text, :feed, :published, :seen_at, :deal, :reason, :score,
         :why)
    on conflict (id) do update set deal = excluded.deal, reason = excluded.reason,
        score = excluded.score, why = excluded.why
"""

_ASIDE = """
    select title, source, url, reason, score, why, published from stories
    where deal is null order by seen_at desc, rowid desc limit :limit
"""


_MOVE = "update stories set deal = :deal where id in (select value from json_each(:ids))"
_TEXTS = """
    select * from stories where id in (select value from json_each(:ids)) order by published, id
"""


class Stories:
    """The ``stories`` table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unknown(self, stories: Sequence[Story]) -> list[Story]:
        """Return those of *stories* never seen before, by id and by address, each once."""
        ids = [story.id for story in stories]
        urls = [story.url for story in stories if story.url]
        rows = self._db.execute(_KNOWN, {"ids": json.dumps(ids), "urls": json.dumps(urls)})
        seen = {value for (value,) in rows}
        fresh = []
        for story in stories:
            if story.id not in seen and story.url not in seen:
                fresh.append(story)
                seen |= {story.id, story.url} - {""}
        return fresh

    def save(self, verdict: Verdict, deal_id: str | None, now: datetime) -> None:
        """Remember a read story: the deal it tells of, or why it was put aside."""
        story = verdict.story
        row = {
            "id": story.id,
            "url": story.url,
            "source": story.source,
            "title": story.title,
            "text": story.text,
            "feed": story.feed,
            "published": story.published and utc_text(story.published),
            "seen_at": utc_text(now),
            "deal": key_of(deal_id) if deal_id else None,
            "reason": verdict.reason,
            "score": verdict.score,
            "why": json.dumps(verdict.why),
        }
        with self._db.atomic():
            self._db.execute(_SAVE, row)

    def aside(self, limit: int) -> list[Aside]:
        """Return stories that were put aside, newest first."""
        return [_aside(row) for row in self._db.query(_ASIDE, {"limit": limit})]

    def deal_of(self, story_id: str) -> str | None:
        """Return the id of the deal that a story tells of, or None."""
        row = self._db.execute("select deal from stories where id = ?", [story_id]).fetchone()
        return id_of(row[0]) if row and row[0] else None

    def move(self, story_ids: Iterable[str], deal_id: str) -> None:
        """Note that these stories tell of the deal with this id."""
        row = {"ids": json.dumps(list(story_ids)), "deal": key_of(deal_id)}
        with self._db.atomic():
            self._db.execute(_MOVE, row)

    def texts(self, story_ids: Iterable[str]) -> list[Story]:
        """Return those of the stories that are remembered, oldest first."""
        rows = self._db.query(_TEXTS, {"ids": json.dumps(list(story_ids))})
        return [
            Story(
                row["id"], row["url"], row["source"], row["title"], row["text"],
                utc_of(row["published"]), row["feed"],
            )
            for row in rows
        ]  # fmt: skip


def _aside(row: dict[str, Any]) -> Aside:
    why = tuple(json.loads(row["why"]))
    return Aside(row["title"], row["source"], row["url"], row["reason"], row["score"], why)
