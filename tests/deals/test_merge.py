"""One deal from many claims: what is kept, what changes, what is never made up."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deals.merge import is_slip, times_apart
from bot.model import Claim, Deal, Kind, Layer, Money, Qualifier, Status
from tests.deals.claims import DAY_ONE, B, claim, merges, money, told

R, A, C, X = Status.RUMORED, Status.ANNOUNCED, Status.COMPLETED, Status.CANCELLED


def test_a_first_sighting_holds_what_its_story_says_and_nothing_else() -> None:
    said = claim("Nvidia > Nokia", 1, layer=Layer.NETWORKING, evidence={"money": "For $1bn."})
    (first,) = merges(said)
    deal = first.deal
    assert first.is_new
    assert [change.field for change in first.changes] == ["new"]
    assert (deal.payers, deal.recipients, deal.money) == (("Nvidia",), ("Nokia",), Money(B))
    assert (deal.stake_pct, deal.valuation, deal.round, deal.capacity_mw) == (None,) * 4
    assert deal.evidence == {"money": ("For $1bn.", "s0")}
    assert (deal.announced, deal.updated, deal.usd) == (DAY_ONE, DAY_ONE, B)


def test_a_repeat_changes_nothing_but_the_count_of_sources() -> None:
    said = claim("Nvidia > Nokia", 1)
    again = merges(said, replace(said, said_at=DAY_ONE + timedelta(days=1)))[-1]
    assert again.changes == ()
    assert not again.is_new
    assert len(again.deal.sources) == 2
    assert again.deal.updated == DAY_ONE


def test_a_story_heard_twice_is_one_source() -> None:
    said = claim("Nvidia > Nokia", 1, id="same")
    assert len(told(said, said).sources) == 1


def test_megawatts_and_years_are_those_of_stories_on_the_same_instrument() -> None:
    loan = claim("KKR > Norvexa", 2, kind=Kind.DEBT, id="a")
    lease = claim("KKR > Norvexa", 2, kind=Kind.SUPPLY, capacity_mw=900.0, term_years=20.0, id="b")
    deal = told(loan, replace(loan, story_id="c"), lease)
    assert (deal.kind, deal.capacity_mw, deal.term_years) == (Kind.DEBT, None, None)


STATUSES = {
    "a rumour is announced": ([R, A], A),
    "a late rumour does not unsign it": ([A, R], A),
    "a closing holds": ([A, C, A], C),
    "an end holds": ([A, X, R], X),
    "an end can follow a closing": ([A, C, X], X),
    "talk stays talk": ([R, R], R),
}


@pytest.mark.parametrize(("said", "kept"), STATUSES.values(), ids=STATUSES)
def test_status_only_moves_forward(said: list[Status], kept: Status) -> None:
    claims = [claim("Nvidia > Nokia", day=day, status=each) for day, each in enumerate(said)]
    assert told(*claims).status is kept


AMOUNTS = {
    "the most repeated": ([5, 4, 4, 4], money(4)),
    "the more exact": ([15, 14.3, 15], money(14.3)),
    "of equals the later, as it may correct": ([5, 9], money(9)),
    "but never a slip": ([16, 1.6], money(16)),
    "the first currency, not its conversion": (
        [money(6.6, "SGD"), money(5.1), money(6.6, "SGD")], money(6.6, "SGD")),
    "a qualifier that some drop": (
        [money(40, qualifier=Qualifier.UP_TO), money(40)], money(40, qualifier=Qualifier.UP_TO)),
    "nothing where nobody says": ([None, None], None),
}  # fmt: skip


@pytest.mark.parametrize(("said", "kept"), AMOUNTS.values(), ids=AMOUNTS)
def test_the_best_supported_amount_wins(said: list[float | Money], kept: Money | None) -> None:
    claims = [claim("Nvidia > Nokia", each, day=day) for day, each in enumerate(said)]
    assert told(*claims).money == kept


def test_one_misreading_among_many_stories_of_a_day_ends_no_deal() -> None:
    day = [claim("> Intel", 15, day=hour / 24) for hour in range(5)]
    assert told(*day, claim("> Intel", 15, day=0.5, status=X)).status is A
    assert told(*day, claim("> Intel", 15, day=30, status=X)).status is X


def test_what_one_source_calls_the_worth_of_the_company_is_no_size() -> None:
    worth = claim("> Prometheus", day=1, valuation=money(41))
    assert told(claim("> Prometheus", 41), worth).money is None
    assert told(claim("> Prometheus", 41), claim("> Prometheus", 12), worth).money == money(12)


def test_one_publisher_repeating_itself_is_one_voice() -> None:
    claims = [claim("Nvidia > Nokia", size, day=day) for day, size in enumerate([5, 5, 5, 9, 9])]
    assert told(*claims, publishers="AAABC").money == money(9)


def test_what_is_announced_outranks_what_was_rumoured() -> None:
    talk = [claim("> xAI", 15, day=day, status=R) for day in range(3)]
    assert told(*talk, claim("> xAI", 20, day=50)).money == money(20)


def test_a_correction_is_told_as_it_is_read() -> None:
    last = merges(claim("Nvidia > Nokia", 1), claim("Nvidia > Nokia", 1.2, day=1))[-1]
    (change,) = last.changes
    assert (change.field, change.old, change.new) == ("money", "$1.0B", "$1.2B")
    assert last.deal.history[-1] == change


def test_a_figure_ten_times_off_is_shown_as_a_conflict_and_not_taken_over() -> None:
    last = merges(claim("Blackstone > AirTrunk", 16), claim("Blackstone > AirTrunk", 1.6, day=1))[
        -1
    ]
    (change,) = last.changes
    assert (change.field, change.old, change.new) == ("conflict", "$16B", "$1.6B")
    assert last.deal.money == money(16)


def test_the_lead_investor_stays_first_and_partners_are_added() -> None:
    deal = told(claim("General Atlantic > SambaNova"), claim("General Atlantic, Intel > SambaNova"))
    assert deal.payers == ("General Atlantic", "Intel")


def test_a_name_that_one_of_many_misread_is_dropped() -> None:
    right = [claim("Nvidia > Nokia", day=day / 4) for day in range(6)]
    assert told(*right, claim("Nvidia, Cisco > Nokia", day=2)).payers == ("Nvidia",)


def test_a_name_on_both_sides_goes_where_most_put_it() -> None:
    deal = told(
        claim("Nvidia > Nokia"), claim("Nokia > Nvidia", day=1), claim("Nvidia > Nokia", day=2)
    )
    assert (deal.payers, deal.recipients) == (("Nvidia",), ("Nokia",))


def test_sides_told_both_ways_are_those_of_the_first_story_that_names_both() -> None:
    deal = told(claim("Microsoft > Nebius"), claim("Nebius > Microsoft", day=1))
    assert (deal.payers, deal.recipients) == (("Microsoft",), ("Nebius",))


def test_a_name_that_begins_another_is_the_same_name() -> None:
    deal = told(claim("Tarnwick > AMI"), claim("Tarnwick > AMI Labs", day=1))
    assert deal.recipients == ("AMI Labs",)


def test_evidence_is_the_first_sentence_that_says_what_is_kept() -> None:
    deal = told(
        claim("Nvidia > Nokia", 5, id="a", evidence={"money": "Five."}),
        claim("Nvidia > Nokia", 4, id="b", day=1, evidence={"money": "Four."}),
        claim("Nvidia > Nokia", 4, id="c", day=2, evidence={"money": "Four, again."}),
    )
    assert deal.evidence["money"] == ("Four.", "b")


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [(16, 1.6, True), (1, 1000, True), (1, 100, False), (5, 6, False), (3, 3, False)],
)
def test_a_slip_is_exactly_ten_or_a_thousand_times(one: float, other: float, slip: bool) -> None:
    assert is_slip(money(one), money(other)) is slip
    assert is_slip(money(other), money(one)) is slip


def test_amounts_without_a_rate_cannot_be_compared() -> None:
    assert times_apart(money(1, "XXX"), money(1), DAY_ONE.date()) is None


def test_a_rate_is_compared_with_the_same_rate_alone() -> None:
    whole, rate = money(300), replace(money(30), per="year")
    assert times_apart(whole, rate, DAY_ONE.date()) is None
    assert not is_slip(whole, rate)
    assert times_apart(money(30), rate, DAY_ONE.date()) == 1  # a headline dropped "a year"
    deal = told(claim("OpenAI > Oracle", 30), claim("OpenAI > Oracle", rate, day=1))
    assert deal.money == rate


# ---- any order ------------------------------------------------------------------------------

_SAID = st.builds(
    lambda who, size, day, kind, status, stake: claim(
        who, size, day=day, kind=kind, status=status, stake_pct=stake
    ),
    who=st.sampled_from(["Nvidia > Nokia", "> Nokia", "Nvidia, Cisco > Nokia", "Nokia > Nvidia"]),
    size=st.sampled_from([None, 1.0, 1.05, 2.0, 10.0]),
    day=st.integers(0, 30),
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    stake=st.sampled_from([None, 2.9, 5.0]),
)


def known_facts(deal: Deal) -> Deal:
    """Return the deal without the order in which we heard of it."""
    return replace(deal, history=(), updated=DAY_ONE)


@settings(max_examples=60, deadline=None)
@given(st.lists(_SAID, min_size=2, max_size=4))
def test_the_order_of_arrival_does_not_change_a_fact(said: list[Claim]) -> None:
    claims = [replace(each, story_id=f"s{number}") for number, each in enumerate(said)]
    told_in_any_order = {
        repr(known_facts(told(*order, publishers="".join(each.story_id[1] for each in order))))
        for order in itertools.permutations(claims)
    }
    assert len(told_in_any_order) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(_SAID, min_size=1, max_size=5))
def test_a_deal_holds_nothing_that_no_source_said(said: list[Claim]) -> None:
    deal = told(*said)
    assert set(deal.payers) | set(deal.recipients) <= {"Nvidia", "Nokia", "Cisco"}
    assert deal.money is None or any(
        each.money and each.money.amount == deal.money.amount for each in said
    )
    assert deal.stake_pct in {each.stake_pct for each in said}
    assert deal.status in {each.status for each in said}
    assert deal.kind in {each.kind for each in said}


def test_another_order_of_the_same_names_is_no_change() -> None:
    first, second, third = merges(
        claim("AIP, MGX > Aligned", 40, kind=Kind.ACQUISITION),
        claim("MGX > Aligned", 40, kind=Kind.ACQUISITION),
        claim("MGX, AIP > Aligned", 40, kind=Kind.ACQUISITION),
    )
    assert first.deal.payers == ("AIP", "MGX")
    assert third.deal.payers == ("MGX", "AIP")
    assert second.changes == third.changes == ()
