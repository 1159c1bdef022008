"""What people's corrections make of deals: they beat every source, and can be undone exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deals.correct import correct, standing, undo
from bot.deals.facts import kept
from bot.deals.match import find_same
from bot.deals.merge import merge
from bot.errors import CorrectionError
from bot.model import Claim, Correction, CorrectionKind, Deal, Money, Reason, Status
from tests.deals.claims import DAY_ONE, B, claim, story, told

REJECT, FIX, MERGE, SPLIT = CorrectionKind
LATER = DAY_ONE + timedelta(days=40)
ID, OTHER = "20260302-1", "20260302-2"


def order(kind: CorrectionKind, number: int = 1, **more: object) -> Correction:
    return replace(Correction(kind, ID, "U1", id=number, made=LATER), **more)  # type: ignore[arg-type]


def undone(correction: Correction) -> Correction:
    return replace(correction, undone=LATER, undone_by="U2")


def a_deal(*sizes: float, who: str = "Nvidia > Nokia", id: str = ID, start: int = 0) -> Deal:
    claims = [
        claim(who, size, day=number, id=f"{id}/{number}", status=Status.ANNOUNCED)
        for number, size in enumerate(sizes, start)
    ]
    return replace(told(*claims, publishers="".join(chr(65 + n) for n in range(len(sizes)))), id=id)


def hear(deal: Deal, *claims: Claim) -> Deal:
    for said in claims:
        deal = merge(deal, story(said, said.story_id), said).deal
    return deal


def facts(deal: Deal) -> Deal:
    """Return the deal without what it went through."""
    return replace(deal, history=())


# ---- each of the four -----------------------------------------------------------------------


def test_a_fix_is_in_the_history_with_the_persons_id() -> None:
    (done,) = correct(order(FIX, facts={"money": "exact 5000000000 USD"}), a_deal(1)).told
    (change,) = done.changes
    assert (change.field, change.old, change.new, change.by) == ("money", "$1.0B", "$5.0B", "U1")
    assert done.deal.history[-1] == change
    assert done.deal.usd == 5 * B


def test_a_corrected_field_loses_the_sentence_that_said_otherwise() -> None:
    deal = told(claim("Nvidia > Nokia", 1, evidence={"money": "For $1bn.", "payers": "Nvidia."}))
    (done,) = correct(order(FIX, facts={"money": ""}), deal).told
    assert set(done.deal.evidence) == {"payers"}


def test_a_figure_ten_times_off_is_no_conflict_once_a_person_settled_it() -> None:
    (done,) = correct(order(FIX, facts={"money": "exact 10000000000 USD"}), a_deal(1)).told
    assert merge(done.deal, story(claim("> ", 1, id="x")), claim("> ", 1, id="x")).changes == ()


def test_a_rejected_deal_is_out_of_sight_and_says_who_said_so() -> None:
    (done,) = correct(order(REJECT, reason=Reason.PRICE_MOVE), a_deal(1)).told
    assert done.deal.hidden
    assert standing(done.deal) == "Not a deal (said by @U1): price move"


def test_of_two_deals_the_earlier_goes_on_with_the_sources_of_both() -> None:
    late, early = a_deal(1, 1, id="20260302-10", start=5), a_deal(2, id="20260302-9")
    done = correct(order(MERGE, deal_id=early.id, other=late.id), early, late)
    kept_deal, gone = (each.deal for each in done.told)
    assert (kept_deal.id, gone.id) == (early.id, late.id), "9 comes before 10"
    assert (done.correction.deal_id, done.correction.other) == (late.id, early.id)
    assert len(kept_deal.sources) == 3
    assert gone.hidden
    assert kept_deal.money == Money(B), "told by two of three"


def test_a_fix_of_the_deal_that_goes_holds_in_the_one_that_goes_on() -> None:
    (fixed,) = correct(order(FIX, facts={"round": "Series C"}), a_deal(1, id=OTHER)).told
    done = correct(order(MERGE, 2), a_deal(1), fixed.deal)
    assert done.told[0].deal.round == "Series C"


def test_a_split_leaves_two_linked_deals_each_told_by_its_own_sources() -> None:
    done = correct(order(SPLIT, other=OTHER, stories=(f"{ID}/1",)), a_deal(1, 9))
    rest, new = (each.deal for each in done.told)
    assert (rest.money, new.money) == (Money(B), Money(9 * B))
    assert (rest.linked, new.linked) == ((OTHER,), (ID,))
    assert new.announced == DAY_ONE + timedelta(days=1)


def test_a_parted_story_that_is_heard_again_stays_parted() -> None:
    done = correct(order(SPLIT, other=OTHER, stories=(f"{ID}/1",)), a_deal(1, 1))
    rest, new = (each.deal for each in done.told)
    for source, home in ((new.sources[0], new), (rest.sources[0], rest)):
        for candidates in ([rest, new], [new, rest]):
            assert find_same(source.claim, candidates).same == home


CANNOT = {
    "merge with itself": (order(MERGE), a_deal(1), a_deal(1), "this deal itself"),
    "merge with none": (order(MERGE), a_deal(1), None, "which deal"),
    "split nothing": (order(SPLIT, other=OTHER), a_deal(1, 1), None, "Choose"),
    "split what is gone": (order(SPLIT, other=OTHER, stories=("x",)), a_deal(1), None, "any more"),
    "split everything": (
        order(SPLIT, other=OTHER, stories=(f"{ID}/0",)), a_deal(1), None, "one source"),
    "fix nothing": (order(FIX, facts={"money": "exact 1000000000 USD"}), a_deal(1), None, "so al"),
    "pay oneself": (order(FIX, facts={"payers": "Nokia"}), a_deal(1), None, "pay and receive"),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "deal", "other", "said"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_done_says_why(
    wanted: Correction, deal: Deal, other: Deal | None, said: str
) -> None:
    with pytest.raises(CorrectionError, match=said):
        correct(wanted, deal, other)


@pytest.mark.parametrize("kind", CorrectionKind)
def test_a_deal_out_of_sight_is_only_ever_brought_back(kind: CorrectionKind) -> None:
    (done,) = correct(order(REJECT), a_deal(1, 1)).told
    with pytest.raises(CorrectionError, match="said by @U1"):
        correct(order(kind, 2), done.deal, a_deal(1, id=OTHER))


# ---- any of them, and then any news ---------------------------------------------------------

_VALUES = {
    "money": ("", "up_to 7000000000 EUR", "exact 1000000000 USD"),
    "payers": ("", "Intel\nCisco", "AMD"),
    "kind": ("debt", "supply", "equity"),
    "status": ("rumored", "cancelled", "announced"),
    "round": ("", "Series C", "IPO"),
    "stake_pct": ("", "4.5", "2.9"),
    "layer": ("", "power", "chips"),
}
_FACTS = st.dictionaries(
    st.sampled_from(["money", "payers", "kind", "status", "round", "stake_pct", "layer"]),
    st.integers(0, 2),
    min_size=1,
).map(lambda chosen: {field: _VALUES[field][place] for field, place in chosen.items()})
_CLAIMS = st.lists(
    st.builds(
        lambda who, size, day, status, stake: claim(
            who, size, day=day, status=status, stake_pct=stake, id=f"late {who} {size} {day}"
        ),
        who=st.sampled_from(["Nvidia > Nokia", "AMD > Nokia", "> Nokia", "Nokia > Nvidia"]),
        size=st.sampled_from([None, 1.0, 2.0, 10.0]),
        day=st.integers(0, 60),
        status=st.sampled_from(Status),
        stake=st.sampled_from([None, 2.9, 5.0]),
    ),
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(_FACTS, _CLAIMS, _CLAIMS)
def test_corrected_facts_hold_whatever_is_heard_and_undoing_gives_what_sources_say(
    corrected: dict[str, str], before: list[Claim], after: list[Claim]
) -> None:
    deal = hear(a_deal(1, 1), *before)
    fix = order(FIX, facts=corrected)
    try:
        (done,) = correct(fix, deal).told
    except CorrectionError:
        return
    heard = hear(done.deal, *after)
    for field, text in corrected.items():
        assert kept(getattr(heard, field)) == text
    (back,) = undo(undone(fix), heard, None, [fix]).told
    assert facts(back.deal) == replace(facts(hear(deal, *after)), updated=back.deal.updated), (
        "as if nobody had corrected anything"
    )
    assert all(change.by == "U2" for change in back.changes)


@settings(max_examples=60, deadline=None)
@given(_CLAIMS)
def test_undoing_a_merge_or_a_split_restores_both_deals(before: list[Claim]) -> None:
    one, two = hear(a_deal(1, 1), *before), a_deal(3, id=OTHER, start=2)
    merging = order(MERGE, deal_id=OTHER, other=ID)
    kept_deal, gone = (each.deal for each in correct(merging, two, one).told)
    back = undo(undone(merging), gone, kept_deal, [merging], [gone]).told
    assert [facts(each.deal) for each in back] == [
        facts(replace(one, linked=(OTHER,))), facts(two)
    ]  # fmt: skip

    parting = order(SPLIT, other=OTHER, stories=(one.sources[0].story_id,))
    rest, new = (each.deal for each in correct(parting, one).told)
    home, ended = (each.deal for each in undo(undone(parting), rest, new, [parting]).told)
    assert facts(home) == facts(one)
    assert (ended.sources, ended.hidden) == ((), True)


def test_a_name_put_on_one_side_is_not_on_the_other_whatever_is_heard() -> None:
    fix = order(FIX, facts={"payers": "AMD"})
    (done,) = correct(fix, a_deal(1)).told
    late = hear(done.deal, *(claim("> AMD, Nokia", id=f"x{n}", day=n) for n in range(5)))
    assert (late.payers, late.recipients) == (("AMD",), ("Nokia",))


# ---- in which order -------------------------------------------------------------------------


def test_older_fixes_hold_when_a_newer_one_is_undone() -> None:
    first = order(FIX, 1, facts={"money": "exact 5000000000 USD", "round": "Series B"})
    second = order(FIX, 2, by="U7", facts={"money": "exact 7000000000 USD"})
    (one,) = correct(first, a_deal(1)).told
    (two,) = correct(second, one.deal).told
    (back,) = undo(undone(second), two.deal, None, [first, second]).told
    assert (back.deal.money, back.deal.round) == (Money(5 * B), "Series B")
    assert [each.override.who["money"] for each in (two.deal, back.deal)] == ["U7", "U1"]
    (other_way,) = undo(undone(first), two.deal, None, [first, second]).told
    assert (other_way.deal.money, other_way.deal.round) == (Money(7 * B), None)


def test_a_merge_is_undone_before_what_came_earlier() -> None:
    fix, merging = order(FIX, 1, facts={"round": "Series C"}), order(MERGE, 2, other=OTHER)
    with pytest.raises(CorrectionError, match=r"Undo the later merge .* by @U1 first"):
        undo(undone(fix), a_deal(1), None, [fix, merging])
