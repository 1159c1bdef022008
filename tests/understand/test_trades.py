"""Promises about trades: a company no list knows is what its name or the story says it is."""

from __future__ import annotations

import pytest

from bot.understand.knowledge import Knowledge
from bot.understand.parties import read_sentence
from bot.understand.trades import trades_of


@pytest.mark.parametrize(
    ("sentence", "trades"),
    [
        pytest.param(
            "Meta leases space from Norvexa, a developer of hyperscale campuses.",
            {"Norvexa": "datacenter"},
            id="told after",
        ),
        pytest.param("Meta backs chip designer Norvexa.", {"Norvexa": "chips"}, id="told before"),
        pytest.param("Meta signs with Norvexa Energy.", {"Norvexa Energy": "power"}, id="name"),
        pytest.param("Meta signs with Norvexa.", {}, id="not told"),
        pytest.param("Meta signs with utility Vistra.", {}, id="listed"),
    ],
)
def test_the_trade_of_a_company(sentence: str, trades: dict[str, str], known: Knowledge) -> None:
    assert trades_of([read_sentence(sentence, known)]) == trades
