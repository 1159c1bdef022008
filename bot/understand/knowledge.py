"""What the reader knows: companies, places, cue words and weights, ready for fast look-up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from bot.model import Status
from bot.understand.mentions import Company, lowered
from bot.understand.tokens import Form, forms_of


@dataclass(frozen=True)
class Knowledge:
    """Everything that reading a story needs and no story holds."""

    companies: tuple[Company, ...]
    words: Mapping[str, Any]  #: config/words.toml as parsed
    weights: Mapping[str, Any]  #: the relevance model's weights as parsed; may be empty
    side_weights: Mapping[str, Sequence[float]]  #: of bot/understand/cast.py; may be empty
    kind_weights: Mapping[str, Sequence[float]]  #: of bot/understand/telling.py; may be empty
    common: frozenset[str]  #: words that are no names, lower case
    not_names: frozenset[str]  #: acronyms and capitalised words that are no companies
    descriptors: frozenset[str]  #: words before a name that are no part of it: "chipmaker"
    name_tails: frozenset[str]  #: words that end a name: "Labs", "Energy"
    first_names: frozenset[str]  #: two capitalised words that begin with one are a person
    surnames: Mapping[str, str]  #: one capitalised word that is known to be a person → full name
    titles: frozenset[str]  #: words before a person's name: "Governor"
    nations: frozenset[str]  #: adjectives of places: "Saudi"
    homelands: Mapping[str, str]  #: adjective of a place → the place
    openers: frozenset[str]  #: plain words that begin a sentence and no name: "After", "Shares"
    metropolises: frozenset[str]  #: towns that say more than the state they lie in
    deal_verbs: frozenset[str]  #: verbs whose subject is a company
    forms: Mapping[str, Form]  #: every word that names an act, lower case
    status: Mapping[
        Status, re.Pattern[str]
    ]  #: words that tell how far a deal has come, for lower case
    _aliases: tuple[tuple[str, Company | None], ...] = field(repr=False)
    _automaton: AhoCorasick = field(repr=False)

    def matches(self, lower: str) -> list[tuple[int, int, int]]:
        """Return (alias, start, end) for every alias in *lower*, longest first at each place."""
        return self._automaton.find_matches_as_indexes(lower)

    def alias(self, index: int) -> tuple[str, Company | None]:
        """Return an alias as listed and its company, or a place and None."""
        return self._aliases[index]


def knowledge_of(
    companies: Iterable[Company],
    weights: Mapping[str, Any],
    words: Mapping[str, Any],
    side_weights: Mapping[str, Sequence[float]] | None = None,
    kind_weights: Mapping[str, Sequence[float]] | None = None,
) -> Knowledge:
    """Return the knowledge that *companies*, weights and cue *words* make up, indexed once."""
    companies = tuple(companies)
    forms = forms_of(words.get("acts", {}))
    common = frozenset(
        [
            *_listed(words, "common"),
            *_listed(words, "common_english"),
            *_listed(words, "deal_verbs"),
            *forms,
        ]
    )
    listed: dict[str, tuple[str, Company | None]] = {}
    same = _pairs(words, "same_places")
    for place in (*_listed(words, "places"), *same):
        listed.setdefault(lowered(place), (same.get(place, place), None))
    for company in companies:
        for alias in (*company.aliases, company.name):  # of two spellings the name's own counts
            listed[lowered(alias)] = (alias, company)
    for company in companies:
        symbol = company.ticker.partition(":")[2]
        # shorter symbols and those that are words (ARM, FLEX) say too little
        if len(symbol) > 2 and symbol.isalpha() and symbol.lower() not in common:
            listed.setdefault(symbol.lower(), (symbol, company))
    nations = frozenset(_listed(words, "nations"))
    return Knowledge(
        companies=companies,
        words=words,
        weights=weights,
        side_weights=side_weights or {},
        kind_weights=kind_weights or {},
        common=common,
        not_names=nations.union(_listed(words, "not_names")),
        descriptors=nations.union(_listed(words, "descriptors")),
        name_tails=frozenset(_listed(words, "name_tails")),
        first_names=frozenset(_listed(words, "first_names")),
        surnames={name.rpartition(" ")[2].lower(): name for name in _listed(words, "surnames")},
        titles=frozenset(_listed(words, "titles")),
        nations=nations,
        homelands=_pairs(words, "homelands"),
        openers=frozenset(_listed(words, "openers")),
        metropolises=frozenset(_listed(words, "metropolises")),
        deal_verbs=frozenset(_listed(words, "deal_verbs")),
        forms=forms,
        status={
            Status(name): re.compile(rf"(?<!\w)(?:{'|'.join(cues)})(?:(?<=[\s$€£])|(?!\w))")
            for name, cues in words.get("status", {}).items()
        },
        _aliases=tuple(listed.values()),
        _automaton=AhoCorasick(list(listed), matchkind=MatchKind.LeftmostLongest),
    )


def _pairs(words: Mapping[str, Any], section: str) -> dict[str, str]:
    return dict(pair.split(" = ") for pair in _listed(words, section))


def _listed(words: Mapping[str, Any], section: str) -> Sequence[str]:
    """Return a section's words: a list, or one text of words parted by blanks or by "|"."""
    section_words = words.get("names", {}).get(section, ())
    if isinstance(section_words, str):
        parts = section_words.split("|") if "|" in section_words else section_words.split()
        return [" ".join(part.split()) for part in parts if part.strip()]
    return list(section_words)
