"""Promises of the relevance model: deals are told from what merely sounds like one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Kind, Money, Reason, Status, Story
from bot.understand.claim import draft, readings_of
from bot.understand.knowledge import Knowledge, knowledge_of
from bot.understand.mentions import Company
from bot.understand.relevance import Cues, Relevance, judge


@pytest.fixture(scope="module")
def knowledge(known: Knowledge) -> Knowledge:
    return known


def judged(knowledge: Knowledge, title: str, text: str = "", cues: Cues | None = None) -> Relevance:
    story = Story(id="s", url="", source="Example News", title=title, text=text)
    readings = readings_of(story, knowledge)
    found = cues or draft(story, knowledge, datetime(2026, 1, 1, tzinfo=UTC), readings)[1]
    return judge(readings, found, knowledge)


DEALS = {
    "stake": "Nvidia to take $2 billion stake in Coherent",
    "funding round": "Anthropic raises $20 billion at $600 billion valuation",
    "talks": "Mistral in talks to raise €2 billion, sources say",
    "takeover": "CoreWeave agrees to buy Core Scientific in $9 billion deal",
    "loan": "Crusoe secures $3 billion loan to buy GPUs",
    "bonds": "Oracle sells $18 billion of bonds to fund data centers",
    "cloud contract": "OpenAI signs $38 billion cloud deal with Amazon",
    "lease": "Microsoft leases 300 MW at Applied Digital campus in North Dakota",
    "power contract": "Google signs 20-year nuclear power deal with Kairos Power",
    "build-out": "Microsoft to invest $5 billion in data centers in Portugal",
    "venture": "BlackRock and Nvidia launch $30 billion AI infrastructure fund",
    "listing of a lab": "Mistral files confidentially for an IPO",
    "called off": "Microsoft scraps plan for data center in Ohio",
    "title case": "Meta Signs $14 Billion AI Cloud Contract With Nebius",
    "unknown start-up": "AI chip startup Quillstack raises $200 million",
}

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
    "move on a deal": "Why Nebius Stock Soared 20% After Its Meta Contract",
    "worth buying after a deal": "Should You Buy CoreWeave Stock After Its $11 Billion Deal?",
    "valuation piece": "Corning valuation check after $6 billion Meta fiber agreement",
    "spending forecast": "Meta raises capex forecast to $145 billion",
    "backlog": "CoreWeave revenue doubles, backlog hits $90 billion",
    "technical partnership": "Cisco and Nvidia partner on reference design for AI data centers",
    "listicle": "Here are the AI startups that raised $100 million or more this year",
    "residents": "Residents oppose data center in Indiana",
    "grant": "Micron to receive $6 billion in Chips Act grants",
    "ordinary shopping": "The best laptops you can buy this autumn",
}


@pytest.mark.parametrize("title", NOT_DEALS.values(), ids=NOT_DEALS.keys())
def test_what_merely_sounds_like_a_deal_is_put_aside_with_a_reason(title, knowledge):
    verdict = judged(knowledge, title)
    assert not verdict.is_deal
    assert verdict.reason is not None


@pytest.mark.parametrize("title", DEALS.values(), ids=DEALS.keys())
def test_a_deal_is_told_by_its_title_alone(title, knowledge):
    verdict = judged(knowledge, title)
    assert verdict.is_deal, verdict
    assert verdict.reason is None


OUT_OF_SCOPE = {
    "application": "Perplexity raises $500 million at $20 billion valuation",
    "AI application start-up": "AI legal assistant Norvexa raises $40 million",
    "ordinary takeover": "Kraft brand owner to buy retailer Helvora in $4 billion deal",
    "drugs": "Drugmaker Tarnwick to buy biotech Veskal for $3 billion",
    "robots": "Humanoid robot maker Kintavo raises $300 million Series B",
    "developer tools": "OpenAI to acquire developer tools startup Zandoro",
    "utility merger": "NextEra to buy rival Dominion for $60 billion",
}


@pytest.mark.parametrize("title", OUT_OF_SCOPE.values(), ids=OUT_OF_SCOPE.keys())
def test_a_deal_outside_ai_infrastructure_is_put_aside_as_such(title, knowledge):
    verdict = judged(knowledge, title)
    assert not verdict.is_deal, verdict
    assert verdict.reason is Reason.OUT_OF_SCOPE_DEAL


REASONS = {
    Reason.PRICE_MOVE: "CoreWeave shares jump 12% after earnings",
    Reason.OPINION: "3 AI stocks to buy as data center spending soars",
    Reason.EARNINGS: "Nebius revenue doubles as quarterly loss narrows",
    Reason.PRODUCT: "AMD unveils new AI accelerator",
    Reason.LEGAL: "Judge lets lawsuit over OpenAI chip deal proceed",
}


@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_the_reason_says_what_the_story_is_instead(reason, knowledge):
    assert judged(knowledge, REASONS[reason]).reason is reason


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


BOTH_SIDES = Cues(
    payers={"Meta": Company("Meta")}, recipients={"Nebius": Company("Nebius")},
    money=Money(10**9), has_act=True, kind=Kind.SUPPLY, status=Status.ANNOUNCED,
)  # fmt: skip


def test_what_the_rule_reader_found_counts(knowledge):
    title = "Meta takes Nebius capacity"
    assert (
        judged(knowledge, title, cues=BOTH_SIDES).score
        > judged(knowledge, title, cues=Cues()).score
    )


def test_the_first_sentence_counts_unless_it_repeats_the_title(knowledge):
    title = "Meta takes Nebius capacity"
    lead = "Meta signed a $3 billion contract to rent computing power from Nebius."
    alone = judged(knowledge, title).score
    assert judged(knowledge, title, lead).score > alone
    assert judged(knowledge, title, f"{title}. {title}").score == pytest.approx(alone)


def test_without_learned_weights_the_cues_alone_decide():
    bare = knowledge_of((), {}, {})
    cues = Cues(
        payers={"Alpha": None}, recipients={"Beta": None}, money=Money(10**9), has_act=True,
        kind=Kind.EQUITY, status=Status.ANNOUNCED,
    )  # fmt: skip
    assert judged(bare, "Alpha buys a stake in Beta", cues=cues).is_deal
    assert judged(bare, "Alpha thinks of Beta").reason is Reason.OTHER
