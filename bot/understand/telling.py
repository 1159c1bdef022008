"""How a deal is told, as features, and what they say together of its kind. Pure.

The rules of bot/understand/terms.py read what is told plainly. Beside their word stand the words,
acts and sorts of company of title and lead; each has one weight a kind in config/kind.json, learned
by scripts/train_kind.py. The heaviest sum wins. The same was tried for the status: nothing gained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import fsum

from bot.model import Kind
from bot.understand.parties import Reading
from bot.understand.relevance import tag_of
from bot.understand.trades import trades_of

_SENTENCES = 5  #: title, lead and what follows
KINDS = tuple(Kind)


def marked(readings: Sequence[Reading]) -> Iterator[tuple[str, Reading]]:
    """Yield each sentence with what it is: title, lead or body."""
    for at, reading in enumerate(readings):
        yield "TLB"[min(at, 2)], reading


def told_by(readings: Sequence[Reading]) -> frozenset[str]:
    """Return how a story is told: words with what is particular masked, acts, sorts of company."""
    told = {"title only"} if len(readings) == 1 else set()
    trades = trades_of(readings)
    for mark, reading in marked(readings[:_SENTENCES]):
        words = ["^", *reading.masked.tokens, "$"]
        runs = {*words, *(f"{word} {following}" for word, following in pairwise(words))}
        told |= {f"any:{run}" for run in runs}
        if mark != "B":
            told |= {f"{mark}:{run}" for run in runs}
        if reading.act is not None:
            told.add(f"{mark}act={reading.act.name}")
        told.update(f"{mark}has={token.form.act.name}" for token in reading.tokens if token.form)
        told.update(
            f"{mark}part={part.role}/{tag_of(part.name, part.company, trades)}"
            for part in reading.parts
        )
        told.update(
            f"{mark}sort={tag_of(found.name, found.company, trades)}" for found in reading.names
        )
        told.update(f"{mark}money={mention.role}" for mention in reading.money)
        if reading.places:
            told.add(f"{mark}place")
    return frozenset(told)


def heaviest(features: Collection[str], weights: Mapping[str, Sequence[float]]) -> Kind:
    """Return the kind for which most speaks."""
    sums = weigh(features, weights)
    return KINDS[sums.index(max(sums))]


def weigh(features: Collection[str], weights: Mapping[str, Sequence[float]]) -> list[float]:
    """Return how much speaks for each answer; the order of the features does not matter."""
    rows = filter(None, map(weights.get, features))
    return [fsum(column) for column in zip(weights["bias"], *rows, strict=True)]
