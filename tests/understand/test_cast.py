"""Promises about weighing sides: the heaviest sum wins; unlearned, the rules stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Kind, Story
from bot.understand.cast import Sides, candidates, cast, sides_by_weight, with_lists
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
        pytest.param([0.0, 2.0, 0.0], [], ["Nvidia", "Norvexa"], id="recipients"),
        pytest.param([0.0, 0.0, 1.5], [], [], id="neither"),
    ],
)
def test_the_heaviest_side_wins(
    weights: list[float], payers: list[str], recipients: list[str], known: Knowledge
) -> None:
    taught = replace(known, side_weights={"bias": weights})
    sides = cast(read("Nvidia to invest in Norvexa", taught), Kind.EQUITY, Sides(), taught)

    assert (list(sides.payers), list(sides.recipients)) == (payers, recipients)


@pytest.mark.parametrize(
    ("title", "place", "payers", "recipients"),
    [
        pytest.param("Google builds in Ohio", [0.0, 4.0, 0.0], [], ["Ohio"], id="site"),
        pytest.param(
            "Japan to build a cloud", [4.0, 0.0, 0.0], ["Japan government"], [], id="state"
        ),
        pytest.param("Google builds in Ohio", [0.0, 0.0, 0.0], [], [], id="neither"),
    ],
)
def test_a_place_is_weighed_as_a_site_or_as_a_government_that_pays(
    title: str, place: list[float], payers: list[str], recipients: list[str], known: Knowledge
) -> None:
    taught = replace(known, side_weights={"bias": [0.0, 0.0, 3.0], "place": place})
    sides = cast(read(title, taught), Kind.BUILDOUT, Sides(), taught)

    assert (list(sides.payers), list(sides.recipients)) == (payers, recipients)


@pytest.mark.parametrize(
    ("kind", "sums", "sides"),
    [
        pytest.param(
            Kind.EQUITY, [[2, 0, 0], [0, 0, 0.5]], ["payer", "recipient"], id="first, if light"
        ),
        pytest.param(
            Kind.EQUITY, [[0, 2, 0], [0, 1, 0]], ["recipient", "neither"], id="one, if the rest is"
        ),
        pytest.param(Kind.EQUITY, [[0, 2, 0], [0, 2, 0]], ["recipient", "recipient"], id="both"),
        pytest.param(Kind.EQUITY, [[2, 1.5, 0]], ["recipient"], id="asked, not asking"),
        pytest.param(
            Kind.SUPPLY, [[0, 2, 0], [0, 0, 0.5]], ["recipient", "payer"], id="someone buys"
        ),
        pytest.param(
            Kind.DEBT, [[0, 2, 0], [0, 0, 0.5]], ["recipient", "neither"], id="lenders untold"
        ),
        pytest.param(Kind.BUILDOUT, [[0, 0, 1.5]], ["recipient"], id="a site is told"),
        pytest.param(Kind.SUPPLY, [[1, 0.5, 0]], ["payer"], id="the buyer alone is told"),
        pytest.param(Kind.SUPPLY, [[0.5, 1, 0]], ["recipient"], id="the supplier alone is told"),
        pytest.param(Kind.SUPPLY, [], [], id="nobody"),
    ],
)
def test_a_deal_has_one_recipient_and_a_purchase_a_payer(
    kind: Kind, sums: list[list[float]], sides: list[str]
) -> None:
    assert sides_by_weight(sums, kind) == sides


@pytest.mark.parametrize(
    ("kind", "sums", "ruled", "sides"),
    [
        (Kind.DEBT, [[0, 1, 1.3], [0, 1, 1.1]], ["recipient", "neither"], ["recipient", "neither"]),
        (
            Kind.ACQUISITION,
            [[1, 0, 1.3], [1, 0, 1.1]],
            ["payer", "neither"],
            ["payer", "neither"],
        ),
    ],
    ids=["who gets", "who pays"],
)
def test_where_a_side_is_looked_for_the_rules_word_counts_more(
    kind: Kind, sums: list[list[float]], ruled: list[str], sides: list[str]
) -> None:
    assert sides_by_weight(sums, kind, ruled) == sides
    assert sides_by_weight(sums, kind) != sides


def test_a_story_tells_how_often_it_comes_back_to_a_name_and_what_trade_it_is_in(
    known: Knowledge,
) -> None:
    story = Story(
        id="s", url="", source="", title="Norvexa signs Meta",
        text="Chip designer Norvexa has a deal. Norvexa sells boards.",
    )  # fmt: skip
    found = candidates(readings_of(story, known), Kind.SUPPLY, Sides())

    assert {"told=3/supply", "told in TLB/supply", "called chips"} <= found["Norvexa"].features
    assert {"told=1/supply", "called supply/hyperscaler beside chips"} <= found["Meta"].features


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


def test_names_told_in_one_list_are_weighed_together(known: Knowledge) -> None:
    readings = read("Norvexa is backed by KKR, Ares and Cisco", known)
    names, sums = ["Norvexa", "KKR", "Ares", "Cisco"], [[0, 4, 0], [3, 0, 0], [3, 0, 0], [0, 0, 1]]
    shared = with_lists(readings, names, sums)

    assert shared[0] == [0, 4, 0]
    assert shared[3] == [1, 0, pytest.approx(2 / 3)]  # half its own, half the mean of the list
    of_two = read("KKR and Ares sign a deal", known)  # one may pay the other
    assert with_lists(of_two, names, sums) == sums


@pytest.mark.parametrize(
    ("kind", "recipients"),
    [(Kind.SUPPLY, ["Vistra", "Oklo"]), (Kind.EQUITY, ["Vistra"])],
    ids=["suppliers", "of money there is one"],
)
def test_suppliers_told_in_one_list_go_together(
    kind: Kind, recipients: list[str], known: Knowledge
) -> None:
    weights = {"bias": [-1.0, 0.0, 0.5], "<from": [0.0, 3.0, 0.0], "<^": [3.0, 0.0, 0.0]}
    taught = replace(known, side_weights=weights)
    sides = cast(read("Meta buys power from Vistra and Oklo", taught), kind, Sides(), taught)

    assert (list(sides.payers), list(sides.recipients)) == (["Meta"], recipients)


def test_the_last_word_of_an_unlisted_name_tells_what_it_is(known: Knowledge) -> None:
    readings = read("Norvexa raises $90M led by Kestrel Capital", known)
    found = candidates(readings, Kind.EQUITY, ruled_sides(readings, Kind.EQUITY, known))

    assert "sort=investor" in found["Kestrel Capital"].features
    assert "sort=unlisted" in found["Norvexa"].features
