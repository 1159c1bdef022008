"""The ``places`` table: where each deal's card hangs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.model import Place
from bot.store.database import Database
from bot.store.deals import id_of, key_of

_PUT = """
    insert into places (deal, channel, address, message)
    values (:deal, :channel, :address, :message)
    on conflict (deal, channel) do update set
        address = excluded.address, message = excluded.message
"""
_HUNG = """
    select deal from places
    where channel = :channel and deal in (select value from json_each(:deals))
"""
_GET = "select channel, address, message from places where deal = :deal and channel = :channel"


class Places:
    """The ``places`` table, as Place objects in and out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, deal_id: str, place: Place) -> None:
        """Remember where the deal's card hangs in a channel."""
        row = {
            "deal": key_of(deal_id),
            "channel": place.channel,
            "address": place.address,
            "message": place.message,
        }
        with self._db.atomic():
            self._db.execute(_PUT, row)

    def get(self, deal_id: str, channel: str) -> Place | None:
        """Return where the deal's card hangs in *channel*, or None."""
        row = self._db.execute(_GET, {"deal": key_of(deal_id), "channel": channel}).fetchone()
        return Place(*row) if row else None

    def hung(self, deal_ids: Iterable[str], channel: str) -> set[str]:
        """Return those of *deal_ids* whose card hangs in *channel*."""
        deals = json.dumps([key_of(deal_id) for deal_id in deal_ids])
        rows = self._db.execute(_HUNG, {"channel": channel, "deals": deals})
        return {id_of(key) for (key,) in rows}
