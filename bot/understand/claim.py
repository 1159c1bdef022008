"""One story read: the claim it makes about a deal, or why it is put aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.model import Claim, Kind, Money, Qualifier, Reason, Story, Verdict
from bot.understand.knowledge import Knowledge
from bot.understand.language import is_english
from bot.understand.money import MoneyMention, Role, find_money
from bot.understand.parties import Reading, read_sentence
from bot.understand.relevance import Cues, judge
from bot.understand.sentences import sentences
from bot.understand.sides import sides_of
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
_NAMED = 6  #: sentences after the title in which anything but the size is looked for
_LONGEST = 4_000  #: characters
_LONGEST_PUBLISHER = 5  #: words


def read_story(story: Story, knowledge: Knowledge, now: datetime) -> Verdict:
    """Return what *story* claims about a deal, or the reason why it is put aside.

    *now* dates a story that carries no date.
    """
    if not is_english(f"{story.title}. {story.text[:300]}"):
        return Verdict(story, reason=Reason.LANGUAGE)
    readings = readings_of(story, knowledge)
    claim, cues = draft(story, knowledge, now, readings)
    relevance = judge(readings, cues, knowledge)
    return Verdict(
        story,
        claim=claim if relevance.is_deal else None,
        reason=relevance.reason,
        score=relevance.score,
        why=relevance.why,
    )


def draft(
    story: Story, knowledge: Knowledge, now: datetime, readings: Sequence[Reading] = ()
) -> tuple[Claim, Cues]:
    """Return the claim that *story* would make if it is a deal, and the cues for judging that.

    *readings* are those of readings_of(), where they are at hand.
    """
    readings = readings or readings_of(story, knowledge)
    title = readings[0]
    kind = kind_of(readings, knowledge)
    sides = sides_of(readings, kind, knowledge)
    money, money_from = _size(readings, kind)
    status, status_from = status_of(readings, kind, knowledge)
    of_company = kind in (Kind.EQUITY, Kind.ACQUISITION)
    today = _of_today(readings)
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
        valuation=_valuation(readings, evidence) if of_company else None,
        stake_pct=_first(today, stake_pct_of, "stake_pct", evidence) if of_company else None,
        capacity_mw=_first(
            readings, lambda text: capacity_mw_of(text, kind), "capacity_mw", evidence
        ),
        round=_first(today, round_of, "round", evidence) if kind is Kind.EQUITY else None,
        layer=layer_of(
            kind,
            story.title,
            f"{story.title}. {story.text[:600]}",
            sides.recipients.values(),
            sides.payers.values(),
        ),
        binding=_first(readings, binding_of, "binding", evidence),
        evidence=evidence,
    )
    if money is not None:
        evidence["money"] = money_from
    cues = Cues(
        payers=tuple(sides.payers.values()),
        recipients=tuple(sides.recipients.values()),
        money=money,
        has_act=title.act is not None,
        kind=kind,
        status=status,
    )
    return claim, cues


def readings_of(story: Story, knowledge: Knowledge) -> list[Reading]:
    """Return the title and the first sentences, read one by one."""
    body = story.text[:_LONGEST]
    texts = [story.title, *_without_title(sentences(body), story.title)[:_LEAD]]
    named: dict[str, None] = {}  # in order
    readings = []
    for place, text in enumerate(texts):
        if place > _NAMED and not find_money(text, story.dollar):
            readings.append(Reading(text, (), (), None, (), (), ()))  # could only tell the size
            continue
        reading = read_sentence(
            text, knowledge, context=body[:600], dollar=story.dollar, named=named
        )
        found_here = (token.name for token in reading.tokens if token.name is not None)
        named.update((found.name, None) for found in found_here if found.company is None)
        readings.append(reading)
    return readings


def _without_title(found: Sequence[str], title: str) -> list[str]:
    """Return the sentences without the title that the first ones may repeat."""
    start = _bare(title)[:60]
    told = []
    for sentence in found:
        rest = sentence.removeprefix(title).lstrip(" .-–—|:")
        # what follows a repeated title is often just the publisher's name
        told_more = rest == sentence or len(rest.split()) > _LONGEST_PUBLISHER
        if rest and told_more and not (start and _bare(rest).startswith(start)):
            told.append(rest)
    return told


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


# ---- size -----------------------------------------------------------------------------------


#: Acts that go with a deal of any kind: its price may be told by one of these.
_ANY_KIND = frozenset(["contract", "spend", "commit", "put", "invest", "gain", "team"])


#: "Google has invested $3bn in it": news in a first sentence, history in a later one.
_SO_FAR = re.compile(r"\b(?:has|have) (?:\w+ )?(?:invested|put|spent)\b")


def _size(readings: Sequence[Reading], kind: Kind) -> tuple[Money | None, str]:
    """Return THE amount of the deal: title before lead, and never a valuation or a total."""
    for place, reading in enumerate(readings):
        found = [
            mention
            for mention in reading.money
            if mention.role is Role.DEAL
            and mention.money.amount >= 100_000
            and not (place > 1 and _SO_FAR.search(reading.text[: mention.start]))
        ]
        # "$900 million a month" is the size only when no whole is told
        found = [mention for mention in found if not mention.per] or found
        if found and (place <= 1 or _is_about(reading, kind)):
            money = max(found, key=lambda mention: _fitness(mention, reading)).money
            return _hedged(money, readings[place + 1 : 4]), reading.text
    return None, ""


def _hedged(money: Money, lead: Sequence[Reading]) -> Money:
    """Return *money* as "up to" or "more than" if the lead tells the same sum so."""
    if money.qualifier is not Qualifier.EXACT:
        return money
    for reading in lead:
        for mention in reading.money:
            told = mention.money
            if (told.amount, told.currency) == (money.amount, money.currency) and (
                told.qualifier in (Qualifier.UP_TO, Qualifier.AT_LEAST)
            ):
                return told
    return money


def _is_about(reading: Reading, kind: Kind) -> bool:
    """Say whether a later sentence can be about the deal: its act is none of another kind."""
    act = reading.act
    return act is not None and (act.kind is kind or act.name in _ANY_KIND)


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


def _of_today(readings: Sequence[Reading]) -> list[Reading]:
    """Return the sentences but those that only tell of earlier money."""
    return [
        reading
        for reading in readings
        if not any(mention.role is Role.PAST for mention in reading.money)
        or any(mention.role is Role.DEAL for mention in reading.money)
    ]


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
