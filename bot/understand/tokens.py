"""A sentence as tokens: names, amounts, places and words, and which of them name acts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.model import Kind
from bot.understand.mentions import NameMention, PlaceMention
from bot.understand.money import MoneyMention

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that companies do with money, and who is who in it."""

    name: str
    kind: Kind
    weight: int  #: the heaviest act of a clause governs it
    slots: Mapping[str, str]  #: "subject", "object" or a preposition → part


@dataclass(frozen=True, slots=True)
class Form:
    """One word that names an act."""

    act: Act
    is_verb: bool
    is_past: bool = False


class Token(NamedTuple):  # quicker to make than a frozen dataclass, and there are many
    """A word, a name, an amount or a mark of a sentence."""

    sort: str  #: "name", "place", "money", "act", "prep", "word" or "mark"
    text: str
    low: str  #: the text in lower case
    start: int
    end: int
    name: NameMention | None = None
    is_party: bool = False  #: whether the name can be a side
    form: Form | None = None


# ---- acts, from words.toml ------------------------------------------------------------------

_IRREGULAR = {
    "buy": ("bought",), "sell": ("sold",), "lend": ("lent",), "build": ("built",),
    "win": ("won",), "spend": ("spent",), "pay": ("paid",), "bet": ("bet",), "make": ("made",),
    "take": ("took", "taken"), "get": ("got", "gotten"), "choose": ("chose", "chosen"),
    "put": ("put",), "draw": ("drew", "drawn"),
    "lead": ("led",), "co-lead": ("co-led",), "give": ("gave", "given"),
}  # fmt: skip


def forms_of(acts: Mapping[str, Mapping[str, Any]]) -> dict[str, Form]:
    """Return every word form that names an act; of two acts with one word the heavier wins."""
    forms: dict[str, Form] = {}
    for name, row in acts.items():
        slots = {
            slot: part
            for slot, part in row.items()
            if slot not in ("kind", "weight", "verbs", "nouns")
        }
        act = Act(name, Kind(row["kind"]), int(row["weight"]), slots)
        words: list[tuple[str, Form]] = []
        for verb in row.get("verbs", "").split():
            words += [
                (form, Form(act, is_verb=True, is_past=past)) for form, past in _inflected(verb)
            ]
        words += [(word, Form(act, is_verb=False)) for word in row.get("nouns", "").split()]
        for word, form in words:
            known = forms.get(word)
            if known is None or known.act.weight < act.weight:
                forms[word] = form
    return forms


def _inflected(verb: str) -> Iterable[tuple[str, bool]]:
    stem = verb.removesuffix("e")
    if re.search(r"[^aeiou][aeiou][bdgmnpt]$", verb) and verb not in ("pledge", "order", "deliver"):
        doubled = verb + verb[-1]
    else:
        doubled = stem
    yield verb, False
    yield (verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else _with_s(verb)), False
    yield doubled + "ing", False
    yield stem + "ing", False
    past = _IRREGULAR.get(verb)
    for form in past or (
        (verb[:-1] + "ied",) if re.search(r"[^aeiou]y$", verb) else (doubled + "ed", stem + "ed")
    ):
        yield form, True


def _with_s(verb: str) -> str:
    return verb + ("es" if re.search(r"(?:s|x|z|ch|sh)$", verb) else "s")


# ---- a sentence as tokens -------------------------------------------------------------------

_WORD = re.compile(r"[^\W_][\w]*(?:[-–.&'’][\w]+)*['’]?|[,;:()|—–]|\S")
_PREPOSITIONS = frozenset(
    (
        "in into to from by with for of on at between behind toward towards via through over "
        "under alongside including among against"
    ).split()
)
_MARKS = frozenset(";:|—–()")
_AND = frozenset({",", "and", "&", "plus", "+"})
#: What a list does not say between two of its names.
_NO_LIST = frozenset(
    (
        "is are was were be been has have had will would may might could should can said says told "
        "to not no nor than did does do who which that it he she they we"
    ).split()
)
_LONGEST_LINK = 8  #: tokens
_BREAKS = frozenset(
    "as after ahead amid while which who whose where when because but before despite".split()
)
CLAUSE_ENDS = _BREAKS | frozenset(";:|—–.?!")


Span = tuple[int, int, str, NameMention | None]  #: start, end, sort


def spans_of(
    names: Sequence[NameMention], places: Sequence[PlaceMention], money: Sequence[MoneyMention]
) -> list[Span]:
    """Return where names, places and amounts stand, in order; of two in one place the longer."""
    found: list[Span] = [(mention.start, mention.end, "money", None) for mention in money]
    found += [(mention.start, mention.end, "name", mention) for mention in names]
    found += [(mention.start, mention.end, "place", None) for mention in places]
    found.sort(key=lambda span: (span[0], -span[1]))
    spans: list[Span] = []
    for span in found:
        if not spans or span[0] >= spans[-1][1]:
            spans.append(span)
    return spans


