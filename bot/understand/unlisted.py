"""Names that no list knows, found by their form: capitals, CamelCase, what firms end with. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.understand.mentions import (
    NEXT_WORD,
    SMALL_IN_TITLES,
    NameMention,
    PlaceMention,
    bare,
    is_title_case,
    is_told,
)
from bot.understand.persons import (
    end_of_listed_before,
    has_office,
    has_office_and_first_name,
    puts_in_money,
)

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge


_WORD = re.compile(r"[^\W_](?:[\w.+]*[\w+])?(?:[-'’‑&][\w+]+)*(?:\.(?:ai|io|com|AI)\b)?")
_CAMEL = re.compile(
    r"[a-z]+[A-Z]|[A-Z][a-z]+[A-Z]|^[A-Z]{2,}[a-z]{2,}|[a-z]\.(?:ai|io|AI)$|^\d+[A-Z][a-z]"
)
#: Whose a company is: "Acme-led".
_TIED = (
    "-anchored", "-backed", "-based", "-controlled", "-founded", "-led", "-linked", "-owned",
    "-sponsored",
)  # fmt: skip
_TIED_NEXT = re.compile(r" \w+-(?:backed|controlled|founded|led|owned)\b", re.IGNORECASE)
_LEADS = re.compile(r"( [A-Z][\w’'-]*?)-[Ll]ed (?i:group|consortium|investors)\b")
#: Products, units, quarters: B200, GB300, 5G, 400MW, Q3, FY26, 18A, MI450, Series's letters.
_NOT_A_NAME = re.compile(
    r"^(?:[A-Z]{1,3}-?\d{1,4}[A-Za-z]{0,2}s?|\d+(?:\.\d+)?(?:[GMkK]?W[hp]?|G|nm|bn|tn|mn|B|M|T|K|x|p|A|D|s|th|st|nd|rd)?"
    r"|Q[1-4]|[1-4]Q\d*|[HF]Y?[12]?\d{0,4}|FY\d+|[A-Z]|x86|\d+-?\w*(?:year|MW|GW|Year)[\w-]*|\d{4}s"
    r"|A\.I|[IVX]{2,4}|[A-Z]\w*(?:n['’]t|['’](?:re|d|ve|ll|m)))$"
)
#: "BOISE, Idaho--(BUSINESS WIRE)--", "RENO — ", "WACO, Texas (KWTX) - ".
DATELINE = re.compile(
    r"[A-Z][A-Z .,&/'’-]{2,}(?:, [A-Z][A-Za-z. ]{1,20})?"
    r"(?:,? [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?,? ?(?:\([^)]{2,30}\)|/[^/]{3,20}/)?"
    r" ?(?:--|[—–]|- )(?:\([^)]{2,30}\))?"
)
#: "(Nasdaq: ACME)"
TICKER = re.compile(
    r"\([^()]*\b(?:NYSE|NASDAQ|Nasdaq|TSXV?|OTC\w*|ASX|NSE|BSE|KOSDAQ|Euronext)\b[^()]*\)"
)
#: What a bank, a fund or an office ends with: the place before it is part of its name.
_BODIES = frozenset(
    (
        "agency authority bank board capital cooperative corporation council district enterprises "
        "equity fund institute investment investments partners pension trust university ventures"
    ).split()
)
#: What makes a place a part of a name: "Keystone Boulder Partners".
_IN_FIRM = re.compile(r" (?:Capital|Holdings|Partners|Ventures)\b(?! (?i:for|in|on|with)\b)")
#: What banks, funds and capital are called without a name: "Private Credit Fund".
_SORTS_OF_BODY = frozenset(
    (
        "additional ai asset bridge central chip climate cloud credit data debt development energy "
        "equity estate export family fresh global green growth hedge human index infrastructure "
        "innovation investment loan local long-term management money more mutual national new "
        "outside pension pledge power private public real regional retirement risk seed sovereign "
        "startup state strategic structured tech technology term the us venture wealth working"
    ).split()
)
#: In Title Case a firm's last word tells that the words before it are its name.
_FIRM = re.compile(
    r"(?:^|(?:(?i:\b(?:and|by|from|with))|,) )((?:[A-Z][\w'’&-]* ){1,4}"
    r"(?:Authority|Bank|Capital|Fund|Partners(?! (?i:for|in|on|with)\b)|Ventures))\b"
)
#: In Title Case what a company is called and a verb tell that the words between are its name.
_CALLED = re.compile(
    r"\b(?i:chipmaker|company|developer|firm|lab|maker|neocloud|operator|provider|specialist|"
    r"start-?up|unicorn) ((?:[A-Z][\w'’&-]* ){1,3}?)"
    r"(?i:acquires|bags|closes|gets|lands|launches|nabs|nets|raises|secures|signs|snags)\b"
)
#: What one tells of such companies at large: "AI Startup Funding Gets a Lift".
_OF_MANY = frozenset(
    (
        "boom bubble ceo deal debut demand exec founder frenzy funding investment investor market "
        "race raise shares stock valuation"
    ).split()
)
#: "Department of Example and Regulation" is no company, nor is what it is for.
_OFFICE = re.compile(
    r"\b(?:Bureau|Commission|Committee|Department|Ministry|Office) (?:for|of|on)(?: the)?"
    r"(?:,? (?:and |& )?[A-Z]\w+)+"
)
#: "Austin County", "Project Stargate": what is left when a place or a listed name is taken.
_NEVER_ALONE = frozenset(["borough", "county", "parish", "project", "township"])
_FIRMS = frozenset(
    (
        "advisors capital fund global industries labs management partners semiconductors "
        "technologies venture ventures"
    ).split()
)
_FIRM_WORDS = frozenset(["Advisors", "Capital", "Fund", "Management", "Partners", "Ventures"])
#: What ties the words of a name in other tongues.
_PARTICLES = frozenset("da das de del della den der des di do dos du van von".split())
#: No name alone, but part of one: "Energy Northwest".
_DIRECTIONS = frozenset(
    (
        "alpha central east eastern north northeast northern northwest south southeast southern "
        "southwest west western"
    ).split()
)
_CODE = re.compile(r"[A-Z]\d{1,2}[a-z]?")  #: "C2i Semiconductors"; but the product H100
_SENTENCE_STARTS = frozenset([".", ":", "!", "?", "•", "“", '"', "‘", "-", "|", ""])


def find_unlisted(
    text: str,
    knowledge: Knowledge,
    listed: Sequence[NameMention],
    places: Sequence[PlaceMention],
    context: str,
) -> list[NameMention]:
    """Return the companies that *text* names beside those *listed* and the *places*, in order."""
    taken = [(name.start, name.end) for name in listed]
    taken += [(place.start, place.end) for place in places if not _IN_FIRM.match(text, place.end)]
    taken += [ticker.span() for ticker in TICKER.finditer(text)]
    dateline = DATELINE.match(text)
    if dateline is not None:
        taken.append(dateline.span())
    taken += [office.span() for office in _OFFICE.finditer(text)]
    title_case = is_title_case(text)
    seen = _Seen(
        text,
        knowledge,
        context,
        title_case,
        ends=frozenset(name.end for name in listed),
        origins={place.end: place.start for place in places},
        firms=list(_firms(text)) if title_case else [],
    )
    found: list[NameMention] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        if not run:
            return
        mention = _name_of_run(run, seen, found)
        if mention is not None:
            found.append(mention)
        run.clear()

    for word in _WORD.finditer(text):
        written = word.group()
        if not title_case and written.islower() and "." not in written:
            if run and written not in _PARTICLES:
                close()
            continue  # most words
        start, end = word.span()
        if any(start < stop and begin < end for begin, stop in taken):
            close()
            continue
        if run and not _goes_with(run[-1], word, seen):
            close()
        if _joins(word, seen, in_run=bool(run)):
            run.append(word)
        else:
            close()
    close()
    return found


def _firms(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a title in Title Case has words that what stands beside them makes a name."""
    for firm in _FIRM.finditer(text):
        yield firm.span(1)
    for called in _CALLED.finditer(text):
        if not _OF_MANY & set(called[1].lower().split()):
            yield called.span(1)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text, and what is known of it before its unlisted names are read."""

    text: str
    knowledge: Knowledge
    context: str
    title_case: bool
    ends: frozenset[int]  #: where listed names end
    origins: Mapping[int, int]  #: where places end → where they begin
    firms: Sequence[tuple[int, int]]  #: those of _firms() in Title Case

    def in_firm(self, start: int) -> bool:
        """Say whether a word of a title in Title Case stands in what is a name by its words."""
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


def _goes_with(word: re.Match[str], following: re.Match[str], seen: _Seen) -> bool:
    """Say whether two words are told as one name: "Acme & Example", "Teachers' Example Fund"."""
    between = seen.text[word.end() : following.start()]
    if between in ("' ", "’ "):
        knowledge, low = seen.knowledge, bare(following.group()).lower()
        plain = low in knowledge.name_tails or low in knowledge.common
        return plain and _is_form_of_common(word.group().lower(), knowledge)
    if between.strip() in _PARTICLES and not seen.title_case:  # "Caixa Geral de Depósitos"
        return True
    return between in (" ", " & ") and not _owns(word, following, seen)


def _owns(word: re.Match[str], following: re.Match[str], seen: _Seen) -> bool:
    """Say whether *word* only tells whose the next name is: "Zandoro's Norvexa"."""
    if not word.group().endswith(("'s", "’s")):
        return False
    low = following.group().lower()  # a plain word goes on: "Rabbit's Foot Solar"
    return low not in seen.knowledge.name_tails and low not in seen.knowledge.common


def _is_form_of_common(word: str, knowledge: Knowledge) -> bool:
    """Say whether *word* is a plain word's form, as Title Case writes it: "valuing", "piles"."""
    for ending, instead in (("ying", "ie"), ("ing", "e"), ("ing", ""), ("ies", "y"), ("s", "")):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1 and stem + instead in knowledge.common:
            return True
    return False


