"""What a text may name, companies and places, and how it writes names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """One company as config/companies.csv lists it."""

    name: str  #: the one name used everywhere: "Google", never "Alphabet"
    aliases: tuple[str, ...] = ()
    role: str = ""  #: "chipmaker", "neocloud", "investor: VC", …
    layer: str = ""  #: part of AI infrastructure it belongs to
    country: str = ""
    ticker: str = ""  #: "NASDAQ:NVDA"
    ambiguous: bool = False  #: also a word: where a capital proves nothing, context must
    case_sensitive: bool = False  #: only as written: ASML, GIC
    context_any: tuple[str, ...] = ()  #: words one of which makes an ambiguous name this company
    reject_if: tuple[str, ...] = ()  #: phrases in which the name is something else


@dataclass(frozen=True, slots=True)
class NameMention:
    """One name in a text, and where it stands."""

    name: str  #: canonical when listed, else as written
    start: int
    end: int
    company: Company | None = None  #: None for a name found by its form


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One place in a text, and where it stands."""

    name: str
    start: int
    end: int


def companies_of(rows: Iterable[Mapping[str, str]]) -> tuple[Company, ...]:
    """Return the companies that the *rows* of companies.csv list.

    The column ``ambiguous`` says "no", "short" (only in its own case) or "yes" (needs context).
    """
    return tuple(
        Company(
            name=row["canonical"].strip(),
            aliases=_split(row.get("aliases")),
            role=(row.get("role") or "").strip(),
            layer=(row.get("layer") or "").strip(),
            country=(row.get("hq_country") or "").strip(),
            ticker=(row.get("ticker") or "").strip(),
            ambiguous=(row.get("ambiguous") or "").strip() == "yes",
            case_sensitive=(row.get("ambiguous") or "").strip() == "short",
            context_any=_split(row.get("context_any")),
            reject_if=_split(row.get("reject_if")),
        )
        for row in rows
        if (row.get("canonical") or "").strip()
    )


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def lowered(text: str) -> str:
    """Return *text* in lower case, every character in its place.

    str.lower() makes some characters longer ("İ"); offsets must survive.
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


SMALL_IN_TITLES = frozenset(
    (
        "about after amid among before behind between data despite during from into near over "
        "plus says than that their this through toward under until upon with within without"
    ).split()
)


_LONG_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}")


def is_title_case(text: str) -> bool:
    """Return whether *text* capitalises most words, so that a capital proves nothing."""
    words: list[str] = _LONG_WORD.findall(text)
    if words and words[0][0].isupper():
        words.pop(0)  # as everywhere
    small = [word for word in words if not word[0].isupper()]
    # a sentence that lists many names has its other words small too
    plain = [word for word in small if word not in SMALL_IN_TITLES]
    if any(word.endswith(("ed", "ing")) for word in plain) or (plain and text.endswith(".")):
        return False
    return len(small) < 0.4 * len(words) and len(plain) <= 0.2 * len(words)


#: The next word, if it has a capital: what a word that may begin a name goes on with.
NEXT_WORD = re.compile(r" ([A-Z][\w'’-]*)")


def bare(word: str) -> str:
    """Return *word* without the ending of a possessive."""
    if word.endswith(("'s", "’s")):
        return word[:-2]
    return word[:-1] if word.endswith(("'", "’")) else word


def is_told(words: str, context: str) -> bool:
    """Say whether *context* writes *words* inside a sentence: there a capital tells a name."""
    at = context.find(words)
    while at > 1:
        if context[at - 1] == " " and (context[at - 2].islower() or context[at - 2] == ","):
            return not is_title_case(context[max(0, at - 60) : at])
        at = context.find(words, at + 1)
    return False
