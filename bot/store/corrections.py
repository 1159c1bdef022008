"""The ``corrections`` table: what people said about deals, and what of it still holds."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import TypeAdapter

from bot.model import Correction
from bot.store.database import Database, utc_text
from bot.store.deals import key_of

_JSON = TypeAdapter(Correction)

_SAVE = """
    insert into corrections (id, kind, deal, other, request, made, undone, record)
    values (:id, :kind, :deal, :other, :request, :made, :undone, :record)
    on conflict (id) do update set undone = excluded.undone, record = excluded.record
"""
_ACTIVE = """
    select record from corrections
    where undone is null
        and (deal in (select value from json_each(:deals))
             or other in (select value from json_each(:deals)))
    order by id
"""


class Corrections:
    """The ``corrections`` table, as Correction objects in and out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def next_id(self) -> int:
        """Return the number of the next correction."""
        last = self._db.execute("select max(id) from corrections").fetchone()[0]
        return (last or 0) + 1

    def save(self, correction: Correction) -> None:
        """Insert *correction*, or mark the one with its number as undone."""
        row = {
            "id": correction.id,
            "kind": correction.kind,
            "deal": key_of(correction.deal_id),
            "other": key_of(correction.other) if correction.other else None,
            "request": correction.request or None,
            "made": utc_text(correction.made),
            "undone": correction.undone and utc_text(correction.undone),
            "record": _JSON.dump_json(correction).decode(),
        }
        with self._db.atomic():
            self._db.execute(_SAVE, row)

    def get(self, number: int) -> Correction | None:
        """Return the correction with this number, or None."""
        row = self._db.execute("select record from corrections where id = ?", [number]).fetchone()
        return _JSON.validate_json(row[0]) if row else None

    def taken(self, request: str) -> bool:
        """Say whether the order that the chat service calls *request* was taken before."""
        sql = "select 1 from corrections where request = ?"
        return self._db.execute(sql, [request]).fetchone() is not None

    def active(self, deal_ids: Iterable[str]) -> list[Correction]:
        """Return the corrections of any of these deals that hold, oldest first."""
        keys = [key_of(deal_id) for deal_id in deal_ids]
        return self._read(_ACTIVE, {"deals": json.dumps(keys)})

    def all(self) -> list[Correction]:
        """Return every correction ever made, oldest first."""
        return self._read("select record from corrections order by id", {})

    def _read(self, sql: str, parameters: dict[str, str]) -> list[Correction]:
        return [_JSON.validate_json(record) for (record,) in self._db.execute(sql, parameters)]
