"""A second look by a language model: what it is asked, what of its answer is believed. Pure.

It may fill what the rules left open with what stands in the text, and name the kind; it cannot
overrule a party or an amount: the next outlet's copy of the story, read by the rules alone, would
make a second deal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from bot.model import Claim, Kind, Money, Status, Story
from bot.understand.knowledge import Knowledge
from bot.understand.money import Role, dollar_of, find_money
from bot.understand.names import find_names
from bot.understand.sentences import sentences

_E = TypeVar("_E", bound=StrEnum)

_SHOWN = 1_500  #: characters of the text that it sees, and that its answer must stand on
_SMALLEST = 100_000  #: a smaller amount is no size of a deal
_MOST_NAMES = 12

_TASK = f"""\
You check what a rule-based reader made of a news story about one deal in AI infrastructure.
Answer with one JSON object and nothing else, with these keys; null where the text does not say:
payers: names of who invests, buys, lends, leases or orders, as written in the text
recipients: names of who gets the money: is bought, borrows, sells, supplies; for a company's
  own building project the place
amount: the size of this deal as written in the text, such as "up to $2.5 billion"; never a
  valuation, a market value, a share price, revenue, an earlier deal or a programme's total
kind: one of {", ".join(Kind)}
status: one of {", ".join(Status)}
status_quote: the words of the text that say the status"""

_NAMES = {"type": ["array", "null"], "items": {"type": "string"}}
_TEXT = {"type": ["string", "null"]}
_FIELDS = {
    "payers": _NAMES,
    "recipients": _NAMES,
    "amount": _TEXT,
    "kind": {"type": ["string", "null"], "enum": [*map(str, Kind), None]},
    "status": {"type": ["string", "null"], "enum": [*map(str, Status), None]},
    "status_quote": _TEXT,
}
#: The form of an answer, for servers that can hold a model to it; others are only asked.
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": _FIELDS,
    "required": list(_FIELDS),
    "additionalProperties": False,
}


def question(story: Story, claim: Claim) -> list[dict[str, str]]:
    """Return the messages that ask about *story*: its title, its first words, the rules' claim."""
    money = claim.money
    shown = {
        "title": story.title,
        "text": story.text[:_SHOWN],
        "rules": {
            "payers": claim.payers,
            "recipients": claim.recipients,
            "amount": money and f"{money.qualifier} {money.amount} {money.currency}",
            "kind": claim.kind,
            "status": claim.status,
        },
    }
    return [
        {"role": "system", "content": _TASK},
        {"role": "user", "content": json.dumps(shown, ensure_ascii=False)},
    ]


def refine(story: Story, claim: Claim, answer: str, knowledge: Knowledge) -> Claim:
    """Return *claim* with those fields of *answer* that *story* bears out.

    An amount must be one that the money grammar found and took for a deal's, a name must stand
    in the text, a kind or status must be one we know, and a status needs its words. An amount
    or status that the rules read stands; a side keeps a name of theirs, and both sides stand
    when the answer swaps any name of them.
    """
    said = _object(answer)
    told = [story.title, *sentences(story.text[:_SHOWN])]
    claim = _with_sides(claim, said, told, knowledge)
    if claim.money is None and (money := _money(said.get("amount"), told, dollar_of(story))):
        claim = _backed(replace(claim, money=money[0]), "money", money[1])
    kind = _one_of(Kind, said.get("kind"))
    if kind is not None and kind is not claim.kind:
        claim = replace(claim, kind=kind, round=claim.round if kind is Kind.EQUITY else None)
    status = _one_of(Status, said.get("status"))
    words = _told_in(said.get("status_quote"), told)
    if claim.status is Status.ANNOUNCED and status is not None and words:
        claim = _backed(replace(claim, status=status), "status", words)
    return claim


def _object(answer: str) -> Mapping[str, Any]:
    """Return the JSON object in *answer*, whatever stands around it; empty when there is none."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        found = json.loads(answer[start : end + 1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _backed(claim: Claim, field: str, sentence: str) -> Claim:
    return replace(claim, evidence={**claim.evidence, field: sentence})


def _one_of(shape: type[_E], value: object) -> _E | None:
    return shape(value) if isinstance(value, str) and value in set(shape) else None


def _told_in(value: object, told: Iterable[str]) -> str:
    """Return the sentence that has the words *value*, or ""."""
    words = _bare(value) if isinstance(value, str) else ""
    return next((sentence for sentence in told if words and words in _bare(sentence)), "")


def _bare(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9]+', ' ', text.lower()).strip()} " if text.strip() else ""


# ---- sides ----------------------------------------------------------------------------------


def _with_sides(
    claim: Claim, said: Mapping[str, Any], told: Sequence[str], knowledge: Knowledge
) -> Claim:
    payers = _names(said.get("payers"), told, knowledge)
    recipients = _names(said.get("recipients"), told, knowledge)
    if payers.keys() & {*claim.recipients, *recipients} or recipients.keys() & set(claim.payers):
        return claim
    if claim.payers and not payers.keys() & set(claim.payers):
        payers = {}
    if claim.recipients and not recipients.keys() & set(claim.recipients):
        recipients = {}
    if payers:
        claim = _backed(replace(claim, payers=tuple(payers)), "payers", _first(payers))
    if recipients:
        claim = replace(claim, recipients=tuple(recipients))
        claim = _backed(claim, "recipients", _first(recipients))
    return claim


def _first(names: Mapping[str, str]) -> str:
    return next(iter(names.values()))


def _names(value: object, told: Sequence[str], knowledge: Knowledge) -> dict[str, str]:
    """Return the names that stand in the text, by the name we use, each with its sentence."""
    if not isinstance(value, list):
        return {}
    context = " ".join(told)
    known = {}
    for sentence in reversed(told):  # the first one to name a company is its evidence
        for mention in find_names(sentence, knowledge, context):
            for written in (mention.name, sentence[mention.start : mention.end]):
                known[_bare(written)] = mention.name, sentence
    found: dict[str, str] = {}
    for name in value[:_MOST_NAMES]:
        if not isinstance(name, str) or not _bare(name).strip():
            continue
        if _bare(name) in known:
            canonical, sentence = known[_bare(name)]
            found.setdefault(canonical, sentence)
        elif name[:1].isupper() and (sentence := _with_word(name.strip(), told)):
            found.setdefault(name.strip(), sentence)
    return found


def _with_word(name: str, told: Iterable[str]) -> str:
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return next((sentence for sentence in told if whole.search(sentence)), "")


# ---- size -----------------------------------------------------------------------------------


def _money(value: object, told: Iterable[str], dollar: str) -> tuple[Money, str] | None:
    """Return the amount of the text that *value* means, as the text words it, with its sentence."""
    if not isinstance(value, str):
        return None
    wanted = {(found.money.amount, found.money.currency) for found in find_money(value, dollar)}
    for sentence in told:
        for found in find_money(sentence, dollar):
            money = found.money
            is_size = found.role is Role.DEAL and not found.money.per and money.amount >= _SMALLEST
            if is_size and (money.amount, money.currency) in wanted:
                return money, sentence
    return None
