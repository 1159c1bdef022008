"""Who takes part in a round or a loan: lists of names by the words on either side of them. Pure.

"Acme led, with Example and Sample among the newcomers": whoever stands in such a list puts money
in, wherever in the lead the list stands and whatever governs its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.understand.parties import Reading, groups_of

_CALLED = (
    r"(?:(?:the|its|their|both|new|newcomers?|existing|returning|early|earlier|fellow|strategic|"
    r"other|long-?time|investors?|backers?|(?:share)?holders?|lenders?|banks?|insurers?|funds?|"
    r"firms?|financiers?|such as|including|like|[a-z]\w+['’]s?|sovereign|wealth|pension|venture|"
    r"arms?|units?|of)\s+){0,5}"
)
_BEFORE = re.compile(
    r"\b(?:participation (?:from|by|of)|joined by|(?:co-)?led by|alongside|along with|"
    r"together with|"
    r"next to|(?:provided|underwritten|anchored|arranged and lent|funded|financed) by|"
    r"(?:investors|backers|lenders|participants|newcomers|shareholders|banks|insurers|funds)"
    r"(?: \w+){0,2} (?:include[sd]?|including|were|are)|(?:also|and) includ(?:es?|ed|ing)) "
    + _CALLED
    + "$"
)
_AFTER = re.compile(
    r"(?:['’]s?)?(?: (?:(?:[\w-]+ ){0,3}(?:arms?|units?|funds?|vehicle)))?"
    r"(?:,? and (?!\w+ (?:led|said))[^,;.]{0,45}?)?,?\s*"
    r"(?:(?:is|are|was|were|will|would|has|have|to|may|also|each|both|all|then|again|be|expected|"
    r"set|likely|going|in (?:talks|discussions)|said)\s+){0,5}"
    r"(?:participat(?:e[sd]?|ing)\b|t(?:ook|akes?|aking) part\b|join(?:ed|ing|s)?(?! the board)\b|"
    r"invest(?:ed|ing|s)?\b(?! in \w+ (?:ago|earlier))|"
    r"chip(?:s|ped|ping) in\b|(?:bought|buying|buys?) in\b|"
    r"contribut(?:e[sd]?|ing)\b|put(?:s|ting)?(?: in)?(?: fresh| new)? (?:money|cash)\b|"
    r"(?:fill(?:s|ed|ing)|round(?:s|ed|ing)) (?:it |out |the round )?(?:out|the)\b|"
    r"among (?:[\w-]+ ){0,4}(?:backers|investors|lenders|newcomers|others|participants|banks)\b|"
    r"(?:co-)?le(?:d|ads?|ading)\b|provid(?:ed|es|ing)\b|lent\b|lend(?:ing)?\b|the lenders\b|"
    r"originat(?:ed|es|ing)\b|(?:act|serv)(?:ed|ing) as [\w ,-]{0,40}lenders\b|"
    r"c(?:ame|omes?|oming) (?:in|along|aboard|on board|back)\b|add(?:ed|ing) to (?:its|their)\b|"
    r"wr(?:ites?|ote|iting) (?:[\w$.,£€]+ ){0,5}che(?:que|ck)s?\b|re-?upped\b|in the consortium\b)"
)
_NOT_NOW = re.compile(
    r"\b(?:previous(?:ly)?|prior|(?:last|earlier|first) (?:round|year|month|raise[sd]?|investment)|"
    r"had (?:\w+ )?(?:raised|invested|led)|since it was|(?:in|since) (?:(?:january|february|march|"
    r"april|may|june|july|august|september|october|november|december)\b|(?:19|20)[012]\d)|"
    r"follows|followed|ago|total funding|to date|whose (?:backers|investors|customers)|declined)\b"
)

_FAR = 90  #: characters before a list that may say what it is


def joiners_of(reading: Reading) -> Iterator[str]:
    """Yield the companies that a sentence names among those who put money in."""
    low = reading.low
    named = []
    for group in groups_of(reading.tokens):
        start, end = reading.tokens[group[0]].start, reading.tokens[group[-1]].end
        if _BEFORE.search(low, max(0, start - _FAR), start) or _AFTER.match(low, end):
            named.append(group)
    if named and not _NOT_NOW.search(low):
        for group in named:
            for index in group:
                name = reading.tokens[index].name
                if name is not None:
                    yield name.name
