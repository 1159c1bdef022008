"""Persons among companies: who is told to hold an office, and who to put in money. Pure."""

from __future__ import annotations

import re

_OFFICE = (
    r"\b(?i:C[EFT]O|COO|(?:co-?)?found(?:ers?|ed by)|chief(?: executive)?|executive|analyst|"
    r"veteran|partner|spokes\w+|chair\w*|president|director|researchers?|governor|minister|boss|head)"
)
_OFFICE_BEFORE = re.compile(rf"{_OFFICE} $")
#: Half of a name, where the other half is no name: "Example CEO Lip-Bu Tan"
_OFFICE_AND_FIRST = re.compile(rf"{_OFFICE} [A-Z]\w*-[A-Z]\w* $")
_OFFICE_AFTER = re.compile(
    r", (?:the )?(?:[\w’'&.-]+ ){0,2}"
    r"(?:C[EFT]O|(?:co-)?founder|chief|chair\w*|president|analyst)\b"
)
_HIS_BID = re.compile(r"['’]s (?:\S+ ){0,4}(?:bid|offer|takeover|consortium)\b", re.IGNORECASE)
_PUTS_IN = re.compile(
    r"(?:, (?:the|its|who|a|an|\w+['’]s) [^,.;]{1,40},)? (?:and \w+ )?"
    r"(?:(?:will|would|has|is to|plans to) )?"
    r"(?:(?:also|personally|discreetly|just|himself|herself) )?"
    r"(?:back(?:s|ed)|invest(?:s|ed)|bets?|bids?|buys|bought|acquire[sd]|join(?:s|ed)|leads?|led|"
    r"chip(?:s|ped) in|puts?|spen[dt]s?|t(?:ook|akes|aking) part|wrote|writes|launch(?:es|ed)|"
    r"seeks?|pledge[sd])\b",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"\b(?:rounds?|rais(?:es?|ed|ing)|funding|invest\w*|back(?:ers?|ed|ing)|seed|series|angels?|"
    r"financing|leads?|led|participat\w+|joined|from)\b",
    re.IGNORECASE,
)
_LISTED_AFTER = re.compile(
    r"(?:,| and|, and| &) (?:(?:(?!and |with )[\w'’-]+ ){0,4}"
    r"(?:(?:co-?)?founder|chief|veteran|boss|[\w-]*angel|angel investor|scientist|chairman|"
    r"billionaire) )?$"
)


def has_office(text: str, start: int, end: int) -> bool:
    """Say whether ``text[start:end]`` is told as a person: "CEO Jane Doe", "Jane Doe, founder"."""
    before = text[max(0, start - 30) : start]
    return bool(_OFFICE_BEFORE.search(before) or _OFFICE_AFTER.match(text, end))


def has_office_and_first_name(text: str, start: int) -> bool:
    """Say whether a lone name at *start* ends a person's: "CEO Lip-Bu Tan"."""
    return _OFFICE_AND_FIRST.search(text, max(0, start - 30), start) is not None


def puts_in_money(text: str, end: int) -> bool:
    """Say whether the person whose name ends at *end* does: "Jane Doe backs", "Doe's bid"."""
    return bool(_PUTS_IN.match(text, end) or _HIS_BID.match(text, end))


def end_of_listed_before(text: str, start: int) -> int | None:
    """Return where the investor ends after whom the person at *start* is listed, or None.

    "a round led by Acme and Jane Doe": the end of "Acme".
    """
    listed = _LISTED_AFTER.search(text, max(0, start - 40), start)
    return listed.start() if listed is not None and _ROUND.search(text) else None
