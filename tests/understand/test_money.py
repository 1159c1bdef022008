"""Promises about money: every way the news writes an amount, and what the amount is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Qualifier
from bot.understand.money import Role, find_money

BILLION = 10**9


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        pytest.param("pays $1B", BILLION, "USD", id="letter"),
        pytest.param("pays US$ 1bn", BILLION, "USD", id="US dollars"),
        pytest.param("pays €2,5bn", 2_500_000_000, "EUR", id="decimal comma"),
        pytest.param("pays A$24 billion", 24 * BILLION, "AUD", id="Australian dollars"),
        pytest.param("pays Rs 1,000 crore", 10 * BILLION, "INR", id="crore"),
        pytest.param("pays ¥1 trillion", 1000 * BILLION, "JPY", id="yen"),
        pytest.param("pays 1.5bn dollars", 1_500_000_000, "USD", id="currency after"),
        pytest.param("pays half a billion dollars", BILLION // 2, "USD", id="words"),
        pytest.param("a $1,500 million loan", 1_500_000_000, "USD", id="thousands of millions"),
    ],
)
def test_an_amount_is_read_to_the_unit(text: str, amount: int, currency: str) -> None:
    (mention,) = find_money(text)

    assert (mention.money.amount, mention.money.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        pytest.param("invests $2bn", Qualifier.EXACT, id="exact"),
        pytest.param("invests up to $2bn", Qualifier.UP_TO, id="up to"),
        pytest.param("invests as much as $2bn", Qualifier.UP_TO, id="as much as"),
        pytest.param("invests more than $2bn", Qualifier.AT_LEAST, id="more than"),
        pytest.param("invests $2bn+", Qualifier.AT_LEAST, id="plus"),
        pytest.param("invests nearly $2bn", Qualifier.ABOUT, id="nearly"),
        pytest.param("invests $1-2bn", Qualifier.UP_TO, id="range"),
    ],
)
def test_up_to_is_not_exactly(text: str, qualifier: Qualifier) -> None:
    assert find_money(text)[0].money.qualifier is qualifier


@pytest.mark.parametrize(
    ("text", "role"),
    [
        pytest.param("raises money at a $9bn valuation", Role.VALUATION, id="valuation"),
        pytest.param(
            "in talks for a round valuing it above $100 billion", Role.VALUATION, id="valuing"
        ),
        pytest.param("backs a rival at $2.6 billion value", Role.VALUATION, id="value"),
        pytest.param("posts $4bn in revenue", Role.FIGURES, id="revenue"),
        pytest.param("buys shares at $180.20 a share", Role.SHARE_PRICE, id="share price"),
        pytest.param("invests $4bn in a rival", Role.DEAL, id="deal"),
        pytest.param("closes $2 billion round", Role.DEAL, id="closes is not loses"),
        pytest.param("sold to a rival for $2 billion", Role.DEAL, id="sold is not old"),
        pytest.param("stock loses $90 billion", Role.MARKET_CAP, id="loses"),
    ],
)
def test_only_the_size_of_a_deal_is_a_deal_amount(text: str, role: Role) -> None:
    assert find_money(text)[0].role is role


@pytest.mark.parametrize(
    "text", ["a trillion-dollar chipmaker", "pours billions into chips", "4% of GDP"]
)
def test_manners_of_speaking_are_no_amounts(text: str) -> None:
    assert find_money(text) == []


@given(st.text(alphabet="$€ 0123456789.,-bnmkBillion upto()", max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_money(text):
        assert mention.money.amount > 0
