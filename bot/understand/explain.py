"""The amounts and names of a story that its claim left out, and what each was taken for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Claim, Story
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.money import MoneyMention, Role, dollar_of, find_money
from bot.understand.parties import Reading
from bot.understand.sentences import sentences

_FAR = 4_000  #: characters of a text that are looked through

_TAKEN_FOR = {
    Role.VALUATION: "valuation: what a company is worth",
    Role.MARKET_CAP: "market cap: what the stock market says a company is worth",
    Role.SHARE_PRICE: "share price",
    Role.PAST: "past: an earlier deal, or what came before this one",
    Role.TOTAL: "total: a whole programme, or a sum of deals",
    Role.FIGURES: "figures: revenue, backlog, profit or spending",
    Role.MARKET: "market: the size of a market or industry",
    Role.COST: "cost: the price of something else",
}


@dataclass(frozen=True, slots=True)
class Lost:
    """An amount or a name that a story has and its claim has not."""

    said: str  #: as the story writes it
    why: str


def lost(story: Story, claim: Claim | None, knowledge: Knowledge) -> list[Lost]:
    """Return what *story* names and *claim* left out, amounts first, each once and with its reason.

    Without a claim everything is left out; the reasons say what each was taken for.
    """
    readings = readings_of(story, knowledge)
    found: dict[str, Lost] = {}
    for each in (*_amounts(readings, story, claim), *_names(readings, claim)):
        found.setdefault(each.said, each)
    return list(found.values())


def _amounts(readings: Sequence[Reading], story: Story, claim: Claim | None) -> Iterator[Lost]:
    held = (claim.money, claim.valuation) if claim else ()
    kept = {(money.amount, money.currency) for money in held if money}
    for reading in readings:
        for mention in reading.money:
            if (mention.money.amount, mention.money.currency) not in kept:
                yield Lost(
                    reading.text[mention.start : mention.end], _why_not(mention, reading, claim)
                )
    read = {reading.text for reading in readings}
    for sentence in sentences(story.text[:_FAR]):
        if sentence not in read:
            for mention in find_money(sentence, dollar_of(story)):
                said = sentence[mention.start : mention.end]
                yield Lost(said, "background: too far down to be read")


def _why_not(mention: MoneyMention, reading: Reading, claim: Claim | None) -> str:
    if mention.role is not Role.DEAL:
        return _TAKEN_FOR[mention.role]
    if mention.money.per:
        return f"a rate: so much a {mention.money.per}"
    if claim is None:
        return "an amount that a deal could have"
    if reading.act is None:
        return "its sentence tells of nothing that is bought, lent or built"
    return "another amount stands earlier or nearer to the deal's words"


def _names(readings: Sequence[Reading], claim: Claim | None) -> Iterator[Lost]:
    kept = {*claim.payers, *claim.recipients} if claim else set()
    for reading in readings:
        roles = {part.name: f"{part.role} in “{part.act.name}”" for part in reading.parts
                 if part.role != "other"}  # fmt: skip
        for token in reading.tokens:
            if token.name is None or token.name.name in kept:
                continue
            if token.name.name in roles:
                role = roles[token.name.name]
                why = role if claim is None else f"{role}, but that side was told before"
            elif reading.act is None:
                why = "no side: its sentence tells of nothing that is bought, lent or built"
            else:
                why = f"no side: only named beside “{reading.act.name}”"
            yield Lost(token.name.name, why)
