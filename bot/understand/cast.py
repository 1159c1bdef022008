"""Which side each name of a story is on: a small linear model that weighs the rules' word. Pure.

Every company of title and lead is a candidate, of a build-out every place too. What the rules say
of it, the acts and words around it, what sort of company it is and who else is there are its
features; each has three weights in config/sides.json (payer, recipient, neither), learned by
scripts/train_sides.py. The heaviest sum wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.model import Kind
from bot.understand.knowledge import Knowledge
from bot.understand.names import Company
from bot.understand.parties import Reading, Token, is_party, owns_next

_SENTENCES = 3  #: title and lead
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
    """A name that may be a side, and what speaks for and against it."""

    name: str
    company: Company | None
    is_place: bool
    sentence: str  #: where it stands first
    features: set[str]


def cast(
    readings: Sequence[Reading], kind: Kind, ruled: Sides, knowledge: Knowledge
) -> Sides:
    """Return the sides once every candidate is weighed; the rules' own when nothing is learned."""
    weights: Mapping[str, Sequence[float]] = knowledge.side_weights
    if not weights:
        return ruled
    found = candidates(readings, kind, ruled, knowledge)
    sides = Sides()
    places: list[tuple[float, Candidate]] = []
    for candidate in found.values():
        sums = weigh(candidate, weights)
        side = SIDES[sums.index(max(sums))]
        if candidate.is_place:
            if side == "recipient":
                places.append((sums[1] - sums[2], candidate))
            continue
        if side != "neither":
            _put(sides, side, candidate)
    if places:
        _put(sides, "recipient", max(places, key=lambda place: place[0])[1])
    for field_name, names in (("payers", ruled.payers), ("recipients", ruled.recipients)):
        for name, company in names.items():
            if name not in found:  # a government: the rules made up its name
                getattr(sides, field_name)[name] = company
                sides.evidence.setdefault(field_name, ruled.evidence[field_name])
    return sides


def _put(sides: Sides, side: str, candidate: Candidate) -> None:
    names, told = (
        (sides.payers, "payers") if side == "payer" else (sides.recipients, "recipients")
    )
    names[candidate.name] = candidate.company
    sides.evidence.setdefault(told, candidate.sentence)


def weigh(candidate: Candidate, weights: Mapping[str, Sequence[float]]) -> list[float]:
    """Return how much speaks for each of SIDES."""
    sums = list(weights["bias"])
    for feature in candidate.features:
        for at, weight in enumerate(weights.get(feature, ())):
            sums[at] += weight
    return sums


def candidates(
    readings: Sequence[Reading], kind: Kind, ruled: Sides, knowledge: Knowledge
) -> dict[str, Candidate]:
    """Return every name that may be a side, in the order of the text, with its features."""
    found: dict[str, Candidate] = {}
    for at, reading in enumerate(readings[:_SENTENCES]):
        mark = "L" if at else "T"
        tokens = [
            token
            for token in reading.tokens
            if token.name is not None or (token.sort == "place" and kind is Kind.BUILDOUT)
        ]
        place_at = {place.start: place.name for place in reading.places}
        order: list[str] = []
        for token in tokens:
            name = place_at.get(token.start, token.text) if token.name is None else token.name.name
            if name not in order:
                order.append(name)
            candidate = found.get(name)
            if candidate is None:
                company = token.name.company if token.name is not None else None
                candidate = Candidate(name, company, token.name is None, reading.text, set())
                found[name] = candidate
            rank = min(order.index(name), 3)
            candidate.features.update(
                mark + feature for feature in _around(reading, token, kind, rank)
            )
            if token.name is None:
                candidate.features.update(_of_place(reading, token, name, knowledge))
        for part in reading.parts:
            found[part.name].features |= {
                f"{mark}role={part.role}",
                f"{mark}role={part.role}/{kind}",
                f"{mark}act={part.act.name}/{part.slot}",
            }
        for name in order:
            found[name].features.add(f"{mark}of={min(len(order), 4)}/{min(order.index(name), 3)}")
    for candidate in found.values():
        candidate.features.update(_of_company(candidate, list(found.values()), kind, ruled))
    return found


