"""Promises about terms: kind, status, stake, capacity, round and whether a deal binds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import Kind, Layer, Status, Story
from bot.understand.claim import draft
from bot.understand.knowledge import Knowledge
from bot.understand.terms import (
    binding_of,
    round_of,
    stake_pct_of,
    term_years_of,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        pytest.param("Nvidia invests $2bn in Norvexa", Kind.EQUITY, id="investment"),
        pytest.param(
            "Nvidia to invest $2bn in Corning as part of fiber deal",
            Kind.EQUITY,
            id="with an order",
        ),
        pytest.param("OpenAI fund raise set at $9bn", Kind.EQUITY, id="a fund raise is no fund"),
        pytest.param("Nvidia buys 4% stake in Norvexa", Kind.EQUITY, id="stake"),
        pytest.param("AMD acquires Norvexa", Kind.ACQUISITION, id="acquisition"),
        pytest.param("Norvexa raises $2bn in debt", Kind.DEBT, id="raised as debt"),
        pytest.param("Oracle lines up $9bn loan for data centers", Kind.DEBT, id="loan"),
        pytest.param("Meta signs lease with Norvexa for 200 MW", Kind.SUPPLY, id="lease"),
        pytest.param("Oracle agrees to buy power from Norvexa", Kind.SUPPLY, id="goods bought"),
        pytest.param("Oracle to buy Norvexa Power", Kind.ACQUISITION, id="goods in a name"),
        pytest.param("Google to spend $3bn on data centers in Ohio", Kind.BUILDOUT, id="spends"),
        pytest.param("Ohio lands $3 billion data center", Kind.BUILDOUT, id="a place gets a site"),
        pytest.param("Google to invest $3bn in Ohio", Kind.BUILDOUT, id="invests in a place"),
        pytest.param("Norvexa and Oracle form $2bn joint venture", Kind.VENTURE, id="venture"),
        pytest.param("KKR launches $2bn AI infrastructure company", Kind.VENTURE, id="new company"),
        pytest.param("KKR and Meta partner on $2bn data center", Kind.VENTURE, id="partner on"),
        pytest.param("KKR and Meta set up lending platform", Kind.VENTURE, id="lending platform"),
        pytest.param("SoftBank seeks loan backed by OpenAI stake", Kind.DEBT, id="secured loan"),
        pytest.param("Meta eyes $2bn data center financing", Kind.DEBT, id="financing of a site"),
        pytest.param(
            "Norvexa gets $2 billion for Ohio data center", Kind.DEBT, id="got for a site"
        ),
        pytest.param("Banks line up $2bn for Norvexa sites", Kind.DEBT, id="banks line up"),
        pytest.param("Norvexa prices $2bn of senior notes", Kind.DEBT, id="notes"),
        pytest.param("Norvexa opens $2bn credit facility", Kind.DEBT, id="credit facility"),
        pytest.param(
            "Norvexa breaks ground on bigger Texas facility", Kind.BUILDOUT, id="facility of bricks"
        ),
        pytest.param(
            "Google gets option to buy $2bn in Norvexa shares", Kind.EQUITY, id="shares bought"
        ),
        pytest.param(
            "KKR to take Norvexa private for $2bn including debt", Kind.ACQUISITION, id="private"
        ),
        pytest.param("Norvexa rejects Meta's $2bn offer", Kind.ACQUISITION, id="offer rejected"),
        pytest.param(
            "Musk buys gas turbine company to power AI", Kind.ACQUISITION, id="a maker of goods"
        ),
        pytest.param("Norvexa takes over Helvora", Kind.ACQUISITION, id="takes over"),
        pytest.param("Norvexa combines with Helvora", Kind.ACQUISITION, id="combines"),
        pytest.param(
            "Google to build AI chips with Marvell", Kind.SUPPLY, id="chips built by a partner"
        ),
        pytest.param("Meta invests in 650 MW of solar power", Kind.SUPPLY, id="power"),
        pytest.param("Google to pay $900M a month for AI compute", Kind.SUPPLY, id="pays for it"),
        pytest.param(
            "OpenAI signs deal with CoreWeave ahead of IPO", Kind.SUPPLY, id="a listing to come"
        ),
        pytest.param(
            "KKR to invest $2bn in Norvexa data centre arm", Kind.EQUITY, id="a company of sites"
        ),
    ],
)
def test_a_title_tells_the_kind(title: str, kind: Kind, known: Knowledge) -> None:
    assert draft(Story(id="s", url="", source="", title=title), known, NOW)[0].kind is kind


@pytest.mark.parametrize(
    ("title", "status"),
    [
        pytest.param("AMD in talks to buy Norvexa", Status.RUMORED, id="talks"),
        pytest.param("AMD may buy Norvexa", Status.RUMORED, id="may"),
        pytest.param("AMD near deal to buy Norvexa", Status.RUMORED, id="near deal"),
        pytest.param("AMD agrees to buy Norvexa", Status.ANNOUNCED, id="agrees"),
        pytest.param(
            "Norvexa raises $65bn, nears $1 trillion valuation",
            Status.ANNOUNCED,
            id="nears a worth",
        ),
        pytest.param("AMD completes purchase of Norvexa", Status.COMPLETED, id="completes"),
        pytest.param(
            "Alba completes first close of $1bn round", Status.COMPLETED, id="-a completes"
        ),
        pytest.param("AMD closes Norvexa purchase", Status.COMPLETED, id="closes a named purchase"),
        pytest.param(
            "Norvexa stock closed 4% higher on deal", Status.ANNOUNCED, id="closed higher"
        ),
        pytest.param("AMD reportedly signs Norvexa deal", Status.ANNOUNCED, id="reportedly signs"),
        pytest.param(
            "AMD inks deal. It could pay off", Status.ANNOUNCED, id="could after the deal"
        ),
        pytest.param("AMD reportedly to buy Norvexa", Status.RUMORED, id="reportedly to buy"),
        pytest.param("Meta talks on Norvexa campus stall", Status.CANCELLED, id="stall"),
        pytest.param("Meta hits pause on Ohio campus", Status.CANCELLED, id="hits pause"),
        pytest.param("Oracle, OpenAI drop plan to expand", Status.CANCELLED, id="drop a plan"),
        pytest.param("Intel, Norvexa end merger talks", Status.CANCELLED, id="end talks"),
        pytest.param("Norvexa, KKR close $410M note", Status.COMPLETED, id="they close"),
        pytest.param("Norvexa drops on $8bn share sale", Status.ANNOUNCED, id="drops on"),
        pytest.param("Norvexa files for IPO, eyes $9bn", Status.ANNOUNCED, id="files, then eyes"),
        pytest.param("Norvexa, AMD shelve plan for campus", Status.CANCELLED, id="they shelve"),
        pytest.param("Meta puts Ohio campus on hold", Status.CANCELLED, id="on hold"),
        pytest.param("Norvexa pulls $2bn bond sale", Status.CANCELLED, id="pulls a sale"),
        pytest.param("KKR, Helvora vie to lend $2bn to Norvexa", Status.RUMORED, id="vie to"),
        pytest.param("Norvexa raises $2bn, vying with AMD", Status.ANNOUNCED, id="rivals vie"),
        pytest.param(
            "Norvexa announces closing of C$58 million financing",
            Status.COMPLETED,
            id="closing of a sum",
        ),
        pytest.param("Norvexa opens its wallet to AMD", Status.ANNOUNCED, id="opens no site"),
        pytest.param("Norvexa rejects AMD takeover bid", Status.CANCELLED, id="rejects"),
        pytest.param("AMD no longer in talks to buy Norvexa", Status.CANCELLED, id="no longer"),
        pytest.param(
            "Norvexa stock drops on $8bn share sale", Status.ANNOUNCED, id="a price that drops"
        ),
    ],
)
def test_a_title_tells_how_far_a_deal_has_come(
    title: str, status: Status, known: Knowledge
) -> None:
    assert draft(Story(id="s", url="", source="", title=title), known, NOW)[0].status is status


@pytest.mark.parametrize(
    ("title", "lead", "status"),
    [
        pytest.param(
            "AMD eyed Norvexa for years",
            "AMD is in talks to buy it, people familiar with the matter said.",
            Status.RUMORED,
            id="a lead softens a title that says nothing",
        ),
        pytest.param(
            "AMD wins Norvexa order",
            "It could be worth $2bn, sources said.",
            Status.ANNOUNCED,
            id="a lead does not soften an order won",
        ),
        pytest.param(
            "AMD to buy Norvexa",
            "The purchase is expected to close in June.",
            Status.ANNOUNCED,
            id="expected to close",
        ),
        pytest.param(
            "Norvexa raises $90M to cool racks",
            "Norvexa has closed a $90 million Series B led by Helvora Capital.",
            Status.COMPLETED,
            id="the text says closed",
        ),
        pytest.param(
            "Norvexa has a new owner",
            "Helvora has acquired the operator of data centers for $90 million.",
            Status.COMPLETED,
            id="has acquired",
        ),
        pytest.param(
            "AMD in talks to buy Norvexa",
            "AMD has acquired three start-ups this year.",
            Status.RUMORED,
            id="another purchase that closed",
        ),
        pytest.param(
            "AMD agrees to buy Norvexa",
            "The purchase comes a year after AMD completed that of Helvora.",
            Status.ANNOUNCED,
            id="closed long ago",
        ),
        pytest.param(
            "AMD to buy Norvexa for $2bn",
            "It outbid Helvora, people close to the auction said.",
            Status.ANNOUNCED,
            id="people close to it",
        ),
        pytest.param(
            "Bankers get a reality check",
            "Plans by AMD to buy Norvexa have been called off.",
            Status.CANCELLED,
            id="called off in the text alone",
        ),
        pytest.param(
            "AMD acquires Norvexa",
            "AMD today announced that it has completed the acquisition of Norvexa.",
            Status.COMPLETED,
            id="announced that it has",
        ),
    ],
)
def test_a_lead_may_tell_how_far_a_deal_has_come(
    title: str, lead: str, status: Status, known: Knowledge
) -> None:
    told = Story(id="s", url="", source="", title=title, text=lead)

    assert draft(told, known, NOW)[0].status is status


@pytest.mark.parametrize(
    ("title", "layer"),
    [
        pytest.param("Meta signs 20-year nuclear deal with Norvexa", Layer.POWER, id="power"),
        pytest.param("Meta to buy fiber from Norvexa", Layer.NETWORKING, id="fiber"),
        pytest.param("Banks lend $2bn for OpenAI data center", Layer.DATACENTER, id="site"),
        pytest.param("Amazon borrows $2bn from banks", Layer.DATACENTER, id="a cloud borrows"),
        pytest.param("Microsoft to invest $2bn in Norway", Layer.DATACENTER, id="a cloud builds"),
        pytest.param("SK Hynix to build $2bn fab in Indiana", Layer.CHIPS, id="fab"),
        pytest.param("OpenAI agrees $2bn deal for compute from AMD", Layer.COMPUTE, id="compute"),
        pytest.param("Norvexa, an AI startup, raises $2bn", Layer.MODELS, id="an AI start-up"),
    ],
)
def test_the_layer_is_what_the_money_is_for(title: str, layer: Layer, known: Knowledge) -> None:
    assert draft(Story(id="s", url="", source="", title=title), known, NOW)[0].layer is layer


def test_figures_are_read_in_their_own_units() -> None:
    assert stake_pct_of("takes a 2.9% stake in Norvexa") == 2.9
    assert stake_pct_of("agrees to buy the remaining 82% of Norvexa") == 82
    assert stake_pct_of("4% of Finland's GDP") is None
    assert stake_pct_of("invests weeks after the state took a 10% stake") is None
    assert stake_pct_of("picks up 51% in cooling start-up") == 51
    assert stake_pct_of("takes 11 per cent, its chief said") == 11
    assert stake_pct_of("pays $340 million for 30pc of Norvexa") == 30
    assert stake_pct_of("buys half of a cloud firm") == 50
    assert stake_pct_of("agrees to 10% U.S. stake") == 10
    assert stake_pct_of("takes 30% of the output") is None
    assert stake_pct_of("which holds 8% of Norvexa, did not buy") is None
    assert stake_pct_of("Holders of 91% of shares agreed") is None
    assert round_of("raises $50m in a series b round") == "Series B"
    assert round_of("raises $50m in a Series B-2") == "Series B2"
    assert round_of("confirms a $350M seed") == "Seed"
    assert round_of("raises €9 million pre-seed") == "Pre-seed"
    assert round_of("plants the seed of a rival") is None
    assert binding_of("signs a letter of intent") is False
    assert binding_of("signs an MoU") is False
    assert binding_of("signs a definitive agreement") is True
    assert binding_of("signs an agreement") is None


@pytest.mark.parametrize(
    ("sentence", "kind", "years"),
    [
        ("Norvexa signs a 15-year, 300 MW hosting lease", Kind.SUPPLY, 15),
        ("will rent chips for three years from Norvexa", Kind.SUPPLY, 3),
        ("compute worth $10bn over about five years", Kind.SUPPLY, 5),
        ("the plant shut five years ago", Kind.SUPPLY, None),
        ("the seven-year secured notes pay 9%", Kind.DEBT, 7),
        ("a loan secured on a ten-year customer contract", Kind.DEBT, None),
        ("The loan runs for five years", Kind.DEBT, 5),
        ("to spend $30bn over the next four years", Kind.BUILDOUT, 4),
        ("a ten-year-old campus", Kind.BUILDOUT, None),
        ("over two years a round", Kind.EQUITY, None),
    ],
)
def test_how_long_a_deal_runs(sentence: str, kind: Kind, years: float | None) -> None:
    assert term_years_of(sentence, kind) == years
