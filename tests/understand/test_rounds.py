"""Promises about co-investors and lenders: a list says of all its names that they pay, or none."""

from __future__ import annotations

import pytest

from bot.understand.knowledge import Knowledge
from bot.understand.parties import read_sentence
from bot.understand.rounds import joiners_of


@pytest.mark.parametrize(
    ("sentence", "joiners"),
    [
        pytest.param(
            "Kestrel Capital led the round, joined by AMD and existing investor Cisco.",
            {"Kestrel Capital", "AMD", "Cisco"},
            id="joined by",
        ),
        pytest.param("Existing shareholder KKR also took part.", {"KKR"}, id="took part"),
        pytest.param(
            "Other participants include Nvidia, Cisco and the Tarnwick Fund.",
            {"Nvidia", "Cisco", "Tarnwick Fund"},
            id="include",
        ),
        pytest.param("The loan was provided by Ares and KKR.", {"Ares", "KKR"}, id="lenders"),
        pytest.param("Nvidia and Cisco are among the backers.", {"Nvidia", "Cisco"}, id="among"),
        pytest.param("Nvidia and Cisco did not take part.", set(), id="not this time"),
        pytest.param("Norvexa last raised $90M from investors including KKR.", set(), id="before"),
        pytest.param("Norvexa counts Nvidia as a customer.", set(), id="customer"),
    ],
)
def test_who_else_puts_money_in(sentence: str, joiners: set[str], known: Knowledge) -> None:
    assert set(joiners_of(read_sentence(sentence, known))) == joiners
