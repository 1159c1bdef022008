"""Questions and their answers, the same for every chat service."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Question
from bot.chat.commands import answer
from bot.model import Status
from bot.store.database import open_store
from bot.store.deals import Deals
from tests.store.test_deals import NOON, a_deal

TODAY = date(2025, 11, 1)


@pytest.fixture
def deals(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        for number in range(1, 13):
            Deals(db).save(a_deal(number, day=NOON - timedelta(days=number)))
        Deals(db).save(replace(a_deal(1), payers=("AMD",)))
        yield Deals(db)


def test_nothing_asked_shows_the_newest_page(deals):
    found = answer(Question("deals", ""), deals, TODAY)
    assert found.title == "13 deals"
    assert len(found.deals) == 10
    assert found.deals[0].payers == ("AMD",)


def test_the_next_page_goes_on_where_the_first_ended(deals):
    first = answer(Question("deals", "nvidia"), deals, TODAY)
    rest = answer(Question("deals", "nvidia", offset=10), deals, TODAY)
    assert (first.total, rest.total) == (12, 12)
    assert len({deal.id for deal in first.deals + rest.deals}) == 12


def test_one_deal_is_one(deals):
    found = answer(Question("deals", "payer:amd"), deals, TODAY)
    assert found.title == "1 deal for payer:amd"


def test_no_deals_is_said_with_what_to_try(deals):
    found = answer(Question("deals", "kind:debt"), deals, TODAY)
    assert (found.title, found.deals) == ("No deals for kind:debt", ())
    assert "help" in found.hint


def test_a_mistake_names_the_part_and_an_example(deals):
    found = answer(Question("deals", "nvidia amount>=lots"), deals, TODAY)
    assert "amount>=lots" in found.error
    assert "amount>=1b" in found.error


@pytest.mark.parametrize("text", ["20251028-1", " #20251028-1 ", "`20251028-1`"])
def test_a_deal_is_found_by_its_id_as_people_paste_it(deals, text):
    found = answer(Question("deal", text), deals, TODAY)
    assert found.deal is not None
    assert found.deal.payers == ("AMD",)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("", "/deal 20251028-1"), ("20251028-99", "/deals"), ("nvidia", "/deals nvidia")],
)
def test_no_such_deal_is_said_with_what_to_try(deals, text, hint):
    found = answer(Question("deal", text), deals, TODAY)
    assert found.error
    assert hint in found.hint


@pytest.mark.parametrize(("command", "text"), [("deals", "help"), ("deals", " HELP"), ("what", "")])
def test_help_is_short(deals, command, text):
    assert 5 <= len(answer(Question(command, text), deals, TODAY).text.splitlines()) <= 10


def test_the_top_is_the_largest_without_rumors_unless_they_are_asked_for(deals):
    for number, (dollars, status) in enumerate(
        [(3, Status.ANNOUNCED), (9, Status.RUMORED), (5, Status.COMPLETED), (8, Status.CANCELLED)]
    ):
        deals.save(a_deal(20 + number, status=status, usd=dollars * 10**9))
    found = answer(Question("top", ""), deals, TODAY, page_size=3)
    assert found.title == "Largest deals"
    assert [deal.usd for deal in found.deals] == [5 * 10**9, 3 * 10**9, 10**9]
    assert found.total == 15
    more = answer(Question("deals", found.query, offset=3), deals, TODAY, page_size=3)
    assert {deal.usd for deal in more.deals} == {10**9}, "the next page of a top is its next page"
    asked = answer(Question("top", "status:rumored"), deals, TODAY)
    assert [deal.usd for deal in asked.deals] == [9 * 10**9]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=st.sampled_from(["deals", "deal", "top", "x"]), text=st.text())
def test_no_text_breaks_an_answer(deals, command, text):
    found = answer(Question(command, text), deals, TODAY)
    assert found.title
