"""Promises about names: who is meant, and what only looks like a company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand.knowledge import Knowledge
from bot.understand.mentions import is_title_case
from bot.understand.names import find_names, find_names_and_places


def names(text: str, known: Knowledge) -> list[str]:
    return [mention.name for mention in find_names(text, known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Alphabet backs Anthropic", ["Google", "Anthropic"], id="one name a company"),
        pytest.param("AWS rents chips from NVIDIA Corp.", ["Amazon", "Nvidia"], id="legal suffix"),
        pytest.param("Norvexa raises $40M", ["Norvexa"], id="unknown name in a headline"),
        pytest.param(
            "AI startup Tarnwick Labs signs Oracle", ["Tarnwick Labs", "Oracle"], id="form"
        ),
        pytest.param("The company will meta-analyse its data", [], id="a word is no company"),
        pytest.param("Jensen Huang says demand is strong", [], id="a person is no company"),
        pytest.param("Zuckerberg wants more chips", [], id="nor is a surname"),
        pytest.param("Bezos-led Norvexa raises $90M", ["Norvexa"], id="who leads it is no part"),
        pytest.param("Jeff Bezos Norvexa startup raises $90M", ["Norvexa"], id="after a person"),
        pytest.param(
            "Norvexa borrows from Saudi National Bank, Hokkaido Bank and Zandoro Re Ventures",
            ["Norvexa", "Saudi National Bank", "Hokkaido Bank", "Zandoro Re Ventures"],
            id="a place begins it",
        ),
        pytest.param(
            "The loan came from the Industrial Bank of Korea and the Texas Growth Fund.",
            ["Industrial Bank of Korea", "Texas Growth Fund"],
            id="or ends it",
        ),
        pytest.param(
            "Brass Castle Partners and Cathedral Compute led the round.",
            ["Brass Castle Partners", "Cathedral Compute"],
            id="plain words begin it",
        ),
        pytest.param(
            "Norvexa Draws $300M From Twin Ridge Credit Partners, Oracle",
            ["Norvexa", "Twin Ridge Credit Partners", "Oracle"],
            id="a firm in Title Case",
        ),
        pytest.param(
            "It was led by East Zandoro Bank and Energy Northwest, said the Chilean firm Norvexa.",
            ["East Zandoro Bank", "Energy Northwest", "Norvexa"],
            id="a direction is part of it, a nation is not",
        ),
        pytest.param(
            "It borrows from Zandoro Geral de Norvexa and Tarnwick.",
            ["Zandoro Geral de Norvexa", "Tarnwick"],
            id="particles tie it",
        ),
        pytest.param(
            "It was led by 4040 Capital, with Zandoro joining.",
            ["4040 Capital", "Zandoro"],
            id="a number begins it",
        ),
        pytest.param(
            "Norvexa Signs Letter of Intent With zandoro for 48 MW of Fuel Cells",
            ["Norvexa", "zandoro"],
            id="written small",
        ),
        pytest.param("Lumen Forge of Ohio raised $40M", ["Lumen Forge"], id="it only begins so"),
        pytest.param(
            "Norvexa Borrows $85 Million From Trinity Capital and a Private Credit Fund",
            ["Norvexa", "Trinity Capital"],
            id="a fund without a name",
        ),
        pytest.param(
            "It was led by Keystone Boulder Partners and Tarnwick Labs (TARN).",
            ["Keystone Boulder Partners", "Tarnwick Labs"],
            id="a place in a name, a name in short",
        ),
        pytest.param("AI Startup Runway Raises $315M", ["Runway"], id="a plain word, called"),
        pytest.param("AI Startup Funding Gets a Lift", [], id="start-ups at large"),
        pytest.param(
            "The Department of Licensing and Regulation cleared Norvexa.",
            ["Norvexa"],
            id="an office is no company",
        ),
        pytest.param("Multi-Gigawatt power for Norvexa", ["Norvexa"], id="how much is no name"),
        pytest.param(
            "It raised $9M from Micron Ventures, Nvidia Corp and Amazon's Climate Pledge Fund",
            ["Micron", "Nvidia", "Amazon"],
            id="an arm is its owner",
        ),
        pytest.param("Zandoro's Norvexa rents chips", ["Zandoro", "Norvexa"], id="whose it is"),
        pytest.param(
            "The round was led by Norvexa, Zandoro founder Kim Doe and Eric Doe.",
            ["Norvexa", "Zandoro", "Kim Doe", "Eric Doe"],
            id="persons among investors",
        ),
        pytest.param("Musk spent $1 billion on turbines", ["Elon Musk"], id="a person buys"),
        pytest.param("Norvexa, said CEO Xanthe Doe", ["Norvexa"], id="a person in office"),
        pytest.param(
            "BROOKSVILLE, Ill.--(BUSINESS WIRE)--Norvexa Inc. (Nasdaq: NVXA) today announced",
            ["Norvexa Inc"],
            id="a dateline and a ticker",
        ),
        pytest.param(
            "The money came from Norvexa, Zandoro Capital and angel Jane Doe, who led the seed.",
            ["Norvexa", "Zandoro Capital", "Jane Doe"],
            id="an angel",
        ),
        pytest.param(
            "Its lender is the Public Harbour Fund, beside State Norvexa and New Tarnwick.",
            ["Public Harbour Fund", "State Norvexa", "New Tarnwick"],
            id="names that begin with a plain word",
        ),
        pytest.param(
            "All of the trade press thinks that Big Tech and Hedge Funds want A.I. chips.",
            [],
            id="plain words with capitals",
        ),
        pytest.param(
            "Partners told reporters that 15 Power Purchase Agreements cover sites in Austin "
            "County and all of Project Stargate.",
            ["Stargate"],
            id="what is left of a phrase",
        ),
        pytest.param(
            "Most of the money came from G7 Ventures, 1517 Fund and the Teachers' Growth Fund.",
            ["G7 Ventures", "1517 Fund", "Teachers' Growth Fund"],
            id="codes, numbers, apostrophes",
        ),
        pytest.param("Philippine AI-optimised halls: We're all in", [], id="descriptions"),
        pytest.param("It rents chips Read More The site is large", [], id="words of a page"),
        pytest.param(
            "Chip Design, Intel CEO Lip-Bu Tan Join the Board", ["Intel"], id="half a name"
        ),
        pytest.param("Chips, GPUs and the B200 sell out in Q3", [], id="products and quarters"),
    ],
)
def test_a_text_names_these_companies(text: str, expected: list[str], known: Knowledge) -> None:
    assert names(text, known) == expected


def test_title_case_verbs_are_no_companies(known: Knowledge) -> None:
    title = "Quillstack In Talks For Huge Round Valuing It At Ten Times More"

    assert names(title, known) == ["Quillstack"]


def test_the_lead_tells_what_a_title_in_title_case_names(known: Knowledge) -> None:
    title = "Regulator Clears Vertical Compute Bond Sale"
    lead = "The regulator has cleared a bond that Vertical Compute wants to sell."

    assert names(title, known) == []
    assert [name.name for name in find_names(title, known, lead)] == ["Vertical Compute"]


def test_a_list_of_names_makes_no_title_case() -> None:
    assert is_title_case("Norvexa Raises Forty Million From Zandoro")
    assert not is_title_case("Norvexa, Zandoro, Helvora and the Quillstack Fund invested again.")


def test_a_ticker_belongs_to_the_name_before_it(known: Knowledge) -> None:
    text = "Nvidia (NASDAQ: NVDA), Cisco and Norvexa Ventures also invested."
    found = find_names(text, known)

    assert [name.name for name in found] == ["Nvidia", "Cisco", "Norvexa Ventures"]
    assert text[found[0].start : found[0].end] == "Nvidia (NASDAQ: NVDA)"


def test_us_dollars_are_no_place(known: Knowledge) -> None:
    places = [place.name for place in find_names_and_places("A US$25bn campus in Texas", known)[1]]

    assert places == ["Texas"]


@given(text=st.text(max_size=200))
def test_any_text_is_searched_and_mentions_stay_in_it(text: str, known: Knowledge) -> None:
    for mention in find_names(text, known):
        assert 0 <= mention.start < mention.end <= len(text)
