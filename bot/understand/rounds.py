"""Who takes part in a round or a loan: lists of names by the words on either side of them. Pure.

"Acme led, with Example and Sample among the newcomers": whoever stands in such a list puts money
in, wherever in the lead the list stands and whatever governs its sentence.
"""

from __future__ import annotations

import re

from bot.understand.parties import Reading, names_in, owns_next

_CALLED = (
    r"(?:(?:the|its|their|both|new|newcomers?|existing|returning|early|earlier|fellow|strategic|"
    r"other|long-?time|investors?|backers?|(?:share)?holders?|lenders?|banks?|insurers?|funds?|"
    r"firms?|financiers?|such as|including|like|[a-z]\w+['’]s?|sovereign|wealth|pension|venture|"
    r"arms?|units?|of)\s+){0,5}"
)
_BEFORE = re.compile(
    r"\b(?:participation (?:from|by|of)|(?:joined|followed) by|(?:co-)?led by|alongside|"
    r"along with|together with|as (?:did|do|does|were|was|is|are|will)|backed up by|"
    r"next to|(?:accounts|clients|entities|funds|investors|vehicles) (?:advised|controlled|managed|"
    r"owned|run|sub-advised) by|(?:debt|equity|facility|financing|loans?|notes) from|"
    r"(?:provided|underwritten|anchored|arranged and lent|funded|financed|split between|"
    r"split among|shared by|divided among) (?:by )?|"
    r"(?:investors|backers|lenders|participants|newcomers|shareholders|banks|insurers|funds)"
    r"(?: [\w-]+){0,5}?,? (?:include[sd]?|including|were|are)|(?:also|and) includ(?:es?|ed|ing)) ?"
    + _CALLED
    + "$"
)
_AFTER = re.compile(
    r"(?:['’]s?)?(?: (?:(?:[\w-]+ ){0,3}(?:arms?|units?|funds?|vehicle)))?"
    r"(?:, (?:all|an?|another|both|the|two|three) [^,;.]{0,50},)?"
    r"(?:,? and (?!\w+ (?:led|said))[^,;.]{0,45}?)?,?\s*"
    r"(?:(?:is|are|was|were|will|would|has|have|had|to|may|might|could|also|each|both|all|then|"
    r"again|be|been|expected|set|likely|going|agreed|committed|close|near|"
    r"in (?:advanced |exclusive )?(?:talks|discussions|negotiations)|said|considering|discussed|"
    r"discussing|weighing|talked about)\s+){0,5}"
    r"(?:participat(?:e[sd]?|ing)\b|t(?:ook|akes?|aking) part\b|join(?:ed|ing|s)?(?! the board)\b|"
    r"invest(?:ed|ing|s)?\b(?! in \w+ (?:ago|earlier))|re-?invest(?:ed|ing|s)?\b|"
    r"(?:chip|pitch)(?:e?s|p?ed|p?ing) in\b|(?:bought|buying|buys?) in\b|"
    r"subscrib(?:e[sd]?|ing) (?:to|for)\b|contribut(?:e[sd]?|ing)\b|"
    r"put(?:s|ting)?(?: in)?(?: fresh| new)? (?:money|cash|in|more|[$€£¥₹]?\d)\b|"
    r"return(?:ed|ing|s)?\b(?! to)|doubl(?:ed?|es|ing) down\b|"
    r"express(?:ed|es|ing) (?:[\w-]+ )?interest\b|"
    r"follow(?:ed|ing|s)? (?:on\b|(?:its|their) money\b)|"
    r"(?:fill(?:s|ed|ing)|round(?:s|ed|ing)|ma(?:k|d)(?:es?|ing)) (?:it |out |the round |up )?"
    r"(?:out|the)\b|"
    r"(?:shar(?:e[sd]?|ing)|divid(?:e[sd]?|ing)|split(?:ting)?|suppl(?:y|ies|ied)) the "
    r"(?:rest|remainder|balance)\b|"
    r"t(?:ook|akes?|aking) (?:a (?:third|quarter|half)|the (?:rest|remainder|balance)|\d+ per)|"
    r"among (?:[\w-]+ ){0,4}(?:backers|investors|lenders|newcomers|others|participants|banks)\b|"
    r"(?:co-)?le(?:d|ads?|ading)\b|provid(?:e[sd]?|ing)\b|lent\b|lend(?:ing)?\b|"
    r"in(?: for [$€£¥₹]?\d| again| too| as well|[.,;])|joined by\b|"
    r"originat(?:ed|es|ing)\b|(?:act|serv)(?:ed|ing) as [\w ,-]{0,40}lenders\b|"
    r"c(?:ame|omes?|oming) (?:in|along|aboard|on board|back)\b|add(?:ed|ing) to (?:its|their)\b|"
    r"wr(?:ites?|ote|iting) (?:[\w$.,£€]+ ){0,5}che(?:que|ck)s?\b|re-?upped\b|in the consortium\b)"
    r"|(?:['’]s?)?(?: [\w-]+)?,? (?:is|are|was|were) (?:the |an? |its )?(?:[\w-]+ ){0,2}"
    r"(?:investors?|backers?|lenders?|participants?)\b"
)
_NOT_NOW = re.compile(
    r"\b(?:previous(?:ly)?|prior|(?:last|earlier|first) (?:round|year|month|raise[sd]?|investment)|"
    r"had (?:\w+ )?(?:raised|invested|led)|since it was|(?:in|since) (?:(?:january|february|march|"
    r"april|may|june|july|august|september|october|november|december)\b|(?:19|20)[012]\d)|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"spring|summer|autumn|fall|winter) (?:round|raise|financing)|"
    r"follows|followed|ago|total funding|to date|whose (?:backers|investors|customers)|declined)\b"
)

#: What is told of a name in passing, mostly of the past: ", which led the last round,".
_ASIDE = re.compile(
    r"(?<=,) (?:(?:an?|the) [^,;]{1,60} (?:that|which|who)|which|who|whose) "
    r"(?!(?:also )?includ)[^,;]*,"
)

_LED_BY = re.compile(r"\b(?:co-|jointly )?led by " + _CALLED + "$")
_LEAD = re.compile(
    r" (?:(?:is|are|was|were|will|to|set|jointly)\s+){0,3}(?:co-)?le(?:d|ads?|ading)\b"
)

_FAR = 90  #: characters before a list that may say what it is


def joiners_of(reading: Reading) -> list[str]:
    """Return the companies that a sentence names among those who put money in."""
    low = _ASIDE.sub(lambda aside: " " * len(aside.group()), reading.low)
    joiners = _listed(reading, low, _BEFORE, _AFTER)
    return [] if joiners and _NOT_NOW.search(low) else joiners


def leaders_of(reading: Reading) -> list[str]:
    """Return the companies that a sentence says lead a round."""
    return _listed(reading, reading.low, _LED_BY, _LEAD)


def _listed(
    reading: Reading, low: str, before: re.Pattern[str], after: re.Pattern[str]
) -> list[str]:
    """Return the companies of every list that stands after *before* or is followed by *after*."""
    found = []
    for group in reading.lists:
        if owns_next(reading.tokens, group[-1], low):
            continue  # "Acme's Example Fund took part"
        start, end = reading.tokens[group[0]].start, reading.tokens[group[-1]].end
        if not low[start:end].strip():
            continue  # in an aside
        if before.search(low, max(0, start - _FAR), start) or after.match(low, end):
            found += [name.name for name in names_in(reading, group)]
    return found
