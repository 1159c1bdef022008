"""The ``outbox`` table: messages on their way, each channel in its own order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.model import Alert, Delivery
from bot.store.database import Database, utc_text
from bot.store.deals import id_of, key_of

_JSON = TypeAdapter(Alert)

_PUT = """
    insert or ignore into outbox (key, channel, deal, news, alert, state, queued_at, send_at)
    values (:key, :channel, :deal, :news, :alert, 'waiting', :now, :now)
"""

# A channel whose first message has to wait is left out whole: order is kept within a channel.
# SQLite takes the other columns from the row that has the min(). Source: lang_select, 2.5
_READY = """
    select channel, min(id), send_at, queued_at from outbox where state = 'waiting'
    group by channel having send_at <= :now
"""
_QUEUE = """
    select id, alert, channel, send_at, attempts, queued_at from outbox
    where state = 'waiting' and channel = :channel order by id limit :limit
"""

_SENT = "update outbox set state = 'sent', sent_at = :now, reason = '' where id = :id"
_LATER = """
    update outbox set send_at = :again, attempts = attempts + 1, reason = :reason where id = :id
"""
_REFUSED = """
    update outbox set state = 'refused', attempts = attempts + 1, reason = :reason where id = :id
"""
_TOLD = """
    select count(*) from outbox
    where channel = :channel and news = 'new' and state = 'sent' and sent_at > :since
"""
_DROP = """
    update outbox set state = 'refused', reason = :reason
    where state = 'waiting' and channel = :channel
"""


class Outbox:
    """The ``outbox`` table, as Alerts in and Deliveries out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, alert: Alert, channel: str, now: datetime) -> None:
        """Queue *alert* for *channel*; one that was queued before is not queued again."""
        row = {
            "key": alert.key,
            "channel": channel,
            "deal": key_of(alert.deal_id),
            "news": alert.news,
            "alert": _JSON.dump_json(alert).decode(),
            "now": utc_text(now),
        }
        with self._db.atomic():
            self._db.execute(_PUT, row)

    def ready(self, now: datetime) -> dict[str, datetime]:
        """Return the channels whose oldest message may be sent at *now*: when it was queued."""
        rows = self._db.query(_READY, {"now": utc_text(now)})
        return {row["channel"]: datetime.fromisoformat(row["queued_at"]) for row in rows}

    def queue(self, channel: str, limit: int) -> list[Delivery]:
        """Return what waits for *channel*, at most *limit*, oldest first."""
        rows = self._db.query(_QUEUE, {"channel": channel, "limit": limit})
        return [_from_row(row) for row in rows]

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Return what can be sent at *now*, at most *limit* a channel, oldest first."""
        found = [each for channel in self.ready(now) for each in self.queue(channel, limit)]
        return sorted(found, key=lambda delivery: delivery.id)

    def sent(self, delivery: Delivery, now: datetime) -> None:
        """Note that *delivery* went out."""
        with self._db.atomic():
            self._db.execute(_SENT, {"id": delivery.id, "now": utc_text(now)})

    def later(self, delivery: Delivery, again: datetime, reason: str) -> None:
        """Note that *delivery* failed and when to try again."""
        row = {"id": delivery.id, "again": utc_text(again), "reason": reason}
        with self._db.atomic():
            self._db.execute(_LATER, row)

    def refused(self, delivery: Delivery, reason: str) -> None:
        """Note that *delivery* will never be accepted."""
        with self._db.atomic():
            self._db.execute(_REFUSED, {"id": delivery.id, "reason": reason})

    def told(self, channel: str, since: datetime) -> int:
        """Return of how many new deals *channel* was told after *since*."""
        row = {"channel": channel, "since": utc_text(since)}
        count: int = self._db.execute(_TOLD, row).fetchone()[0]
        return count

    def drop(self, channel: str, reason: str) -> None:
        """Send nothing more of what waits for *channel*."""
        with self._db.atomic():
            self._db.execute(_DROP, {"channel": channel, "reason": reason})

    def heard(self, deal_id: str) -> list[str]:
        """Return the names of the channels that have, or will get, this deal's card."""
        sql = "select distinct channel from outbox where deal = ? and state != 'refused'"
        return sorted(name for (name,) in self._db.execute(sql, [key_of(deal_id)]))

    def heard_of(self, deal_ids: Iterable[str]) -> set[str]:
        """Return which of these deals people have heard of, or will."""
        sql = """
            select distinct deal from outbox
            where deal in (select value from json_each(?)) and state != 'refused'
        """
        rows = self._db.execute(sql, [json.dumps([key_of(each) for each in deal_ids])])
        return {id_of(key) for (key,) in rows}

    def news(self) -> dict[str, dict[str, int]]:
        """Return how many alerts of each sort every deal caused, however many channels heard."""
        sql = "select deal, news, count(distinct key) from outbox group by deal, news"
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for deal, news, count in self._db.execute(sql):
            counts[id_of(deal)][news] = count
        return dict(counts)

    def waiting(self) -> int:
        """Return how many messages have still to go out."""
        sql = "select count(*) from outbox where state = 'waiting'"
        count: int = self._db.execute(sql).fetchone()[0]
        return count


def _from_row(row: dict[str, Any]) -> Delivery:
    times = {name: datetime.fromisoformat(row[name]) for name in ("send_at", "queued_at")}
    return Delivery(**{**row, **times, "alert": _JSON.validate_json(row["alert"])})
