"""What amounts are in dollars, without a network."""

from __future__ import annotations

from datetime import date

import pytest

from bot.deals.rates import usd
from bot.model import Money

BILLION = 10**9
A_DAY = date(2026, 2, 2)


def test_dollars_are_dollars() -> None:
    assert usd(Money(BILLION), A_DAY) == BILLION


@pytest.mark.parametrize(
    ("currency", "low", "high"),
    [("EUR", 1.0, 1.3), ("GBP", 1.1, 1.5), ("SGD", 0.7, 0.85), ("AUD", 0.55, 0.8),
     ("INR", 0.009, 0.014), ("JPY", 0.005, 0.008), ("KRW", 0.0005, 0.0009)],
)  # fmt: skip
def test_a_currency_is_worth_about_what_it_was_that_day(
    currency: str, low: float, high: float
) -> None:
    dollars = usd(Money(BILLION, currency), A_DAY)
    assert dollars is not None
    assert low * BILLION < dollars < high * BILLION


@pytest.mark.parametrize(("currency", "dollars"), [("SAR", 266_666_667), ("AED", 272_294_078)])
def test_a_pegged_currency_keeps_its_peg(currency: str, dollars: int) -> None:
    assert usd(Money(BILLION, currency), A_DAY) == dollars


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(2026, 1, 31), date(2060, 1, 1)],
                         ids=["before the table", "a Saturday", "after the table"])  # fmt: skip
def test_a_day_without_a_rate_takes_one_near_it(day: date) -> None:
    assert usd(Money(BILLION, "EUR"), day)


def test_a_currency_nobody_quotes_has_no_value() -> None:
    assert usd(Money(BILLION, "XXX"), A_DAY) is None
