"""The card of a company: found by any of its names, its money told without double counting."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Question
from bot.chat.company import company_answer
from bot.model import Kind, Status
from bot.store.database import open_store
from bot.store.deals import Deals
from tests.alerts.test_totals import deal, up_to

ALIASES = {"nvda": "Nvidia", "nvidia corp": "Nvidia", "nvidia": "Nvidia"}


@pytest.fixture
def deals(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        yield Deals(db)


def card(deals, name):
    return company_answer(Question("company", name), deals, ALIASES)


@pytest.fixture
def nvidia(deals):
    deals.save(deal(1, 2))
    deals.save(deal(2, 3, kind=Kind.SUPPLY, payers=("Meta", "Oracle"), recipients=("Nvidia",)))
    deals.save(up_to(3, 100))
    deals.save(deal(4, 5, status=Status.RUMORED, recipients=("OpenAI",)))
    deals.save(deal(5, 1, kind=Kind.DEBT, recipients=("OpenAI",)))
    deals.save(deal(6, 9, payers=("AMD",), recipients=("Nvidia Graphics Museum",)))
    return deals


@pytest.mark.parametrize("name", ["nvidia", "NVDA", "Nvidia Corp.", ' "Nvidia" '])
def test_a_company_is_found_by_any_of_its_names(nvidia, name):
    found = card(nvidia, name)
    assert found.title == "Nvidia: 5 deals"
    assert found.text.splitlines() == [
        "Money out: 2 deals worth $3.0B",
        "    equity $2.0B · debt $1.0B",
        "Not in the sum: ceilings of up to $100B in 1 deal, rumored $5.0B in 1 deal.",
        "Money in: 1 deal worth $3.0B",
        "Most deals with: Nokia (2), Meta (1), OpenAI (1), Oracle (1)",
    ]
    assert [each.id for each in found.deals][:1] == ["20251028-5"]
    assert "counts in full" in found.hint


def test_a_consortium_s_amount_is_not_said_to_be_each_payer_s(nvidia):
    assert card(nvidia, "meta").text.startswith(
        "Money out: 1 deal worth $3.0B, 1 of them together with others\n"
    )


def test_the_beginning_of_one_name_is_enough(deals):
    deals.save(deal(1, payers=("Brookfield Asset Management",)))
    assert card(deals, "brookfield").title == "Brookfield Asset Management: 1 deal"


def test_the_beginning_of_several_names_asks_which(deals):
    deals.save(deal(1, payers=("Brookfield Asset Management",)))
    deals.save(deal(2, recipients=("Brookfield Renewable",)))
    found = card(deals, "brookfield")
    assert "names 2 companies" in found.error
    assert "/deals company Brookfield Renewable" in found.hint


@pytest.mark.parametrize("name", ["", '""', "  ", "…", "\x00", "<!channel>", "x" * 3000, "ß" * 400])
def test_a_name_that_nobody_has_gets_a_clear_answer(nvidia, name):
    found = card(nvidia, name)
    assert found.error
    assert len(found.error) + len(found.hint) < 400


def test_a_name_of_three_thousand_letters_is_told(deals):
    name = "Zeta " * 600
    deals.save(deal(1, payers=(name.strip(),)))
    assert card(deals, "zeta").title.endswith(": 1 deal")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_name_breaks_an_answer(nvidia, name):
    assert card(nvidia, name).title