def _joins(word: re.Match[str], seen: _Seen, *, in_run: bool) -> bool:
    """Say whether *word* is part of a name: of the run before it, or the first of one."""
    knowledge, title_case = seen.knowledge, seen.title_case
    written = bare(word.group())
    if not written or _NOT_A_NAME.match(written):
        return _number_joins(word, written, seen, in_run=in_run)
    low = written.lower()
    if low.endswith(_TIED) or _only_describes(written, knowledge):
        return False
    if low in _DIRECTIONS and not title_case and written[0].isupper():
        return in_run or NEXT_WORD.match(seen.text, word.end()) is not None  # "East Ventures"
    if low in knowledge.not_names:
        if not in_run or not written[0].isupper():
            return False
        following = None if title_case else NEXT_WORD.match(seen.text, word.end())
        return low in knowledge.name_tails or (  # "Acme Street Capital"
            following is not None and following[1] in _FIRM_WORDS
        )
    if low not in knowledge.common and _CAMEL.search(written):
        return True
    if not written[0].isupper():
        return title_case and not in_run and _is_name_in_small(low, knowledge)
    if low in knowledge.name_tails:
        return in_run or _tail_begins(word, low, seen)
    if in_run and low in knowledge.deal_verbs:
        # half a title in Title Case: "Acme-backed Example Raises"; but "Climate Pledge Fund"
        following = None if title_case else NEXT_WORD.match(seen.text, word.end())
        return following is not None and following[1].lower() in knowledge.name_tails
    if all(part in knowledge.common or part in knowledge.not_names for part in low.split("-")):
        return _plain_joins(word, seen, in_run=in_run)
    return (
        not title_case
        or in_run
        or seen.in_firm(word.start())
        or not _is_form_of_common(low, knowledge)
    )


