"""A company's card: what it pays and gets, with whom, and its last deals. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bot.alerts.answer import Answer
from bot.alerts.totals import Totals, apart_text, count_text, sum_text, total, totals_of
from bot.chat import Question
from bot.chat.commands import DealLibrary
from bot.model import Deal, Status
from bot.query import Query, normalized

_MOST = 5_000  #: of one company's deals on each side; the newest
_SHOWN = 5
_COUNTERPARTIES = 6
_LONGEST = 100  #: characters of a name that is shown again
_EXAMPLE = "Try /deals company nvidia."


@dataclass(frozen=True, slots=True)
class Company:
    """Everything we know that one company took part in."""

    name: str
    deals: tuple[Deal, ...]  #: newest first
    paid: Totals  #: deals in which it pays, alone or with others
    got: Totals
    counterparties: tuple[tuple[str, int], ...]  #: name, deals; most deals first

    def record(self) -> dict[str, Any]:
        """Return the card as a JSON object."""
        return {
            "company": self.name,
            "deals": [deal.id for deal in self.deals],
            "money_out": self.paid.record(),
            "money_in": self.got.record(),
            "counterparties": dict(self.counterparties),
        }


def company_answer(question: Question, deals: DealLibrary, aliases: Mapping[str, str]) -> Answer:
    """Answer "company NAME"; *aliases* tell what a company is called, by normalized alias."""
    asked = question.text.strip().strip("\"'“”")
    found = find_company(asked, deals, aliases)
    if isinstance(found, Company):
        return _card(found)
    shown = _cut(asked)
    if found:
        names = " · ".join(f"/deals company {_cut(name)}" for name in found[:_SHOWN])
        return Answer("Which one?", error=f"{shown!r} names {len(found)} companies.", hint=names)
    if not normalized(asked):
        return Answer("Which company?", error="Name a company.", hint=_EXAMPLE)
    hint = f"Try /deals {shown} for headlines too."
    return Answer("Not found", error=f"No deal names {shown!r} as payer or recipient.", hint=hint)


def find_company(
    asked: str, deals: DealLibrary, aliases: Mapping[str, str]
) -> Company | tuple[str, ...]:
    """Return the company called *asked*, or the names that it may mean.

    A name that some deal has is meant as it stands, else an alias ("nvda"), else the beginning
    of a name ("brookfield").
    """
    words = normalized(asked[:_LONGEST])
    if not words:
        return ()
    name = normalized(aliases.get(words, words))
    found = [deal for key in ("payer", "to") for deal in _some(deals, key, name)]
    names: dict[str, str] = {}  # normalized name → as written
    for deal in found:
        for party in (*deal.payers, *deal.recipients):
            if f"{normalized(party)} ".startswith(f"{name} "):
                names.setdefault(normalized(party), party)
    if name not in names and len(names) != 1:
        return tuple(sorted(names.values()))
    name = name if name in names else next(iter(names))
    return _company(name, names[name], found)


def _some(deals: DealLibrary, key: str, name: str) -> list[Deal]:
    return deals.search(Query(wanted=((key, name),)), limit=_MOST)


def _company(name: str, written: str, found: Iterable[Deal]) -> Company:
    by_id = {deal.id: deal for deal in found}
    theirs = sorted(by_id.values(), key=lambda deal: (deal.announced, deal.id), reverse=True)
    paid = [deal for deal in theirs if _has(name, deal.payers)]
    got = [deal for deal in theirs if _has(name, deal.recipients)]
    return Company(
        name=written,
        deals=tuple(deal for deal in theirs if deal in paid or deal in got),
        paid=totals_of(paid),
        got=totals_of(got),
        counterparties=_counterparties(name, paid, got),
    )


def _has(name: str, parties: Iterable[str]) -> bool:
    return any(normalized(party) == name for party in parties)


def _counterparties(
    name: str, paid: Iterable[Deal], got: Iterable[Deal]
) -> tuple[tuple[str, int], ...]:
    met: Counter[str] = Counter()
    for deal in totals_of(paid).counted:
        met.update(_others(name, deal, deal.recipients))
    for deal in totals_of(got).counted:
        met.update(_others(name, deal, deal.payers))
    most_first = sorted(met.items(), key=lambda each: (-each[1], each[0]))
    return tuple(most_first[:_COUNTERPARTIES])


def _others(name: str, deal: Deal, parties: Iterable[str]) -> set[str]:
    if deal.status is Status.RUMORED:
        return set()
    return {party for party in parties if normalized(party) != name}


def _card(company: Company) -> Answer:
    met = ", ".join(f"{_cut(name)} ({count})" for name, count in company.counterparties)
    lines = [
        *_side("Money out", company.paid, attrgetter("payers")),
        *_side("Money in", company.got, attrgetter("recipients")),
        f"Most deals with: {met}" if met else "",
    ]
    return Answer(
        f"{_cut(company.name)}: {count_text(company.deals)}",
        text="\n".join(line for line in lines if line),
        deals=company.deals[:_SHOWN],
        hint=f"Sums are of whole deals, in US dollars: a deal with others counts "
        f"in full. All of them: /deals {_quoted(_cut(company.name))}",
    )


def _side(label: str, totals: Totals, theirs: Callable[[Deal], tuple[str, ...]]) -> list[str]:
    if not totals.firm:
        head = f"{label}: no firm amount"
    else:
        head = f"{label}: {count_text(totals.firm)} worth {sum_text(total(totals.firm))}"
        shared = sum(len(theirs(deal)) > 1 for deal in totals.firm)
        head += f", {shared} of them together with others" if shared else ""
    kinds: dict[str, list[Deal]] = {}
    for deal in totals.firm:
        kinds.setdefault(deal.kind, []).append(deal)
    largest = sorted(kinds.items(), key=lambda each: -total(each[1]))
    split = " · ".join(f"{kind} {sum_text(total(deals))}" for kind, deals in largest)
    return [head, f"    {split}" if len(kinds) > 1 else "", apart_text(totals)]


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST].rstrip()}…"


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
