"""The road of a story: its feed, its verdict, its deal, and the messages it caused."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.alerts.why import Sent, Trace
from bot.store.database import Database, utc_of
from bot.store.deals import id_of, key_of

_COLUMNS = "id, url, source, title, feed, published, seen_at, deal, reason, score, why"
_BY_URL = f"select {_COLUMNS} from stories where url = :url or id = :url limit 1"  # noqa: S608
_OF_DEAL = f"select {_COLUMNS} from stories where deal = :deal order by seen_at, rowid limit :most"  # noqa: S608
_SENT = """
    select alert, channel, news, state, queued_at, send_at, sent_at, attempts, reason
    from outbox where deal = :deal order by id
"""


class Traces:
    """Reads what became of stories."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_url(self, url: str) -> Trace | None:
        """Return what became of the story with this canonical address, None when never seen."""
        rows = self._read(_BY_URL, {"url": url})
        return rows[0] if rows else None

    def of_deal(self, deal_id: str, limit: int = 20) -> list[Trace]:
        """Return the first stories of a deal, in the order they were seen."""
        return self._read(_OF_DEAL, {"deal": key_of(deal_id), "most": limit})

    def _read(self, sql: str, parameters: dict[str, Any]) -> list[Trace]:
        return [self._trace(row) for row in self._db.query(sql, parameters)]

    def _trace(self, row: dict[str, Any]) -> Trace:
        return Trace(
            url=row["url"],
            title=row["title"],
            source=row["source"],
            feed=row["feed"],
            published=utc_of(row["published"]),
            seen_at=datetime.fromisoformat(row["seen_at"]),
            deal_id=id_of(row["deal"]) if row["deal"] else None,
            reason=row["reason"],
            score=row["score"],
            why=tuple(json.loads(row["why"])),
            messages=self._messages(row["deal"], row["id"]) if row["deal"] else (),
        )

    def _messages(self, deal: int, story_id: str) -> tuple[Sent, ...]:
        rows = self._db.query(_SENT, {"deal": deal})
        return tuple(_sent(row) for row in rows if _alert(row)["story_id"] == story_id)


def _alert(row: dict[str, Any]) -> dict[str, Any]:
    alert: dict[str, Any] = json.loads(row["alert"])
    return alert


def _sent(row: dict[str, Any]) -> Sent:
    times = {name: datetime.fromisoformat(row[name]) for name in ("queued_at", "send_at")}
    return Sent(
        row["channel"], row["news"], row["state"], **times, sent_at=utc_of(row["sent_at"]),
        attempts=row["attempts"], reason=row["reason"],
    )  # fmt: skip
