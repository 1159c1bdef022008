"""What a language model says is believed only as far as the story itself says it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Claim, Kind, Money, Qualifier, Status, Story
from bot.understand.knowledge import Knowledge
from bot.understand.llm import question, refine

NOW = datetime(2026, 1, 5, tzinfo=UTC)
STORY = Story(
    "s1",
    "",
    "Grid",
    "Norvexa lands money for its campus in Ohio",
    "Blackstone Inc. will lend Norvexa up to $700 million over five years. The company is valued "
    "at $4 billion. Tallgrid, which borrowed $90 million last year, is to supply the power. "
    "Regulators have yet to approve the plan, people familiar with it said.",
)
RULES = Claim(
    "s1", NOW, Kind.EQUITY, Status.ANNOUNCED, recipients=("Norvexa",), round="Series B",
    evidence={"recipients": STORY.title},
)  # fmt: skip
LENDS = "Blackstone Inc. will lend Norvexa up to $700 million over five years."
LOAN = Money(700_000_000, "USD", Qualifier.UP_TO)


def refined(known: Knowledge, claim: Claim = RULES, **said: object) -> Claim:
    return refine(STORY, claim, json.dumps(said), known)


def test_a_gap_is_filled_with_what_the_story_says_and_its_sentence(known):
    claim = refined(
        known, payers=["Blackstone"], recipients=["Norvexa"], amount="$700 million", kind="debt"
    )
    assert (claim.payers, claim.recipients) == (("Blackstone",), ("Norvexa",))
    assert (claim.money, claim.kind, claim.round) == (LOAN, Kind.DEBT, None)
    assert (claim.evidence["payers"], claim.evidence["money"]) == (LENDS, LENDS)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"amount": "$1.5 billion"}, id="an invented amount"),
        pytest.param({"amount": "€700 million"}, id="another currency"),
        pytest.param({"amount": "$4 billion"}, id="a valuation"),
        pytest.param({"amount": 700_000_000}, id="an amount that is no text"),
        pytest.param({"payers": ["Meta"]}, id="an invented name"),
        pytest.param({"payers": ["Black"]}, id="half a name"),
        pytest.param({"payers": ["people familiar"]}, id="words that are no name"),
        pytest.param({"payers": "Blackstone"}, id="names that are no list"),
        pytest.param({"payers": [None, 3, {}]}, id="a list of no names"),
        pytest.param({"payers": ["Norvexa"]}, id="a payer that gets the money"),
        pytest.param(
            {"payers": ["Norvexa"], "recipients": ["Blackstone"]}, id="both sides swapped"
        ),
        pytest.param(
            {"payers": ["Blackstone"], "recipients": ["Blackstone"]}, id="one name on both sides"
        ),
        pytest.param({"kind": "present"}, id="an unknown kind"),
        pytest.param({"status": "done", "status_quote": "said"}, id="an unknown status"),
        pytest.param({"status": "rumored"}, id="a status without its words"),
        pytest.param(
            {"status": "completed", "status_quote": "the deal closed"}, id="invented words"
        ),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_the_story_does_not_bear_out_is_dropped(known, said):
    assert refined(known, **said) == RULES


def test_of_two_fields_the_bad_one_alone_is_dropped(known):
    claim = refined(known, payers=["Blackstone", "Meta"], amount="$9 billion")
    assert (claim.payers, claim.money) == (("Blackstone",), None)


def test_swapped_sides_leave_the_amount(known):
    claim = refined(known, payers=["Norvexa"], recipients=["Blackstone"], amount="$700m")
    assert (claim.payers, claim.recipients, claim.money) == ((), ("Norvexa",), LOAN)


def test_an_amount_that_the_rules_read_stands(known):
    claim = replace(RULES, money=Money(5_000_000))
    assert refined(known, claim, amount="$700 million") == claim


@pytest.mark.parametrize(
    ("names", "recipients"),
    [
        pytest.param(["Norvexa", "Tallgrid"], ("Norvexa", "Tallgrid"), id="one more"),
        pytest.param(["Tallgrid"], ("Norvexa",), id="another one"),
        pytest.param([], ("Norvexa",), id="none"),
    ],
)
def test_a_side_that_the_rules_read_may_grow_and_not_be_replaced(known, names, recipients):
    assert refined(known, recipients=names).recipients == recipients


def test_a_status_comes_with_its_words(known):
    claim = refined(known, status="rumored", status_quote="people familiar with it said")
    assert claim.status is Status.RUMORED
    assert "people familiar" in claim.evidence["status"]


def test_a_status_that_the_rules_read_stands(known):
    rumor = replace(RULES, status=Status.RUMORED)
    said = {"status": "announced", "status_quote": "will lend"}
    assert refined(known, rumor, **said).status is Status.RUMORED


@pytest.mark.parametrize(
    "answer",
    ["", "It looks like a loan.", "{", "[1]", '{"kind": }', "}{", "[" * 9_000, '{"a":' * 9_000],
)
def test_an_answer_that_is_no_object_changes_nothing(known, answer):
    assert refine(STORY, RULES, answer, known) == RULES


def test_an_object_among_prose_is_found(known):
    answer = 'Sure! Here it is:\n```json\n{"amount": "$700 million"}\n```'
    assert refine(STORY, RULES, answer, known).money == LOAN


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    said=st.dictionaries(
        st.sampled_from(["payers", "recipients", "amount", "kind", "status", "status_quote"]), _JSON
    )
)
def test_no_answer_breaks_the_check_or_adds_a_figure(said, known):
    claim = refine(STORY, RULES, json.dumps(said), known)
    assert claim.money in (None, LOAN, Money(90_000_000))
    assert not set(claim.payers) & set(claim.recipients)


def test_the_question_holds_the_start_of_the_story_and_what_the_rules_made_of_it():
    system, user = question(replace(STORY, text="word " * 1_000), RULES)
    shown = json.loads(user["content"])
    assert (system["role"], user["role"]) == ("system", "user")
    assert (shown["title"], len(shown["text"])) == (STORY.title, 1_500)
    assert shown["rules"]["recipients"] == ["Norvexa"]
