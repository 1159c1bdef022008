"""Promises about money: every way the news writes an amount, and what the amount is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Qualifier, Story
from bot.understand.money import Role, dollar_of, find_money

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
        pytest.param("pays 1 lakh crore rupees", 1000 * BILLION, "INR", id="lakh crore"),
        pytest.param("pays Rs 4,500 crore ($540m)", 45 * BILLION, "INR", id="conversion dropped"),
        pytest.param("pays A$24bn (US$16bn)", 24 * BILLION, "AUD", id="first currency stands"),
        pytest.param("invests $1-2bn", 2 * BILLION, "USD", id="upper end of a range"),
        pytest.param("invests $3 billion to $4 billion", 4 * BILLION, "USD", id="range in words"),
        pytest.param("a SAR 20bn fund", 20 * BILLION, "SAR", id="riyals"),
        pytest.param("orders chips for W410b", 410 * BILLION, "KRW", id="won by a letter"),
        pytest.param("borrows Bt12bn", 12 * BILLION, "THB", id="baht"),
        pytest.param("borrows R1.6bn", 1_600_000_000, "ZAR", id="rand by a letter"),
        pytest.param("borrows US$1,2 bi", 1_200_000_000, "USD", id="bi"),
        pytest.param("borrows $US500m", BILLION // 2, "USD", id="$US"),
        pytest.param("puts in C$250-million", BILLION // 4, "CAD", id="hyphen"),
        pytest.param("buys it for $2b-3b", 3 * BILLION, "USD", id="scale at both ends"),
        pytest.param("invests $2 to 3 billion", 3 * BILLION, "USD", id="one scale for both"),
        pytest.param(
            "between 30 and 50 billion euros", 50 * BILLION, "EUR", id="between, one currency"
        ),
        pytest.param(
            "between 300 million and 400 million euros", 400_000_000, "EUR", id="between, one word"
        ),
        pytest.param("a half-billion-dollar loan", BILLION // 2, "USD", id="half with hyphens"),
        pytest.param(
            "three-quarters of a billion dollars", 750_000_000, "USD", id="three quarters"
        ),
        pytest.param("a ₹2 lakh-crore plan", 2000 * BILLION, "INR", id="lakh-crore"),
    ],
)
def test_an_amount_is_read_to_the_unit(text: str, amount: int, currency: str) -> None:
    (mention,) = find_money(text)

    assert (mention.money.amount, mention.money.currency) == (amount, currency)


def test_a_bare_dollar_is_the_sites_dollar() -> None:
    assert find_money("raises $330 million", "AUD")[0].money.currency == "AUD"
    assert find_money("raises US$330 million", "AUD")[0].money.currency == "USD"


def test_a_rate_is_told_with_its_unit() -> None:
    assert [mention.money.per for mention in find_money("pays $920 million a month")] == ["month"]
    assert [mention.money.per for mention in find_money("a $1 billion-a-year deal")] == ["year"]


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
        pytest.param("a $850+ billion plan", Qualifier.AT_LEAST, id="plus before the scale"),
        pytest.param('pays "well over" $2bn', Qualifier.AT_LEAST, id="in quotes"),
        pytest.param("a $1.5-plus billion plan", Qualifier.AT_LEAST, id="-plus before the scale"),
        pytest.param("signs under a $2bn order", Qualifier.EXACT, id="under an order"),
        pytest.param("close to a $2bn round", Qualifier.EXACT, id="close to a round"),
        pytest.param("raises close to $2bn", Qualifier.ABOUT, id="close to a sum"),
        pytest.param("in talks with banks over $2bn in debt", Qualifier.EXACT, id="talks over"),
        pytest.param("to hand over $2bn", Qualifier.EXACT, id="hand over"),
        pytest.param("set to climb past $10 billion", Qualifier.AT_LEAST, id="past"),
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
        pytest.param("signs a deal worth up to $6 billion", Role.DEAL, id="deal worth"),
        pytest.param("wins a contract valued at $6 billion", Role.DEAL, id="contract valued at"),
        pytest.param("preparing for a $300B IPO", Role.VALUATION, id="more than a listing raises"),
        pytest.param("a start-up worth $6 billion", Role.VALUATION, id="company worth"),
        pytest.param("in a deal valuing Norvexa at $6 billion", Role.VALUATION, id="deal valuing"),
        pytest.param("is issuing shares worth $5 billion", Role.DEAL, id="shares worth"),
        pytest.param("will buy shares at $23.28 a share", Role.SHARE_PRICE, id="a share"),
        pytest.param(
            "the leases should bring $4 billion in revenue", Role.DEAL, id="contracted revenue"
        ),
        pytest.param("it raised $40 million last year", Role.PAST, id="last year"),
        pytest.param("In February Norvexa committed $1.5 billion", Role.PAST, id="in February"),
        pytest.param("it has raised $3.9 billion to date", Role.PAST, id="to date"),
        pytest.param("it has raised $3.9 billion", Role.DEAL, id="has raised"),
        pytest.param("it had raised $3.9 billion", Role.PAST, id="had raised"),
        pytest.param("said that it had raised $3.9 billion", Role.DEAL, id="said it had raised"),
        pytest.param("it will invest $4 billion in 2027", Role.DEAL, id="still to come"),
        pytest.param("the order adds to the $14 billion deal", Role.PAST, id="adds to"),
        pytest.param("bringing the total to $19 billion", Role.TOTAL, id="total"),
        pytest.param("plans to spend $72 billion this year", Role.FIGURES, id="budget of a year"),
        pytest.param("to raise $15 billion for capital spending", Role.DEAL, id="what it is for"),
        pytest.param("manages $108 billion in assets", Role.FIGURES, id="assets"),
        pytest.param("orders peaked at almost $88 billion", Role.FIGURES, id="demand for bonds"),
        pytest.param("draws a $17 billion loan", Role.DEAL, id="draws a loan"),
        pytest.param("a contingent payment of $400 million", Role.COST, id="earn-out"),
        pytest.param("in talks to lead round at $45bn", Role.VALUATION, id="round at"),
        pytest.param("pays $2 billion, the startup said", Role.DEAL, id="a comma ends the noun"),
        pytest.param("walks away from $3bn deal", Role.DEAL, id="away from"),
        pytest.param("leases 65MW, worth $2 billion", Role.DEAL, id="goods worth"),
        pytest.param("signs lease for $4bn in contracted revenue", Role.DEAL, id="contracted"),
        pytest.param("a total contract value of $4bn", Role.DEAL, id="total of one contract"),
        pytest.param("it carries a total value of $4bn", Role.DEAL, id="total value"),
        pytest.param("ten years, at a total of $4bn", Role.DEAL, id="at a total of"),
        pytest.param("an arrangement could be worth $4bn", Role.DEAL, id="arrangement"),
        pytest.param("the value of the added space is $4bn", Role.DEAL, id="added space"),
        pytest.param("its burn rate of $1 billion", Role.FIGURES, id="burn rate"),
        pytest.param("last raised $2 billion", Role.PAST, id="last raised"),
        pytest.param("takes on $1.1 billion of net debt", Role.COST, id="net debt"),
        pytest.param("the need for chips could reach $6.7 trillion", Role.MARKET, id="an estimate"),
    ],
)
def test_only_the_size_of_a_deal_is_a_deal_amount(text: str, role: Role) -> None:
    assert find_money(text)[0].role is role


@pytest.mark.parametrize(
    "text",
    [
        "a trillion-dollar chipmaker",
        "pours billions into chips",
        "4% of GDP",
        "several hundred million dollars",
        "GB300 racks by 2030",
    ],
)
def test_manners_of_speaking_are_no_amounts(text: str) -> None:
    assert find_money(text) == []


_WRITTEN = {
    "USD": ["US${}", "${}", "USD {}", "$US{}", "{} dollars", "{} US dollars"],
    "EUR": ["€{}", "EUR {}", "EUR{}", "{} euros"],
    "GBP": ["£{}", "GBP {}", "{} pounds"],
    "AUD": ["A${}", "AU${}", "{} Australian dollars"],
    "CAD": ["C${}", "CA${}", "CAD {}"],
    "SGD": ["S${}", "SGD {}"],
    "HKD": ["HK${}"],
    "TWD": ["NT${}"],
    "BRL": ["R${}", "{} reais"],
    "INR": ["₹{}", "Rs {}", "Rs. {}", "{} rupees"],
    "KRW": ["₩{}", "W{}", "{} won", "KRW {}"],
    "JPY": ["¥{}", "{} yen"],
    "CNY": ["RMB {}", "CN¥{}", "{} yuan"],
    "MYR": ["RM{}", "{} ringgit"],
    "SEK": ["SEK {}", "Skr{}", "{} kronor"],
    "SAR": ["SAR {}", "{} riyals"],
    "ZAR": ["R{}", "{} rand"],
}
_SCALED = {
    10**6: ["{} million", "{}m", "{}M", "{}mn", "{}-million", "{} mln"],
    10**7: ["{} crore", "{}-crore"],
    10**9: ["{} billion", "{}bn", "{}B", "{}-billion", "{} bln"],
    10**12: ["{} trillion", "{}tn", "{} lakh crore"],
}


@given(
    st.sampled_from([(code, form) for code, forms in _WRITTEN.items() for form in forms]),
    st.sampled_from([(scale, form) for scale, forms in _SCALED.items() for form in forms]),
    st.decimals(min_value="0.1", max_value="999.9", places=1),
)
def test_an_amount_reads_back_in_every_form(
    written: tuple[str, str], scaled: tuple[int, str], number: Decimal
) -> None:
    (code, form), (scale, size) = written, scaled
    (mention,) = find_money(f"Norvexa signs a loan of {form.format(size.format(number))} in Ohio")

    assert (mention.money.amount, mention.money.currency) == (int(number * scale), code)


@pytest.mark.parametrize(
    ("source", "dollar", "currency"),
    [
        pytest.param("The Straits Times", "USD", "SGD", id="a paper"),
        pytest.param("Globe and Mail", "USD", "CAD", id="without The"),
        pytest.param("Norvexa Times", "USD", "USD", id="any other"),
        pytest.param("The Straits Times", "AUD", "AUD", id="the feed says"),
    ],
)
def test_a_paper_writes_its_own_dollar(source: str, dollar: str, currency: str) -> None:
    assert dollar_of(Story("s", "", source, "Norvexa raises $2bn", dollar=dollar)) == currency


def test_a_paper_that_writes_its_dollar_out_means_american_ones_else() -> None:
    story = Story("s", "", "The Straits Times", "Norvexa raises $2bn", "It is worth S$9bn.")
    assert dollar_of(story) == "USD"
    assert dollar_of(replace(story, text="It is worth US$9bn.")) == "SGD"


@given(st.text(alphabet="$€ 0123456789.,-bnmkBillion upto()", max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_money(text):
        assert mention.money.amount > 0


def test_a_row_of_dashes_after_an_amount_is_read_at_once() -> None:
    # once cut in endless ways; the run's own time limit is what fails here
    assert find_money("Rs. 36 trillion " + "-" * 500)
