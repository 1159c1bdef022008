"""The facts of a deal that people may correct: as typed, as kept, and put on a deal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.deals.rates import usd
from bot.deals.words import money_text, percent_text, power_text, term_text
from bot.errors import CorrectionError
from bot.model import Deal, Kind, Layer, Money, Qualifier, Status
from bot.understand.money import RATE, find_money

_MOST = 10**15  #: no deal is larger: a quadrillion is a slip of the finger
_LONGEST = 3000  #: characters of a name
_UNSAID = frozenset({"", "undisclosed", "not stated", "unknown", "none", "-", "–", "?"})
_PERCENT = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,4})?)\s?(?:%|percent|per cent)?")
_POWER = re.compile(
    r"(?P<number>\d{1,3}(?:,?\d{3})*(?:\.\d{1,4})?)\s?(?P<unit>[kmg]w)", re.IGNORECASE
)
_MEGAWATTS = {"kw": 0.001, "mw": 1, "gw": 1000}
_TERM = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d{1,2})?)[\s-]?(?P<unit>years?|months?)", re.IGNORECASE
)
_NUMBERS = {"stake_pct": percent_text, "capacity_mw": power_text, "term_years": term_text}


# ---- as kept: one text a fact, "" where it is undisclosed -------------------------------------


def kept(value: object) -> str:
    """Return a fact as corrections keep it: names one a line.

    >>> kept(("Nvidia",)), kept(Money(5, "EUR", Qualifier.UP_TO)), kept(None)
    ('Nvidia', 'up_to 5 EUR', '')
    """
    if isinstance(value, tuple):
        return "\n".join(value)
    if isinstance(value, Money):
        return " ".join(
            filter(None, (value.qualifier, str(value.amount), value.currency, value.per))
        )
    return "" if value is None else str(value)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _money(text: str) -> Money | None:
    if not text:
        return None
    qualifier, amount, currency, *per = text.split()
    return Money(int(amount), currency, Qualifier(qualifier), *per)


def _number(text: str) -> float | None:
    return float(text) if text else None


_READ: Mapping[str, Callable[[str], Any]] = {
    "payers": _names,
    "recipients": _names,
    "money": _money,
    "kind": Kind,
    "status": Status,
    "round": lambda text: text or None,
    "stake_pct": _number,
    "valuation": _money,
    "capacity_mw": _number,
    "term_years": _number,
    "layer": lambda text: Layer(text) if text else None,
}
#: The facts that people may correct, in the order of the card.
FIELDS = tuple(_READ)


def with_facts(deal: Deal, facts: Mapping[str, str]) -> Deal:
    """Return *deal* with *facts*, as they are kept, in place of its own.

    Facts that this version does not know are left out: a newer one may have written them.
    """
    known = {field: _READ[field](text) for field, text in facts.items() if field in _READ}
    if not known:
        return deal
    deal = replace(deal, **known)
    for side, other in (("payers", "recipients"), ("recipients", "payers")):
        if side in known and other not in known:  # a later source may have it the wrong way round
            names = [name for name in getattr(deal, other) if name not in known[side]]
            deal = replace(deal, **{other: tuple(names)})  # type: ignore[arg-type]
    return replace(deal, usd=usd(deal.money, deal.announced.date()) if deal.money else None)


# ---- as people see and type them --------------------------------------------------------------


def shown(deal: Deal, field: str) -> str:
    """Return a fact as a form shows it; what typed() reads."""
    value = getattr(deal, field)
    if isinstance(value, Money):
        return money_text(value)
    if isinstance(value, float | int):
        return _NUMBERS[field](value)
    return kept(value)


def typed(field: str, text: str) -> str:
    """Return what somebody typed for *field*, as it is kept; "" for undisclosed.

    >>> typed("money", " up to $1.5bn "), typed("capacity_mw", "1.4 GW"), typed("round", "-")
    ('up_to 1500000000 USD', '1400.0', '')

    Raises CorrectionError that says how to write it.
    """
    text = _plain(text)
    if field in ("payers", "recipients"):
        return "\n".join(_names_typed(text))
    text = " ".join(text.split())
    if text.casefold() in _UNSAID and field not in ("kind", "status"):
        return ""
    return _TYPED.get(field, _text_typed)(text)


def _plain(text: str) -> str:
    """Return *text* without what cannot be seen: control signs, marks of direction."""
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))


def _names_typed(text: str) -> tuple[str, ...]:
    """Return names: one a line, or on one line between commas."""
    lines = text.strip().split("\n")
    parts = lines if len(lines) > 1 else re.split("[,;]", lines[0])
    names = dict.fromkeys(" ".join(part.split())[:_LONGEST] for part in parts)
    return tuple(name for name in names if name.casefold() not in _UNSAID)


def _text_typed(text: str) -> str:
    return text[:_LONGEST]


def _money_typed(text: str) -> str:
    found = find_money(text)
    said = found[0] if len(found) == 1 else None
    rest = text[: said.start] + RATE.sub("", text[said.end :]) if said else text
    if said is None or any(char.isalnum() for char in rest) or said.money.amount > _MOST:
        raise CorrectionError(
            "Write one amount with its currency, such as $1.5bn, up to €300m or SAR 20 billion; "
            "leave it empty when it is undisclosed."
        )
    return kept(said.money)


def _percent_typed(text: str) -> str:
    found = _PERCENT.fullmatch(text)
    if found is None or not 0 < float(found["number"]) <= 100:
        raise CorrectionError("Write a share between 0 and 100, such as 2.9%.")
    return kept(float(found["number"]))


def _power_typed(text: str) -> str:
    found = _POWER.fullmatch(text)
    if found is None:
        raise CorrectionError("Write a capacity with its unit, such as 650 MW or 1.4 GW.")
    number = float(found["number"].replace(",", "")) * _MEGAWATTS[found["unit"].lower()]
    if number <= 0:
        raise CorrectionError("Write a capacity above zero, or leave it empty.")
    return kept(number)


def _term_typed(text: str) -> str:
    found = _TERM.fullmatch(text)
    if found is None or not float(found["number"]):
        raise CorrectionError("Write how long it runs, such as 15 years or 18 months.")
    months = found["unit"].lower().startswith("month")
    return kept(float(found["number"]) / (12 if months else 1))


def _choice_typed(text: str, values: type[Kind] | type[Status] | type[Layer]) -> str:
    if text not in list(values):
        raise CorrectionError(f"Choose one of {', '.join(values)}.")
    return text


_TYPED: Mapping[str, Callable[[str], str]] = {
    "money": _money_typed,
    "valuation": _money_typed,
    "stake_pct": _percent_typed,
    "capacity_mw": _power_typed,
    "term_years": _term_typed,
    "kind": lambda text: _choice_typed(text, Kind),
    "status": lambda text: _choice_typed(text, Status),
    "layer": lambda text: _choice_typed(text, Layer),
}
