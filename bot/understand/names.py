"""Names of companies and places in a text: those we list, and with them all others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.understand.mentions import (
    NEXT_WORD,
    Company,
    NameMention,
    PlaceMention,
    bare,
    is_title_case,
    is_told,
    lowered,
)
from bot.understand.unlisted import TICKER, find_unlisted

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge


def find_names(text: str, knowledge: Knowledge, context: str = "") -> list[NameMention]:
    """Return the companies *text* names, in order and without overlap.

    Listed names come first, longest match; unknown ones by form: CamelCase, legal suffixes,
    capitalised runs that are no common words. *context* is the rest of the story: it helps to
    tell Switch from a switch.
    """
    return find_names_and_places(text, knowledge, context)[0]


def find_names_and_places(
    text: str, knowledge: Knowledge, context: str = ""
) -> tuple[list[NameMention], list[PlaceMention]]:
    """Return the companies and the places that *text* names."""
    low = lowered(text)
    matches = knowledge.matches(low)
    places = _places(text, matches, knowledge)
    listed = _listed(text, low, matches, knowledge, context)
    unlisted = find_unlisted(text, knowledge, listed, places, context)
    unlisted = [name for name in unlisted if not _SHORT.match(text, name.start - 1)]
    names = _over_tickers(text, sorted(listed + unlisted, key=lambda found: found.start))
    for name in unlisted:  # "Ireland Growth Fund" is no place
        places = [place for place in places if not name.start <= place.start < name.end]
    return names, places


#: "Example Development Agency (EDA)": the same in short
_SHORT = re.compile(r"\([A-Z]{2,6}\)")


def _over_tickers(text: str, names: list[NameMention]) -> list[NameMention]:
    """Return *names*, each with the ticker that follows it: "Acme (NASDAQ: ACME)" is one name."""
    for ticker in TICKER.finditer(text) if "(" in text else ():
        names = [
            replace(name, end=ticker.end()) if name.end == ticker.start() - 1 else name
            for name in names
            if not ticker.start() < name.start < ticker.end()
        ]
    return names


# --- listed names


_TAIL = re.compile(
    r"(?:,? (?:& )?(?:Inc|Corp|Corporation|Incorporated|Ltd|Limited|LLC|LP|plc|PLC|Oyj|AG|SA|NV|"
    r"SE|GmbH|Cos?|Holdings?|Group|Technologies|Pte|Pty|AB|ASA|Bhd|KK)\b\.?)+"
)
#: What an investor's name may go on with, inside a sentence.
_FIRM_TAIL = re.compile(
    r"(?: (?:Advisors|Asset|Associates|Capital|Credit|Equity|Funds?|Growth|Infrastructure|"
    r"Investments?|Managed|Management|Partners|Ventures))+(?:,? (?:LP|LLC|Inc|Ltd)\b\.?)?"
    r"(?= [a-z]|[,.;:)]|$)"
)
_LINKING = re.compile(
    r"(?:\b(?:from|with|by|and|in|into|for|backs?|buys?|acquires?|of|as|to)|[,&]) $"
)


_Match = tuple[int, int, int]  #: which alias, start, end


_SITE_OF = re.compile(
    r"\b([A-Z][a-z]{3,}) (?i:(?:[\w-]+ ){0,2}?(?:ai cent(?:er|re)|ai factory|ai hub|campus|"
    r"data[ -]?cent(?:er|re)|fab|gigafactory|plant|site|supercomputer)s?)\b(?! (?i:builder|"
    r"business|company|developer|firm|giant|group|host|maker|operator|owner|player|provider|specialist|"
    r"start-?up|unit)s?\b)"
)
_DISTRICT = re.compile(r" (?:County|Parish|Township)\b")


def _places(text: str, matches: Iterable[_Match], knowledge: Knowledge) -> list[PlaceMention]:
    """Return the places *text* names: countries, states, cities."""
    found = []
    for index, start, end in matches:
        name, company = knowledge.alias(index)
        if (
            company is None
            and text[start].isupper()
            and stands_alone(text, start, end)
            and (end - start > 3 or text[start:end].isupper())
            and text[end : end + 1] != "$"
        ):
            district = _DISTRICT.match(text, end)  # "Dallas County" is not Dallas
            found.append(
                PlaceMention(name + district[0], start, district.end())
                if district
                else PlaceMention(name, start, end)
            )
    found += [
        PlaceMention(home, *site.span(1))
        for site in _SITE_OF.finditer(text)
        if (home := knowledge.homelands.get(site[1].lower()))
    ]
    return sorted(found, key=lambda place: place.start)


def _listed(
    text: str, low: str, matches: Iterable[_Match], knowledge: Knowledge, context: str
) -> list[NameMention]:
    """Return the listed companies that *text* names, in order and without overlap."""
    title_case: bool | None = None
    found: list[NameMention] = []
    end_of_last = -1
    for index, start, end in matches:
        alias, company = knowledge.alias(index)
        if company is None or start < end_of_last or not stands_alone(text, start, end):
            continue
        written = text[start:end]
        if not _case_fits(written, alias, company):
            continue
        if company.reject_if and _rejected(low, start, end, company):
            continue
        if company.ambiguous and " " not in alias and not _is_code(alias):
            if title_case is None:
                title_case = is_title_case(text)
            span = (start, end)
            if _goes_on(text, end, knowledge, context, title_case=title_case):
                continue  # "Lattice Forge" is not Lattice
            if not _proved(text, span, company, knowledge, context=context, title_case=title_case):
                continue
        tail = _TAIL.match(text, end)
        end_of_last = tail.end() if tail is not None and not company.ambiguous else end
        if text.startswith(" ", end_of_last) and (firm := _FIRM_TAIL.match(text, end_of_last)):
            if title_case is None:
                title_case = is_title_case(text)
            end_of_last = end_of_last if title_case else firm.end()
        found.append(NameMention(company.name, start, end_of_last, company))
    return found


def _goes_on(text: str, end: int, knowledge: Knowledge, context: str, *, title_case: bool) -> bool:
    """Say whether a word that is also a name only begins another name here."""
    following = NEXT_WORD.match(text, end)
    if following is None or _TAIL.match(text, end):
        return False
    low = bare(following[1]).lower()
    if low in knowledge.not_names or low in knowledge.deal_verbs or low in knowledge.titles:
        return False
    if title_case:
        start = text.rfind(" ", 0, end) + 1
        return is_told(text[start : following.end()], context)
    return True


def stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether no letter or digit touches ``text[start:end]`` (a possessive may)."""
    before = text[max(0, start - 1) : start]
    # "NASDAQ:NVDA", "$NVDA" and "Nvidia/AMD" are mentions, an address or a handle is not
    if before.isalnum() or before in ("_", "@", "#") or text[max(0, start - 2) : start] == "//":
        return False
    return not (
        end < len(text)
        and (
            text[end].isalnum()
            or text[end] in "_@"
            or (text[end] == "." and end + 1 < len(text) and text[end + 1].isalnum())
        )
    )


