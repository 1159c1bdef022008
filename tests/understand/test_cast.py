"""Promises about weighing sides: the heaviest sum wins; unlearned, the rules stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Kind, Story
from bot.understand.cast import Sides, candidates, cast
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.parties import Reading
from bot.understand.sides import ruled_sides


def read(title: str, known: Knowledge) -> list[Reading]:
    return readings_of(Story(id="s", url="", source="", title=title), known)


def test_without_weights_the_rules_decide(known: Knowledge) -> None:
    unlearned = replace(known, side_weights={})
    readings = read("Nvidia to invest $1bn in Norvexa", unlearned)
    ruled = ruled_sides(readings, Kind.EQUITY, unlearned)

    assert cast(readings, Kind.EQUITY, ruled, unlearned) is ruled


@pytest.mark.parametrize(
    ("weights", "payers", "recipients"),
    [
        pytest.param([2.0, 1.0, 0.0], ["Nvidia", "Norvexa"], [], id="payers"),
        pytest.param([0.0, 1.0, 0.5], [], ["Nvidia", "Norvexa"], id="recipients"),
        pytest.param([0.0, 0.0, 0.1], [], [], id="neither"),
    ],
)
def test_the_heaviest_side_wins(
    weights: list[float], payers: list[str], recipients: list[str], known: Knowledge
) -> None:
    taught = replace(known, side_weights={"bias": weights})
    sides = cast(read("Nvidia to invest in Norvexa", taught), Kind.EQUITY, Sides(), taught)

    assert (list(sides.payers), list(sides.recipients)) == (payers, recipients)


def test_a_place_stays_where_the_rules_put_it(known: Knowledge) -> None:
    taught = replace(known, side_weights={"bias": [0.0, 0.0, 1.0]})
    readings = read("Google to build $2bn data center in Ohio", taught)
    ruled = ruled_sides(readings, Kind.BUILDOUT, taught)

    assert list(cast(readings, Kind.BUILDOUT, ruled, taught).recipients) == ["Ohio"]


def test_the_rules_word_and_the_company_beside_it_speak(known: Knowledge) -> None:
    readings = read("CoreWeave signs deal with Meta", known)
    ruled = ruled_sides(readings, Kind.SUPPLY, known)
    features = candidates(readings, Kind.SUPPLY, ruled)["Meta"].features

    assert {"rule=payer", "supply/hyperscaler beside compute", "T<with"} <= features


def test_every_side_has_its_sentence(known: Knowledge) -> None:
    title = "Meta signs $14bn cloud deal with CoreWeave"
    sides = cast(
        readings := read(title, known),
        Kind.SUPPLY,
        ruled_sides(readings, Kind.SUPPLY, known),
        known,
    )

    assert sides.evidence == {"payers": title, "recipients": title}


def test_the_last_word_of_an_unlisted_name_tells_what_it_is(known: Knowledge) -> None:
    readings = read("Norvexa raises $90M led by Kestrel Capital", known)
    found = candidates(readings, Kind.EQUITY, ruled_sides(readings, Kind.EQUITY, known))

    assert "sort=investor" in found["Kestrel Capital"].features
    assert "sort=unlisted" in found["Norvexa"].features
