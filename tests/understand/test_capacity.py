"""Promises about megawatts: those of the deal, not of all that a story tells."""

from __future__ import annotations

import pytest

from bot.model import Kind
from bot.understand.capacity import capacity_mw_of, limit_of

SUPPLY, BUILD, BUY = Kind.SUPPLY, Kind.BUILDOUT, Kind.ACQUISITION


@pytest.mark.parametrize(
    ("sentence", "kind", "megawatts"),
    [
        ("deploys 6 GW of chips", SUPPLY, 6000),
        ("plans five gigawatts", BUILD, 5000),
        ("opens a 500 kW hall", BUILD, 0.5),
        ("a 1,200-megawatt campus", BUILD, 1200),
        ("a 180 MWdc solar plant", SUPPLY, 180),
        ("rents 200 MW at its 750-megawatt campus", SUPPLY, 200),
        ("rents space at its 750-megawatt campus", SUPPLY, None),
        ("orders 29 of the new 42 MW gas turbines", SUPPLY, None),
        ("supports a 30 MW uprate of the plant", SUPPLY, None),
        ("several campuses of more than 100 megawatts", BUILD, None),
        ("the company already runs 28 MW there", BUILD, None),
        ("the target runs 28 MW there", BUY, 28),
        ("it has a pipeline of more than 4 gigawatts", BUY, None),
        ("grows the site from 300 MW to 750 MW", BUILD, 750),
        ("a 30 MW hall in Oslo and a 40 MW one in Bergen", BUILD, None),
        ("starts with 100 MW", BUILD, 100),
    ],
)
def test_the_capacity_of_a_deal(sentence: str, kind: Kind, megawatts: float | None) -> None:
    assert capacity_mw_of(sentence, kind) == megawatts


def test_a_limit_is_that_of_the_capacity_told() -> None:
    told = "will host up to 1.6GW, of which more than 200 MW this year"
    assert limit_of(told, 1600) == "up to"
    assert limit_of(told, 200) == "over"
    assert limit_of(told, 300) == ""
