"""Sums over deals: none twice, no rumor as done, ceilings apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.stats import MOST_MONTHS, stats_of
from bot.alerts.totals import apart_text, total, totals_of
from bot.model import Kind, Money, Qualifier, Status
from tests.store.test_deals import NOON, a_deal

DAY = timedelta(days=1)


def deal(number, billions=1, **changes):
    """Return a deal without links; *billions* is None where no amount was said."""
    dollars = billions and int(billions * 10**9)
    money = {"usd": dollars, "money": Money(dollars) if dollars else None}
    return a_deal(number, **{"linked": (), **money, **changes})


def up_to(number, billions):
    return deal(number, billions, money=Money(billions * 10**9, "USD", Qualifier.UP_TO))


def test_every_deal_counts_in_one_place_alone():
    totals = totals_of(
        [
            deal(1, 3),
            deal(2, 4, status=Status.COMPLETED),
            up_to(3, 100),
            deal(4, 50, status=Status.RUMORED),
            deal(5, 7, status=Status.CANCELLED),
            deal(6, None),
        ]
    )
    assert totals.record() == {
        "usd": 7 * 10**9,
        "deals": 2,
        "ceilings_usd": 100 * 10**9,
        "ceilings": 1,
        "rumored_usd": 50 * 10**9,
        "rumored": 1,
        "without_amount": 1,
        "cancelled": 1,
        "maybe_the_same": 0,
    }
    assert apart_text(totals) == (
        "Not in the sum: ceilings of up to $100B in 1 deal, rumored $50B in 1 deal, "
        "1 deal without an amount, 1 deal cancelled."
    )


@pytest.mark.parametrize(
    ("other", "counted"),
    [
        pytest.param({"billions": 1.05}, 1, id="the same amount, rounded"),
        pytest.param({"billions": None}, 1, id="one says no amount"),
        pytest.param({"billions": 1, "status": Status.RUMORED}, 1, id="its own rumor"),
        pytest.param({"billions": 1, "kind": Kind.VENTURE}, 1, id="another instrument, same money"),
        pytest.param({"billions": 5}, 2, id="the next contract, five times as large"),
        pytest.param({"billions": 1, "round": "Series D"}, 2, id="the next round"),
        pytest.param({"billions": 2, "kind": Kind.SUPPLY}, 2, id="the other leg"),
        pytest.param({"billions": 1, "back": True}, 2, id="the money that flows back"),
        pytest.param({"billions": 1, "days": 400}, 2, id="a year later"),
    ],
)
@pytest.mark.parametrize("both_ways", [True, False])
def test_linked_deals_count_once_where_they_may_be_one(other, counted, both_ways):
    other = dict(other)
    day, back = NOON + other.pop("days", 1) * DAY, other.pop("back", False)
    first = deal(1, round="Series C" if "round" in other else None)
    second = deal(2, **other, day=day, linked=(first.id,))
    if back:
        second = replace(second, payers=first.recipients, recipients=first.payers)
    if both_ways:
        first = replace(first, linked=(second.id,))
    totals = totals_of([second, first])
    assert len(totals.counted) == counted
    assert len(totals.twins) == 2 - counted
    assert first in totals.firm, "the firmer, the first reported one stays"


def test_deals_that_are_not_linked_both_count():
    assert total(totals_of([deal(1), deal(2)]).firm) == 2 * 10**9


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Status)),
            st.sampled_from([None, 1, 1.1, 30]),
            st.sets(st.integers(0, 5)),
        ),
        max_size=6,
    )
)
def test_no_deal_is_lost_or_counted_twice(rows):
    ids = [deal(number).id for number in range(6)]
    deals = [
        deal(number, billions, status=status, linked=tuple(ids[other] for other in links))
        for number, (status, billions, links) in enumerate(rows)
    ]
    totals = totals_of(deals)
    sorted_out = [*totals.counted, *totals.cancelled, *totals.twins]
    assert sorted(each.id for each in sorted_out) == sorted(each.id for each in deals)
    assert totals == totals_of(reversed(deals)), "in whatever order they come"


# ---- figures --------------------------------------------------------------------------------


def test_money_is_summed_by_month_and_kind_without_gaps():
    august = NOON.replace(month=8)
    stats = stats_of([deal(1, 2), deal(2, 3, kind=Kind.DEBT, day=august), deal(3, 1, day=august)])
    assert [f"{month:%Y-%m}" for month in stats.months] == ["2025-08", "2025-09", "2025-10"]
    b = 10**9
    assert stats.by_kind == ((Kind.DEBT, (3 * b, 0, 0)), (Kind.EQUITY, (b, 0, 2 * b)))


def test_what_is_older_than_the_months_shown_is_told_in_one_sum():
    stats = stats_of([deal(1, 2), deal(2, 3, day=NOON - 1500 * DAY)])
    assert len(stats.months) == MOST_MONTHS
    assert stats.earlier == 3 * 10**9
    assert stats.record()["earlier_usd"] == 3 * 10**9


def test_who_pays_and_who_gets_come_largest_first_and_rumors_do_not_count():
    stats = stats_of(
        [
            deal(1, 2, payers=("AMD", "Nvidia")),
            deal(2, 3, payers=("AMD",)),
            deal(3, 90, payers=("Talk",), status=Status.RUMORED),
        ]
    )
    assert stats.payers == (("AMD", 5 * 10**9), ("Nvidia", 2 * 10**9))
    assert stats.recipients == (("Nokia", 5 * 10**9),)
    assert "2 deals worth $5.0B" in stats.summary
    assert "rumored $90B in 1 deal" in stats.summary