def _is_code(alias: str) -> bool:
    return len(alias) <= 5 and alias.isupper()


def _case_fits(written: str, alias: str, company: Company) -> bool:
    if company.case_sensitive or _is_code(alias):
        return written == alias or (not _is_code(alias) and written[:1].isupper())
    if written == alias or written in company.aliases:  # "SK hynix" beside "SK Hynix"
        return True
    words = zip(alias.split(), written.split(), strict=False)
    if any(word[0].isupper() and not told[0].isupper() for word, told in words):
        # "an AI infrastructure partnership" is no name, but "Cerebras systems" is
        return written.partition(" ")[0] in (company.name, *company.aliases)
    if len(alias) <= 3 and not alias.islower():
        return written == alias
    return any(letter.isupper() for letter in written[:2])


def _rejected(low: str, start: int, end: int, company: Company) -> bool:
    """Return whether the name stands inside, or beside, a phrase that makes it another thing."""
    around = low[max(0, start - 25) : end + 25]
    name = low[start:end]
    for phrase in company.reject_if:
        phrase_low = phrase.lower()
        if phrase_low in around and (name in phrase_low or phrase_low in low):
            return True
    return False


def _proved(
    text: str,
    span: tuple[int, int],
    company: Company,
    knowledge: Knowledge,
    *,
    context: str,
    title_case: bool,
) -> bool:
    """Return whether a word that is also a name is the name here."""
    start, end = span
    written = text[start:end]
    if written.isupper() and len(written) > 3 and not text.isupper():
        return True
    at_start = start == 0 or text[max(0, start - 2) : start] in (": ", "- ", "| ", ". ", "– ", "— ")
    word = written.lower()
    if word not in knowledge.common and not title_case and not at_start:
        return True
    after = text[end : end + 30]
    if after[:2] in ("'s", "’s") or after.startswith((" Inc", " Corp", " Ltd", "-backed")):
        return True
    next_word = re.match(r" ([A-Za-z]+)", after)
    if (
        next_word is not None
        and (at_start or not title_case)
        and next_word[1].lower() in knowledge.deal_verbs
    ):
        return True
    if title_case or at_start:
        whole = f"{text}\n{context}" if context else text
        low = whole.lower()
        return any(
            word.lower() in low for word in company.context_any if word.lower() != written.lower()
        )
    # a capital inside a sentence: it is a name; is it this one?
    low = f"{text}\n{context}".lower()
    return bool(_LINKING.search(text[:start])) or any(
        word.lower() in low for word in company.context_any
    )
