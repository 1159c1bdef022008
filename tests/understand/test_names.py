"""Promises about names: who is meant, and what only looks like a company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand.knowledge import Knowledge
from bot.understand.names import find_names, find_places


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
        pytest.param("Chips, GPUs and the B200 sell out in Q3", [], id="products and quarters"),
    ],
)
def test_a_text_names_these_companies(text: str, expected: list[str], known: Knowledge) -> None:
    assert names(text, known) == expected


def test_title_case_verbs_are_no_companies(known: Knowledge) -> None:
    title = "Quillstack In Talks For Huge Round Valuing It At Ten Times More"

    assert names(title, known) == ["Quillstack"]


def test_us_dollars_are_no_place(known: Knowledge) -> None:
    places = [place.name for place in find_places("A US$25bn campus in Texas", known)]

    assert places == ["Texas"]


@given(text=st.text(max_size=200))
def test_any_text_is_searched_and_mentions_stay_in_it(text: str, known: Knowledge) -> None:
    for mention in find_names(text, known):
        assert 0 <= mention.start < mention.end <= len(text)
