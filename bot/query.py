"""The one query grammar: look-ups in chat and on the command line, filters of channels. Pure."""

from __future__ import annotations

import calendar
import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bot.errors import QueryError
from bot.model import Deal, Kind, Layer, Status

_LONGEST = 500  #: characters: longer is no question but a paste
_PART = re.compile(r'-?(?:[^\s":]+:)?"[^"]*"|\S+')
_KEYED = re.compile(r"(?P<key>[A-Za-z]+):(?P<value>.*)", re.DOTALL)
_AMOUNT = re.compile(
    r"amount\s*(?P<sign>>=|<=|>|<|=)\s*\$?(?P<number>\d{1,15}(?:\.\d{1,6})?)(?P<unit>[kmbt]?)"
)
_AGO = re.compile(r"(?P<number>\d{1,4})(?P<unit>[dwmy])")
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_VALUES = {"kind": tuple(Kind), "status": tuple(Status), "layer": tuple(Layer)}
_SPELLINGS = {"rumoured": "rumored", "canceled": "cancelled", "datacentre": "datacenter"}
_EXAMPLES = {
    "payer": "payer:nvidia", "to": "to:openai", "kind": "kind:debt", "status": "status:rumored",
    "layer": "layer:power", "currency": "currency:EUR", "since": "since:90d", "sort": "sort:amount",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """What deals a look-up asks for. Parts of one key mean "any of"; all else means "and"."""

    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    wanted: tuple[tuple[str, str], ...] = ()  #: (key, value)
    unwanted: tuple[tuple[str, str], ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()  #: (sign, US dollars)
    since: date | None = None  #: first day of the first report
    until: date | None = None  #: last day
    by_amount: bool = False  #: largest first; else newest first

    def __str__(self) -> str:
        """Return the query as text that reads back as the same query."""
        parts = [_quoted(word) for word in self.words]
        parts += [f"-{_quoted(word)}" for word in self.not_words]
        parts += [f"{key}:{_quoted(value)}" for key, value in self.wanted]
        parts += [f"-{key}:{_quoted(value)}" for key, value in self.unwanted]
        parts += [f"amount{sign}{dollars}" for sign, dollars in self.amounts]
        if self.since or self.until:
            parts.append(f"{self.since or ''}..{self.until or ''}")
        if self.by_amount:
            parts.append("sort:amount")
        return " ".join(parts)


def normalized(text: str) -> str:
    """Return the words of *text* in lower case, without accents and signs, one blank between.

    >>> normalized("Amazon.com, Société-Générale")
    'amazon com societe generale'
    """
    # twice: what a compatible form stands for may have a case of its own ("𝕊")
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (
        " " if unicodedata.combining(char) == 0 and not char.isalnum() else char for char in plain
    )
    return " ".join("".join(char for char in kept if not unicodedata.combining(char)).split())


def parse_query(text: str, today: date) -> Query:
    """Read a look-up; days are counted back from *today*.

    >>> parse_query("nvidia kind:debt amount>=1.5b -status:rumored", date(2025, 11, 1))
    ... # doctest: +NORMALIZE_WHITESPACE
    Query(words=('nvidia',), not_words=(), wanted=(('kind', 'debt'),),
          unwanted=(('status', 'rumored'),), amounts=(('>=', 1500000000),),
          since=None, until=None, by_amount=False)

    Raises QueryError naming the part that was not understood, with an example.
    """
    if len(text) > _LONGEST:
        raise QueryError(f"this look-up is longer than {_LONGEST} characters; try nvidia since:90d")
    query = Query()
    for part in _PART.findall(text.replace("“", '"').replace("”", '"')):
        query = _with(query, part, today)
    return query


def _with(query: Query, part: str, today: date) -> Query:
    """Return *query* narrowed by one *part*."""
    if ".." in part:
        return _between(query, *_period(part))
    if part.lower().startswith("amount"):
        return replace(query, amounts=(*query.amounts, _amount(part)))
    negated = part.startswith("-") and len(part) > 1
    body = part[1:] if negated else part
    keyed = _KEYED.fullmatch(body)
    if keyed:
        value = keyed["value"].strip('"').strip()
        return _with_key(query, keyed["key"].lower(), value, part, today, negated=negated)
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", body) and not negated:
        return _between(query, _day(body, part, last=False), _day(body, part, last=True))
    return _with_word(query, normalized(body), negated=negated)


def _with_key(
    query: Query, key: str, value: str, part: str, today: date, *, negated: bool
) -> Query:
    if key == "since" and not negated:
        return _between(query, _since(value, part, today), None)
    if key == "sort" and not negated and value in ("amount", "date"):
        return replace(query, by_amount=value == "amount")
    found = (key, _value(key, value, part))
    if negated:
        return replace(query, unwanted=(*query.unwanted, found))
    return replace(query, wanted=(*query.wanted, found))


def _with_word(query: Query, word: str, *, negated: bool) -> Query:
    if not word:
        return query
    if negated:
        return replace(query, not_words=(*query.not_words, word))
    return replace(query, words=(*query.words, word))


def _between(query: Query, since: date | None, until: date | None) -> Query:
    return replace(query, since=since or query.since, until=until or query.until)


def _value(key: str, value: str, part: str) -> str:
    """Return the value of a key as it is compared."""
    if key in _VALUES:
        lower = value.lower()
        spelled = _SPELLINGS.get(lower, lower)
        if spelled not in _VALUES[key]:
            raise QueryError(f"did not understand {part!r}; {key}: takes {', '.join(_VALUES[key])}")
        return str(_VALUES[key][_VALUES[key].index(spelled)].value)
    if key == "currency" and re.fullmatch("[A-Za-z]{3}", value):
        return value.upper()
    if key in ("payer", "to") and normalized(value):
        return normalized(value)
    example = _EXAMPLES.get(key) or "payer: to: kind: status: layer: currency: since: sort:"
    raise QueryError(f"did not understand {part!r}; try {example}")


def _amount(part: str) -> tuple[str, int]:
    found = _AMOUNT.fullmatch(part.lower())
    if found is None:
        raise QueryError(f"did not understand {part!r}; try amount>=1b")
    return found["sign"], int(Decimal(found["number"]) * _UNITS[found["unit"]])


def _since(value: str, part: str, today: date) -> date:
    ago = _AGO.fullmatch(value.lower())
    if ago is None:
        return _day(value, part, last=False)
    try:
        return today - timedelta(days=int(ago["number"]) * _DAYS[ago["unit"]])
    except OverflowError:
        return date.min


def _period(part: str) -> tuple[date | None, date | None]:
    start, _, end = part.partition("..")
    if not (start or end):
        raise QueryError(f"did not understand {part!r}; try 2025-10..2025-12")
    return (
        _day(start, part, last=False) if start else None,
        _day(end, part, last=True) if end else None,
    )


def _day(text: str, part: str, *, last: bool) -> date:
    """Return the day that "2025-10-28" is, or the first or last of "2025-10" or "2025"."""
    try:
        year, month, day = [*map(int, text.split("-")), *(0, 0)][:3]
        month = month or (12 if last else 1)
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))
    except (ValueError, OverflowError, IndexError, calendar.IllegalMonthError):
        raise QueryError(f"did not understand {part!r}; try 2025-10..2025-12") from None


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or ":" in text else text


