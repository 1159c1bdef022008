"""Promises about terms: kind, status, stake, capacity, round and whether a deal binds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import Kind, Status, Story
from bot.understand.claim import draft
from bot.understand.knowledge import Knowledge
from bot.understand.terms import binding_of, capacity_mw_of, round_of, stake_pct_of

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        pytest.param("Nvidia invests $2bn in Norvexa", Kind.EQUITY, id="investment"),
        pytest.param("Nvidia buys 4% stake in Norvexa", Kind.EQUITY, id="stake"),
        pytest.param("AMD acquires Norvexa", Kind.ACQUISITION, id="acquisition"),
        pytest.param("Norvexa raises $2bn in debt", Kind.DEBT, id="raised as debt"),
        pytest.param("Oracle lines up $9bn loan for data centers", Kind.DEBT, id="loan"),
        pytest.param("Meta signs lease with Norvexa for 200 MW", Kind.SUPPLY, id="lease"),
        pytest.param("Oracle agrees to buy power from Norvexa", Kind.SUPPLY, id="goods bought"),
        pytest.param("Google to spend $3bn on data centers in Ohio", Kind.BUILDOUT, id="spends"),
        pytest.param("Google to invest $3bn in Ohio", Kind.BUILDOUT, id="invests in a place"),
        pytest.param("Norvexa and Oracle form $2bn joint venture", Kind.VENTURE, id="venture"),
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


def test_figures_are_read_in_their_own_units() -> None:
    assert stake_pct_of("takes a 2.9% stake in Norvexa") == 2.9
    assert stake_pct_of("4% of Finland's GDP") is None
    assert capacity_mw_of("deploys 6 GW of chips") == 6000
    assert capacity_mw_of("a 1,200-megawatt campus") == 1200
    assert round_of("raises $50m in a series b round") == "Series B"
    assert binding_of("signs a letter of intent") is False
    assert binding_of("signs a definitive agreement") is True
    assert binding_of("signs an agreement") is None
