"""Names of companies in a text: those we list, and unknown ones by their form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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


_SMALL_IN_TITLES = frozenset(
    (
        "about after amid among before behind between data despite during from into near over "
        "plus says than that their this through toward under until upon with within without"
    ).split()
)


def is_title_case(text: str) -> bool:
    """Return whether *text* capitalises most words, so that a capital proves nothing."""
    words: list[str] = re.findall(r"(?<![\w-])[^\W\d_]{4,}", text)[1:]
    small = [word for word in words if not word[0].isupper()]
    # a sentence that lists many names has its other words small too
    plain = [word for word in small if word not in _SMALL_IN_TITLES]
    if any(word.endswith(("ed", "ing")) for word in plain):
        return False
    return len(small) < 0.4 * len(words) and len(plain) <= 0.2 * len(words)


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
    unlisted = _find_by_form(text, knowledge, listed, places, context)
    names = sorted(listed + unlisted, key=lambda found: found.start)
    for name in unlisted:  # "Ireland Growth Fund" is no place
        places = [place for place in places if not name.start <= place.start < name.end]
    return names, places


# --- listed names


_TAIL = re.compile(
    r"(?:,? (?:Inc|Corp|Corporation|Incorporated|Ltd|Limited|LLC|LP|plc|PLC|Oyj|AG|SA|NV|SE|GmbH|"
    r"Cos?|Holdings?|Group|Technologies|Pte|Pty|AB|ASA|Bhd|KK)\b\.?)+"
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
            if _goes_on(text, end, knowledge, context, title_case=title_case):
                continue  # "Lattice Forge" is not Lattice
            if not _proved(text, span, company, knowledge, context=context, title_case=title_case):
                continue
        tail = _TAIL.match(text, end)
        end_of_last = tail.end() if tail is not None and not company.ambiguous else end
        found.append(NameMention(company.name, start, end_of_last, company))
    return found


_NEXT_WORD = re.compile(r" ([A-Z][\w'’-]*)")


def _goes_on(
    text: str, end: int, knowledge: Knowledge, context: str, *, title_case: bool
) -> bool:
    """Say whether a word that is also a name only begins another name here."""
    following = _NEXT_WORD.match(text, end)
    if following is None or _TAIL.match(text, end):
        return False
    low = _bare(following[1]).lower()
    if low in knowledge.not_names or low in knowledge.deal_verbs or low in knowledge.titles:
        return False
    if title_case:
        start = text.rfind(" ", 0, end) + 1
        return _told(text[start : following.end()], context)
    return True


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
    r"|Q[1-4]|[1-4]Q\d*|[HF]Y?[12]?\d{0,4}|FY\d+|[A-Z]|x86|\d+-?\w*(?:year|MW|GW|Year)[\w-]*|\d{4}s"
    r"|[IVX]{2,4}|[A-Z]\w*(?:n['’]t|['’](?:re|d|ve|ll|m)))$"
)
#: "BOISE, Idaho--(BUSINESS WIRE)--", "RENO — ", "WACO, Texas (KWTX) - ".
_DATELINE = re.compile(
    r"[A-Z][A-Z .,&/'’-]{2,}(?:, [A-Z][A-Za-z. ]{1,20})?(?:,? [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?,?"
    r" ?(?:\([^)]{2,30}\)|/[^/]{3,20}/)? ?(?:--|[—–]|- )(?:\([^)]{2,30}\))?"
)
#: "(Nasdaq: ACME)"
_TICKER = re.compile(
    r"\([^()]*\b(?:NYSE|NASDAQ|Nasdaq|TSXV?|OTC\w*|ASX|NSE|BSE|KOSDAQ|Euronext)\b[^()]*\)"
)
#: What a bank, a fund or an office ends with: the place before it is part of its name.
_BODIES = frozenset(
    (
        "agency authority bank board capital corporation council equity fund institute "
        "investment investments partners pension trust university ventures"
    ).split()
)
#: In Title Case a firm's last word tells that the words before it are its name.
_FIRM = re.compile(
    r"(?:^|(?:(?i:\b(?:and|by|from|with))|,) )((?:[A-Z][\w'’&-]* ){1,4}"
    r"(?:Authority|Bank|Capital|Fund|Partners(?! (?i:for|in|on|to|with)\b)|Ventures))\b"
)
_FIRMS = frozenset("advisors capital global industries management partners ventures".split())
_SENTENCE_STARTS = frozenset([".", ":", "!", "?", "•", "“", '"', "‘", "-", "|", ""])


def _find_by_form(
    text: str,
    knowledge: Knowledge,
    listed: Sequence[NameMention],
    places: Sequence[PlaceMention],
    context: str,
) -> list[NameMention]:
    taken = [(mention.start, mention.end) for mention in (*listed, *places)]
    dateline = _DATELINE.match(text)
    taken += [found.span() for found in (dateline, *_TICKER.finditer(text)) if found is not None]
    seen = _Seen(text, knowledge, context, is_title_case(text), listed, places)
    found: list[NameMention] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        mention = _name_of_run(run, seen, found)
        if mention is not None:
            found.append(mention)
        run.clear()

    for word in _WORD.finditer(text):
        start, end = word.span()
        if any(start < stop and begin < end for begin, stop in taken):
            close()
            continue
        if run and (text[run[-1].end() : start] not in (" ", " & ") or _owns(run[-1], word, seen)):
            close()
        if _joins(word, seen, in_run=bool(run)):
            run.append(word)
        else:
            close()
    close()
    return found


class _Seen:
    """A text, and what is known of it before its unlisted names are read."""

    __slots__ = ("context", "ends", "firms", "knowledge", "origins", "text", "title_case")

    def __init__(
        self,
        text: str,
        knowledge: Knowledge,
        context: str,
        title_case: bool,
        listed: Sequence[NameMention],
        places: Sequence[PlaceMention],
    ) -> None:
        self.text = text
        self.knowledge = knowledge
        self.context = context
        self.title_case = title_case
        self.ends = {mention.end for mention in listed}
        self.origins = {place.end: place.start for place in places}
        self.firms = [found.span(1) for found in _FIRM.finditer(text)] if title_case else []

    def in_firm(self, start: int) -> bool:
        """Say whether a word of a title in Title Case stands in what the last word makes a firm."""
        return any(begin <= start < end for begin, end in self.firms)

    def origin_before(self, start: int) -> int | None:
        """Return where the place or nationality begins that stands right before *start*."""
        if self.text[start - 1 : start] != " ":
            return None
        if start - 1 in self.origins:
            return self.origins[start - 1]
        begin = self.text.rfind(" ", 0, start - 1) + 1
        word = self.text[begin : start - 1]
        return begin if word[:1].isupper() and word.lower() in self.knowledge.nations else None


def _told(words: str, context: str) -> bool:
    """Say whether *context* writes *words* inside a sentence: there a capital tells a name."""
    at = context.find(words)
    while at > 1:
        if context[at - 1] == " " and (context[at - 2].islower() or context[at - 2] == ","):
            return not is_title_case(context[max(0, at - 60) : at])
        at = context.find(words, at + 1)
    return False


def _owns(word: re.Match[str], following: re.Match[str], seen: _Seen) -> bool:
    """Say whether *word* only tells whose the next name is: "Leeds's Norvexa"."""
    low = following.group().lower()
    return word.group().endswith(("'s", "’s")) and low not in seen.knowledge.name_tails


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


def _joins(word: re.Match[str], seen: _Seen, *, in_run: bool) -> bool:
    knowledge, title_case = seen.knowledge, seen.title_case
    written = _bare(word.group())
    if not written or _NOT_A_NAME.match(written):
        if written.isdigit() and not in_run:  # "8090 Industries"
            following = _NEXT_WORD.match(seen.text, word.end())
            return following is not None and following[1].lower() in _FIRMS
        return in_run and written.isdigit() and not title_case and len(written) < 3
    low = written.lower()
    if _TIED.search(low) or _only_describes(written, knowledge):
        return False
    if title_case and not in_run and _is_form_of_common(low, knowledge) and not seen.in_firm(
        word.start()
    ):
        return False
    if low in knowledge.not_names:
        return in_run and low in knowledge.name_tails and written[0].isupper()
    if _CAMEL.search(written) and low not in knowledge.common:
        return True
    if not written[0].isupper():
        return False
    if low in knowledge.name_tails and (in_run or title_case or low not in knowledge.common):
        if in_run:
            return True
        if low in _BODIES and not title_case and seen.origin_before(word.start()) is not None:
            return True  # "Hokkaido Bank"
    if in_run and low in knowledge.deal_verbs:
        following = None if title_case else _NEXT_WORD.match(seen.text, word.end())
        if following is not None and following[1].lower() in knowledge.name_tails:
            return True  # "Climate Pledge Fund"
        return False  # half a title in Title Case: "Acme-backed Example Raises"
    parts = low.split("-")
    if low in knowledge.name_tails or all(
        part in knowledge.common or part in knowledge.not_names for part in parts
    ):
        at_start = _at_start(seen.text, word.start())
        if in_run and not title_case:
            return True
        if not title_case and not at_start:
            return True
        return _begins_or_goes_on(word, seen, at_start=at_start, in_run=in_run)
    return True


def _only_describes(written: str, knowledge: Knowledge) -> bool:
    """Say whether a word with a hyphen says what sort: "AI-ready", "Boise-area"."""
    _, hyphen, last = written.rpartition("-")
    return bool(hyphen) and (
        last.endswith(("ed", "ing")) or (last.islower() and last in knowledge.common)
    )


def _at_start(text: str, start: int) -> bool:
    return start == 0 or text[max(0, start - 2) : start].strip()[-1:] in _SENTENCE_STARTS


def _begins_or_goes_on(
    word: re.Match[str], seen: _Seen, *, at_start: bool, in_run: bool
) -> bool:
    """Say whether a plain word whose capital proves nothing is part of a name here.

    It is where the story writes it so inside a sentence; or where a sentence begins with two
    such words, of which the first is none that begins sentences: "Cathedral Energy said".
    """
    text, knowledge = seen.text, seen.knowledge
    if seen.in_firm(word.start()) and word.group().lower() not in knowledge.openers:
        return True
    if in_run:
        before = text.rfind(" ", 0, word.start() - 1) + 1
        return _told(text[before : word.end()], seen.context)
    following = _NEXT_WORD.match(text, word.end())
    if following is None:
        return False
    low, next_low = word.group().lower(), _bare(following[1]).lower()
    if low in knowledge.deal_verbs or low in knowledge.descriptors or low in knowledge.openers:
        return False
    if _told(text[word.start() : following.end()], seen.context):
        return True
    return (
        at_start
        and not seen.title_case
        and not low.endswith(("ing", "ly"))
        and next_low not in knowledge.not_names
        and next_low not in knowledge.deal_verbs
        and (next_low in knowledge.common or next_low in knowledge.name_tails)
    )


_ROLE_BEFORE = re.compile(
    r"\b(?:C[EFT]O|COO|(?:co-?)?founders?|chief(?: executive)?|executive|analyst|veteran|partner|"
    r"spokes\w+|chair\w*|president|director|researchers?|governor|minister|boss|head) $",
    re.IGNORECASE,
)
_ROLE_AFTER = re.compile(
    r", (?:the )?(?:[\w’'&.-]+ ){0,2}(?:C[EFT]O|(?:co-)?founder|chief|chair\w*|president|analyst)\b"
)
_LEADS = re.compile(r"( [A-Z][\w’'-]*?)-[Ll]ed (?i:group|consortium|investors)\b")
_HIS_BID = re.compile(r"['’]s (?:\S+ ){0,4}(?:bid|offer|takeover|consortium)\b", re.IGNORECASE)
_INVESTS = re.compile(
    r"(?: (?:and \w+ )?(?:(?:also|personally|discreetly|just|himself|herself) )?(?:back(?:s|ed)|invest(?:s|ed)|bets?|"
    r"bid|bids|buys|bought|acquire[sd]|join(?:s|ed)|leads?|led|put|puts|spen[dt]s?|t(?:ook|akes|aking) part|"
    r"wrote|writes|launch(?:es|ed)|seeks?|pledge[sd]))\b",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"\b(?:rounds?|rais(?:es?|ed|ing)|funding|invest\w*|back(?:ers?|ed|ing)|seed|series|angels?|"
    r"financing|led|joined|from)\b",
    re.IGNORECASE,
)
_LISTED_WITH = re.compile(r"(?:,| and|, and| &) (?:(?:[A-Z]\S* ){1,3}(?:co-?founder|chief|veteran|boss) )?$")


def _name_of_run(
    run: list[re.Match[str]], seen: _Seen, found: Sequence[NameMention]
) -> NameMention | None:
    text, knowledge = seen.text, seen.knowledge
    words = list(run)
    if words and words[0].start() - 1 in seen.ends and text[words[0].start() - 1] == " ":
        return None  # "Acme Blackwell": what belongs to a listed company
    while words and _is_descriptor(words[0], seen):
        words.pop(0)
    if not words:
        return None
    start, end = words[0].start(), words[-1].start() + len(_bare(words[-1].group()))
    lows = [_bare(word.group()).lower() for word in words]
    if lows[-1] in _BODIES:
        origin = seen.origin_before(start)
        generic = all(low in knowledge.common or low in knowledge.name_tails for low in lows)
        if generic and start - 3 in seen.ends and text[start - 3 : start - 1] in ("'s", "’s"):
            return None  # "Acme's Pledge Fund"
        if origin is not None and (generic if seen.title_case else True):
            return NameMention(text[origin:end], origin, end)  # "Ireland Growth Fund"
        if lows[-1] in ("bank", "university", "institute") and text.startswith(" of ", end):
            for stop, begin in seen.origins.items():
                if begin == end + 4:  # "Industrial Bank of Korea"
                    return NameMention(text[start:stop], start, stop)
        if seen.title_case and generic and lows[-1] not in ("partners", "ventures"):
            return None  # "Private Credit Fund"
    if all(low in knowledge.name_tails for low in lows):
        return None
    if lows[0] in knowledge.titles:
        return None
    first = _bare(words[0].group())
    person = ""
    if len(words) >= 2 and first.lower() in knowledge.first_names:
        person, words = text[start : words[1].start() + len(_bare(words[1].group()))], words[2:]
    elif len(words) == 1 and first.lower() in knowledge.surnames:
        person, words = knowledge.surnames[first.lower()], words[1:]
    elif len(words) in (2, 3) and lows[-1] not in knowledge.name_tails:
        if _ROLE_BEFORE.search(text[max(0, start - 30) : start]) or _ROLE_AFTER.match(text, end):
            person, words = text[start:end], []
    if person:
        if not words or lows[-len(words)] in knowledge.name_tails:
            return _investor(person, start, end, seen, found)
        start = words[0].start()  # a person, and what may be theirs: "Jane Doe Acme startup"
    name = text[start:end]
    if name.lower() in knowledge.first_names and _TIED_NEXT.match(text, end):
        leads = _LEADS.match(text, end)  # "Jane Doe-backed", or "Jane Doe-led group"
        return NameMention(name + leads[1], start, leads.end(1)) if leads else None
    if len(name) < 3 or (name.isupper() and _is_plain(name, knowledge)):
        return None
    parts = name.lower().split("-") if len(words) == 1 and seen.title_case and "-" in name else ()
    if any(part in knowledge.common for part in parts):
        return None
    return NameMention(name, start, end)


def _is_descriptor(word: re.Match[str], seen: _Seen) -> bool:
    low = _bare(word.group()).lower()
    knowledge, start = seen.knowledge, word.start()
    if low not in knowledge.descriptors:
        return False
    if seen.in_firm(start) and seen.origin_before(start) is not None:
        return False  # "Norway Wealth Fund"
    # inside a sentence a capital proves that the word is part of a name: "Energy Example"
    return (
        (seen.title_case and not seen.in_firm(start))
        or low in knowledge.nations
        or low in knowledge.not_names
        or low not in knowledge.name_tails
        or (not seen.title_case and _at_start(seen.text, start))
    )


def _is_plain(name: str, knowledge: Knowledge) -> bool:
    lows = name.lower().split()
    return all(low in knowledge.not_names for low in lows) or (
        len(lows) > 1 and all(low in knowledge.not_names or low in knowledge.common for low in lows)
    )


def _investor(
    person: str, start: int, end: int, seen: _Seen, found: Sequence[NameMention]
) -> NameMention | None:
    """Return a person who puts in money: before a verb of buying, or listed among investors."""
    text = seen.text
    if text.startswith(("'s", "’s"), end):
        return NameMention(person, start, end) if _HIS_BID.match(text, end) else None
    if _INVESTS.match(text, end):
        return NameMention(person, start, end)
    listed = _LISTED_WITH.search(text, max(0, start - 40), start)
    if listed is None or _ROUND.search(text) is None:
        return None
    at = listed.start()
    if at in seen.ends or any(mention.end == at for mention in found):
        return NameMention(person, start, end)
    return None
