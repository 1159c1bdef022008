"""Promises about co-investors and lenders: a list says of all its names that they pay, or none."""

from __future__ import annotations

import pytest

from bot.model import Kind, Story
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.parties import read_sentence
from bot.understand.rounds import joiners_of, leaders_of
from bot.understand.sides import sides_of


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
        pytest.param(
            "Lenders on the new loan include KKR, Japan's Cisco (CSCO) and state-owned Micron.",
            {"KKR", "Cisco", "Micron"},
            id="list with what each name is",
        ),
        pytest.param(
            "It was joined by AMD, Intel's arm Dell and Cisco.",
            {"AMD", "Dell", "Cisco"},
            id="owner",
        ),
        pytest.param(
            "Nvidia, which led the round a year ago, put in $50 million.", {"Nvidia"}, id="aside"
        ),
        pytest.param(
            "Joined by AMD (backed by Intel), Dell and Cisco.",
            {"AMD", "Dell", "Cisco"},
            id="brackets",
        ),
        pytest.param("Nvidia and Cisco will share the rest.", {"Nvidia", "Cisco"}, id="the rest"),
        pytest.param(
            "Nvidia and Cisco, both earlier backers, are also in.", {"Nvidia", "Cisco"}, id="are in"
        ),
        pytest.param(
            "Zandoro, the group that owns Nvidia and Cisco, is in talks to lead the round.",
            {"Zandoro"},
            id="what it owns",
        ),
        pytest.param("AMD, Intel and Dell returned.", {"AMD", "Intel", "Dell"}, id="returned"),
        pytest.param(
            "KKR led the round, which also includes Nvidia, Cisco and Dell.",
            {"KKR", "Nvidia", "Cisco", "Dell"},
            id="which includes",
        ),
        pytest.param(
            "It gets the loan from funds managed by KKR and Ares.", {"KKR", "Ares"}, id="funds of"
        ),
        pytest.param(
            "Intel's Tarnwick Fund, a returning backer, took part.",
            {"Tarnwick Fund"},
            id="its fund",
        ),
        pytest.param("Norvexa is in talks with lenders.", set(), id="not a lender itself"),
        pytest.param("Nvidia and Cisco did not take part.", set(), id="not this time"),
        pytest.param("Norvexa last raised $90M from investors including KKR.", set(), id="before"),
        pytest.param("The May round was led by KKR, with Nvidia.", set(), id="another month's"),
        pytest.param("Norvexa counts Nvidia as a customer.", set(), id="customer"),
    ],
)
def test_who_else_puts_money_in(sentence: str, joiners: set[str], known: Knowledge) -> None:
    assert set(joiners_of(read_sentence(sentence, known))) == joiners


def test_who_leads(known: Knowledge) -> None:
    told = "The round was co-led by KKR and Ares, with Nvidia, Cisco and AMD taking part."
    assert leaders_of(read_sentence(told, known)) == ["KKR", "Ares"]
    assert leaders_of(read_sentence("KKR and Ares will lead the round.", known)) == ["KKR", "Ares"]


def test_of_more_payers_than_a_card_can_name_those_who_lead_are_told(known: Knowledge) -> None:
    story = Story(
        id="s",
        url="",
        source="",
        title="Norvexa raises $900M",
        text="The Series C was led by KKR and Ares. Nvidia, Cisco, AMD, Intel, Dell, Samsung, "
        "Oracle, Google, Amazon and Micron participated in the round.",
    )
    readings = readings_of(story, known)
    assert set(sides_of(readings, Kind.EQUITY, known).payers) == {"KKR", "Ares"}
