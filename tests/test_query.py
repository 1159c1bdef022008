"""The query grammar: every part means one thing, a mistake is answered with an example."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.model import Claim, Deal, Kind, Layer, Money, Source, Status
from bot.query import Query, matches, parse_query

TODAY = date(2025, 11, 15)
CLAIM = Claim("s1", datetime(2025, 10, 28, tzinfo=UTC), Kind.DEBT, Status.ANNOUNCED)
DEAL = Deal(
    id="20251028-1",
    kind=Kind.DEBT,
    status=Status.ANNOUNCED,
    payers=("Brookfield Asset Management", "JPMorgan Chase"),
    recipients=("Société Nordique",),
    money=Money(5_000_000_000, "EUR"),
    valuation=None,
    stake_pct=None,
    capacity_mw=None,
    round=None,
    layer=Layer.POWER,
    binding=None,
    announced=CLAIM.said_at,
    updated=CLAIM.said_at,
    sources=(Source("s1", "", "Grid Weekly", "Nordique borrows for its halls", CLAIM),),
    evidence={},
    usd=5_800_000_000,
)


@pytest.mark.parametrize(
    "text",
    [
        "", "nordique", "NORDIQUE", "halls", "hall", "brook", "payer:jpmorgan", "to:societe",
        'payer:"brookfield asset"', "payer:nvidia payer:jpmorgan", "kind:debt kind:equity",
        "-kind:equity", "-nvidia", "layer:power", "currency:eur", "amount>=5b", "amount<5.8001b",
        "amount>1k amount<1t", "amount=5800m", "since:30d", "since:3w", "since:1y",
        "since:2025-10-28", "2025-10", "2025-10-28", "2025-10..2025-12", "..2025-10-28",
        "2025..2025", "sort:amount", "sort:date", "status:announced", "-status:rumoured",
        "“halls”",
    ],
)  # fmt: skip
def test_the_deal_is_found(text):
    assert matches(parse_query(text, TODAY), DEAL)


@pytest.mark.parametrize(
    "text",
    [
        "nvidia", "ordique", "halls nvidia", "-halls", "payer:nordique", "to:brookfield",
        "payer:asset-brookfield", "kind:equity", "-kind:debt", "kind:debt status:rumored",
        "currency:USD", "amount>=6b", "amount<5b", "since:7d", "2025-11..", "2025-09",
        "layer:chips", "-layer:power", '-"its halls"',
    ],
)  # fmt: skip
def test_the_deal_is_left_out(text):
    assert not matches(parse_query(text, TODAY), DEAL)


def test_a_deal_of_undisclosed_size_has_no_amount_to_compare():
    unknown = replace(DEAL, money=None, usd=None)
    assert not matches(parse_query("amount>=1", TODAY), unknown)
    assert not matches(parse_query("amount<1t", TODAY), unknown)


@pytest.mark.parametrize(
    ("text", "part", "example"),
    [
        ("amount>=lots", "amount>=lots", "amount>=1b"),
        ("nvidia amount", "'amount'", "amount>=1b"),
        ("kind:loan", "kind:loan", "debt"),
        ("status:maybe", "status:maybe", "rumored"),
        ("layer:", "layer:", "power"),
        ("payer:", "payer:", "payer:nvidia"),
        ("who:nvidia", "who:nvidia", "payer:"),
        ("since:soon", "since:soon", "2025-10"),
        ("2025-13", "2025-13", "2025-10"),
        ("..", "'..'", "2025-10..2025-12"),
        ("2025-10..soon", "2025-10..soon", "2025-10..2025-12"),
        ("sort:size", "sort:size", "sort:amount"),
        ("-since:90d", "-since:90d", "since:90d"),
        ("currency:euro", "currency:euro", "currency:EUR"),
        ("x" * 501, "longer than 500", "nvidia"),
    ],
)
def test_a_mistake_is_answered_with_what_was_not_understood_and_an_example(text, part, example):
    with pytest.raises(QueryError) as error:
        parse_query(text, TODAY)
    assert part in str(error.value)
    assert example in str(error.value)


PARTS = st.sampled_from(
    ["nvidia", "-meta", "payer:amd", "to:", "kind:debt", "-status:rumored", "amount>=1.25b", "é"]
)
MORE = st.sampled_from(
    ["since:90d", "2025-10..", "..2025", "sort:amount", '"two words"', 'to:"a b"', "since:"]
)


@example("𝕊")
@given(st.one_of(st.text(), st.lists(PARTS | MORE).map(" ".join)))
def test_any_text_is_a_query_or_a_clear_mistake_and_a_query_reads_back(text):
    try:
        query = parse_query(text, TODAY)
    except QueryError:
        return
    assert parse_query(str(query), TODAY) == query
    matches(query, DEAL)


def test_nothing_asked_is_everything():
    assert parse_query("  ", TODAY) == Query()
