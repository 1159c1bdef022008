"""The ``deals`` table and its indexes: by party, by day, by size and by word."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from heapq import nlargest
from typing import Any

from pydantic import TypeAdapter

from bot.deals.rates import usd
from bot.model import Claim, Deal
from bot.query import Query, normalized, searchable
from bot.store.database import Database, utc_text

_JSON = TypeAdapter(Deal)
_A_DAY = 100_000  #: deals that one day has numbers for
_END_OF_TIME = 10**13
_CANDIDATES = 40  #: deals that are compared with one claim
_OF_ONE_PARTY = 500  #: of the busiest company as many deals are looked at, the newest

# One statement serves every look-up; a part that was not asked for is null. Ordered by the
# table's own key: an order by date would sort every match before the first ten are shown.
_WHERE = """
    d.hidden = 0 and d.id >= :since and d.id < :until
    and (:kind is null or d.kind in (select value from json_each(:kind)))
    and (:status is null or d.status in (select value from json_each(:status)))
    and (:layer is null or d.layer in (select value from json_each(:layer)))
    and (:currency is null or d.currency in (select value from json_each(:currency)))
    and d.kind not in (select value from json_each(:not_kind))
    and d.status not in (select value from json_each(:not_status))
    and coalesce(d.layer, '') not in (select value from json_each(:not_layer))
    and coalesce(d.currency, '') not in (select value from json_each(:not_currency))
    and (:least is null or d.usd >= :least)
    and (:most is null or d.usd <= :most)
    and (:not_text is null
         or d.id not in (select rowid from deals_text where deals_text match :not_text))
"""
_PLAIN = " from deals d where " + _WHERE
_WITH_TEXT = (
    " from deals_text t cross join deals d on d.id = t.rowid where deals_text match :text and "
    + _WHERE
)
_NEWEST = " order by d.id desc limit :limit offset :offset"
_NEWEST_WITH_TEXT = " order by t.rowid desc limit :limit offset :offset"
_LARGEST = " order by d.usd desc nulls last, d.id desc limit :limit offset :offset"

_OF_PARTY = """
    select deal from deal_parties where word = :word and deal >= :since and deal < :until
    order by deal desc limit :limit
"""

# A story that was misread shares no party: one of the two has a party of the other in its title
# alone, or the size is the same. That counts within one news cycle only.
_NEAR = """
    select deal from deal_parties
    where word in (select value from json_each(:title)) and deal >= :near and deal < :soon
    union all
    select * from (
        select rowid from deals_text
        where deals_text match :text and rowid >= :near and rowid < :soon
        order by rowid desc limit :limit
    )
    union all
    select id from deals where usd = :usd and id >= :near and id < :soon
"""

_SAVE = """
    insert into deals (id, kind, status, layer, currency, usd, announced, updated, hidden, record)
    values (:id, :kind, :status, :layer, :currency, :usd, :announced, :updated, :hidden, :record)
    on conflict (id) do update set kind = excluded.kind, status = excluded.status,
        layer = excluded.layer, currency = excluded.currency, usd = excluded.usd,
        announced = excluded.announced, updated = excluded.updated, hidden = excluded.hidden,
        record = excluded.record