def matches(query: Query, deal: Deal) -> bool:
    """Say whether *deal* is one that *query* asks for."""
    texts = [f" {text}" for text in searchable(deal)]
    day = deal.announced.date()
    keys = {key for key, _ in query.wanted}
    return (
        all(any(f" {word}" in text for text in texts) for word in query.words)
        and not any(f" {word}" in text for word in query.not_words for text in texts)
        and all(_any_of(key, query.wanted, deal) for key in keys)
        and not any(_has(deal, key, value) for key, value in query.unwanted)
        and all(
            deal.usd is not None and _COMPARE[sign](deal.usd, dollars)
            for sign, dollars in query.amounts
        )
        and (query.since is None or day >= query.since)
        and (query.until is None or day <= query.until)
    )


def searchable(deal: Deal) -> tuple[str, str, str]:
    """Return the normalized texts in which words are looked for: payers, recipients, the rest."""
    rest = (deal.round or "", *(source.title for source in deal.sources))
    return _searchable(deal.payers), _searchable(deal.recipients), _searchable(rest)


def _searchable(texts: Iterable[str]) -> str:
    # the mark keeps a phrase from running from one name into the next
    return " ¶ ".join(filter(None, map(normalized, texts)))


def _any_of(key: str, wanted: tuple[tuple[str, str], ...], deal: Deal) -> bool:
    return any(_has(deal, key, value) for name, value in wanted if name == key)


def _has(deal: Deal, key: str, value: str) -> bool:
    return any(
        f" {value}" in f" {normalized(held)}" if key in ("payer", "to") else held == value
        for held in _held(deal, key)
    )


def _held(deal: Deal, key: str) -> Iterator[str]:
    """Yield what *deal* holds under a key of the grammar."""
    if key == "payer":
        yield from deal.payers
    elif key == "to":
        yield from deal.recipients
    elif key == "kind":
        yield deal.kind
    elif key == "status":
        yield deal.status
    elif key == "layer" and deal.layer is not None:
        yield deal.layer
    elif key == "currency" and deal.money is not None:
        yield deal.money.currency
