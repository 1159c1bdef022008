"""One deal from all that its sources claim, and what one more claim changed. Pure.

Every fact of a deal is a function of the set of its claims: stories that come in another
order make the same deal. Only its history keeps the order in which we heard things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from bot.deals.facts import with_facts
from bot.deals.rates import usd
from bot.deals.words import list_text, money_text, percent_text, power_text, term_text
from bot.model import (
    Change,
    Claim,
    Deal,
    Kind,
    Money,
    Override,
    Qualifier,
    Source,
    Status,
    Story,
)
from bot.query import normalized

_T = TypeVar("_T", bound=Hashable)

#: Two amounts this many times apart are one: rounding, or another day's exchange rate.
SAME_SIZE = 1.15

#: Slips of translation and of typing: one zero too many, million for billion.
_SLIPS = (10, 1000)

#: In a crowd of sources a name that only one in this many gives is a misreading.
_CROWD = 5

#: The round in which a company sells its shares to the public.
LISTING = "IPO"
_LISTS = re.compile(
    r"\b(?:ipo|initial public offering|go(?:es|ing)? public|draft s 1|prices at \d+ per share)\b"
)
#: What a listing is told of beside the news, or the source of it.
_BESIDE_IT = re.compile(
    rf"\b(?:pre|ahead of|before)(?: \w+){{0,3}}? {_LISTS.pattern}"
    r"|\bipo (?:filing|prospectus) (?:discloses|reveals|says|shows)\b"
    r"|\b(?:closes|lands|raises|secures)\b.* (?:eyes|plans|weighs)(?: \w+){0,2} ipo\b"
)

#: Nobody has corrected it.
_AS_TOLD = Override()

_ENDS = (Status.COMPLETED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Merge:
    """A deal after one more claim, and the facts which that claim changed."""

    deal: Deal
    changes: tuple[Change, ...]  #: empty for a repeat
    is_new: bool


def merge(
    known: Deal | None,
    story: Story,
    claim: Claim,
    *,
    deal_id: str = "",
    linked: Sequence[str] = (),
    score: float = 1.0,
) -> Merge:
    """Return *known* with one more source, or the first sighting of a deal called *deal_id*.

    A story heard before replaces what it said then.
    """
    source = Source(story.id, story.url, story.source, story.title, claim, score)
    return added(known, source, deal_id=deal_id, linked=linked)


def added(
    known: Deal | None, source: Source, *, deal_id: str = "", linked: Sequence[str] = ()
) -> Merge:
    """Return *known* with *source*, or the first sighting of a deal called *deal_id*."""
    claim = source.claim
    if known is None:
        first = first_change(source)
        return Merge(_deal(deal_id, [source], linked, (first,)), (first,), is_new=True)
    others = [other for other in known.sources if other.story_id != source.story_id]
    sources = sorted([*others, source], key=lambda each: (each.said_at, each.story_id))
    deal = _deal(known.id, sources, (*known.linked, *linked), known.history, known.override)
    changes = changes_of(known, deal, claim)
    updated = max(known.updated, claim.said_at) if changes else known.updated
    deal = replace(deal, history=(*known.history, *changes), updated=updated)
    return Merge(deal, changes, is_new=False)


def first_change(source: Source) -> Change:
    """Return how the history of a deal begins that *source* brought."""
    return Change("new", "", source.claim.status.value, source.story_id, source.said_at)


def retold(deal: Deal, sources: Iterable[Source], override: Override) -> Deal:
    """Return *deal* as *sources* and what people said of it make it."""
    ordered = sorted(sources, key=lambda each: (each.said_at, each.story_id))
    made = _deal(deal.id, ordered, deal.linked, deal.history, override)
    return replace(made, updated=deal.updated)


def says_listing(titles: Sequence[str]) -> bool:
    """Return whether most of *titles*, normalized, tell of shares to be sold to the public.

    >>> says_listing(["acme files for ipo"]), says_listing(["acme raises 1bn ahead of its ipo"])
    (True, False)
    """
    return 2 * sum(map(_lists, titles)) > len(titles)


@lru_cache(maxsize=20_000)
def _lists(title: str) -> bool:
    return bool(_LISTS.search(_BESIDE_IT.sub("", title)))


def times_apart(one: Money, other: Money, on: date) -> float | None:
    """Return how many times larger the larger amount is; None when they cannot be compared.

    A rate cannot be compared with a whole, unless a headline only dropped "a year"; nor what no
    exchange rate is known of.

    >>> times_apart(Money(15_000_000_000), Money(30_000_000_000), date(2026, 1, 6))
    2.0
    """
    if one.per != other.per and one.amount != other.amount:
        return None
    if one.currency == other.currency:
        first, second = one.amount, other.amount
    else:
        dollars, others = usd(one, on), usd(other, on)
        if not dollars or not others:
            return None
        first, second = dollars, others
    return max(first, second) / min(first, second)


def is_slip(one: Money, other: Money) -> bool:
    """Return whether two amounts differ by a factor that only a slip explains.

    >>> is_slip(Money(1_600_000_000), Money(16_000_000_000))
    True
    """
    small, large = sorted((one.amount, other.amount))
    alike = (one.currency, one.per) == (other.currency, other.per)
    return alike and any(large == small * slip for slip in _SLIPS)


# ---- all claims → one deal ------------------------------------------------------------------


def _deal(
    deal_id: str,
    sources: Sequence[Source],
    linked: Iterable[str],
    history: tuple[Change, ...],
    override: Override = _AS_TOLD,
) -> Deal:
    """Return the deal that *sources*, oldest first, report; what people say of it wins."""
    claims = [source.claim for source in sources]
    publishers = {source.story_id: source.publisher for source in sources}
    kind = _most_said([claim.kind for claim in claims]) or claims[0].kind
    payers, recipients = _parties(claims, kind)
    # What one source calls the value of the company, another took for the size of the deal;
    # of a company that is bought whole the two are one.
    worth = {
        (c.valuation.amount, c.valuation.currency)
        for c in claims
        if c.valuation and kind is not Kind.ACQUISITION
    }
    sizes = [
        (c, c.money) for c in claims if c.money and (c.money.amount, c.money.currency) not in worth
    ]
    money = _amount(sizes, publishers)
    kin = [claim for claim in claims if claim.kind is kind]  # a loan has no megawatts of a lease
    announced = claims[0].said_at
    deal = Deal(
        id=deal_id,
        kind=kind,
        status=_status(claims),
        payers=payers,
        recipients=recipients,
        money=money,
        valuation=_amount([(c, c.valuation) for c in claims if c.valuation], publishers),
        stake_pct=_most_said([c.stake_pct for c in claims]),
        capacity_mw=_most_said([c.capacity_mw for c in kin]),
        term_years=_most_said([c.term_years for c in kin]),
        round=LISTING
        if kind is Kind.EQUITY and says_listing([normalized(source.title) for source in sources])
        else _most_said([c.round for c in claims]),
        layer=_most_said([c.layer for c in claims]),
        binding=_most_said([c.binding for c in claims]),
        announced=announced,
        updated=claims[-1].said_at,
        sources=tuple(sources),
        evidence={},
        history=history,
        usd=usd(money, announced.date()) if money else None,
        linked=tuple(sorted(set(linked) - {deal_id})),
        override=override,
    )
    deal = with_facts(deal, override.facts)
    return replace(deal, evidence=_evidence(deal, claims))


def _status(claims: Sequence[Claim]) -> Status:
    """Return how far the deal has come: an end holds, else any announcement does."""
    ends = [claim for claim in claims if claim.status in _ENDS and _is_believed(claim, claims)]
    if ends:
        return ends[-1].status
    if any(claim.status is Status.ANNOUNCED for claim in claims):
        return Status.ANNOUNCED
    return Status.RUMORED


def _is_believed(end: Claim, claims: Sequence[Claim]) -> bool:
    """Return whether an end is more than one misreading among many stories of the same day."""
    same_day = [c.status for c in claims if abs(c.said_at - end.said_at) <= timedelta(days=1)]
    return _CROWD * same_day.count(end.status) >= len(same_day)


def _most_said(values: Sequence[_T | None]) -> _T | None:
    """Return the value most often said; of equals the one said last, as it may correct."""
    counts = Counter(value for value in values if value is not None)
    if not counts:
        return None
    last = {value: place for place, value in enumerate(values) if value is not None}
    return max(counts, key=lambda value: (counts[value], last[value]))


def _parties(claims: Sequence[Claim], kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all payers and recipients; a name seen on both sides goes where most put it."""
    payers = _names([claim.payers for claim in claims])
    recipients = _names([claim.recipients for claim in claims])
    if kind is Kind.BUILDOUT:
        # Towns lie in states: a list of both would read as two places.
        place = _most_said([claim.recipients or None for claim in claims])
        recipients = {name: recipients.get(name, 1) for name in place or ()}
    pay = tuple(n for n, votes in payers.items() if votes >= recipients.get(n, 0))
    get = tuple(n for n, votes in recipients.items() if votes > payers.get(n, 0))
    if recipients and not get and kind is not Kind.VENTURE:
        # Told both ways by as many, all would pay: the first that names both sides is believed.
        whole = (claim for claim in claims if claim.payers and claim.recipients)
        first = min(whole, key=lambda claim: claim.kind is not kind, default=None)
        if first is not None:
            return first.payers, first.recipients
    return pay, get


