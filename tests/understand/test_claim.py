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

from bot.model import Money, Qualifier, Reason, Story
from bot.understand.claim import draft, read_story, readings_of
from bot.understand.knowledge import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)
STORIES = Path(__file__).parents[1] / "stories"


def written(name: str) -> list[Any]:
    told = tomllib.loads((STORIES / name).read_text("utf-8"))["story"]
    return [pytest.param(story, id=story["id"]) for story in told]


def story(title: str, text: str = "", dollar: str = "USD") -> Story:
    return Story(id="s1", url="", source="Example News", title=title, text=text, dollar=dollar)


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Samsung Heavy Industries led the round.", "Samsung Heavy Industries"),
        ("Samsung Heavy Industries led. Samsung did too.", "Samsung"),
        ("Samsung Heavy Industries and Samsung SDS led.", "Samsung"),
    ],
    ids=["told in full", "told short too", "two could be meant"],
)
def test_a_title_may_cut_a_name_short(text: str, payer: str, known: Knowledge) -> None:
    title, *_ = readings_of(story("Samsung backs Norvexa with $90M", text), known)
    assert [found.name for found in title.names] == [payer, "Norvexa"]


def test_a_name_that_no_list_knows_is_the_one_told_in_full_everywhere(known: Knowledge) -> None:
    told = readings_of(story("Warburg backs Norvexa", "Warburg Pincus led. Warburg paid."), known)
    assert [reading.names[0].name for reading in told] == ["Warburg Pincus"] * 3


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


def test_the_head_of_a_page_is_no_part_of_the_story(known: Knowledge) -> None:
    title = "Norvexa raises $90M for AI chips"
    head = "In Brief Posted: 2:25 PM Image Credits: Jane Doe / Getty Images Brightmere Zandoro "
    told = readings_of(story(title, f"{head}{title} Norvexa makes chips."), known)
    assert [reading.text for reading in told] == [title, "Norvexa makes chips."]


def test_a_bare_dollar_is_the_publishers_own(known: Knowledge) -> None:
    claim, _ = draft(story("Norvexa raises $90M", dollar="AUD"), known, NOW)

    assert claim.money is not None
    assert claim.money.currency == "AUD"


@pytest.mark.parametrize(
    ("title", "text", "amount"),
    [
        pytest.param(
            "Norvexa finds a taker",
            "Its sites stood idle. Now Oracle will lease them for $3 billion, it said on Monday.",
            3 * 10**9,
            id="a later sentence tells it",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "Terms were not disclosed. Norvexa will spend $140 million on new halls.",
            None,
            id="not disclosed",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "The price was not disclosed, but two bankers put it at $140 million.",
            140 * 10**6,
            id="not disclosed, but told",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "It will spend $1 billion on the sites. The two would not discuss what AMD is paying.",
            None,
            id="what is paid is not told",
        ),
        pytest.param(
            "Norvexa buys land",
            "A budget was not named. AMD is already investing $2.5bn there.",
            None,
            id="without a budget, beside what is spent already",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "Terms were kept private. AMD's revenue from chips is to reach $1.5bn.",
            None,
            id="kept private",
        ),
        pytest.param(
            "Oracle buys power from Norvexa",
            "Norvexa put revenue from the contract at $18 billion.",
            18 * 10**9,
            id="revenue from the contract",
        ),
        pytest.param(
            "Norvexa seeks money",
            "Norvexa, which is putting up $50 billion of sites, is in talks to raise $700 million.",
            700 * 10**6,
            id="near the main act",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "The deal values Norvexa at $2 billion, including $1 billion of net debt.",
            2 * 10**9,
            id="worth of what is bought whole",
        ),
        pytest.param(
            "AMD buys Norvexa",
            "It makes chips. It has a separate $4 billion contract with Oracle.",
            None,
            id="another deal",
        ),
    ],
)
def test_the_size_is_what_the_lead_tells_of_this_deal(
    title: str, text: str, amount: int | None, known: Knowledge
) -> None:
    money = draft(story(title, text), known, NOW)[0].money

    assert (money.amount if money else None) == amount


def test_the_lead_limits_and_names_the_sum_of_the_title(known: Knowledge) -> None:
    limited = story("Oracle lends Norvexa $2bn", "Oracle will lend Norvexa up to A$2 billion.")
    about = story("Oracle lends Norvexa $2bn", "Oracle will lend Norvexa about $2 billion.")

    assert draft(limited, known, NOW)[0].money == Money(2 * 10**9, "AUD", Qualifier.UP_TO)
    assert draft(about, known, NOW)[0].money == Money(2 * 10**9, qualifier=Qualifier.ABOUT)
    abroad = story(
        "Oracle lends Norvexa $2.6bn", "Oracle lends Norvexa US$2 billion (S$2.6 billion)."
    )
    assert draft(abroad, known, NOW)[0].money == Money(2 * 10**9)


def test_an_earlier_worth_is_no_valuation(known: Knowledge) -> None:
    raised = "Norvexa, last valued at $3 billion, is an AI lab. It was worth $1bn a year ago."

    assert draft(story("Norvexa raises $2bn", raised), known, NOW)[0].valuation is None


def test_what_the_whole_costs_is_no_valuation_beside_its_price(known: Knowledge) -> None:
    price = story("Nvidia acquires Norvexa for $20bn", "It was valued at $7 billion.")
    stake = story("Nvidia acquires 60% of Norvexa for $4bn at a $7 billion valuation")

    assert draft(price, known, NOW)[0].valuation is None
    assert draft(stake, known, NOW)[0].valuation == Money(7 * 10**9)


def test_what_somebody_owns_is_no_size_in_the_lead(known: Knowledge) -> None:
    lead = "The two signed on Monday. Norvexa rents it from Tarnwick under its $300 million loan."

    assert draft(story("Norvexa to rent 60 MW from Tarnwick", lead), known, NOW)[0].money is None


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


def test_the_lead_is_kept_as_far_as_it_is_whole_without_its_dateline(known: Knowledge) -> None:
    told = story(
        "Oracle lends Norvexa $2bn",
        "Jan 21 (Reuters) - Oracle has lent Norvexa $2 billion. It is to build chips. It also",
    )
    lead = ("Oracle has lent Norvexa $2 billion.", "It is to build chips.")
    assert draft(told, known, NOW)[0].lead == lead
    for text in ("Oracle has lent Norvexa $2 billion and", "Chips | Image: Grid Oracle lends it."):
        assert draft(story("Oracle lends Norvexa $2bn", text), known, NOW)[0].lead == ()
