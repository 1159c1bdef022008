"""Deals do not depend on the order in which we hear of things."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deals.correct import standing
from bot.deals.settle import Settled, settle
from bot.model import Claim, Deal, Kind, Override, Source
from tests.deals.claims import claim, clustered, settled

_COMPANIES = [f"Company {letter}" for letter in "ABCDEFGH"]
_KINDS = [Kind.EQUITY, Kind.ACQUISITION, Kind.SUPPLY, Kind.DEBT]

Groups = set[frozenset[str]]


def groups(claims: list[Claim]) -> Groups:
    return {frozenset(ids) for ids in clustered(claims).values()}


def copies(chance: random.Random, number: int, who: str, days: float = 3) -> list[Claim]:
    """Return one deal as several papers tell it, each in its own way."""
    kind, size = chance.choice(_KINDS), chance.randint(1, 90)
    return [
        claim(
            who,
            chance.choice([float(size), size * 1.01, None]),
            day=chance.uniform(0, days),
            id=f"d{number}s{copy}",
            kind=kind,
        )
        for copy in range(chance.randint(1, 4))
    ]


def misread(chance: random.Random, said: Claim) -> Claim:
    """Return *said* with a side lost, the sides swapped, another kind, or as it is."""
    wrong: list[Claim] = [
        replace(said, payers=()),
        replace(said, recipients=()),
        replace(said, payers=said.recipients, recipients=said.payers),
        replace(said, kind=chance.choice(_KINDS)),
    ]
    return chance.choice(wrong) if chance.random() < 0.3 else said


def crowd(chance: random.Random) -> list[Claim]:
    """Return several deals of few companies in few weeks, as papers tell them, in time order."""
    claims = [
        misread(chance, said)
        for number in range(6)
        for said in copies(chance, number, " > ".join(chance.sample(_COMPANIES[:6], 2)), days=25)
    ]
    return sorted(claims, key=lambda said: (said.said_at, said.story_id))


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_deals_of_different_companies_come_out_the_same_in_any_order(
    chance: random.Random,
) -> None:
    pairs = zip(_COMPANIES[::2], _COMPANIES[1::2], strict=True)
    claims = [
        said
        for number, (payer, recipient) in enumerate(pairs)
        for said in copies(chance, number, f"{payer} > {recipient}")
    ]
    expected = groups(claims)
    chance.shuffle(claims)
    assert groups(claims) == expected
    assert len(expected) == len(_COMPANIES) // 2


def test_of_a_crowd_of_alike_and_misread_deals_98_in_100_stories_stay_together() -> None:
    chance = random.Random(7)
    moved = total = 0
    for _ in range(30):
        claims = crowd(chance)
        expected = groups(claims)
        chance.shuffle(claims)
        moved += sum(len(group) for group in expected - groups(claims))
        total += len(claims)
    assert moved <= 0.02 * total, f"{moved} of {total}"


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_every_story_has_one_home_in_any_order(chance: random.Random) -> None:
    claims = crowd(chance)
    chance.shuffle(claims)
    deals = settled(claims)
    homes = [source.story_id for deal in deals for source in deal.sources]
    assert sorted(homes) == sorted(said.story_id for said in claims)
    by_id = {deal.id: deal for deal in deals}
    for deal in deals:
        assert bool(deal.sources) is not bool(deal.override.merged_into)
        assert not deal.override.merged_into or deal.override.merged_into in by_id


# ---- what becomes of the deals that were there -----------------------------------------------

#: Told one by one these two are strangers; what was said first ties them.
PAYER = claim("Nvidia >", 2, day=1, id="payer", kind=Kind.SUPPLY)
RECIPIENT = claim("> Helvora", 2, day=5, id="recipient", kind=Kind.SUPPLY)
TIE = claim("Nvidia > Helvora", 2, id="tie", kind=Kind.SUPPLY)
ONE, TWO = "20260303-1", "20260307-2"


def by_id(*claims: Claim, told: frozenset[str] = frozenset()) -> dict[str, Deal]:
    return {deal.id: deal for deal in settled(list(claims), told=told)}


def test_a_story_heard_late_joins_what_it_would_have_kept_together() -> None:
    assert groups([PAYER, RECIPIENT]) == {frozenset({"payer"}), frozenset({"recipient"})}
    assert groups([PAYER, RECIPIENT, TIE]) == groups([TIE, PAYER, RECIPIENT])


def test_of_two_that_are_one_the_oldest_goes_on_and_the_other_points_to_it() -> None:
    deals = by_id(PAYER, RECIPIENT, TIE)
    assert [source.story_id for source in deals[ONE].sources] == ["tie", "payer", "recipient"]
    assert deals[ONE].override.parts == (TWO,)
    assert deals[TWO].sources == ()
    assert deals[TWO].override.merged_into == ONE
    assert deals[TWO].hidden
    assert standing(deals[TWO]) == f"Merged into deal {ONE}"


def test_what_people_heard_of_goes_on_before_what_is_older() -> None:
    deals = by_id(PAYER, RECIPIENT, TIE, told=frozenset({TWO}))
    assert deals[ONE].override.merged_into == TWO
    assert len(deals[TWO].sources) == 3


def test_a_deal_that_ended_in_another_ends_where_that_one_does() -> None:
    first = claim("Nvidia > Helvora", 2, day=-1, id="first", kind=Kind.SUPPLY)
    deals = by_id(PAYER, RECIPIENT, TIE, first)
    assert len(deals[ONE].sources) == 4
    assert [deal.id for deal in deals.values() if not deal.hidden] == [ONE]


def test_a_deal_that_people_corrected_keeps_its_stories() -> None:
    one, two = settled([PAYER, RECIPIENT])
    two = replace(two, override=Override(last=1, by="U1"))
    done = settled_beside(TIE, one, two)
    assert done.home.deal.id == two.id
    assert [deal.override.merged_into for deal in (each.deal for each in done.others)] == [two.id]
    both = [replace(each, override=Override(last=1, by="U1")) for each in (one, two)]
    assert settled_beside(TIE, *both).others == ()


def test_a_story_parted_from_a_deal_by_an_earlier_one_makes_a_deal_of_its_own() -> None:
    """Two contracts told in one breath until the first of the second is heard of."""
    small = claim("OpenAI > CoreWeave", 2, day=2, id="small", kind=Kind.SUPPLY)
    open_ = claim("OpenAI > CoreWeave", day=3, id="open", kind=Kind.SUPPLY)
    large = claim("OpenAI > CoreWeave", 12, day=2.9, id="large", kind=Kind.SUPPLY)
    expected = groups([small, large, open_])
    assert groups([small, open_, large]) == expected
    assert groups([open_, large, small]) == expected


def test_what_people_merged_stays_merged_and_can_be_undone() -> None:
    one, two = settled([PAYER, RECIPIENT])
    home = replace(
        one, sources=one.sources + two.sources, override=Override(last=1, parts=(two.id,))
    )
    gone = replace(two, override=Override(last=1, merged_into=one.id))
    (loose,) = settled([replace(RECIPIENT, story_id="loose", said_at=RECIPIENT.said_at)])
    done = settled_beside(TIE, home, gone, replace(loose, id="20260307-3"))
    changed = {each.deal.id: each.deal for each in (done.home, *done.others)}
    assert gone.id not in changed
    assert {"payer", "recipient"} <= {source.story_id for source in changed[one.id].sources}


def test_a_story_heard_again_stays_where_it_is() -> None:
    (deal,) = settled([TIE])
    done = settled_beside(replace(TIE, money=None), deal)
    assert done.home.deal.id == deal.id
    assert [source.claim.money for source in done.home.deal.sources] == [None]


def test_a_story_in_time_changes_no_other_deal() -> None:
    one, two = settled([PAYER, RECIPIENT])
    done = settled_beside(replace(TIE, said_at=RECIPIENT.said_at + timedelta(hours=1)), one, two)
    assert done.others == ()


def settled_beside(said: Claim, *known: Deal) -> Settled:
    source = Source(said.story_id, "", "Paper", "", said)
    return settle(source, known, told=(), new_id=lambda day, n: f"{day:%Y%m%d}-{7 + n}")
