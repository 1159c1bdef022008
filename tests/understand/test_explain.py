"""Every amount and name that lost says what it was taken for."""

from datetime import UTC, datetime

import pytest

from bot.model import Story
from bot.understand.claim import draft
from bot.understand.explain import lost
from bot.understand.knowledge import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TITLE = "Blackstone lends Norvexa $700 million for Ohio campus"


def why_left_out(known: Knowledge, text: str, *, is_deal: bool = True) -> dict[str, str]:
    story = Story("s1", "", "Grid", TITLE, text)
    claim, _ = draft(story, known, NOW)
    return {each.said: each.why for each in lost(story, claim if is_deal else None, known)}


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        ("Norvexa had previously raised $90 million.", "$90 million", "past"),
        ("Shares of Tallgrid fell to $12.40.", "$12.40", "share price"),
        ("Nvidia has a market cap of $5 trillion.", "$5 trillion", "market cap"),
        ("Sites will be a $900 billion market by 2030.", "$900 billion", "market"),
        ("It reported revenue of $60 million.", "$60 million", "figures"),
        ("The rent is $40 million a year.", "$40 million", "rate"),
        ("Tallgrid had agreed to borrow $300 million.", "$300 million", "earlier or nearer"),
        ("One. Two. Three. Four. Five. Six costs $8 billion.", "$8 billion", "background"),
        ("Norvexa builds there. Quorrel said so.", "Quorrel", "no side"),
        ("Tallgrid may acquire a rival.", "Tallgrid", "payer"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_left_out_says_what_it_was_taken_for(known, text, said, why):
    assert why in why_left_out(known, text)[said]


def test_what_the_claim_holds_is_not_left_out(known):
    title = "Norvexa raises $700 million from Blackstone at $4 billion valuation"
    story = Story("s1", "", "Grid", title, "Blackstone may pay up to $700 million, it said.")
    claim, _ = draft(story, known, NOW)
    assert lost(story, claim, known) == []


def test_a_story_put_aside_shows_all_that_it_could_have_said(known):
    left = why_left_out(known, "", is_deal=False)
    assert left["Blackstone"].startswith("payer")
    assert left["Norvexa"].startswith("recipient")
    assert "could have" in left["$700 million"]


def test_a_name_that_is_told_often_is_shown_once(known):
    story = Story(
        "s1", "", "Grid", TITLE, "Norvexa builds there. Rivals of Quorrel fell. Quorrel said so."
    )
    claim, _ = draft(story, known, NOW)
    assert [each.said for each in lost(story, claim, known)] == ["Quorrel"]
