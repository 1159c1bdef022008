"""The ``subscriptions`` and ``channel_hours`` tables: what chats asked to hear, and when."""

from __future__ import annotations

from typing import Any

from bot.model import Hours, Subscription
from bot.store.database import Database, utc_of, utc_text

_ADD = """
    insert or ignore into subscriptions (service, address, query, made_by, made_at)
    values (:service, :address, :query, :made_by, :made_at)
"""
_AT = "select * from subscriptions where service = :service and address = :address order by id"
_SET_HOURS = """
    insert into channel_hours (service, address, quiet, timezone, digest)
    values (:service, :address, :quiet, :timezone, :digest)
    on conflict (service, address) do update set
        quiet = excluded.quiet, timezone = excluded.timezone, digest = excluded.digest
"""


class Subscriptions:
    """Both tables, as Subscription and Hours objects in and out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[Subscription]:
        """Return every subscription, oldest first."""
        rows = self._db.query("select * from subscriptions order by id")
        return [_from_row(row) for row in rows]

    def at(self, service: str, address: str) -> list[Subscription]:
        """Return what one channel or person asked for, oldest first."""
        rows = self._db.query(_AT, {"service": service, "address": address})
        return [_from_row(row) for row in rows]

    def add(self, subscription: Subscription) -> None:
        """Remember *subscription*; one with the same text is there already."""
        row = {
            "service": subscription.service,
            "address": subscription.address,
            "query": subscription.query,
            "made_by": subscription.made_by,
            "made_at": utc_text(subscription.made_at),
        }
        with self._db.atomic():
            self._db.execute(_ADD, row)

    def remove(self, subscription: Subscription) -> None:
        """Forget *subscription*."""
        with self._db.atomic():
            self._db.execute("delete from subscriptions where id = ?", [subscription.id])

    def hours(self) -> dict[tuple[str, str], Hours]:
        """Return what was said about hours, by service and address."""
        return {
            (row["service"], row["address"]): Hours(row["quiet"], row["timezone"], row["digest"])
            for row in self._db.query("select * from channel_hours")
        }

    def set_hours(self, service: str, address: str, hours: Hours) -> None:
        """Remember the hours of a channel or person."""
        row = {
            "service": service,
            "address": address,
            "quiet": hours.quiet,
            "timezone": hours.timezone,
            "digest": hours.digest,
        }
        with self._db.atomic():
            self._db.execute(_SET_HOURS, row)


def _from_row(row: dict[str, Any]) -> Subscription:
    return Subscription(**{**row, "made_at": utc_of(row["made_at"])})
