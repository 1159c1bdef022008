"""One story read: the claim it makes about a deal, or why it is put aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from bot.model import Claim, Kind, Money, Reason, Story, Verdict
from bot.understand.knowledge import Knowledge
from bot.understand.language import is_english
from bot.understand.money import MoneyMention, Role
from bot.understand.names import Company
from bot.understand.parties import Part, Reading, leftover_names, read_sentence
from bot.understand.relevance import Cues, judge
from bot.understand.sentences import sentences
from bot.understand.terms import (
    binding_of,
    capacity_mw_of,
    kind_of,
    layer_of,
    round_of,
    stake_pct_of,
    status_of,
)

_T = TypeVar("_T")

_LEAD = 5  #: sentences after the title that are read; what follows is background
_LONGEST = 4_000  #: characters


def read_story(story: Story, knowledge: Knowledge, now: datetime) -> Verdict:
    """Return what *story* claims about a deal, or the reason why it is put aside.

    *now* dates a story that carries no date.
    """
    if not is_english(f"{story.title}. {story.text[:300]}"):
        return Verdict(story, reason=Reason.LANGUAGE)
    claim, cues = draft(story, knowledge, now)
    relevance = judge(story, cues, knowledge)
    return Verdict(
        story,
        claim=claim if relevance.is_deal else None,
        reason=relevance.reason,
        score=relevance.score,
        why=relevance.why,
    )


def draft(story: Story, knowledge: Knowledge, now: datetime) -> tuple[Claim, Cues]:
    """Return the claim that *story* would make if it is a deal, and the cues for judging that."""
    readings = readings_of(story, knowledge)
    title = readings[0]
    kind = kind_of(readings)
    sides = _sides(readings, kind)
    money, money_from = _size(readings)
    status, status_from = status_of(
        title.text,
        # a plan to build is told in the same words as a rumour: "is looking to", "could"
        [] if kind is Kind.BUILDOUT else [reading.text for reading in readings[1:]],
        knowledge,
    )
    evidence = {"kind": title.text, "status": status_from}
    evidence |= {field: text for field, text in sides.evidence.items() if text}
    claim = Claim(
        story_id=story.id,
        said_at=story.published or now,
        kind=kind,
        status=status,
        payers=tuple(sides.payers),
        recipients=tuple(sides.recipients),
        money=money,
        valuation=_valuation(readings, evidence),
        stake_pct=_first(readings, stake_pct_of, "stake_pct", evidence),
        capacity_mw=_first(readings, capacity_mw_of, "capacity_mw", evidence),
        round=_first(readings, round_of, "round", evidence) if kind is Kind.EQUITY else None,
        layer=layer_of(
            kind,
            f"{story.title}. {story.text[:600]}",
            sides.recipients.values(),
            sides.payers.values(),
        ),
        binding=_first(readings, binding_of, "binding", evidence),
        evidence=evidence,
    )
    if money is not None:
        evidence["money"] = money_from
    parties = [*sides.payers.values(), *sides.recipients.values()]
    cues = Cues(
        payers=claim.payers,
        recipients=claim.recipients,
        has_money=money is not None,
        has_act=title.act is not None,
        kind=kind if title.act is not None else None,
        status=status,
        known=sum(company is not None for company in parties),
    )
    return claim, cues


def readings_of(story: Story, knowledge: Knowledge) -> list[Reading]:
    """Return the title and the first sentences, read one by one."""
    body = story.text[:_LONGEST]
    texts = [story.title, *_without_title(sentences(body), story.title)[:_LEAD]]
    return [
        read_sentence(text, knowledge, context=body[:600], dollar=story.dollar) for text in texts
    ]


def _without_title(found: Sequence[str], title: str) -> list[str]:
    start = _bare(title)[:60]
    return [sentence for sentence in found if not (start and _bare(sentence).startswith(start))]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


# ---- sides ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Sides:
    """Who pays and who gets, each with its company when listed."""

    payers: dict[str, Company | None]
    recipients: dict[str, Company | None]
    evidence: dict[str, str]


#: Who sells to whom along the stack: the lower sells to the higher.
_STACK = {"power": 0, "networking": 1, "chips": 1, "datacenter": 2, "compute": 3, "models": 5}
_TOP = 6
_HYPERSCALER = 4


def _sides(readings: Sequence[Reading], kind: Kind) -> Sides:
    sides = Sides({}, {}, {})
    for place, reading in enumerate(readings[:3]):
        payers, recipients = _roles(reading, kind)
        if not sides.payers and payers and not set(payers) & set(sides.recipients):
            sides.payers, sides.evidence["payers"] = payers, reading.text
        if not sides.recipients and recipients and not set(recipients) & set(sides.payers):
            sides.recipients, sides.evidence["recipients"] = recipients, reading.text
        if sides.payers and sides.recipients:
            break
        if place == 0 and kind is Kind.VENTURE and sides.payers:
            break
        if place == 0:
            _add_leftover(readings, sides, kind)
    if kind is Kind.BUILDOUT and not sides.recipients:
        _add_place(readings, sides)
    return sides


def _roles(
    reading: Reading, kind: Kind
) -> tuple[dict[str, Company | None], dict[str, Company | None]]:
    """Return the payers and recipients that one sentence names."""
    payers: dict[str, Company | None] = {}
    recipients: dict[str, Company | None] = {}
    partners: list[Part] = []
    for part in reading.parts:
        role = part.role
        if role in ("partner", "gaining partner", "customer", "both"):
            partners.append(part)
        elif role == "payer" and part.name not in recipients:
            payers.setdefault(part.name, part.company)
        elif role == "recipient" and part.name not in payers:
            recipients.setdefault(part.name, part.company)
    partners = [
        part for part in partners if part.name not in payers and part.name not in recipients
    ]
    _place_partners(partners, payers, recipients, kind)
    if len(payers) > 1 and not recipients and kind not in (Kind.VENTURE, Kind.BUILDOUT, Kind.DEBT):
        first = _joined_with_first(reading, payers)
        recipients = {name: company for name, company in payers.items() if name not in first}
        payers = {name: company for name, company in payers.items() if name in first}
    if kind is Kind.BUILDOUT:
        recipients = {}
    return payers, recipients


_JOINS = re.compile(r"\W*(?:(?:and|plus)\W*)?")


def _joined_with_first(reading: Reading, payers: Mapping[str, Company | None]) -> set[str]:
    """Return the names told in one breath with the first payer: "Acme, Example and Sample"."""
    found = [token for token in reading.tokens if token.name and token.name.name in payers]
    joined = {found[0].name.name} if found and found[0].name else set()
    for before, token in pairwise(found):
        if not _JOINS.fullmatch(reading.text[before.end : token.start]) or token.name is None:
            break
        joined.add(token.name.name)
    return joined


def _place_partners(
    partners: Sequence[Part],
    payers: dict[str, Company | None],
    recipients: dict[str, Company | None],
    kind: Kind,
) -> None:
    """Put partners on their sides: the lower in the stack sells to the higher."""
    if kind in (Kind.VENTURE, Kind.BUILDOUT):
        payers.update((part.name, part.company) for part in partners)
        return
    if not partners:
        return
    if kind in (Kind.EQUITY, Kind.DEBT) and not payers and not recipients and len(partners) == 1:
        recipients[partners[0].name] = partners[0].company
        return
    if kind is Kind.EQUITY and not payers and not recipients:
        _place_investors(partners, payers, recipients)
        return
    ranks = {part.name: _rank(part.company) for part in partners}
    if payers and not recipients:
        recipients.update((part.name, part.company) for part in partners)
    elif recipients and not payers:
        payers.update((part.name, part.company) for part in partners)
    elif len(ranks) == 1:
        part = partners[0]
        sells = part.role == "gaining partner" or ranks[part.name] <= 3
        (recipients if sells else payers)[part.name] = part.company
    else:
        lowest = min(ranks.values())
        level = lowest == max(ranks.values())
        gaining = [part for part in partners if part.role == "gaining partner"]
        if gaining and ranks[gaining[0].name] <= lowest + 1:
            for part in partners:
                (recipients if part in gaining else payers)[part.name] = part.company
            return
        for index, part in enumerate(partners):
            sells = index > 0 if level else ranks[part.name] == lowest
            (recipients if sells else payers)[part.name] = part.company


def _place_investors(
    partners: Sequence[Part],
    payers: dict[str, Company | None],
    recipients: dict[str, Company | None],
) -> None:
    """Of partners in a deal for shares the younger kind of company gets the money."""
    ranks = [_may_invest(part.company) for part in partners]
    level = min(ranks) == max(ranks)
    for index, part in enumerate(partners):
        gets = index > 0 if level else ranks[index] == min(ranks)
        (recipients if gets else payers)[part.name] = part.company


def _may_invest(company: Company | None) -> int:
    """Return how likely a company is to be the one that buys shares, 0 to 4."""
    if company is None:
        return 1
    if company.role.startswith(("investor", "bank")):
        return 4
    if company.role in ("hyperscaler", "chipmaker", "tech group"):
        return 3
    return 0 if company.layer in ("models", "compute") else 2


def _rank(company: Company | None) -> int:
    if company is None:
        return _TOP
    if company.role == "hyperscaler":
        return _HYPERSCALER
    return _STACK.get(company.layer, _TOP)


_STATE_TOLD = re.compile(r"^(?:'s|’s|'|’|-based|-backed|\$)| (?:county|parish)$", re.IGNORECASE)
_DIRECTION = re.compile(
    r"^(?:(?:North|South|East|West)(?:ern)?|Central|Greater) (?=Texas|Ohio|Virginia)"
)
_INTO = re.compile(
    r"\b(?:in|near|to|at|for|outside|of|across|around|on)(?: \w+)?\s$", re.IGNORECASE
)
_WHOLE = frozenset(["US", "U.S.", "USA", "America", "United States", "Europe", "Asia"])
_NEAR_PLACE = re.compile(r"\b(?:in|near|outside)\s$", re.IGNORECASE)


def _add_place(readings: Sequence[Reading], sides: Sides) -> None:
    """Name what a build-out goes to: a town before its state, a state before its county."""
    for reading in readings[:3]:
        text = reading.text
        found = [
            place
            for place in reading.places
            if not _STATE_TOLD.match(text[place.end : place.end + 6])
            and place.name not in sides.payers
        ]
        towns = [
            token.name
            for token in reading.tokens
            if token.name is not None
            and token.name.company is None
            and token.name.name not in sides.payers
            and _NEAR_PLACE.search(text[: token.start])
        ]
        found.sort(key=lambda place: place.name in _WHOLE)
        chosen = (
            [place for place in found if _NEAR_PLACE.search(text[: place.start])]
            or [place for place in found if _INTO.search(text[: place.start])]
            or found
        )
        name = ""
        if chosen:
            place = chosen[0]
            name = place.name
            if name.endswith(("County", "Parish")):
                following = found[found.index(place) + 1 :]
                name = following[0].name if following else name
        if towns and (not chosen or towns[0].start < chosen[0].start):
            name = towns[0].name
        if name:
            sides.recipients = {_DIRECTION.sub("", name): None}
            sides.evidence["recipients"] = text
            return


def _add_leftover(readings: Sequence[Reading], sides: Sides, kind: Kind) -> None:
    """Give a side that stayed empty the first name of the title that has no part yet."""
    if kind is Kind.BUILDOUT:
        side, field = sides.payers, "payers"
    elif kind in (Kind.EQUITY, Kind.DEBT) or sides.payers:
        side, field = sides.recipients, "recipients"
    else:
        side, field = sides.payers, "payers"
    if side or kind is Kind.VENTURE:
        return
    for name, company in leftover_names(readings[0], at_place=kind is not Kind.BUILDOUT):
        if name not in sides.payers and name not in sides.recipients:
            side[name] = company
            sides.evidence[field] = readings[0].text
            return


# ---- size -----------------------------------------------------------------------------------


def _size(readings: Sequence[Reading]) -> tuple[Money | None, str]:
    """Return THE amount of the deal: title before lead, and never a valuation or a total."""
    for place, reading in enumerate(readings):
        found = [
            mention for mention in reading.money if mention.role is Role.DEAL and not mention.per
        ]
        found = [mention for mention in found if mention.money.amount >= 100_000]
        if found and (place == 0 or reading.act is not None):
            return max(found, key=lambda mention: _fitness(mention, reading)).money, reading.text
    return None, ""


def _fitness(mention: MoneyMention, reading: Reading) -> tuple[int, int]:
    """Return how well an amount fits as the deal's: near the act, and the first one."""
    acts = [token.start for token in reading.tokens if token.form is not None]
    near = min((abs(mention.start - start) for start in acts), default=999)
    return -(near // 40), -mention.start


def _valuation(readings: Sequence[Reading], evidence: dict[str, str]) -> Money | None:
    for reading in readings[:3]:
        for mention in reading.money:
            if mention.role is Role.VALUATION and mention.money.amount >= 1_000_000:
                evidence["valuation"] = reading.text
                return mention.money
    return None


def _first(
    readings: Sequence[Reading],
    find: Callable[[str], _T | None],
    field: str,
    evidence: dict[str, str],
) -> _T | None:
    """Return what the first sentence that says anything about a field says."""
    for reading in readings[:4]:
        value = find(reading.text)
        if value is not None:
            evidence[field] = reading.text
            return value
    return None