"""


def key_of(deal_id: str) -> int:
    """Return the table's key for a deal's id.

    >>> key_of("20251028-1")
    2025102800001

    Raises ValueError when *deal_id* is no id.
    """
    found = re.fullmatch(r"(\d{8})-(\d{1,5})", deal_id, re.ASCII)
    if found is None:
        raise ValueError(f"no deal id: {deal_id!r}")
    return int(found[1]) * _A_DAY + int(found[2])


def id_of(key: int) -> str:
    """Return a deal's id for the table's key.

    >>> id_of(2025102800001)
    '20251028-1'
    """
    day, number = divmod(key, _A_DAY)
    return f"{day}-{number}"


class Deals:
    """The ``deals`` table, as Deal objects in and out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def new_id(self, day: date, skip: int = 0) -> str:
        """Return the next free id for a deal first reported on *day*, or so many after it."""
        last = self._db.execute(
            "select max(id) from deals where id >= ? and id < ?",
            [_first(day), _first(day) + _A_DAY],
        ).fetchone()[0]
        return id_of((last or _first(day)) + 1 + skip)

    def save(self, deal: Deal) -> None:
        """Insert *deal*, or bring the one with its id up to date."""
        key = key_of(deal.id)
        words = _first_words(deal.payers + deal.recipients) if deal.sources else ()
        payers, recipients, rest = searchable(deal)
        with self._db.atomic():
            self._db.execute(_SAVE, _to_row(key, deal))
            self._db.execute("delete from deal_parties where deal = ?", [key])
            self._db.conn.executemany(
                "insert into deal_parties (word, deal) values (?, ?)",
                [(word, key) for word in words],
            )
            self._db.execute("delete from deals_text where rowid = ?", [key])
            self._db.execute(
                "insert into deals_text (rowid, payers, recipients, rest) values (?, ?, ?, ?)",
                [key, payers, recipients, rest],
            )

    def get(self, deal_id: str) -> Deal | None:
        """Return the deal with this id, also one out of sight, or None."""
        try:
            key = key_of(deal_id)
        except ValueError:
            return None
        row = self._db.execute("select record from deals where id = ?", [key]).fetchone()
        return _JSON.validate_json(row[0]) if row else None

    def candidates(
        self, claim: Claim, title: str, look_back: timedelta, cycle: timedelta
    ) -> list[Deal]:
        """Return deals that *claim*, of a story called *title*, may be about.

        Within *look_back* they share the first word of a party; within a news *cycle* it is
        enough that one has a party of the other in its title, or that the size is the same.
        """
        parties = [normalized(name) for name in claim.payers + claim.recipients]
        day = claim.said_at.date()
        parameters: dict[str, Any] = {
            "title": json.dumps(sorted(set(normalized(title).split()))),
            # a phrase that no text has: an empty expression is an error
            "text": " OR ".join(f'"{name}"' for name in parties if name) or '"¶ ¶"',
            "usd": usd(claim.money, day) if claim.money else None,
            "since": _first(day - look_back),
            "until": _first(day + look_back) + _A_DAY,
            "near": _first(day - cycle),
            "soon": _first(day + cycle) + _A_DAY,
            "limit": _OF_ONE_PARTY,
        }
        shared = Counter(deal for (deal,) in self._db.execute(_NEAR, parameters))
        for word in _first_words(parties):
            found = self._db.execute(_OF_PARTY, parameters | {"word": word})
            shared.update(deal for (deal,) in found)
        soon = range(parameters["near"], parameters["soon"])
        # A busy company has hundreds of deals: those of these days, and those that share most.
        nearest = nlargest(
            _CANDIDATES,
            shared,
            key=lambda deal: (deal in soon, shared[deal], -abs(deal - soon[len(soon) // 2]), deal),
        )
        sql = "select record from deals where id in (select value from json_each(:ids)) order by id"
        return self._read(sql, {"ids": json.dumps(nearest)})

    def search(self, query: Query, *, limit: int, offset: int = 0) -> list[Deal]:
        """Return the deals that *query* asks for, newest or largest first."""
        parameters = _parameters(query) | {"limit": limit, "offset": offset}
        source = _WITH_TEXT if parameters["text"] else _PLAIN
        newest = _NEWEST_WITH_TEXT if parameters["text"] else _NEWEST
        order = _LARGEST if query.by_amount else newest
        return self._read("select d.record" + source + order, parameters)

    def count(self, query: Query) -> int:
        """Return how many deals *query* asks for."""
        parameters = _parameters(query)
        source = _WITH_TEXT if parameters["text"] else _PLAIN
        found: int = self._db.execute("select count(*)" + source, parameters).fetchone()[0]
        return found

    def all(self) -> list[Deal]:
        """Return every deal but those that people took out of sight, oldest first."""
        return self._read("select record from deals where hidden = 0 order by id", {})

    def _read(self, sql: str, parameters: dict[str, Any]) -> list[Deal]:
        return [_parsed(record) for (record,) in self._db.execute(sql, parameters)]


#: Stories of these days are compared with the same deals again and again; those are frozen.
_parsed = lru_cache(maxsize=2_000)(_JSON.validate_json)


def _first(day: date) -> int:
    """Return the key below that of the first deal of *day*."""
    return (day.year * 10_000 + day.month * 100 + day.day) * _A_DAY


def _first_words(parties: Iterable[str]) -> set[str]:
    return {words.split()[0] for words in map(normalized, parties) if words}


def _to_row(key: int, deal: Deal) -> dict[str, Any]:
    return {
        "id": key,
        "kind": deal.kind,
        "status": deal.status,
        "layer": deal.layer,
        "currency": deal.money and deal.money.currency,
        "usd": deal.usd,
        "announced": utc_text(deal.announced),
        "updated": utc_text(deal.updated),
        "hidden": int(deal.hidden),
        "record": _JSON.dump_json(deal).decode(),
    }


def _parameters(query: Query) -> dict[str, Any]:
    """Return *query* as the named parameters of the look-up statement."""
    least, most = _bounds(query.amounts)
    parameters: dict[str, Any] = {
        "since": _first(query.since) if query.since else 0,
        "until": _first(query.until) + _A_DAY if query.until else _END_OF_TIME,
        "least": least,
        "most": most,
        "text": _match(query.words, query.wanted, together=" AND "),
        "not_text": _match(query.not_words, query.unwanted, together=" OR "),
    }
    for key in ("kind", "status", "layer", "currency"):
        wanted = [value for name, value in query.wanted if name == key]
        parameters[key] = json.dumps(wanted) if wanted else None
        parameters[f"not_{key}"] = json.dumps([v for name, v in query.unwanted if name == key])
    return parameters


def _bounds(amounts: Iterable[tuple[str, int]]) -> tuple[int | None, int | None]:
    """Return the least and the most dollars that every comparison allows."""
    least: list[int] = []
    most: list[int] = []
    for sign, dollars in amounts:
        if sign in (">=", "=", ">"):
            least.append(dollars + (sign == ">"))
        if sign in ("<=", "=", "<"):
            most.append(dollars - (sign == "<"))
    return max(least, default=None), min(most, default=None)


def _match(words: Iterable[str], keyed: Iterable[tuple[str, str]], *, together: str) -> str | None:
    """Return words and parties as an FTS5 expression; all of it is quoted, so all is text."""
    parts = [f'("{word}" *)' for word in words]
    for key, column in (("payer", "payers"), ("to", "recipients")):
        anyone = [f'{column} : "{value}" *' for name, value in keyed if name == key]
        if anyone:
            parts.append(f"({' OR '.join(anyone)})")
    return together.join(parts) or None