def _number_joins(word: re.Match[str], written: str, seen: _Seen, *, in_run: bool) -> bool:
    """Say whether a number or code is part of a name: "8090 Industries", "C2i Labs", "Hut 8"."""
    if not (written.isdigit() or _CODE.fullmatch(written)):
        return False
    if in_run:
        return not seen.title_case and len(written) < 3
    following = NEXT_WORD.match(seen.text, word.end())
    return following is not None and following[1].lower() in _FIRMS


def _tail_begins(word: re.Match[str], low: str, seen: _Seen) -> bool:
    """Say whether a word that ends names begins one here: "Hokkaido Bank", "Quantum Example"."""
    if not seen.title_case and low in _BODIES and seen.origin_before(word.start()) is not None:
        return True
    return _plain_joins(word, seen, in_run=False)


def _plain_joins(word: re.Match[str], seen: _Seen, *, in_run: bool) -> bool:
    """Say whether a plain word with a capital is part of a name."""
    at_start = _at_start(seen.text, word.start())
    if not seen.title_case and (in_run or not at_start):
        return True  # a capital inside a sentence
    return _begins_or_goes_on(word, seen, at_start=at_start, in_run=in_run)


def _is_name_in_small(low: str, knowledge: Knowledge) -> bool:
    """Say whether a word that Title Case left small is a name: "Signs Lease With gridwell"."""
    return (
        len(low) > 4
        and low.isalpha()
        and low not in knowledge.common
        and low not in knowledge.descriptors
        and low not in SMALL_IN_TITLES
        and not low.endswith(("ed", "ing", "s", "er", "ly"))
    )


