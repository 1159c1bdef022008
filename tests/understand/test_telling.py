"""Promises about weighing the kind: what most speaks for wins; unlearned, the rules stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Kind, Story
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.parties import Reading
from bot.understand.telling import KINDS, heaviest, told_by
from bot.understand.terms import kind_features, kind_of


def read(known: Knowledge, title: str, text: str = "") -> list[Reading]:
    return readings_of(Story(id="s", url="", source="", title=title, text=text), known)


def weights_for(kind: Kind) -> list[float]:
    return [float(kind is other) for other in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_heaviest_kind_wins(kind: Kind) -> None:
    weights = {"bias": [0.0] * len(KINDS), "T:leases": weights_for(kind)}

    assert heaviest({"T:leases", "T:unheard of"}, weights) is kind


def test_without_weights_the_rules_decide(known: Knowledge) -> None:
    readings = read(known, "AMD acquires Norvexa")
    taught = replace(known, kind_weights={"bias": weights_for(Kind.DEBT)})

    assert kind_of(readings, replace(known, kind_weights={})) is Kind.ACQUISITION
    assert kind_of(readings, taught) is Kind.DEBT


def test_a_story_is_told_in_words_acts_and_sorts_of_company(known: Knowledge) -> None:
    told = told_by(read(known, "Nvidia to invest $1bn in Norvexa", "The chipmaker pays in cash."))

    assert {
        "T:invest MONEY", "any:in NAME", "L:in cash", "Tact=invest", "Tsort=CHIPMAKER",
        "Tmoney=deal",
    } <= told  # fmt: skip
    assert "title only" not in told
    assert not any("norvexa" in feature.lower() for feature in told)


def test_a_bare_deal_is_only_a_hint(known: Knowledge) -> None:
    bare = kind_features(read(known, "Norvexa and Helvora in $1 billion deal"))
    plain = kind_features(read(known, "Norvexa leases 200 MW from Helvora"))

    assert {"Thint=supply", "rule=supply"} <= bare
    assert {"Tvote=supply", "Tbest=supply", "rule=supply, by 20"} <= plain
    assert "Tbest=supply" not in bare


def test_money_put_into_a_company_is_told_apart_from_money_put_into_a_place(
    known: Knowledge,
) -> None:
    title = "Norvexa begins anew"
    company = kind_features(read(known, title, "Nvidia just put $1 billion behind the company."))
    place = kind_features(read(known, title, "Nvidia will invest $1 billion in Ohio."))

    assert "invests" in company
    assert "invests" not in place
