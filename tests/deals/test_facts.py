"""Facts as people type them in a form: read as they are meant, or refused with an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deals.facts import FIELDS, kept, shown, typed, with_facts
from bot.errors import CorrectionError
from bot.model import Layer, Money, Qualifier
from tests.deals.claims import B, claim, told

TYPED = {
    "an amount": ("money", "$1.5bn", Money(1_500_000_000)),
    "a ceiling": ("money", "up to €300m", Money(300_000_000, "EUR", Qualifier.UP_TO)),
    "a code": ("money", "SAR 20 billion", Money(20 * B, "SAR")),
    "a rate": ("money", "€5bn a year", Money(5 * B, "EUR", per="year")),
    "a rate otherwise": (
        "money",
        "over $90 million per month",
        Money(90_000_000, "USD", Qualifier.AT_LEAST, "month"),
    ),
    "undisclosed": ("money", " Undisclosed ", None),
    "nothing": ("valuation", "", None),
    "names between commas": ("payers", "Nvidia, AMD;Cisco", ("Nvidia", "AMD", "Cisco")),
    "names on lines": ("payers", "Smith, Jones & Co\n\nAMD\n", ("Smith, Jones & Co", "AMD")),
    "a name twice": ("payers", "AMD, AMD", ("AMD",)),
    "nobody": ("recipients", "-", ()),
    "marks of direction": ("recipients", "Nokia\u202e\x00", ("Nokia",)),
    "a round": ("round", " Series  C ", "Series C"),
    "a share": ("stake_pct", "2.9 %", 2.9),
    "a bare share": ("stake_pct", "49", 49.0),
    "megawatts": ("capacity_mw", "650 MW", 650.0),
    "gigawatts": ("capacity_mw", "1.4gw", 1400.0),
    "many megawatts": ("capacity_mw", "1,200 MW", 1200.0),
    "a term": ("term_years", "15 years", 15.0),
    "a term in months": ("term_years", "18 months", 1.5),
    "a layer": ("layer", "power", Layer.POWER),
    "no layer": ("layer", "undisclosed", None),
}


@pytest.mark.parametrize(("field", "text", "value"), TYPED.values(), ids=TYPED)
def test_a_fact_is_read_as_people_write_it(field: str, text: str, value: object) -> None:
    deal = with_facts(told(claim("Nvidia > Nokia", 1)), {field: typed(field, text)})
    assert getattr(deal, field) == value


REFUSED = [
    ("money", "5bn"), ("money", "$5bn and $3bn"), ("money", "$0"),
    ("money", "$5bn from Bob"), ("stake_pct", "0"), ("stake_pct", "101"), ("stake_pct", "some"),
    ("capacity_mw", "5"), ("capacity_mw", "0 MW"), ("term_years", "long"),
    ("term_years", "0 years"), ("kind", ""), ("kind", "theft"), ("status", "undisclosed"),
    ("layer", "crypto"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "text"), REFUSED)
def test_what_cannot_be_meant_is_refused(field: str, text: str) -> None:
    with pytest.raises(CorrectionError, match=r"(Write|Choose) "):
        typed(field, text)


def test_dollars_follow_the_amount() -> None:
    deal = told(claim("Nvidia > Nokia", 1))
    assert with_facts(deal, {"money": "exact 3000000000 USD"}).usd == 3 * B
    assert with_facts(deal, {"money": ""}).usd is None


def test_a_fact_of_a_newer_version_is_left_out() -> None:
    deal = told(claim("Nvidia > Nokia", 1))
    assert with_facts(deal, {"colour": "green"}) == deal


@given(st.sampled_from(FIELDS), st.text(max_size=200))
def test_any_text_is_read_or_refused_and_what_is_read_can_be_kept(field: str, text: str) -> None:
    deal = told(claim("Nvidia > Nokia", 1))
    try:
        said = typed(field, text)
    except CorrectionError:
        return
    after = with_facts(deal, {field: said})
    assert kept(getattr(after, field)) == said
    said.encode()


@pytest.mark.parametrize("field", FIELDS)
def test_what_a_form_shows_is_read_as_the_same(field: str) -> None:
    said = claim(
        "Nvidia, AMD > Nokia", 1.5, valuation=Money(9 * B, "EUR"), stake_pct=2.9,
        capacity_mw=1400.0, round="Series C", layer=Layer.CHIPS,
    )  # fmt: skip
    deal = told(said)
    assert typed(field, shown(deal, field)) == kept(getattr(deal, field))
