"""Is it a deal we know? The same, the next one, or perhaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.deals.match import LOOK_BACK, find_same, may_repeat
from bot.model import Claim, Kind, Layer, Qualifier, Status
from tests.deals.claims import claim, clustered, money, told

R, C, X = Status.RUMORED, Status.COMPLETED, Status.CANCELLED
DEBT, SUPPLY, BUY = Kind.DEBT, Kind.SUPPLY, Kind.ACQUISITION
BUILD, VENTURE = Kind.BUILDOUT, Kind.VENTURE
UP_TO = Qualifier.UP_TO

SAME = {
    "another outlet the same day": (claim("Nvidia > Nokia", 1), claim("Nvidia > Nokia", 1)),
    "the same outlet rewrites it": (claim("Nvidia > Nokia", 1), claim("Nvidia > Nokia", day=2)),
    "another currency": (
        claim("Singtel > STT GDC", money(6.6, "SGD"), kind=BUY),
        claim("Singtel > STT GDC", money(5.2), day=1, kind=BUY),
    ),
    "rounding": (claim("Google > SiFive", 1.375), claim("Google > SiFive", 1.4, day=1)),
    "a ceiling and its firm part": (
        claim("Google > Anthropic", money(40, qualifier=UP_TO)),
        claim("Google > Anthropic", 10, day=1),
    ),
    "a part of the buyers": (
        claim("BlackRock, Nvidia, MGX > Aligned", 40, kind=BUY),
        claim("BlackRock > Aligned", 40, day=1, kind=BUY),
    ),
    "the payers are not told": (claim("Nvidia > Poolside", 1), claim(" > Poolside", 1, day=2)),
    "neither tells the payers": (claim("> Mistral", 2), claim("> Mistral", day=2)),
    "rumour and announcement": (
        claim("AMD > ZT Systems", 5, kind=BUY, status=R),
        claim("AMD > ZT Systems", 4.9, day=60, kind=BUY),
    ),
    "a round that grew while it was talked about": (
        claim("> xAI", 15, status=R),
        claim("> xAI", 20, day=50),
    ),
    "announcement and closing": (
        claim("AMD > ZT Systems", 4.9, kind=BUY),
        claim("AMD > ZT Systems", 4.9, day=300, kind=BUY, status=C),
    ),
    "announcement and its end": (
        claim("CoreWeave > Core Scientific", 9, kind=BUY),
        claim("CoreWeave > Core Scientific", 9, day=115, kind=BUY, status=X),
    ),
    "talks read as a stake, signed as a venture": (
        claim("Nvidia > Reliance", status=R),
        claim("Nvidia > Reliance", 2, day=20, kind=VENTURE),
    ),
    "partners of a venture on either side": (
        claim("Blackstone > Google", 5, kind=VENTURE),
        claim("Google, Blackstone >", 5, day=1, kind=VENTURE),
    ),
    "the price comes with a filing": (
        claim("Anthropic > SpaceX", kind=SUPPLY),
        claim("Anthropic > SpaceX", 15, day=14, kind=SUPPLY),
    ),
    "a town and its state": (
        claim("Google > Midlothian", 1, kind=BUILD),
        claim("Google > Texas", 1, day=2, kind=BUILD),
    ),
    "each outlet names its own backers": (
        claim("Sequoia, Coatue, GIC > Anthropic", 30, round="Series H"),
        claim("Temasek, Samsung > Anthropic", day=1),
    ),
    "one outlet loses a zero": (
        claim("Blackstone > AirTrunk", 16),
        claim("Blackstone > AirTrunk", 1.6),
    ),
    "a story read the wrong way round": (
        claim("OpenAI > Oracle", 300, kind=SUPPLY),
        claim("Oracle > OpenAI", 300, day=1, kind=SUPPLY),
    ),
    "two reports of one coming listing": (
        claim("> Cerebras", round="IPO", status=R),
        claim("> Cerebras", 4.8, day=150, round="IPO"),
    ),
    "the name with and without its tail": (
        claim("Aramco > Humain", 5),
        claim("Aramco > HUMAIN Holding", 5, day=1),
    ),
}  # fmt: skip

APART = {
    "the next contract of the same two": (
        claim("OpenAI > CoreWeave", 11.9, kind=SUPPLY),
        claim("OpenAI > CoreWeave", 4, day=60, kind=SUPPLY),
    ),
    "the follow-on round": (
        claim("> Nscale", 1.1, round="Series B"),
        claim("> Nscale", 0.43, day=6, round="Series C"),
    ),
    "the other leg of a circular deal": (
        claim("Microsoft > Anthropic", 5),
        claim("Anthropic > Microsoft", 30, kind=SUPPLY),
    ),
    "another instrument of the same size": (
        claim("Blue Owl > Meta", 30, kind=VENTURE),
        claim("Blue Owl > Meta", 30, day=300, kind=DEBT),
    ),
    "a loan to the supplier": (
        claim("Nvidia > IREN", 3.4, kind=SUPPLY),
        claim("> IREN", 3.6, day=14, kind=DEBT),
    ),
    "rival bidders": (
        claim("Qualcomm > Tenstorrent", 5, kind=BUY, status=R),
        claim("Intel > Tenstorrent", 5, kind=BUY, status=R),
    ),
    "twins of one release": (claim("Nvidia > Lumentum", 2), claim("Nvidia > Coherent", 2)),
    "a round years later": (claim("> Mistral", 2), claim("> Mistral", 2, day=200)),
    "a private round beside a listing": (
        claim("> Anthropic", round="IPO"),
        claim("> Anthropic", 30, day=1),
    ),
    "one company's stake beside a round": (
        claim("Google > Anthropic", money(40, qualifier=UP_TO)),
        claim("> Anthropic", 50, day=6, status=R),
    ),
    "two orders in a month": (
        claim("Meta > Vistra", 1, kind=SUPPLY, layer=Layer.POWER),
        claim("Meta >", 6, day=20, kind=SUPPLY, layer=Layer.POWER),
    ),
    "two builders in one state": (
        claim("Google > Texas", 40, kind=BUILD),
        claim("Vantage > Texas", 25, day=3, kind=BUILD),
    ),
    "a company worth twice as much": (
        claim("> Anthropic", status=R, valuation=money(300)),
        claim("> Anthropic", day=80, status=R, valuation=money(900)),
    ),
    "nothing but the amount": (claim("Nvidia > Nokia", 1), claim("Google > Poolside", 1)),
    "a new try after the end": (
        claim("CoreWeave > Core Scientific", 9, kind=BUY, status=X),
        claim("CoreWeave > Core Scientific", 9, day=90, kind=BUY, status=R),
    ),
}  # fmt: skip


def dated(first: Claim, second: Claim) -> tuple[Claim, Claim]:
    return replace(first, story_id="first"), replace(second, story_id="second")


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_stories_of_one_deal_find_each_other_in_either_order(pair: tuple[Claim, Claim]) -> None:
    first, second = dated(*pair)
    assert len(clustered([first, second])) == 1
    assert len(clustered([second, first])) == 1


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_another_deal_is_kept_apart_in_either_order(pair: tuple[Claim, Claim]) -> None:
    first, second = dated(*pair)
    assert len(clustered([first, second])) == 2
    assert len(clustered([second, first])) == 2


Told = tuple[Claim, str, Claim, str]

RETOLD: dict[str, Told] = {
    "sides and kind misread, the figure is right": (
        claim("CoreWeave > Meta", 14.2), "CoreWeave wins $14.2B from Meta",
        claim("Meta > CoreWeave", 14.2, day=1, kind=SUPPLY), "Meta rents $14.2B of GPUs"),
    "the other party stands in the title alone": (
        claim("Helvora >", kind=SUPPLY), "Helvora and Meta agree on 200 MW of storage",
        claim("Meta > Helvora", day=0.2, kind=SUPPLY), "Meta takes storage from Helvora"),
    "one outlet calls the company by what it does": (
        claim(">", 2.5), "Swiss robot brain start-up raises $2.5 billion",
        claim("> Helvora", 2.5, day=1), "Robot brain start-up Helvora raises $2.5 billion"),
    "one release printed twice, once read badly": (
        claim("> Series", kind=SUPPLY), "Helvora expands its series of sites with Tarnwick",
        claim("Tarnwick > Helvora", kind=SUPPLY),
        "Helvora expands its series of sites with Tarnwick, adding power"),
    "a worth taken for a size": (
        claim("> Helvora", 41), "Helvora is worth $41 billion",
        claim("> Helvora", 12, day=1, valuation=money(41)), "Helvora raises $12bn at $41bn"),
    "a cancellation read the wrong way round": (
        claim("Disney > OpenAI", 1), "Disney invests $1bn in OpenAI",
        claim("OpenAI > Disney", 1, day=100, kind=SUPPLY, status=X), "Disney drops OpenAI plan"),
    "a listing that is only the background": (
        claim("Google > Helvora", status=R), "Google and Helvora in talks on sites",
        claim("Google > Helvora", status=R, kind=SUPPLY),
        "Google and Helvora in talks ahead of Helvora's giant IPO"),
    "a talked-of listing and its filing": (
        claim("> Helvora", status=R), "Helvora weighs an IPO next year",
        claim("> Helvora", day=120), "Helvora files for an IPO"),
}  # fmt: skip

NOT_RETOLD: dict[str, Told] = {
    "twins in like words": (
        claim("Nvidia > Lumentum", 2), "Nvidia to invest $2 billion in Lumentum",
        claim("Nvidia > Coherent", 2), "Nvidia to invest $2 billion in Coherent"),
    "rival bidders in like words": (
        claim("Qualcomm > Tarnwick", 5, kind=BUY, status=R), "Qualcomm in talks to buy Tarnwick",
        claim("Intel > Tarnwick", 5, kind=BUY, status=R), "Intel in talks to buy Tarnwick"),
    "two strangers that raise the same": (
        claim("> Helvora", 1.2), "Helvora raises $1.2 billion in new funding",
        claim("> Tarnwick", 1.2), "Tarnwick raises $1.2 billion in new funding"),
    "the stake and the order that comes back": (
        claim("Nvidia > Helvora", 2.1), "Nvidia to put $2.1bn into Helvora",
        claim("Helvora > Nvidia", 3.4, day=0.5, kind=SUPPLY), "Helvora orders Nvidia chips"),
    "the order that comes back, its size not told": (
        claim("Nvidia > Helvora", 2.1), "Nvidia to put $2.1bn into Helvora",
        claim("Helvora > Nvidia", day=0.5, kind=SUPPLY), "Chip order signed by cloud firm"),
    "two builders in one state for the same sum": (
        claim("Google > Texas", 1, kind=BUILD), "Google plans Texas campus",
        claim("Vantage > Texas", 1, day=2, kind=BUILD), "Vantage breaks ground near Abilene"),
    "a loan in the week of a bond": (
        claim("> Amazon", 10, kind=DEBT, status=R), "Amazon to sell bonds in Canada",
        claim("> Amazon", 17.5, day=2, kind=DEBT), "Amazon secures loan from banks"),
    "a round before the listing": (
        claim("> Helvora"), "Helvora raises money ahead of its IPO",
        claim("> Helvora", 3, day=1), "Helvora prices its initial public offering"),
}  # fmt: skip


def deals_of(pair: Told) -> tuple[int, int]:
    """Return how many deals the two stories make, in either order."""
    first, second = dated(pair[0], pair[2])
    titles = {"first": pair[1], "second": pair[3]}
    return len(clustered([first, second], titles)), len(clustered([second, first], titles))


@pytest.mark.parametrize("pair", RETOLD.values(), ids=RETOLD)
def test_a_misread_story_finds_its_deal_in_either_order(pair: Told) -> None:
    assert deals_of(pair) == (1, 1)


@pytest.mark.parametrize("pair", NOT_RETOLD.values(), ids=NOT_RETOLD)
def test_like_words_alone_make_no_two_deals_one(pair: Told) -> None:
    assert deals_of(pair) == (2, 2)


@pytest.mark.parametrize(
    "case",
    ["the next contract of the same two", "the other leg of a circular deal",
     "the follow-on round", "one company's stake beside a round"],
)  # fmt: skip
def test_what_follows_from_a_deal_is_linked_to_it(case: str) -> None:
    known, new = APART[case]
    deal = told(known)
    match = find_same(new, [deal])
    assert match.same is None
    assert match.maybe == (deal,)


def test_strangers_are_not_linked() -> None:
    match = find_same(claim("Google > Poolside", 1), [told(claim("Nvidia > Nokia", 1))])
    assert match.same is None
    assert match.maybe == ()


def test_a_veto_of_any_considerable_source_keeps_a_claim_out() -> None:
    deal = told(claim("> Nscale", round="Series B"), claim("Aker > Nscale", day=1))
    assert find_same(claim("Aker > Nscale", day=2, round="Series C"), [deal]).same is None


def test_one_misread_source_of_many_does_not_keep_the_rest_out() -> None:
    good = [claim("Nvidia > Nokia", 1, day=day / 4) for day in range(3)]
    deal = told(*good, claim("Nvidia > Nokia", 5, day=1))
    assert find_same(claim("Nvidia > Nokia", 1, day=2), [deal]).same is deal


def test_single_links_do_not_chain_two_contracts_into_one_deal() -> None:
    chain = [
        claim("OpenAI > CoreWeave", size, day=day, id=f"s{day}", kind=SUPPLY)
        for day, size in enumerate([2.0, 3.0, 4.5, 6.75, 10.0])
    ]
    found = clustered(chain)
    assert not any({"s0", "s4"} <= set(stories) for stories in found.values())


def test_of_two_candidates_the_one_of_the_same_size_is_taken() -> None:
    one, two = (
        told(claim("Meta > Oklo", 1, kind=SUPPLY)),
        told(claim("Meta > Oklo", 3, kind=SUPPLY)),
    )
    two = replace(two, id="20260302-2")
    assert find_same(claim("Meta > Oklo", 3, day=1, kind=SUPPLY), [one, two]).same is two


def test_a_closing_is_looked_for_a_year_and_a_half_back() -> None:
    assert timedelta(days=540) < LOOK_BACK < timedelta(days=560)


REPEATS = {
    "one side is not told": (claim("> OpenAI", 35, day=0.5), True),
    "two days later it is another": (claim("> OpenAI", 35, day=2), False),
    "another lender on the other side": (claim("Blackstone > OpenAI", day=0.5), False),
    "another sum between the same two": (claim("SoftBank > OpenAI", 300, day=0.5), True),
    "another sum, told days later": (claim("SoftBank > OpenAI", 300, day=2.5), True),
    "another sum, a week later": (claim("SoftBank > OpenAI", 300, day=7), False),
    "another leg between the same two": (
        claim("SoftBank > OpenAI", 300, day=0.5, kind=SUPPLY),
        False,
    ),
    "a size that parts them": (claim("> OpenAI", 300, day=0.5), False),
    "nobody of the first, but its odd sum": (claim("Apollo > Broadcom", 35, day=0.5), True),
    "its odd sum, for another supplier": (claim("SoftBank > CoreWeave", 35, day=0.5), False),
}


@pytest.mark.parametrize(("said", "repeats"), REPEATS.values(), ids=REPEATS)
def test_a_linked_deal_of_the_same_day_may_be_the_one_just_told(
    said: Claim, *, repeats: bool
) -> None:
    first = told(claim("SoftBank > OpenAI", 35, id="a"))
    second = replace(told(replace(said, story_id="b")), id="20260302-2", linked=(first.id,))
    assert may_repeat(second, first) is repeats
    assert not may_repeat(first, second)


def test_what_is_not_linked_may_be_the_one_just_told_by_a_large_and_rare_sum_alone() -> None:
    first = told(claim("SoftBank > OpenAI", 35, id="a"))
    second = replace(told(claim("> OpenAI", 35, id="b", day=0.5)), id="20260302-2")
    assert may_repeat(second, first)
    round_sum = told(claim("SoftBank > OpenAI", 30, id="a"))
    other = replace(told(claim("> OpenAI", 30, id="b", day=0.5)), id="20260302-2")
    assert not may_repeat(other, round_sum)
    huge = told(claim("Nvidia > Korea", 500, id="a", kind=BUILD))
    other = replace(told(claim("> Nvidia, SK Hynix", 500, id="b", day=0.5)), id="20260302-2")
    assert may_repeat(other, huge)
