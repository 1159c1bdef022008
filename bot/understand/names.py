"""Names of companies in a text: those we list, and unknown ones by their form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge


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


def is_title_case(text: str) -> bool:
    """Return whether *text* capitalises most words, so that a capital proves nothing."""
    words: list[str] = re.findall(r"[^\W\d_]{4,}", text)[1:]
    return sum(word[0].isupper() for word in words) > 0.6 * len(words)


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
    places = find_places(text, knowledge)
    listed = find_listed(text, knowledge, context)
    taken = [(mention.start, mention.end) for mention in listed]
    taken += [(place.start, place.end) for place in places]
    names = sorted(listed + _find_by_form(text, knowledge, taken), key=lambda found: found.start)
    return names, places


# --- listed names


_TAIL = re.compile(
    r"(?:,? (?:Inc|Corp|Corporation|Incorporated|Ltd|Limited|LLC|LP|plc|PLC|Oyj|AG|SA|NV|SE|GmbH|"
    r"Co|Holdings?|Group|Technologies|Pte|Pty|AB|ASA|Bhd|KK)\b\.?)+"
)
_LINKING = re.compile(
    r"(?:\b(?:from|with|by|and|in|into|for|backs?|buys?|acquires?|of|as|to)|[,&]) $"
)


def find_listed(text: str, knowledge: Knowledge, context: str = "") -> list[NameMention]:
    """Return the listed companies that *text* names, in order and without overlap."""
    lower = lowered(text)
    title_case: bool | None = None
    found: list[NameMention] = []
    end_of_last = -1
    for index, start, end in knowledge.matches(lower):
        alias, company = knowledge.alias(index)
        if company is None or start < end_of_last or not stands_alone(text, start, end):
            continue
        written = text[start:end]
        if not _case_fits(written, alias, company):
            continue
        if company.reject_if and _rejected(lower, start, end, company):
            continue
        if company.ambiguous and " " not in alias and not _is_code(alias):
            if title_case is None:
                title_case = is_title_case(text)
            span = (start, end)
            if not _proved(text, span, company, knowledge, context=context, title_case=title_case):
                continue
        tail = _TAIL.match(text, end)
        end_of_last = tail.end() if tail is not None and not company.ambiguous else end
        found.append(NameMention(company.name, start, end_of_last, company))
    return found


def find_places(text: str, knowledge: Knowledge) -> list[PlaceMention]:
    """Return the places *text* names: countries, states, cities."""
    return [
        PlaceMention(knowledge.alias(index)[0], start, end)
        for index, start, end in knowledge.matches(lowered(text))
        if knowledge.alias(index)[1] is None
        and text[start].isupper()
        and stands_alone(text, start, end)
        and (end - start > 3 or text[start:end].isupper())
        and text[end : end + 1] != "$"
    ]


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
    if written == alias:
        return True
    words = zip(alias.split(), written.split(), strict=False)
    if any(word[0].isupper() and not told[0].isupper() for word, told in words):
        return False  # "an AI infrastructure partnership" is no name
    if len(alias) <= 3 and not alias.islower():
        return written == alias
    return any(letter.isupper() for letter in written[:2])


def _rejected(lower: str, start: int, end: int, company: Company) -> bool:
    """Return whether the name stands inside, or beside, a phrase that makes it another thing."""
    around = lower[max(0, start - 25) : end + 25]
    name = lower[start:end]
    for phrase in company.reject_if:
        phrase_low = phrase.lower()
        if phrase_low in around and (name in phrase_low or phrase_low in lower):
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


# --- unknown names


_WORD = re.compile(r"[^\W_](?:[\w.+]*[\w+])?(?:[-'’‑&][\w+]+)*(?:\.(?:ai|io|com|AI)\b)?")
_CAMEL = re.compile(
    r"[a-z]+[A-Z]|[A-Z][a-z]+[A-Z]|^[A-Z]{2,}[a-z]{2,}|[a-z]\.(?:ai|io|AI)$|^\d+[A-Z][a-z]"
)
#: Whose a company is: "Acme-led".
_TIED = re.compile(r"-(?:anchored|backed|based|controlled|founded|led|linked|owned|sponsored)$")
_TIED_NEXT = re.compile(r" \w+-(?:backed|controlled|founded|led|owned)\b", re.IGNORECASE)
#: Products, units, quarters: B200, GB300, 5G, 400MW, Q3, FY26, 18A, MI450, Series's letters.
_NOT_A_NAME = re.compile(
    r"^(?:[A-Z]{1,3}\d{1,4}[A-Za-z]{0,2}s?|\d+(?:\.\d+)?(?:[GMkK]?W[hp]?|G|nm|bn|tn|mn|B|M|T|K|x|p|A|D|s|th|st|nd|rd)?"
    r"|Q[1-4]|[1-4]Q\d*|[HF]Y?[12]?\d{0,4}|FY\d+|[A-Z]|x86|\d+-?\w*(?:year|MW|GW|Year)[\w-]*|\d{4}s)$"
)


def _find_by_form(
    text: str, knowledge: Knowledge, taken: list[tuple[int, int]]
) -> list[NameMention]:
    words = list(_WORD.finditer(text))
    title_case = is_title_case(text)
    found: list[NameMention] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        mention = _name_of_run(run, text, knowledge, title_case=title_case)
        if mention is not None:
            found.append(mention)
        run.clear()

    for word in words:
        start, end = word.span()
        if any(start < stop and begin < end for begin, stop in taken):
            close()
            continue
        gap = text[run[-1].end() : start] if run else ""
        if run and gap not in (" ", " & "):
            close()
        if _joins(word, text, knowledge, title_case=title_case, in_run=bool(run)):
            run.append(word)
        else:
            close()
    close()
    return found


def _is_form_of_common(word: str, knowledge: Knowledge) -> bool:
    """Say whether *word* is a plain word's form, as Title Case writes it: "valuing", "piles"."""
    for ending, instead in (("ying", "ie"), ("ing", "e"), ("ing", ""), ("ies", "y"), ("s", "")):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1 and stem + instead in knowledge.common:
            return True
    return False


