"""Deals as figures: money by month and kind, who pays and who gets most. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.alerts.totals import Totals, apart_text, count_text, sum_text, total, totals_of
from bot.model import Deal, Kind

MOST_MONTHS = 24  #: more bars than that nobody reads on a phone
_TOP = 8
_LONGEST = 60  #: characters of a name in a line of several


@dataclass(frozen=True, slots=True)
class Stats:
    """What the deals of a look-up come to."""

    totals: Totals
    months: tuple[date, ...]  #: first days, in order, without gaps; the last MOST_MONTHS
    by_kind: tuple[tuple[Kind, tuple[int, ...]], ...]  #: dollars a month; largest kind first
    earlier: int  #: dollars before the first of ``months``
    payers: tuple[tuple[str, int], ...]  #: name, dollars in deals they pay; largest first
    recipients: tuple[tuple[str, int], ...]

    def record(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return {
            **self.totals.record(),
            "months": {
                f"{month:%Y-%m}": {kind: row[number] for kind, row in self.by_kind if row[number]}
                for number, month in enumerate(self.months)
            },
            "earlier_usd": self.earlier,
            "payers": dict(self.payers),
            "recipients": dict(self.recipients),
        }

    @property
    def summary(self) -> str:
        """Return the figures in a few lines."""
        firm = self.totals.firm
        lines = [f"{count_text(firm)} worth {sum_text(total(firm))}, in US dollars."]
        for label, side in (("Top payers", self.payers), ("Top recipients", self.recipients)):
            named = ", ".join(f"{_cut(name)} {sum_text(dollars)}" for name, dollars in side[:5])
            lines += [f"{label}, in deals worth: {named}"] if named else []
        return "\n".join([*lines, apart_text(self.totals)]).strip()


def stats_of(deals: Iterable[Deal]) -> Stats:
    """Return the figures of *deals*; sums are of firm amounts alone, each deal once."""
    totals = totals_of(deals)
    months = _months([deal.announced.date() for deal in totals.firm])
    rows: dict[Kind, list[int]] = defaultdict(lambda: [0] * len(months))
    earlier = 0
    for deal in totals.firm:
        month = deal.announced.date().replace(day=1)
        if month in months:
            rows[deal.kind][months.index(month)] += deal.usd or 0
        else:
            earlier += deal.usd or 0
    largest = sorted(rows.items(), key=lambda each: (-sum(each[1]), each[0]))
    return Stats(
        totals=totals,
        months=months,
        by_kind=tuple((kind, tuple(row)) for kind, row in largest),
        earlier=earlier,
        payers=_top((deal.payers, deal.usd or 0) for deal in totals.firm),
        recipients=_top((deal.recipients, deal.usd or 0) for deal in totals.firm),
    )


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST].rstrip()}…"


def _months(days: Sequence[date]) -> tuple[date, ...]:
    if not days:
        return ()
    first, last = min(days), max(days)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers[-MOST_MONTHS:])


def _top(sides: Iterable[tuple[Sequence[str], int]]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = defaultdict(int)
    for names, dollars in sides:
        for name in dict.fromkeys(names):
            sums[name] += dollars
    return tuple(sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:_TOP])
