"""Promises of the relevance model: deals are told from what merely sounds like one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Kind, Reason, Status, Story
from bot.understand.knowledge import Knowledge, knowledge_of
from bot.understand.relevance import Cues, Relevance, judge

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    import csv  # noqa: PLC0415
    import tomllib  # noqa: PLC0415

    from bot.understand.names import companies_of  # noqa: PLC0415

    with (CONFIG / "companies.csv").open(encoding="utf-8", newline="") as lines:
        companies = companies_of(csv.DictReader(lines))
    return knowledge_of(
        companies,
        json.loads((CONFIG / "relevance.json").read_text("utf-8")),
        tomllib.loads((CONFIG / "words.toml").read_text("utf-8")),
    )


def judged(knowledge: Knowledge, title: str, text: str = "", cues: Cues | None = None) -> Relevance:
    story = Story(id="s", url="", source="Example News", title=title, text=text)
    return judge(story, cues or Cues(), knowledge)


NOT_DEALS = {
    "stock tip": "3 AI Chip Stocks to Buy Before the Next Rally",
    "price move": "Why CoreWeave Stock Jumped 12% Today",
    "earnings": "Nvidia beats estimates as quarterly revenue climbs 40%",
    "explainer": "What is a neocloud, and how does it make money?",
    "product": "AMD launches new accelerator for AI data centers",
    "lawsuit": "Judge dismisses copyright lawsuit against OpenAI",
    "people": "Intel names new chief financial officer",
    "policy": "Senators question export rules for AI chips",
    "opinion": "The AI spending boom looks like a bubble",
    "ordinary shopping": "The best laptops you can buy this autumn",
}


@pytest.mark.parametrize("title", NOT_DEALS.values(), ids=NOT_DEALS.keys())
def test_what_merely_sounds_like_a_deal_is_put_aside_with_a_reason(title, knowledge):
    verdict = judged(knowledge, title)
    assert not verdict.is_deal
    assert verdict.reason is not None


@given(title=st.text(max_size=200), text=st.text(max_size=600))
@settings(max_examples=50, deadline=None)
def test_any_text_gets_a_verdict(title, text, knowledge):
    verdict = judged(knowledge, title, text)
    assert 0 <= verdict.score <= 1
    assert verdict.is_deal == (verdict.reason is None)


def test_every_verdict_names_what_decided_strongest_first(knowledge):
    verdict = judged(knowledge, "Nvidia to invest $2 billion in data center operator Vantage")
    strengths = [abs(float(reason.rsplit(" ", 1)[1])) for reason in verdict.why]
    assert strengths
    assert strengths == sorted(strengths, reverse=True)


def test_without_learned_weights_the_cues_alone_decide():
    bare = knowledge_of((), {}, {})
    cues = Cues(
        payers=("Alpha",), recipients=("Beta",), has_money=True, has_act=True,
        kind=Kind.EQUITY, status=Status.ANNOUNCED, known=2,
    )  # fmt: skip
    assert judged(bare, "Alpha buys a stake in Beta", cues=cues).is_deal
    assert judged(bare, "Alpha thinks of Beta").reason is Reason.OTHER
