"""One story read: the claim it makes about a deal, or why it is put aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.model import Claim, Kind, Money, Reason, Story, Verdict
from bot.understand.knowledge import Knowledge
from bot.understand.language import is_english
from bot.understand.money import MoneyMention, Role
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
    sides = sides_of(readings, kind, knowledge)
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
    named: dict[str, None] = {}  # in order
    readings = []
    for text in texts:
        reading = read_sentence(
            text, knowledge, context=body[:600], dollar=story.dollar, named=named
        )
        found_here = (token.name for token in reading.tokens if token.name is not None)
        named.update((found.name, None) for found in found_here if found.company is None)
        readings.append(reading)
    return readings


def _without_title(found: Sequence[str], title: str) -> list[str]:
    start = _bare(title)[:60]
    return [sentence for sentence in found if not (start and _bare(sentence).startswith(start))]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


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
