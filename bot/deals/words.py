"""How the facts of a deal are written, wherever people read them. Pure."""

from __future__ import annotations

from decimal import Decimal

from bot.model import Money, Qualifier

_SCALES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
_SIGNS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "AUD": "A$",
    "CAD": "C$", "SGD": "S$", "HKD": "HK$", "NZD": "NZ$", "TWD": "NT$", "BRL": "R$",
}  # fmt: skip
_QUALIFIERS = {
    Qualifier.EXACT: "",
    Qualifier.UP_TO: "up to ",
    Qualifier.AT_LEAST: "over ",
    Qualifier.ABOUT: "about ",
}


def money_text(money: Money) -> str:
    """Return *money* as a headline writes it, with at most three decimals.

    A currency without a sign of its own goes by its code. One decimal is always shown
    for a single-digit amount of billions, as in the trade press.

    >>> money_text(Money(100_000_000_000, "USD", Qualifier.UP_TO))
    'up to $100B'
    >>> money_text(Money(1_000_000_000)), money_text(Money(20_000_000_000, "SAR"))
    ('$1.0B', 'SAR 20B')
    >>> money_text(Money(500_000_000, "AUD", Qualifier.ABOUT))
    'about A$500M'
    >>> money_text(Money(30_000_000_000, per="year"))
    '$30B a year'
    """
    sign = _SIGNS.get(money.currency, f"{money.currency} ")
    rate = f" a {money.per}" if money.per else ""
    return f"{_QUALIFIERS[money.qualifier]}{sign}{_scaled(money.amount)}{rate}"


def _scaled(amount: int) -> str:
    # 999,999,999 is written "1.0B", not "1000M": a scale begins where its rounding does.
    for scale, letter in _SCALES:
        number = round(Decimal(amount) / scale, 3)
        if number >= 1:
            text = plain_number(number)
            return f"{text}.0{letter}" if letter in "BT" and len(text) == 1 else f"{text}{letter}"
    return str(amount)


def power_text(megawatts: float) -> str:
    """Return a capacity in its natural unit.

    >>> power_text(650), power_text(1400), power_text(6000)
    ('650 MW', '1.4 GW', '6 GW')
    """
    if megawatts >= 1000:
        return f"{plain_number(round(Decimal(str(megawatts)) / 1000, 3))} GW"
    return f"{plain_number(Decimal(str(megawatts)))} MW"


def term_text(years: float) -> str:
    """Return how long something runs.

    >>> term_text(15), term_text(1), term_text(1.5), term_text(0.5)
    ('15 years', '1 year', '18 months', '6 months')
    """
    if years == int(years):
        return f"{int(years)} year{'s' if years != 1 else ''}"
    return f"{round(years * 12)} months"


def percent_text(percent: float) -> str:
    """Return a share of a company.

    >>> percent_text(2.9), percent_text(49.0)
    ('2.9%', '49%')
    """
    return f"{plain_number(Decimal(str(percent)))}%"


def list_text(names: tuple[str, ...]) -> str:
    """Return *names* as a sentence lists them.

    >>> list_text(("Nvidia", "AMD", "Cisco"))
    'Nvidia, AMD and Cisco'
    """
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def plain_number(number: Decimal) -> str:
    """Return *number* without zeros at the end and without an exponent.

    >>> plain_number(Decimal("1.250")), plain_number(Decimal("100"))
    ('1.25', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