def _only_describes(written: str, knowledge: Knowledge) -> bool:
    """Say whether a word with a hyphen tells what sort: "AI-ready", "Multi-Gigawatt"."""
    first, hyphen, last = written.rpartition("-")
    return bool(hyphen) and (
        first.lower() == "multi"
        or last.endswith(("ed", "ing"))
        or (last.islower() and last in knowledge.common)
    )


def _at_start(text: str, start: int) -> bool:
    return start == 0 or text[max(0, start - 2) : start].strip()[-1:] in _SENTENCE_STARTS


def _begins_or_goes_on(word: re.Match[str], seen: _Seen, *, at_start: bool, in_run: bool) -> bool:
    """Say whether a plain word whose capital proves nothing is part of a name here.

    It is where the story writes it so inside a sentence; or where a sentence begins with two
    such words, of which the first is none that begins sentences: "Cathedral Energy said".
    """
    text, knowledge = seen.text, seen.knowledge
    if seen.in_firm(word.start()) and word.group().lower() not in knowledge.openers:
        return True
    if in_run:
        before = text.rfind(" ", 0, word.start() - 1) + 1
        return is_told(text[before : word.end()], seen.context)
    following = NEXT_WORD.match(text, word.end())
    if following is None:
        return False
    low, next_low = word.group().lower(), bare(following[1]).lower()
    if low in knowledge.deal_verbs or low in knowledge.descriptors or low in knowledge.openers:
        return False
    if is_told(text[word.start() : following.end()], seen.context):
        return True
    return (
        at_start
        and not seen.title_case
        and not low.endswith(("ing", "ly"))
        and next_low not in knowledge.not_names
        and next_low not in knowledge.deal_verbs
        and (next_low in knowledge.common or next_low in knowledge.name_tails)
    )


def _name_of_run(
    run: Sequence[re.Match[str]], seen: _Seen, found: Sequence[NameMention]
) -> NameMention | None:
    text, knowledge = seen.text, seen.knowledge
    if text[run[0].start() - 1 : run[0].start()] == " " and run[0].start() - 1 in seen.ends:
        return None  # "Acme Blackwell": what belongs to a listed company
    words = _without_descriptors(run, seen)
    if not words:
        return None
    start, end = words[0].start(), words[-1].start() + len(bare(words[-1].group()))
    lows = [bare(word.group()).lower() for word in words]
    if len(lows) == 1 and (lows[0] in _NEVER_ALONE or _is_rest_of_phrase(words[0], seen)):
        return None
    if lows[-1] in _BODIES:
        body = _body(start, end, seen)
        if body is not None:
            return body
        if _is_everybodys(start, lows, seen):
            return None
    if lows[0] in knowledge.titles or any(
        all(low in plain for low in lows) for plain in (knowledge.name_tails, knowledge.openers)
    ):
        return None
    person, count = _person(words, lows, seen)
    if count:
        if count >= len(lows) or lows[count] in knowledge.name_tails:
            return _investor(person, start, end, seen, found)
        start = words[count].start()  # a person, and what may be theirs: "Jane Doe Acme startup"
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


