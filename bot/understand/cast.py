"""Which side each name of a story is on: a small linear model that weighs the rules' word. Pure.

Every company of title and lead is a candidate. What the rules say of it, the acts and words around
it, what sort of company it is and who else is there are its features; each has three weights in
config/sides.json (payer, recipient, neither), learned by scripts/train_sides.py. Places are
candidates with features of their own: sites, or governments that pay. The sums decide together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from math import inf

from bot.model import Kind
from bot.understand.knowledge import Knowledge
from bot.understand.mentions import Company, NameMention
from bot.understand.parties import Reading, names_in, owns_next
from bot.understand.rounds import joiners_of
from bot.understand.telling import marked, weigh
from bot.understand.tokens import CLAUSE_ENDS, Token
from bot.understand.trades import trades_of

_NEAR = 3  #: tokens on either side of a name
SIDES = ("payer", "recipient", "neither")


@dataclass(slots=True)
class Sides:
    """Who pays and who gets, each with its company when listed."""

    payers: dict[str, Company | None] = field(default_factory=dict)
    recipients: dict[str, Company | None] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Candidate:
    """A company that may be a side, and what speaks for and against it."""

    name: str
    company: Company | None
    sentence: str  #: where it stands first
    features: set[str]
    is_place: bool = False


def cast(readings: Sequence[Reading], kind: Kind, ruled: Sides, knowledge: Knowledge) -> Sides:
    """Return the sides once every company is weighed; the rules' own when nothing is learned."""
    weights = knowledge.side_weights
    if not weights:
        return ruled
    found = list(candidates(readings, kind, ruled).values())
    sums = [weigh(candidate.features, weights) for candidate in found]
    sums = with_lists(readings, [candidate.name for candidate in found], sums)
    said = [_ruled_side(candidate, ruled) for candidate in found]
    side_of = dict(
        zip((each.name for each in found), sides_by_weight(sums, kind, said), strict=True)
    )
    if kind in (Kind.SUPPLY, Kind.ACQUISITION):
        _add_sellers(readings, side_of, dict(zip(side_of, sums, strict=True)))
    sides = Sides()
    for candidate in found:
        name, side = candidate.name, side_of[candidate.name]
        if side == "payer":
            sides.payers[f"{name} government" if candidate.is_place else name] = candidate.company
            sides.evidence.setdefault("payers", candidate.sentence)
        elif side == "recipient":
            sides.recipients[name] = candidate.company
            sides.evidence.setdefault("recipients", candidate.sentence)
    if not sides.payers:
        # a title that begins with a government is told too rarely to be learned
        for name in ruled.payers:
            if name.endswith(" government"):
                sides.payers[name] = None
                sides.evidence["payers"] = ruled.evidence["payers"]
    return sides


