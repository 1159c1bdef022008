"""A text with what is particular taken out: who, how much and where become tags. Pure.

"Example Corp to invest $2bn in Ohio" and "Sample Inc to invest €90m in Norway" are the same
sentence to a model that shall learn how deals are told, not who made one last year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understand.names import Company
from bot.understand.parties import Reading

NAME, PLACE, MONEY, PERCENT, POWER, YEAR, QUARTER, TICKER, NUMBER = (
    "NAME", "PLACE", "MONEY", "PCT", "MW", "YEAR", "QTR", "TICKER", "NUM",
)  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<TICKER>\((?:[A-Z]+:\s?)?\$?[A-Z]{2,5}(?:\.[A-Z]{1,3})?\)|\b(?:NASDAQ|NYSE|TSX|LSE):\s?[A-Z]+)
    |(?P<QTR>\b(?:Q[1-4]|[1-4]Q|H[12]|FY)(?:\s?'?\d{2,4})?\b)
    |(?P<MW>\b\d[\d.,]*[\s-]?(?:[GMk]W(?:[hpe]|dc|ac)?|gigawatts?|megawatts?)\b)
    |(?P<PCT>\b\d[\d.,]*\s?(?:%|percent\b|per\ cent\b))
    |(?P<YEAR>\b20[0-4]\d\b)
    |(?P<NUM>\b\d[\w.,:/+-]*)
    |(?P<word>[^\W\d_][\w+]*(?:[-&'’][^\W_]+)*)
    |(?P<mark>[?!:;|])""",
    re.VERBOSE,
)
_POSSESSIVE = re.compile(r"(?:'s|’s|'|’)$")
_CAMPUS_MODEL = re.compile(r"^[A-Z]{1,3}\d{2,4}[A-Za-z]{0,2}$")  # B200, GB300, MI450, TPU8


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as tokens: tags for what is particular, the other words in lower case."""

    tokens: tuple[str, ...]
    companies: tuple[Company | None, ...]  #: behind each NAME, in order; None when not listed


def mask(reading: Reading) -> Masked:
    """Return a sentence as tokens with companies, places, amounts and numbers replaced by tags."""
    text = reading.text
    spans: list[tuple[int, int, str, Company | None]] = [
        (found.start, found.end, MONEY, None) for found in reading.money
    ]
    spans += [(found.start, found.end, PLACE, None) for found in reading.places]
    spans += [(found.start, found.end, NAME, found.company) for found in reading.names]
    spans.sort(key=lambda span: (span[0], -span[1]))
    tokens: list[str] = []
    companies: list[Company | None] = []
    at = 0
    for start, end, tag, company in spans:
        if start < at:
            continue
        tokens += _plain(text[at:start])
        tokens.append(tag)
        if tag == NAME:
            companies.append(company)
        at = end
    tokens += _plain(text[at:])
    return Masked(tuple(tokens), tuple(companies))


def _plain(text: str) -> list[str]:
    tokens = []
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "word":
            word = _POSSESSIVE.sub("", found.group())
            if _CAMPUS_MODEL.match(word):
                tokens.append("MODEL")
            elif word and word != "s":
                tokens.append(word.lower())
        elif found.lastgroup == "mark":
            tokens.append(found.group())
        elif found.lastgroup is not None:
            tokens.append(found.lastgroup)
    return tokens
