"""Promises about whole stories: one card, with its sentences, or the reason it is put aside."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Reason, Story
from bot.understand.claim import draft, read_story
from bot.understand.knowledge import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)
STORIES = Path(__file__).parents[1] / "stories"


def written(name: str) -> list[Any]:
    told = tomllib.loads((STORIES / name).read_text("utf-8"))["story"]
    return [pytest.param(story, id=story["id"]) for story in told]


def story(title: str, text: str = "", dollar: str = "USD") -> Story:
    return Story(id="s1", url="", source="Example News", title=title, text=text, dollar=dollar)


@pytest.mark.parametrize("told", written("cards.toml") + written("leads.toml"))
def test_a_story_makes_exactly_this_card(told: dict[str, Any], known: Knowledge) -> None:
    claim, _ = draft(story(told["title"], told.get("text", "")), known, NOW)
    money = claim.money
    card = {
        "kind": str(claim.kind),
        "status": str(claim.status),
        "payers": list(claim.payers),
        "recipients": list(claim.recipients),
        "amount": money.amount if money else 0,
        "currency": money.currency if money else "",
        "qualifier": str(money.qualifier) if money else "",
    }

    assert card == told["claim"]


def test_every_stated_field_has_its_sentence(known: Knowledge) -> None:
    title = "Nvidia to invest up to $2bn in Norvexa at a $9bn valuation"
    claim, _ = draft(story(title), known, NOW)

    assert {"kind", "status", "payers", "recipients", "money", "valuation"} <= set(claim.evidence)
    assert set(claim.evidence.values()) == {title}


def test_a_bare_dollar_is_the_publishers_own(known: Knowledge) -> None:
    claim, _ = draft(story("Norvexa raises $90M", dollar="AUD"), known, NOW)

    assert claim.money is not None
    assert claim.money.currency == "AUD"


def test_a_story_without_a_date_is_said_now(known: Knowledge) -> None:
    undated = story("Nvidia to invest $2bn in Norvexa")
    dated = replace(undated, published=datetime(2025, 12, 1, tzinfo=UTC))

    assert draft(undated, known, NOW)[0].said_at == NOW
    assert draft(dated, known, NOW)[0].said_at == dated.published


@pytest.mark.parametrize(
    "title",
    [
        "Nvidia investiert eine Milliarde Dollar in den finnischen Netzausrüster Nokia",
        "Nvidia investit un milliard de dollars dans le fabricant finlandais Nokia",
        "エヌビディアがノキアに10億ドルを出資",
    ],
    ids=["German", "French", "Japanese"],
)
def test_other_languages_are_put_aside(title: str, known: Knowledge) -> None:
    verdict = read_story(story(title), known, NOW)

    assert verdict.claim is None
    assert verdict.reason is Reason.LANGUAGE


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=120), text=st.text(max_size=400))
def test_no_text_breaks_the_reader(title: str, text: str, known: Knowledge) -> None:
    verdict = read_story(story(title, text), known, NOW)

    assert (verdict.claim is None) is (verdict.reason is not None)


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            "Nvidia OpenAI Norvexa acquires raises $5bn to by in Texas and , . : loan from deal's "
            "stake 40% rejects US$ near 6GW power fund joint venture up valuation".split()
        ),
        max_size=30,
    )
)
def test_no_heap_of_deal_words_breaks_the_reader(words: list[str], known: Knowledge) -> None:
    claim, _ = draft(story(" ".join(words), " ".join(reversed(words))), known, NOW)

    assert not set(claim.payers) & set(claim.recipients)