def _bare(word: str) -> str:
    for ending in ("'s", "’s", "'", "’"):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


def _joins(
    word: re.Match[str], text: str, knowledge: Knowledge, *, title_case: bool, in_run: bool
) -> bool:
    written = _bare(word.group())
    if not written or _NOT_A_NAME.match(written):
        return in_run and written.isdigit() and not title_case and len(written) < 3
    low = written.lower()
    if _TIED.search(low):
        return False
    if title_case and not in_run and _is_form_of_common(low, knowledge):
        return False
    if low in knowledge.not_names:
        return in_run and low in knowledge.name_tails and written[0].isupper()
    if _CAMEL.search(written) and low not in knowledge.common:
        return True
    if not written[0].isupper():
        return False
    if low in knowledge.name_tails:
        return in_run
    if in_run and low in knowledge.deal_verbs:
        return False  # half a title in Title Case: "Acme-backed Example Raises"
    parts = low.split("-")
    if all(part in knowledge.common or part in knowledge.not_names for part in parts):
        if title_case:
            return False
        start = word.start()
        return in_run or not (
            start == 0
            or text[max(0, start - 2) : start].strip()[-1:]
            in (".", ":", "!", "?", "•", "“", '"', "‘", "-", "|", "")
        )
    return True


def _name_of_run(
    run: list[re.Match[str]], text: str, knowledge: Knowledge, *, title_case: bool
) -> NameMention | None:
    words = list(run)
    while words and _bare(words[0].group()).lower() in knowledge.descriptors:
        words.pop(0)
    if words and all(_bare(word.group()).lower() in knowledge.name_tails for word in words):
        return None
    if not words:
        return None
    first = _bare(words[0].group())
    if first.lower() in (knowledge.first_names if len(words) >= 2 else knowledge.surnames):
        words = words[2:]  # a person, and what may be theirs: "Jane Doe Acme startup"
        if not words or _bare(words[0].group()).lower() in knowledge.name_tails:
            return None
    start, end = words[0].start(), words[-1].start() + len(_bare(words[-1].group()))
    name = text[start:end]
    if name.lower() in knowledge.first_names and _TIED_NEXT.match(text, end):
        return None  # "Jane Doe-backed"
    if len(name) < 3 or (name.isupper() and name.lower() in knowledge.not_names):
        return None
    parts = name.lower().split("-") if len(words) == 1 and title_case and "-" in name else ()
    if any(part in knowledge.common for part in parts):
        return None
    return NameMention(name, start, end)