def _names(sides: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Return the names one side goes by and how many said each, the most said first."""
    said = _as_one_name([side for side in sides if side])
    counts = Counter(name for side in said for name in dict.fromkeys(side))
    # A side that ten stories leave out and one names was misread.
    least = max(len(said) / _CROWD, 2 if len(sides) >= 2 * _CROWD else 1)
    kept = {name: votes for name, votes in counts.items() if votes >= least}
    # Sorting keeps the order of first sight among equals: the lead investor stays first.
    return dict(sorted(kept.items(), key=lambda pair: -pair[1]))


def _as_one_name(said: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return sides in which a name that begins another is that one: "Acme", "Acme Labs"."""
    names = {name for side in said for name in side}
    longest = {
        name: max(
            (other for other in names if same_name(name, other)),
            key=lambda other: (len(other), other),
            default=name,
        )
        for name in names
    }
    return [
        tuple(name if longest[name] in side else longest[name] for name in side) for side in said
    ]


def same_name(one: str, other: str) -> bool:
    """Return whether two names are one: equal, or one the beginning of the other."""
    short, long = sorted((plain(one).split(), plain(other).split()), key=len)
    return bool(short) and long[: len(short)] == short


#: The same names and titles come again and again.
plain = lru_cache(maxsize=20_000)(normalized)


def _amount(said: Sequence[tuple[Claim, Money]], publishers: Mapping[str, str]) -> Money | None:
    """Return the best-supported amount, as its most exact source wrote it.

    What was said after the announcement outranks what was rumoured. Amounts that are one
    up to rounding and exchange rates count together, once for each publisher; of equals
    the one said last wins, as it may correct, but a slip (ten times as much) never does.
    """
    if not said:
        return None
    firm = [pair for pair in said if pair[0].status is not Status.RUMORED] or said
    groups: list[list[tuple[Claim, Money]]] = []
    for pair in sorted(firm, key=lambda pair: (pair[1].currency, pair[1].amount)):
        on = firm[0][0].said_at.date()
        for group in groups:
            apart = times_apart(group[0][1], pair[1], on)
            if apart is not None and apart <= SAME_SIZE:
                group.append(pair)
                break
        else:
            groups.append([pair])
    first = firm[0][1]

    def support(group: Sequence[tuple[Claim, Money]]) -> tuple[int, bool, tuple[datetime, str]]:
        voices = {publishers[claim.story_id] for claim, _ in group}
        last = max((claim.said_at, claim.story_id) for claim, _ in group)
        return len(voices), not any(is_slip(first, money) for _, money in group), last

    return _most_exact(max(groups, key=support))


def _most_exact(group: Sequence[tuple[Claim, Money]]) -> Money:
    """Return the amount with the most digits in the currency that most stories use."""
    ordered = sorted(group, key=lambda pair: (pair[0].said_at, pair[0].story_id))
    monies = [money for _, money in ordered]
    currencies = Counter(money.currency for money in monies)
    currency = max(currencies, key=lambda each: currencies[each])
    amounts = Counter(money.amount for money in monies if money.currency == currency)
    amount = max(amounts, key=lambda each: (min(digits(each), 4), amounts[each]))
    # A headline drops "up to" sooner than it invents it: a third of the stories is enough.
    meant = Counter(m.qualifier for m in monies if (m.currency, m.amount) == (currency, amount))
    loose = [each for each in meant if each is not Qualifier.EXACT]
    qualifier = max(loose, key=lambda each: meant[each], default=Qualifier.EXACT)
    if 3 * meant[qualifier] < meant.total():
        qualifier = Qualifier.EXACT
    per = next((money.per for money in monies if money.per), "")
    return Money(amount, currency, qualifier, per)


def digits(amount: int) -> int:
    """Return how many digits of *amount* are told: of $35bn two."""
    return len(str(amount).rstrip("0"))


def _evidence(deal: Deal, claims: Sequence[Claim]) -> dict[str, tuple[str, str]]:
    """Return for each field the first sentence that says what the deal now holds."""
    found: dict[str, tuple[str, str]] = {}
    for name in dict.fromkeys(name for claim in claims for name in claim.evidence):
        if not hasattr(deal, name):
            continue
        kept = getattr(deal, name)
        speakers = [claim for claim in claims if name in claim.evidence]
        agreeing = [claim for claim in speakers if _agrees(kept, getattr(claim, name, None))]
        for claim in agreeing[:1]:
            found[name] = (claim.evidence[name], claim.story_id)
    return found


def _agrees(kept: object, said: object) -> bool:
    if isinstance(kept, Money) and isinstance(said, Money):
        return (kept.amount, kept.currency) == (said.amount, said.currency)
    if isinstance(kept, tuple) and isinstance(said, tuple):
        return not set(kept).isdisjoint(said)
    return kept == said


# ---- what a claim changed -------------------------------------------------------------------


def changes_of(before: Deal, after: Deal, claim: Claim) -> tuple[Change, ...]:
    """Return the facts that differ, as people read them, and figures that cannot both be."""
    changes = list(differences(before, after, claim.story_id, claim.said_at))
    settled = "money" in after.override.facts
    if claim.money and after.money and is_slip(claim.money, after.money) and not settled:
        said = money_text(claim.money)
        changes.append(
            Change("conflict", money_text(after.money), said, claim.story_id, claim.said_at)
        )
    return tuple(changes)


def differences(
    before: Deal, after: Deal, story_id: str, at: datetime, by: str = ""
) -> tuple[Change, ...]:
    """Return the facts in which two states of a deal differ, as people read them."""
    old, new = _shown(before), _shown(after)
    # who is named most comes first, but another order of the same names is no news
    only_reordered = {
        side
        for side in ("payers", "recipients")
        if set(getattr(before, side)) == set(getattr(after, side))
    }
    return tuple(
        Change(field, old[field], new[field], story_id, at, by)
        for field in new
        if old[field] != new[field] and field not in only_reordered
    )


def _shown(deal: Deal) -> dict[str, str]:
    """Return every fact that may change, as people read it; "" where nobody said."""
    return {
        "status": deal.status.value,
        "money": money_text(deal.money) if deal.money else "",
        "payers": list_text(deal.payers),
        "recipients": list_text(deal.recipients),
        "kind": deal.kind.value,
        "stake_pct": percent_text(deal.stake_pct) if deal.stake_pct is not None else "",
        "valuation": money_text(deal.valuation) if deal.valuation else "",
        "capacity_mw": power_text(deal.capacity_mw) if deal.capacity_mw is not None else "",
        "term_years": term_text(deal.term_years) if deal.term_years else "",
        "round": deal.round or "",
        "layer": deal.layer.value if deal.layer else "",
        "binding": {None: "", True: "binding", False: "non-binding"}[deal.binding],
    }