def _is_rest_of_phrase(word: re.Match[str], seen: _Seen) -> bool:
    """Say whether a plain word's form proves nothing: "Brokers say", "Purchase Agreements"."""
    written, start = word.group(), word.start()
    if written.isupper() or written.lower() in seen.knowledge.surnames:
        return False
    before = seen.text[seen.text.rfind(" ", 0, max(start - 1, 0)) + 1 : start]
    led = _at_start(seen.text, start) or (before[:1].isupper() and before.endswith(" "))
    return led and _is_form_of_common(bare(written).lower(), seen.knowledge)


def _body(start: int, end: int, seen: _Seen) -> NameMention | None:
    """Return a bank or fund with the place in its name: "Ireland Growth Fund", "Bank of Korea"."""
    text = seen.text
    origin = seen.origin_before(start)
    if origin is not None and (not seen.title_case or _is_generic(text[start:end], seen)):
        return NameMention(text[origin:end], origin, end)
    if text.startswith(" of ", end) and text.endswith(("Bank", "University", "Institute"), 0, end):
        for stop, begin in seen.origins.items():
            if begin == end + len(" of "):
                return NameMention(text[start:stop], start, stop)
    return None


def _is_everybodys(start: int, lows: Sequence[str], seen: _Seen) -> bool:
    """Say whether a body has no name of its own: "Acme's Pledge Fund", a "Private Credit Fund"."""
    if not _is_generic(" ".join(lows), seen):
        return False
    owned = start - 3 in seen.ends and seen.text[start - 3 : start - 1] in ("'s", "’s")
    return owned or (seen.title_case and set(lows[:-1]) <= _SORTS_OF_BODY)


def _is_generic(name: str, seen: _Seen) -> bool:
    knowledge = seen.knowledge
    return all(
        low in knowledge.common or low in knowledge.name_tails for low in name.lower().split()
    )


def _person(words: Sequence[re.Match[str]], lows: Sequence[str], seen: _Seen) -> tuple[str, int]:
    """Return the person that *words* begin with, and in how many words; none in 0."""
    knowledge = seen.knowledge
    start = words[0].start()
    if len(words) > 1 and lows[0] in knowledge.first_names:
        return seen.text[start : words[1].start() + len(bare(words[1].group()))], 2
    if len(words) == 1 and lows[0] in knowledge.surnames:
        return knowledge.surnames[lows[0]], 1
    end = words[-1].start() + len(bare(words[-1].group()))
    if len(words) == 1 and has_office_and_first_name(seen.text, start):
        return seen.text[start:end], 1
    told = len(words) in (2, 3) and lows[-1] not in knowledge.name_tails
    if told and has_office(seen.text, start, end):
        return seen.text[start:end], len(words)
    return "", 0


def _without_descriptors(run: Sequence[re.Match[str]], seen: _Seen) -> list[re.Match[str]]:
    words = list(run)
    descriptors = seen.knowledge.descriptors
    names_follow = any(bare(word.group()).lower() not in descriptors for word in words)
    while words and _is_descriptor(words[0], seen, names_follow=names_follow):
        words.pop(0)
    return words


def _is_descriptor(word: re.Match[str], seen: _Seen, *, names_follow: bool) -> bool:
    low = bare(word.group()).lower()
    knowledge, start = seen.knowledge, word.start()
    if low not in knowledge.descriptors:
        return False
    if (
        (seen.in_firm(start) or not seen.title_case)
        and low not in knowledge.not_names
        and seen.origin_before(start) is not None
    ):
        return False  # "Norway Wealth Fund"
    # inside a sentence a capital proves that the word is part of a name: "Public Example Fund"
    return (
        (seen.title_case and not seen.in_firm(start))
        or low in knowledge.nations
        or low in knowledge.not_names
        or low in knowledge.titles
        or low in knowledge.openers
        or not (names_follow or low in knowledge.name_tails)
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
    if puts_in_money(seen.text, end):
        return NameMention(person, start, end)
    if seen.text.startswith(("'s", "’s"), end):
        return None
    before = end_of_listed_before(seen.text, start)
    if before in seen.ends or any(name.end == before for name in found):
        return NameMention(person, start, end)
    return None