def with_lists(
    readings: Sequence[Reading], names: Sequence[str], sums: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Return each name's sums, half of them those of the lists it is in: they go together."""
    sums_of = dict(zip(names, sums, strict=True))
    shared: dict[str, list[list[float]]] = {}
    for reading in readings:
        for group in reading.lists:
            listed = list(dict.fromkeys(name.name for name in names_in(reading, group)))
            if len(listed) > 2:  # of two, one may pay the other
                mean = _mean([sums_of[name] for name in listed])
                for name in listed:
                    shared.setdefault(name, []).append(mean)
    return [
        _mean([own, _mean(shared[name])]) if name in shared else [*own]
        for name, own in sums_of.items()
    ]


def _mean(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


#: Nearly every deal has one recipient, so the first may weigh less than what else it could be, and
#: a further one must weigh more. Differences chosen by cross-validation.
_FIRST_RECIPIENT = -1.0
_FIRST_SITE = -2.0  #: a build-out is nearly always told with its place
_FURTHER_THAN_NEITHER, _FURTHER_THAN_PAYER = 1.5, 0.5
_ONLY_PAYER = -1.0
#: Rounds and loans are often told without who pays.
_TOLD_WITH_PAYER = frozenset([Kind.ACQUISITION, Kind.SUPPLY, Kind.BUILDOUT, Kind.VENTURE])


_RULED = 0.5  #: what the rules' word counts more where a side is looked for


def sides_by_weight(
    sums: Sequence[Sequence[float]], kind: Kind, ruled: Sequence[str] = ()
) -> list[str]:
    """Return the side of each candidate of a story, given how much speaks for each of SIDES.

    *ruled* are the sides that the rules put them on.
    """
    sides = []
    for pays, gets, neither in sums:
        if gets - neither > _FURTHER_THAN_NEITHER and gets - pays > _FURTHER_THAN_PAYER:
            sides.append("recipient")
        else:
            sides.append("payer" if pays > max(gets, neither) else "neither")
    by_rule = dict(enumerate(ruled))
    if "recipient" not in sides and sums:
        more = [
            gets - max(pays, neither) + (_RULED if by_rule.get(at) == "recipient" else 0.0)
            # who pays for a purchase is left to pay, though nobody else is named
            if (kind, sides[at]) != (Kind.SUPPLY, "payer")
            else -inf
            for at, (pays, gets, neither) in enumerate(sums)
        ]
        first = max(range(len(sums)), key=more.__getitem__)
        if more[first] > (_FIRST_SITE if kind is Kind.BUILDOUT else _FIRST_RECIPIENT):
            sides[first] = "recipient"
    if kind in _TOLD_WITH_PAYER and "payer" not in sides:
        less = {
            at: sums[at][0] - sums[at][2] + (_RULED if by_rule.get(at) == "payer" else 0.0)
            for at, side in enumerate(sides)
            if side == "neither"
        }
        best = max(less, key=less.__getitem__, default=None)
        if best is not None and less[best] > _ONLY_PAYER:
            sides[best] = "payer"
    return sides


_FURTHER_SELLER = -1.0


def _add_sellers(
    readings: Sequence[Reading], side_of: dict[str, str], sums_of: Mapping[str, Sequence[float]]
) -> None:
    """Take for sellers too who is told in one list with one: "buys from Acme and Example"."""
    for reading in readings:
        for group in reading.lists:
            listed = [name.name for name in names_in(reading, group)]
            sides = {side_of[name] for name in listed}
            for name in listed if sides == {"recipient", "neither"} else ():
                pays, gets, neither = sums_of[name]
                if gets > pays and gets - neither > _FURTHER_SELLER:
                    side_of[name] = "recipient"


def candidates(readings: Sequence[Reading], kind: Kind, ruled: Sides) -> dict[str, Candidate]:
    """Return every company that may be a side, in the order of the text, with its features."""
    found: dict[str, Candidate] = {}
    for mark, reading in marked(readings):
        order: list[str] = []
        words, tags = _words_of(reading.tokens), [_tag(token) for token in reading.tokens]
        for index, token in enumerate(reading.tokens):
            if token.name is None:
                continue
            name = token.name.name
            if name not in order:
                order.append(name)
            candidate = found.setdefault(
                name, Candidate(name, token.name.company, reading.text, {f"at={mark}"})
            )
            rank = min(order.index(name), 3)
            near = list(_near(tags, index))
            candidate.features.update(near)  # what is said alike in title and lead
            candidate.features.update(_in_clause(words, index))
            candidate.features.update(
                mark + feature for feature in (*near, *_around(reading, index, kind, rank))
            )
        for name, feature in _of_lists(reading, tags):
            found[name].features.add(mark + feature)
        for name in joiners_of(reading):
            found[name].features |= {"joins", f"{mark}joins/{kind}"}
        for part in reading.parts:
            found[part.name].features |= {
                f"{mark}role={part.role}",
                f"{mark}role={part.role}/{kind}",
                f"{mark}act={part.act.name}/{part.slot}",
            }
        for rank, name in enumerate(order):
            found[name].features.add(f"{mark}of={min(len(order), 4)}/{min(rank, 3)}")
    _add_company_features(list(found.values()), readings, kind, ruled)
    _add_places(found, readings, kind, ruled)
    return found


def _add_company_features(
    everybody: Sequence[Candidate], readings: Sequence[Reading], kind: Kind, ruled: Sides
) -> None:
    """Add what the whole story tells of each company: how often, its trade, who else is there."""
    told = [Counter(name.name for name in reading.names) for reading in readings]
    for candidate in everybody:
        candidate.features.update(_of_telling([names[candidate.name] for names in told], kind))
    sorts = [_sort(candidate) for candidate in everybody]
    trades = trades_of(readings)
    called = [
        trades.get(candidate.name, sort) if sort == "unlisted" else sort
        for candidate, sort in zip(everybody, sorts, strict=True)
    ]
    for mine, candidate in enumerate(everybody):
        candidate.features.update(_of_company(mine, everybody, kind, ruled))
        candidate.features.update(_beside(mine, sorts, kind))
        candidate.features.update(f"called {feature}" for feature in _beside(mine, called, kind))
        if candidate.company is None:
            candidate.features |= {f"called {called[mine]}", f"called {called[mine]}/{kind}"}


_DIRECTION = re.compile(
    r"^(?:(?:North|South|East|West)(?:ern)?|Central|Greater) (?=Texas|Ohio|Virginia)"
)


def site_of(place: str) -> str:
    """Return what a site in a place is called after: "North Texas" is Texas."""
    return _DIRECTION.sub("", place)


def _add_places(
    found: dict[str, Candidate], readings: Sequence[Reading], kind: Kind, ruled: Sides
) -> None:
    """Add every place: a site may be in it, or its government may pay."""
    places: dict[str, Candidate] = {}
    for mark, reading in marked(readings):
        for rank, place in enumerate(reading.places):
            name = site_of(place.name)
            if name in found:
                continue
            if name not in places:
                first = {"place", f"place at={mark}/{kind}", f"place named {name}"}
                places[name] = Candidate(name, None, reading.text, first, is_place=True)
            places[name].features.update(
                f"place {feature}" for feature in _of_place(reading, rank, mark, kind)
            )
    for rank, (name, candidate) in enumerate(places.items()):
        if name in ruled.recipients:
            said = "recipient"
        elif f"{name} government" in ruled.payers:
            said = "payer"
        else:
            said = "other" if ruled.recipients else "none"
        candidate.features |= {
            f"place rule={said}",
            f"place rule={said}/{kind}",
            f"place {kind}/{min(rank, 2)} of {min(len(places), 3)}",
        }
    found.update(places)


def _of_place(reading: Reading, rank: int, mark: str, kind: Kind) -> Iterator[str]:
    """Yield what stands around a place, and which other places and names its sentence has."""
    place, places, text = reading.places[rank], reading.places, reading.text
    before = ["^", *text[: place.start].lower().split()[-2:]]
    after = text[place.end : place.end + 40].lower()
    following = _FOLLOWING.match(after)
    yield f"<{before[-1]}"
    yield f"<{before[-1]}/{kind}"
    yield f"{mark}<{' '.join(before[-2:])}"
    yield f">{after[:2] if after.startswith(',') else after[:1]}/{kind}"
    if following is not None:
        yield f">{following[1]}"
        yield f"{mark}>{following[1]}/{kind}"
    yield f"{mark}{min(rank, 2)}/{kind}"
    yield f"{mark}names={min(len(reading.names), 2)}/{kind}"
    if reading.act is not None:
        yield f"{mark}main={reading.act.name}"
    if rank + 1 < len(places) and text[place.end : places[rank + 1].start] in _WITHIN:
        yield f"{mark} within the next"
    if rank and text[places[rank - 1].end : place.start] in _WITHIN:
        yield f"{mark} holds the last"
    if any(text[name.end : place.start] in _WITHIN for name in reading.names):
        yield f"{mark} holds a name"


_FOLLOWING = re.compile(r"\W*(?:['’]s )?\W*(\w+)")
_WITHIN = (", ", "'s ", "’s ")


def _near(tags: Sequence[str], at: int) -> Iterator[str]:
    """Yield the words on either side of a name."""
    before = ["^", *tags[max(0, at - _NEAR) : at]][-_NEAR:]
    after = [*tags[at + 1 : at + 1 + _NEAR], "$"][:_NEAR]
    yield f"<{before[-1]}"
    yield f"<{' '.join(before[-2:])}"
    yield f">{after[0]}"
    yield f">{' '.join(after[:2])}"
    for word in before:
        yield f"<<{word}"
    for word in after:
        yield f">>{word}"


def _in_clause(words: Sequence[str], at: int) -> Iterator[str]:
    """Yield the words of the clause that a name stands in: before it, and after it."""
    for word in takewhile(_goes_on, reversed(words[:at])):
        if word:
            yield f"clause<{word}"
    for word in takewhile(_goes_on, words[at + 1 :]):
        if word:
            yield f"clause>{word}"


_END = "."


def _goes_on(word: str) -> bool:
    return word != _END


def _words_of(tokens: Sequence[Token]) -> list[str]:
    """Return the words of a sentence, "" for what is none, and where its clauses end."""
    return [
        _END if token.low in CLAUSE_ENDS else token.low if token.sort in ("word", "act") else ""
        for token in tokens
    ]


def _around(reading: Reading, at: int, kind: Kind, rank: int) -> Iterator[str]:
    """Yield where a name stands to acts and amount, and what its sentence says of it."""
    tokens, text = reading.tokens, reading.text
    token = tokens[at]
    yield f"{kind}/{rank}"
    if not token.is_party:
        yield "no party"
    if owns_next(tokens, at, reading.low):
        yield "owner"
    if text.startswith(("'s", "’s"), token.end):
        yield "possessive"
    money = next((index for index, other in enumerate(tokens) if other.sort == "money"), None)
    if money is not None:
        yield f"{kind}/{'after' if at > money else 'before'} money"
    if reading.act is not None:
        yield f"main={reading.act.name}/{rank}"
    for index, other in enumerate(tokens):
        if other.sort in ("act", "prep"):
            yield f"{'early' if index < at else 'late'} {other.low}/{min(rank, 1)}"


def _of_lists(reading: Reading, tags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what stands around the list that a name is in: "from Acme, Example and Sample"."""
    for group in reading.lists:
        before = ["^", *tags[max(0, group[0] - 2) : group[0]]]
        after = [*tags[group[-1] + 1 : group[-1] + 2], "$"]
        names = names_in(reading, group)
        for name in names:
            yield name.name, f"list<{before[-1]}/{min(len(names), 3)}"
            yield name.name, f"list<{' '.join(before[-2:])}"
            yield name.name, f"list>{after[0]}/{min(len(names), 3)}"
            for other in names:
                if other is not name:
                    yield name.name, f"listed with {_sort(other)}"


def _ruled_side(candidate: Candidate, ruled: Sides) -> str:
    if candidate.name in ruled.payers:
        return "payer"
    return "recipient" if candidate.name in ruled.recipients else "neither"


def _of_company(
    mine: int, everybody: Sequence[Candidate], kind: Kind, ruled: Sides
) -> Iterator[str]:
    """Yield what sort of company it is beside the others, and the side that the rules put it on."""
    candidate = everybody[mine]
    said, sort = _ruled_side(candidate, ruled), _sort(candidate)
    yield f"rule={said}"
    yield f"rule={said}/{kind}"
    yield f"rule={said}/{sort}"
    yield f"rule={said}/{'payer' if ruled.payers else ''}{'recipient' if ruled.recipients else ''}"
    yield f"sort={sort}"
    yield f"sort={sort}/{kind}"
    place = next(feature for feature in ("at=T", "at=L", "at=B") if feature in candidate.features)
    yield f"{place}/{kind}"
    yield f"{place}/{sort}"
    yield f"{place}/{said}"
    if len(everybody) == 1:
        yield f"alone/{kind}"


def _beside(mine: int, sorts: Sequence[str], kind: Kind) -> Iterator[str]:
    """Yield what sorts of companies stand before a company and after it."""
    for at, other in enumerate(sorts):
        if at != mine:
            yield f"{kind}/{sorts[mine]} beside {other}"
            yield f"{kind}/{sorts[mine]} {'before' if mine < at else 'after'} {other}"


def _of_telling(times: Sequence[int], kind: Kind) -> Iterator[str]:
    """Yield how often a story comes back to a name, given the times it is told in each sentence."""
    often = min(sum(times), 4)
    yield f"told={often}/{kind}"
    yield f"told={often}/of {min(len(times), 3)}"
    yield f"sentences={min(len([at for at in times if at]), 3)}/{min(len(times), 4)}/{kind}"
    yield f"told in {''.join(mark for mark, at in zip('TLB', times, strict=False) if at)}/{kind}"


#: What the last word of an unlisted name tells of it: "Acme Capital".
_SORT_OF_TAIL = {
    word: sort
    for sort, words in {
        "investor": "bank capital equity fund funds investments management partners ventures",
        "power": "energy nuclear power renewables solar",
    }.items()
    for word in words.split()
}


def _sort(candidate: Candidate | NameMention) -> str:
    company = candidate.company
    if company is None:
        return _SORT_OF_TAIL.get(candidate.name.rpartition(" ")[2].lower(), "unlisted")
    if company.role.startswith(("investor", "bank")):
        return "investor"
    if company.role in ("hyperscaler", "tech group", "application"):
        return company.role
    return company.layer


def _tag(token: Token) -> str:
    if token.sort in ("name", "money", "place"):
        return token.sort.upper()
    return token.low
