"""A text with what is particular taken out: who, how much and where become tags. Pure.

"Example Corp to invest $2bn in Ohio" and "Sample Inc to invest €90m in Norway" are the same
sentence to a model that shall learn how deals are told, not who made one last year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understand.mentions import NameMention

NAME = "NAME"

#: Words that begin small stand first: they are most of a text, and nothing else begins so.
_TOKEN = re.compile(
    r"""[^\W\d_A-Z][\w+]*(?:[-&'’][^\W_]+)*
    |(?P<mark>[?!:;|])
    |(?=[(A-Z\d])(?:
        (?P<TICKER>\((?:[A-Z]+:\s?)?\$?[A-Z]{2,5}(?:\.[A-Z]{1,3})?\)|\b(?:NASDAQ|NYSE|TSX|LSE):\s?[A-Z]+)
        |(?P<QTR>\b(?:Q[1-4]|[1-4]Q|H[12]|FY)(?:\s?'?\d{2,4})?\b)
        |(?P<MW>\b\d[\d.,]*[\s-]?(?:[GMk]W(?:[hpe]|dc|ac)?|gigawatts?|megawatts?)\b)
        |(?P<PCT>\b\d[\d.,]*\s?(?:%|percent\b|per\ cent\b))
        |(?P<YEAR>\b20[0-4]\d\b)
        |(?P<NUM>\b\d[\w.,:/+-]*)
        |[A-Z][\w+]*(?:[-&'’][^\W_]+)*)""",
    re.VERBOSE,
)
_CAMPUS_MODEL = re.compile(r"^[A-Z]{1,3}\d{2,4}[A-Za-z]{0,2}$")  # B200, GB300, MI450, TPU8


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as tokens: tags for what is particular, the other words in lower case."""

    tokens: tuple[str, ...] = ()
    names: tuple[NameMention, ...] = ()  #: behind each NAME, in order


def mask(text: str, spans: Sequence[tuple[int, int, str, NameMention | None]]) -> Masked:
    """Return a sentence as tokens, each of *spans* as the tag for its sort: NAME, PLACE, MONEY."""
    tokens: list[str] = []
    at = 0
    for start, end, sort, _ in spans:
        tokens += _plain(text[at:start])
        tokens.append(sort.upper())
        at = end
    tokens += _plain(text[at:])
    return Masked(tuple(tokens), tuple(name for *_, name in spans if name is not None))


def _plain(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "mark":
            yield found.group()
        elif found.lastgroup is not None:
            yield found.lastgroup
        else:
            word = found.group()
            if word.endswith(("'s", "’s")):
                word = word[:-2]
            if not word.isalpha() and _CAMPUS_MODEL.match(word):
                yield "MODEL"
            elif word != "s":
                yield word.lower()
