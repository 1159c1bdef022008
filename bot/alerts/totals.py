"""What deals come to in US dollars: no deal counted twice, no rumour counted as done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bot.alerts.summarise import money_text
from bot.deals.match import maybe_same
from bot.model import Deal, Money, Qualifier, Status

_FIRMEST_FIRST = {Status.COMPLETED: 0, Status.ANNOUNCED: 1, Status.RUMORED: 2}
_DIGITS = 3  #: of a sum over many deals more would be false precision


@dataclass(frozen=True, slots=True)
class Totals:
    """Deals sorted by how their amounts may be summed; every deal is in one of these."""

    firm: tuple[Deal, ...] = ()  #: announced or completed, with an amount
    ceilings: tuple[Deal, ...] = ()  #: announced or completed, "up to" an amount
    rumored: tuple[Deal, ...] = ()  #: with an amount
    unsized: tuple[Deal, ...] = ()  #: no amount said, or in a currency without a rate
    cancelled: tuple[Deal, ...] = ()
    twins: tuple[Deal, ...] = ()  #: may be the same as another that is counted

    @property
    def counted(self) -> tuple[Deal, ...]:
        """Return the deals that stand, each once."""
        return self.firm + self.ceilings + self.rumored + self.unsized

    def record(self) -> dict[str, Any]:
        """Return the totals as a JSON object: dollars and numbers of deals."""
        return {
            "usd": total(self.firm),
            "deals": len(self.firm),
            "ceilings_usd": total(self.ceilings),
            "ceilings": len(self.ceilings),
            "rumored_usd": total(self.rumored),
            "rumored": len(self.rumored),
            "without_amount": len(self.unsized),
            "cancelled": len(self.cancelled),
            "maybe_the_same": len(self.twins),
        }


def totals_of(deals: Iterable[Deal]) -> Totals:
    """Return *deals* sorted by how they count; of those that may be the same the firmest counts."""
    deals = list(deals)
    cancelled = [deal for deal in deals if deal.status is Status.CANCELLED]
    standing = [deal for deal in deals if deal.status is not Status.CANCELLED]
    standing.sort(key=_firmness)
    linked: dict[str, set[str]] = {deal.id: set(deal.linked) for deal in standing}
    for deal in standing:
        for other in deal.linked:
            linked.get(other, set()).add(deal.id)
    kept: dict[str, Deal] = {}
    twins = []
    for deal in standing:
        others = [kept[other] for other in linked[deal.id] if other in kept]
        if any(maybe_same(deal, other) for other in others):
            twins.append(deal)
        else:
            kept[deal.id] = deal
    sized = [deal for deal in kept.values() if deal.usd]
    done = [deal for deal in sized if deal.status is not Status.RUMORED]
    return Totals(
        firm=_newest_first(deal for deal in done if not is_ceiling(deal)),
        ceilings=_newest_first(deal for deal in done if is_ceiling(deal)),
        rumored=_newest_first(deal for deal in sized if deal.status is Status.RUMORED),
        unsized=_newest_first(deal for deal in kept.values() if not deal.usd),
        cancelled=_newest_first(cancelled),
        twins=_newest_first(twins),
    )


def _firmness(deal: Deal) -> tuple[int, bool, int, str]:
    return _FIRMEST_FIRST[deal.status], not deal.usd, -len(deal.sources), deal.id


def _newest_first(deals: Iterable[Deal]) -> tuple[Deal, ...]:
    return tuple(sorted(deals, key=attrgetter("announced", "id"), reverse=True))


def is_ceiling(deal: Deal) -> bool:
    """Say whether the amount is the most that may be paid."""
    return deal.money is not None and deal.money.qualifier is Qualifier.UP_TO


def total(deals: Iterable[Deal]) -> int:
    """Return what *deals* come to in US dollars."""
    return sum(deal.usd or 0 for deal in deals)


def sum_text(dollars: int) -> str:
    """Return a sum over deals, rounded.

    >>> sum_text(12_345_000_000), sum_text(0)
    ('$12.3B', '$0')
    """
    if dollars <= 0:
        return "$0"
    return money_text(Money(round(dollars, _DIGITS - len(str(dollars)))))


def count_text(deals: Sequence[Deal] | int) -> str:
    """Return a number of deals.

    >>> count_text(1), count_text(2)
    ('1 deal', '2 deals')
    """
    count = deals if isinstance(deals, int) else len(deals)
    return f"{count} {'deal' if count == 1 else 'deals'}"


def apart_text(totals: Totals) -> str:
    """Return one sentence on what a sum of firm deals leaves out; "" when that is nothing."""
    said = [
        f"{text} up to {sum_text(total(deals))} in {count_text(deals)}"
        if text == "ceilings of"
        else f"{text} {sum_text(total(deals))} in {count_text(deals)}"
        for text, deals in (("ceilings of", totals.ceilings), ("rumored", totals.rumored))
        if deals
    ]
    said += [
        f"{count_text(deals)} {text}"
        for text, deals in (
            ("without an amount", totals.unsized),
            ("cancelled", totals.cancelled),
            ("that may be the same as another", totals.twins),
        )
        if deals
    ]
    return f"Not in the sum: {', '.join(said)}." if said else ""
