"""Whether a claim is about a deal we know: parties in roles, instrument, size, time. Pure.

Rules and their reasons: docs/domain.md, "Same deal, update, or new deal?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, IntEnum

from rapidfuzz import fuzz

from bot.deals.merge import (
    LISTING,
    SAME_SIZE,
    digits,
    is_slip,
    plain,
    same_name,
    says_listing,
    times_apart,
)
from bot.model import Claim, Deal, Kind, Money, Qualifier, Status

#: A closing may follow the announcement after this long: so old may a candidate be.
LOOK_BACK = timedelta(days=548)

#: For this long one event is retold; so old may a deal be that is found by its title or size.
NEWS_CYCLE = timedelta(days=10)

_CLOSING = LOOK_BACK.days
_RUMOUR = 90  #: days from a rumour to the announcement
_RECAP = 60  #: days for which a deal named by its size or round is retold
_CYCLE = NEWS_CYCLE.days
_LISTING = 180  #: days between two reports of one coming IPO
_FILING = 30  #: days until a filing tells the size of an announced contract
_HOURS = 3  #: days in which outlets still copy each other's first figures
_LARGE = 5_000_000_000  #: dollars
_HUGE = 100_000_000_000
_DAY = 1.5

_CROWD = 3  #: as many backers make a round, not one company's investment

_ALIKE = 60  #: percent of their words that two titles on one event share
_LIKELY = 75  #: as many where one of the two leaves a party out
_VERBATIM = 90  #: as many are shared by two prints of one agency's title

_LINKS = 5  #: as many related deals are named at most

#: Instruments that early or short stories take for one another.
_NEAR = frozenset(
    frozenset(pair)
    for pair in (
        (Kind.EQUITY, Kind.ACQUISITION),
        (Kind.EQUITY, Kind.VENTURE),
        (Kind.DEBT, Kind.VENTURE),
        (Kind.SUPPLY, Kind.BUILDOUT),
        (Kind.SUPPLY, Kind.VENTURE),
        (Kind.BUILDOUT, Kind.VENTURE),
    )
)


@dataclass(frozen=True, slots=True)
class Match:
    """The deal a claim is about, and deals that it may be about or follows from."""

    same: Deal | None
    maybe: tuple[Deal, ...]  #: the likeliest first
    near: tuple[Deal, ...] = ()  #: all that it is, may be or follows from


class _Side(Enum):
    """How one side of two claims compares."""

    SAME = "same"
    OPEN = "open"  #: one of them does not say
    OTHER = "other"


class _Size(Enum):
    """How two amounts compare."""

    SAME = "same"
    NEAR = "near"  #: outlets differ, a round grew while it was talked about
    SLIP = "slip"  #: exactly ten or a thousand times as much
    FAR = "far"
    OPEN = "open"  #: one of them does not say


class _Likeness(IntEnum):
    """How like one deal two claims are."""

    NONE = 0
    RELATED = 1  #: the same two companies, another deal
    PERHAPS = 2  #: the grey zone: kept apart, shown as maybe the same
    SAME = 3


def find_same(claim: Claim, candidates: Sequence[Deal], title: str = "") -> Match:
    """Return the one of *candidates* that *claim*, of a story called *title*, is about.

    A deal is the same only when the claim fits what all its sources say together, and no
    considerable part of them contradicts it: a chain of single links does not join deals.
    Deals that the claim may be about, or that it follows from, come along.
    """
    # A story stays where it is: a person may have parted it from a deal that it fits as well.
    for deal in candidates:
        if any(source.story_id == claim.story_id for source in deal.sources):
            return Match(deal, ())
    candidates = [deal for deal in candidates if deal.sources or not deal.hidden]
    heard = plain(title)
    judged = [(_likeness_to(claim, heard, deal), deal) for deal in candidates]
    judged = [(likeness, deal) for likeness, deal in judged if likeness]

    def closeness(pair: tuple[_Likeness, Deal]) -> tuple[object, ...]:
        likeness, deal = pair
        sized = _size(claim, _view(claim, deal)) is _Size.SAME
        kin = deal.kind is claim.kind
        return likeness, sized, kin, _shared(claim, deal), -_days(claim, deal), _begins(deal)

    judged.sort(key=closeness, reverse=True)
    same = next((deal for likeness, deal in judged if likeness is _Likeness.SAME), None)
    maybe = tuple(deal for _, deal in judged if deal is not same)[:_LINKS]
    return Match(same, maybe, near=tuple(deal for _, deal in judged))


def _likeness_to(claim: Claim, title: str, deal: Deal) -> _Likeness:
    titles = [plain(source.title) for source in deal.sources]
    view, days = _view(claim, deal), _days(claim, deal)
    claim, view = _listed(claim, [title]), _listed(view, titles)
    likeness = _likeness(claim, view, days)
    if (
        days <= _CYCLE
        and not _contradict(claim, view)
        and _retold(claim, title, view, titles, days)
    ):
        likeness = _Likeness.SAME
    if likeness is not _Likeness.SAME:
        return likeness
    told = [_listed(source.claim, [plain(source.title)]) for source in deal.sources]
    vetoes = sum(_contradict(claim, each) for each in told)
    # One misread source of many must not keep all that follow out of the deal.
    return _Likeness.PERHAPS if 3 * vetoes > len(deal.sources) else likeness


def _view(claim: Claim, deal: Deal) -> Claim:
    """Return what the sources of *deal* say together, as one claim.

    Where outlets print different figures, the one nearest to that of *claim* counts.
    """
    money, asked = deal.money, claim.money
    if asked and money:
        on = claim.said_at.date()
        said = [source.claim.money for source in deal.sources if source.claim.money]
        money = min([money, *said], key=lambda each: times_apart(asked, each, on) or math.inf)
    return replace(_claim_of(deal), money=money)


def _claim_of(deal: Deal) -> Claim:
    return Claim(
        story_id=deal.id,
        said_at=deal.sources[-1].said_at if deal.sources else deal.announced,
        kind=deal.kind,
        status=deal.status,
        payers=deal.payers,
        recipients=deal.recipients,
        money=deal.money,
        valuation=deal.valuation,
        stake_pct=deal.stake_pct,
        capacity_mw=deal.capacity_mw,
        term_years=deal.term_years,
        round=deal.round,
        layer=deal.layer,
    )


def _begins(deal: Deal) -> tuple[datetime, str]:
    """Return what tells *deal* from others in whatever order they came."""
    return deal.announced, deal.sources[0].story_id if deal.sources else deal.id


def _days(claim: Claim, deal: Deal) -> float:
    """Return the days between the claim and the nearest source of the deal."""
    times = [source.said_at for source in deal.sources] or [deal.announced]
    return min(abs(claim.said_at - time) for time in times) / timedelta(days=1)


def maybe_same(one: Deal, other: Deal) -> bool:
    """Return whether two linked deals may be one: nothing in them says that they are two."""
    first, second = _claim_of(one), _claim_of(other)
    if _contradict(first, second) or _is_crossed(first, second):
        return False
    if not _kin(first, second) and _size(first, second) is not _Size.SAME:
        return False
    days = min(_days(first, other), _days(second, one))
    return days <= _window(first, second, _sides(first, second))


def may_repeat(deal: Deal, told: Deal) -> bool:
    """Return whether *deal* may be one *told* days before: linked, and nothing parts the two.

    Of one odd sum in a day there are seldom two deals, whoever an outlet names: "$35bn".
    """
    days = (_begins(deal)[0] - _begins(told)[0]) / timedelta(days=1)
    if _begins(deal) <= _begins(told) or days > _HOURS:
        return False
    sides = _sides(_claim_of(deal), _claim_of(told))
    if sides == (_Side.SAME, _Side.SAME) and deal.kind is told.kind:
        return True  # outlets differ in what they count
    if days > _DAY or (_Side.OTHER in sides and _Side.SAME in sides):
        return False  # who signs with two suppliers a day makes two deals
    if deal.money == told.money and _is_rare(deal.usd):
        return True
    return told.id in deal.linked and _Side.OTHER not in sides and maybe_same(deal, told)


def _is_rare(dollars: int | None) -> bool:
    """Return whether so much is seldom told of two deals in a day: large and odd, or huge."""
    return dollars is not None and (dollars >= _HUGE or (dollars >= _LARGE and digits(dollars) > 1))


# ---- two claims -----------------------------------------------------------------------------


def _contradict(new: Claim, old: Claim) -> bool:
    """Return whether two claims cannot be about one deal, whatever else they say."""
    if new.round and old.round and _round(new.round) != _round(old.round):
        return True
    if _is_listing(new) is not _is_listing(old) and _shows_size(new, old):
        return not _agree(new, old)
    return _size(new, old) is _Size.FAR


def _likeness(new: Claim, old: Claim, days: float) -> _Likeness:
    sides = _sides(new, old)
    if _Side.SAME not in sides:
        return _crossed(new, old, days)
    if _contradict(new, old) or days > _window(new, old, sides):
        # The next contract, the follow-on round, the other instrument of one announcement.
        return _Likeness.RELATED if _Side.OTHER not in sides else _Likeness.NONE
    if days > _CYCLE and _revalued(new, old):
        return _Likeness.PERHAPS
    if sides == (_Side.SAME, _Side.SAME):
        return _both_sides(new, old, days)
    if not _kin(new, old):
        return _Likeness.RELATED if days <= _HOURS else _Likeness.NONE
    if _Side.OPEN not in sides:
        return _other_side(new, old, days, sides[0])
    if _alike(new, old, days, sides[0]):
        return _Likeness.SAME
    return _Likeness.PERHAPS if days <= _CYCLE else _Likeness.NONE


def _both_sides(new: Claim, old: Claim, days: float) -> _Likeness:
    """Judge two claims that name the same parties in the same roles."""
    size = _size(new, old)
    if not _kin(new, old) and size is not _Size.SAME:
        # Days apart it is a second instrument; in the first hours a short story misread.
        return _Likeness.SAME if size is _Size.OPEN and days <= _HOURS else _Likeness.RELATED
    misread = new.kind is not old.kind and size is not _Size.SAME
    if misread and days > _CYCLE and not _rumour_first(new, old):
        return _Likeness.PERHAPS
    if size is _Size.SLIP and days > _CYCLE:
        return _Likeness.PERHAPS
    if size is _Size.NEAR and not _rumoured(new, old) and days > _HOURS:
        return _Likeness.PERHAPS
    return _Likeness.SAME


def _alike(new: Claim, old: Claim, days: float, payers: _Side) -> bool:
    """Return whether two claims that share one side are one, where the other is not said."""
    size = _size(new, old)
    if _agree(new, old) and (new.kind is old.kind or days <= _HOURS):
        return True
    if new.kind is not old.kind or size in (_Size.SLIP, _Size.FAR):
        return False
    if size is _Size.SAME and days <= (_RUMOUR if _rumour_first(new, old) else _CYCLE):
        return True
    if payers is _Side.SAME:
        # Large buyers sign several contracts a week: their name alone holds for a day.
        layers = {claim.layer for claim in (new, old)} - {None}
        return size is _Size.OPEN and days <= _DAY and len(layers) < 2
    if new.kind is Kind.BUILDOUT:
        return False  # a place is not a party
    if new.kind in (Kind.SUPPLY, Kind.DEBT):
        limit = _HOURS if new.kind is Kind.SUPPLY else _CYCLE
        return size is _Size.OPEN and days <= limit
    return days <= _patience(new, old) and (
        size is _Size.OPEN or _rumoured(new, old) or days <= _HOURS
    )


def _patience(new: Claim, old: Claim) -> float:
    """Return for how many days an unnamed backer, or buyer, may be the one named elsewhere."""
    early, late = sorted((old, new), key=lambda claim: claim.said_at)
    if _rumour_first(new, old) and _size(new, old) is _Size.NEAR:
        return _RUMOUR
    if late.status is Status.RUMORED and early.status is not Status.RUMORED:
        return _DAY  # the talk of the next round begins when one is done
    if _is_listing(new) or _is_listing(old):
        return _LISTING if _is_listing(new) and _is_listing(old) else _HOURS
    if any(0 < len(claim.payers) < _CROWD and not claim.round for claim in (new, old)):
        return _HOURS  # one company's investment, beside a round of many
    return _RUMOUR if early.status is Status.RUMORED else _CYCLE


def _other_side(new: Claim, old: Claim, days: float, payers: _Side) -> _Likeness:
    """Judge two claims that share one side and name different others on the other."""
    size = _size(new, old)
    if payers is _Side.SAME and new.kind is old.kind is Kind.BUILDOUT:
        # A town and its state are one place; the size tells.
        if size is _Size.SAME or (size is _Size.NEAR and days <= _HOURS):
            return _Likeness.SAME
        return _Likeness.PERHAPS if days <= _HOURS and size is _Size.OPEN else _Likeness.NONE
    if payers is _Side.SAME:
        return _Likeness.PERHAPS if size is _Size.SAME and days <= _CYCLE else _Likeness.NONE
    if new.kind is Kind.ACQUISITION:
        return _Likeness.NONE  # rival bidders
    if _agree(new, old) and days <= _CYCLE:
        # A place is not a party: many build in one state.
        return _Likeness.PERHAPS if new.kind is Kind.BUILDOUT else _Likeness.SAME
    if new.kind in (Kind.EQUITY, Kind.DEBT) and days <= _HOURS and size is _Size.OPEN:
        # Each outlet names the backers that its readers know.
        crowd = max(len(new.payers), len(old.payers)) > 1
        return _Likeness.SAME if crowd else _Likeness.PERHAPS
    return _Likeness.NONE


def _crossed(new: Claim, old: Claim, days: float) -> _Likeness:
    """Judge two claims between the same two, with the money going the other way.

    That is the second leg of a circular deal, unless the figure is the same, or the instrument
    and the day: then one of the stories was read the wrong way round.
    """
    if not _is_crossed(new, old):
        return _Likeness.NONE
    if new.kind is old.kind and days <= _DAY and _size(new, old) is _Size.OPEN:
        return _Likeness.SAME
    if _agree(new, old) and days <= _window(new, old, (_Side.SAME, _Side.SAME)):
        return _Likeness.SAME
    return _Likeness.RELATED if days <= _RUMOUR else _Likeness.NONE


def _is_crossed(new: Claim, old: Claim) -> bool:
    there = _side(new.payers, old.recipients), _side(new.recipients, old.payers)
    return there == (_Side.SAME, _Side.SAME)


def _retold(new: Claim, title: str, old: Claim, titles: Sequence[str], days: float) -> bool:
    """Return whether two claims of one news cycle are one deal although they differ in form.

    One story leaves a side out, takes it for the other or mistakes the instrument. What
    counts then is which names the two share, in whatever role or in the title alone, and
    whether one figure stands in both.
    """
    ours, theirs = _parties(new), _parties(old)
    strange = [name for name in ours if not _told_in(name, theirs, titles)]
    missing = [name for name in theirs if not _told_in(name, ours, [title])]
    shared = {*ours, *theirs} - {*strange, *missing} - _places(new, old)
    agree, size = _agree(new, old), _size(new, old)
    alike = max((fuzz.token_set_ratio(title, other) for other in titles), default=0)
    fresh, apart = days <= _HOURS, bool(strange and missing)
    if apart and len(shared) < 2 and Kind.BUILDOUT not in (new.kind, old.kind):
        return False  # twins of one release, rival bidders; but a town and its state are one place
    if fresh and alike >= _VERBATIM and not apart:
        return True
    if not shared:
        return agree and fresh and alike >= _ALIKE
    if agree:
        return not apart or len(shared) > 1 or new.kind is old.kind
    if apart:
        return False
    if size is _Size.OPEN and len(shared) > 1:
        # What goes the other way, or by another instrument, is a deal of its own, unless ...
        plain = _kin(new, old) and not _is_crossed(new, old)
        return plain or (fresh and alike >= _ALIKE)  # ... it is told in the same words
    if size is _Size.NEAR and {new.kind, old.kind} & {Kind.DEBT, Kind.SUPPLY}:
        return False  # a large borrower or buyer signs again the same week
    if not fresh or size not in (_Size.OPEN, _Size.NEAR):
        return False
    if strange or missing:
        return size is _Size.OPEN and _kin(new, old) and alike >= _LIKELY
    return True


def _places(*claims: Claim) -> set[str]:
    """Return where something is built: many build there, so that it makes no two deals one."""
    built = [claim for claim in claims if claim.kind is Kind.BUILDOUT]
    return {plain(name) for claim in built for name in claim.recipients}


def _parties(claim: Claim) -> list[str]:
    names = map(plain, claim.payers + claim.recipients)
    return list(dict.fromkeys(name for name in names if name))


def _told_in(name: str, names: Sequence[str], titles: Sequence[str]) -> bool:
    """Return whether a story names *name* as a party, or in its title."""
    return any(same_name(name, other) for other in names) or any(
        f" {name} " in f" {title} " for title in titles
    )


def _window(new: Claim, old: Claim, sides: tuple[_Side, _Side]) -> float:
    """Return how many days may lie between two claims about one deal."""
    early, late = sorted((old, new), key=lambda claim: claim.said_at)
    if late.status in (Status.COMPLETED, Status.CANCELLED) and early.status is not late.status:
        return _CLOSING if early.status is Status.ANNOUNCED else 2 * _RUMOUR
    if early.status is Status.CANCELLED:
        return _CYCLE
    if _is_listing(new) and _is_listing(old):
        return _LISTING
    if early.status is Status.RUMORED and _Side.OTHER not in sides:
        return _RUMOUR
    if _agree(new, old):
        return _RECAP
    if sides == (_Side.SAME, _Side.SAME) and _size(new, old) is _Size.OPEN:
        return _FILING
    return _CYCLE


def _agree(new: Claim, old: Claim) -> bool:
    """Return whether the claims share a figure or a name that few deals share."""
    if _is_worth(new, old) or _is_worth(old, new):
        return True
    if new.money and old.money:
        return _close(new.money, old.money, new)
    if new.round and old.round:
        return _round(new.round) == _round(old.round)
    if new.valuation and old.valuation:
        return _close(new.valuation, old.valuation, new)
    if new.capacity_mw and old.capacity_mw:
        return new.capacity_mw == old.capacity_mw
    return False


def _close(one: Money, other: Money, claim: Claim) -> bool:
    apart = times_apart(one, other, claim.said_at.date())
    # Within one currency only rounding can differ; across two the day's rate does as well.
    bound = 1.02 if one.currency == other.currency else SAME_SIZE
    return apart is not None and apart <= bound


def _rumour_first(new: Claim, old: Claim) -> bool:
    return min(old, new, key=lambda claim: claim.said_at).status is Status.RUMORED


def _revalued(new: Claim, old: Claim) -> bool:
    """Return whether the company is worth so much more that this is the next round."""
    if new.valuation is None or old.valuation is None:
        return False
    apart = times_apart(new.valuation, old.valuation, new.said_at.date())
    return apart is not None and apart > 1.6


def _rumoured(new: Claim, old: Claim) -> bool:
    return Status.RUMORED in (new.status, old.status)


# ---- instrument, size, parties --------------------------------------------------------------


def _kin(new: Claim, old: Claim) -> bool:
    return new.kind is old.kind or frozenset((new.kind, old.kind)) in _NEAR


def _round(name: str) -> str:
    """Return the letter that tells rounds apart: a first and a second close are one round."""
    words = plain(name).split()
    return " ".join(words[:2]) if words[:1] == ["series"] else " ".join(words)


def _is_listing(claim: Claim) -> bool:
    """Return whether the shares are sold to the public: never the same as a private round."""
    return (claim.round or "").upper() == LISTING


def _listed(claim: Claim, titles: Sequence[str]) -> Claim:
    """Return *claim*, as one about a listing where most of the normalized *titles* say so."""
    return replace(claim, round=LISTING) if says_listing(titles) else claim


def _shows_size(*claims: Claim) -> bool:
    return any(claim.money or claim.valuation or claim.payers for claim in claims)


def _size(new: Claim, old: Claim) -> _Size:
    if new.money is None or old.money is None:
        return _Size.OPEN
    if any(_is_worth(one, other) for one in (new, old) for other in (new, old)):
        return _Size.OPEN
    apart = times_apart(new.money, old.money, new.said_at.date())
    if apart is None:
        return _Size.OPEN
    if apart <= SAME_SIZE:
        return _Size.SAME
    if is_slip(new.money, old.money):
        return _Size.SLIP
    rumoured = _rumoured(new, old)
    loose = _bounded(new.money, old.money)
    return (
        _Size.NEAR if apart <= (2.5 if rumoured else 1.6) or (loose and apart <= 4) else _Size.FAR
    )


def _is_worth(one: Claim, other: Claim) -> bool:
    """Return whether the one takes for a size what the other says the company is worth."""
    return bool(one.money and other.valuation and _close(one.money, other.valuation, one))


def _bounded(one: Money, other: Money) -> bool:
    """Return whether the larger amount is a ceiling, or the smaller one a floor."""
    small, large = sorted((one, other), key=lambda money: money.amount)
    return large.qualifier is Qualifier.UP_TO or small.qualifier is Qualifier.AT_LEAST


def _sides(new: Claim, old: Claim) -> tuple[_Side, _Side]:
    if Kind.VENTURE in (new.kind, old.kind):
        # Partners pay and receive alike: outlets split them between the sides as they please.
        one, two = new.payers + new.recipients, old.payers + old.recipients
        shared = sum(any(same_name(name, other) for other in two) for name in one)
        if shared >= 2 or (shared and min(len(one), len(two)) == 1):
            return (_Side.SAME, _Side.SAME) if shared >= 2 else (_Side.SAME, _Side.OPEN)
    return _side(new.payers, old.payers), _side(new.recipients, old.recipients)


def _side(new: Sequence[str], old: Sequence[str]) -> _Side:
    if not new or not old:
        return _Side.OPEN
    return _Side.SAME if any(same_name(a, b) for a in new for b in old) else _Side.OTHER


def _shared(claim: Claim, deal: Deal) -> int:
    parties = deal.payers + deal.recipients
    return sum(
        any(same_name(name, other) for other in parties) for name in claim.payers + claim.recipients
    )