def _around(reading: Reading, token: Token, kind: Kind, rank: int) -> Iterator[str]:
    """Yield the words on either side of a name, and where it stands to act and amount."""
    tokens, text = reading.tokens, reading.text
    at = tokens.index(token)
    before = ["^", *(_tag(word) for word in tokens[max(0, at - _NEAR) : at])]
    after = [*(_tag(word) for word in tokens[at + 1 : at + 1 + _NEAR]), "$"]
    yield f"<{before[-1]}"
    yield f"<{' '.join(before[-2:])}"
    yield f">{after[0]}"
    yield f">{' '.join(after[:2])}"
    for word in before:
        yield f"<<{word}"
    for word in after:
        yield f">>{word}"
    yield f"{kind}/{rank}"
    if not is_party(token, text):
        yield "no party"
    if owns_next(tokens, at, text):
        yield "owner"
    if text[token.end - 2 : token.end + 2].find("s ") >= 0 and ("'" in text[token.end - 2 : token.end + 2] or "’" in text[token.end - 2 : token.end + 2]):
        yield "possessive"
    money = next((index for index, other in enumerate(tokens) if other.sort == "money"), None)
    if money is not None:
        yield f"{kind}/{'after' if at > money else 'before'} money"
    if reading.act is not None:
        yield f"main={reading.act.name}/{rank}"
    for other in tokens[:at]:
        if other.sort in ("act", "prep"):
            yield f"early {other.low}/{min(rank, 1)}"
    for other in tokens[at + 1 :]:
        if other.sort in ("act", "prep"):
            yield f"late {other.low}/{min(rank, 1)}"


def _of_place(reading: Reading, token: Token, name: str, knowledge: Knowledge) -> Iterator[str]:
    yield "place"
    if name in knowledge.metropolises:
        yield "metropolis"
    if name.endswith(("County", "Parish")):
        yield "county"
    after = next((other for other in reading.places if other.start > token.start), None)
    if after is not None and reading.text[token.end : after.start] == ", ":
        yield "place, place"
    if any(reading.text[other.end : token.start] == ", " for other in reading.places):
        yield "after place,"


def _of_company(
    candidate: Candidate, everybody: Sequence[Candidate], kind: Kind, ruled: Sides
) -> Iterator[str]:
    """Yield what sort of company it is beside the others, and the side that the rules put it on."""
    said = (
        "payer"
        if candidate.name in ruled.payers
        else "recipient"
        if candidate.name in ruled.recipients
        else "neither"
    )
    sort = _sort(candidate)
    yield f"rule={said}"
    yield f"rule={said}/{kind}"
    yield f"rule={said}/{sort}"
    yield f"rule={said}/{'payer' if ruled.payers else ''}{'recipient' if ruled.recipients else ''}"
    yield f"sort={sort}"
    yield f"sort={sort}/{kind}"
    others = [other for other in everybody if other is not candidate and not other.is_place]
    if not others:
        yield f"alone/{kind}"
    seen = False
    for other in everybody:
        if other is candidate:
            seen = True
        elif not other.is_place:
            yield f"{kind}/{sort} beside {_sort(other)}"
            yield f"{kind}/{sort} {'before' if seen else 'after'} {_sort(other)}"


def _sort(candidate: Candidate) -> str:
    company = candidate.company
    if candidate.is_place:
        return "place"
    if company is None:
        return "unlisted"
    if company.role.startswith(("investor", "bank")):
        return "investor"
    if company.role in ("hyperscaler", "tech group", "application"):
        return company.role
    return company.layer


def _tag(token: Token) -> str:
    if token.sort in ("name", "money", "place"):
        return token.sort.upper()
    return token.low