def tokens_of(
    text: str, low: str, spans: Sequence[Span], knowledge: Knowledge
) -> tuple[Token, ...]:
    """Return the tokens of *text*: names, places and amounts whole, other words one by one."""
    tokens: list[Token] = []
    at = 0
    for start, end, sort, name in spans:
        tokens += _words(text, at, start, knowledge)
        is_party = name is not None and _is_party(text, low, start, end)
        tokens.append(
            Token(sort, text[start:end], low[start:end], start, end, name, is_party=is_party)
        )
        at = end
    tokens += _words(text, at, len(text), knowledge)
    return tuple(tokens)


def _words(text: str, start: int, end: int, knowledge: Knowledge) -> Iterator[Token]:
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        low = word.lower()
        bare = low if low.isalpha() else low.replace("’", "'").removesuffix("'s").rstrip("'")
        form = knowledge.forms.get(bare)
        if match.start() and text[match.start() - 1] in "-‑":  # "Acme-backed"
            form = None
        if form is not None:
            sort = "act"
        elif bare in _PREPOSITIONS:
            sort = "prep"
        elif word in _MARKS:
            sort = "mark"
        else:
            sort = "word"
        yield Token(sort, word, low, *match.span(), form=form)


def groups_of(clause: Sequence[Token]) -> list[list[int]]:
    """Return the names of a clause, those joined by "and" or a comma together.

    What stands in brackets joins nothing: "Acme (backed by Example), Sample and Test".
    """
    groups: list[list[int]] = []
    between: list[Token] = []  # since the last name
    opened = 0
    for index, token in enumerate(clause):
        opened = max(opened + (token.low == "(") - (token.low == ")"), 0)
        if token.sort != "name":
            if not opened and token.low != ")":
                between.append(token)
        elif opened:
            groups.insert(max(len(groups) - 1, 0), [index])
        elif groups and _is_link(between):
            if _is_owner(clause, index):  # "Acme, Sample's arm Example": Sample only tells whose
                continue
            groups[-1].append(index)
            between.clear()
        else:
            groups.append([index])
            between.clear()
    return groups


def _is_link(between: Sequence[Token]) -> bool:
    """Say whether two names are told together: "Acme (ACM), Japan's chip maker Example"."""
    return (
        len(between) <= _LONGEST_LINK
        and any(token.low in _AND for token in between)
        and all(_stands_in_list(token) for token in between)
    )


def _stands_in_list(token: Token) -> bool:
    if token.sort in ("act", "prep", "money"):
        return False
    is_verb = token.low.endswith(("ed", "es")) and "-" not in token.low
    return not is_verb and token.low not in _NO_LIST and token.low not in CLAUSE_ENDS


def _is_owner(clause: Sequence[Token], index: int) -> bool:
    following = clause[index + 1 : index + 2]
    return bool(following) and following[0].low in ("'", "’")


# ---- who can be a side ----------------------------------------------------------------------

_PUBLIC_BODY = re.compile(r"(?:\S+ ){0,2}(?:County|Parish|Township|City Council|Council)\b")
NOT_PARTY_AFTER = re.compile(
    r"(?:[-–‑ ]?(?:backed|owned|linked|supported|funded|affiliated|sponsored|controlled|based"
    r"|owner|parent|focused|powered|style|like|era|ready|designed|compatible|alum(?:ni)?|founder|veterans?"
    r"|(?:(?:ai|chip|cloud|model) )*(?:rival|challenger|competitor)s?"
    r"|ex-|spinoff|spinout|ceo|cfo|chief|boss|president|chairman|executive"
    r"|co-?founders?|engineers?|researchers?|scientists?)\b)"
)
_FORMER = re.compile(
    r"(?:\b(?:ex|former|formerly|rivals?|rivals? (?:of|to)|like|unlike|than|versus|vs\.?|beyond"
    r"|challenge|challenge to|challenging|(?:catch|catching) up with|compet(?:e|ing) with"
    r"|tak(?:e|es|ing) on|races?|tops|topping|trumps|trumping|surpass(?:es|ing)?"
    r"|eclips(?:es|ing)|outbids?|outbidding|rivall?ing"
    r"|overtak(?:e|es|ing)|leapfrog(?:s|ging)?|outspends?|alternative to"
    r"|(?:battle|rivalry|race|v(?:ie[sd]?|ying)) with|(?:gap|ground) (?:to|with|on)"
    r"|follow(?:s|ing)?)[- ])$"
)
_ADVISER = re.compile(
    r"\s?(?:\([^)]*\)\s?)?(?:(?:is|are|was|were|has|have|to|will)\s)?(?:acting|acted|serv(?:ed|ing)|"
    r"advis(?:ed|ing|es)|arrang(?:ed|es|ing)|guarantee[sd]?|guaranteeing|backstop(?:s|ped)?)\b"
)


def _is_party(text: str, low: str, start: int, end: int) -> bool:
    """Say whether a name can be a side: no adviser, no earlier backer, no rival, no council."""
    return not (
        _PUBLIC_BODY.match(text[start : end + 10])
        or NOT_PARTY_AFTER.match(low, end)
        or _FORMER.search(low[max(0, start - 40) : start])
        or _ADVISER.match(low, end)
    )
