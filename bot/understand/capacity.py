"""How many megawatts a deal is about, among all that a story tells. Pure.

Stories tell capacities of much else: of one turbine, of a first phase, of the site that a tenant
takes a part of, of what a company runs already. A wrong figure on a card is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.model import Kind


class _Mention(NamedTuple):
    megawatts: float
    start: int
    end: int
    limit: str  #: "up to", "over" or ""


_WATTS = re.compile(r"[GMK]W|watt", re.IGNORECASE)
_CAPACITY = re.compile(
    r"(?:\b(?:(?P<up_to>up to|as much as|as many as)|(?P<over>at least|more than|over)) "
    r"(?:an? |another |one )?)?"
    r"(?:(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)|\b(?P<word>half a|a(?=[\s-]gigawatt\b)|"
    r"one|two|three|four|five|six|seven|eight|nine|ten))[\s-]?"
    r"(?P<unit>GW|MW|KW|gigawatts?|megawatts?|kilowatts?)(?:dc|ac|e)?\b",
    re.IGNORECASE,
)
_COUNTED = dict(
    zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)
) | {"half a": 0.5, "a": 1}
_MEGAWATTS = {"g": 1000.0, "m": 1.0, "k": 0.001}

#: A contract takes a part of a site: the megawatts of the whole site are not its own.
_OF_SITE = re.compile(
    r"^[\s-](?:[\w-]+ ){0,2}?(?:building|campus|complex|hall|hub|park|plant|site)\b", re.IGNORECASE
)
_AT = re.compile(r"\b(?:(?:at|from|in|into|on|to)(?: [\w'’]+){0,3}|for its) $", re.IGNORECASE)
#: "29 of its new 42 MW gas turbines", "a 30 MW uprate"
_OF_ONE = re.compile(
    r"^[\s-](?:(?!of\b|for\b|in\b|to\b|at\b|from\b|and\b)[\w-]+ ){0,3}?(?:buildings|campuses|"
    r"engines|facilities|generators|gensets|halls|demonstration|microreactors|modules|reactors?|sites|turbines|"
    r"units?|uprates?|increase|a month|each|apiece)\b",
    re.IGNORECASE,
)
_OF_EACH = re.compile(
    r"\b(?:buildings|campuses|centers|centres|facilities|halls|plants|reactors|sites|units) of $|"
    r"\beach (?:of )?$",
    re.IGNORECASE,
)
#: What there is already, or may come one day.
_BESIDE = re.compile(
    r"\b(?:already|currently|existing|now|operat(?:es|ing)|runs?|owns?|manages?|portfolio|pipeline|"
    r"option (?:for|on|to)|expand(?:ed|able)? to|eventually|ultimately|in time|rivals?|"
    r"suppl(?:y|ies) .{0,20}for)\b[^.;]{0,45}$",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:pipeline|wants? to|hopes? to|aims? to|to reach|double|to study|studied)\b[^.;]{0,45}$",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"^ (?:of (?:operating|operational|existing|planned)|(?:is |are )?(?:already|now|today))\b",
    re.IGNORECASE,
)
#: "from 300 MW to 750 MW": what it becomes
_FROM = re.compile(r"\bfrom (?:about |around |roughly )?$", re.IGNORECASE)
_AND = re.compile(r"\band\b|,", re.IGNORECASE)


def capacity_mw_of(sentence: str, kind: Kind | None = None) -> float | None:
    """Return the megawatts that a deal of *kind* is told to be about in *sentence*, or None.

    >>> capacity_mw_of("deploys 6 GW of chips")
    6000.0
    >>> capacity_mw_of("orders 29 of its 42 MW turbines") is None
    True
    """
    found = list(_mentions(sentence))
    kept = [
        each
        for each in found
        if not _is_of_else(sentence, each, kind)
        # what it becomes counts
        and not (_FROM.search(sentence[: each.start]) and each is not found[-1])
    ]
    if len(kept) > 1 and kept[0].megawatts != kept[1].megawatts:
        between = sentence[kept[0].end : kept[1].start]
        if len(between) < 40 and _AND.search(between):
            return None  # two sites of one deal: neither is its size
    return kept[0].megawatts if kept else None


def limit_of(sentence: str, megawatts: float) -> str:
    """Return how *sentence* limits a capacity that it tells: "up to", "over" or "".

    >>> limit_of("will host up to 1.6GW", 1600)
    'up to'
    """
    told = (each.limit for each in _mentions(sentence) if each.megawatts == megawatts)
    return next(told, "")


def _mentions(sentence: str) -> Iterator[_Mention]:
    if not _WATTS.search(sentence):  # most sentences have none
        return
    for found in _CAPACITY.finditer(sentence):
        word, number = found["word"], found["number"]
        size = float(number.replace(",", "")) if number else float(_COUNTED[word.lower()])
        megawatts = size * _MEGAWATTS[found["unit"][0].lower()]
        limit = "up to" if found["up_to"] else "over" if found["over"] else ""
        if megawatts:
            yield _Mention(megawatts, found.start(), found.end(), limit)


def _is_of_else(sentence: str, mention: _Mention, kind: Kind | None) -> bool:
    before, after = sentence[: mention.start], sentence[mention.end :]
    if kind is Kind.SUPPLY and _OF_SITE.match(after) and _AT.search(before):
        return True
    if _OF_ONE.match(after) or _OF_EACH.search(before) or _AFTERWARDS.match(after):
        return True
    if _WISHED.search(before[-70:]):
        return True
    return kind is not Kind.ACQUISITION and _BESIDE.search(before[-70:]) is not None
