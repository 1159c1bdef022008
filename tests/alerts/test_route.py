"""Who hears what: one card a deal, an update when it matters, silence otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.alerts.route import alert_for, channels_for
from bot.deals.merge import merge
from bot.model import Channel, Claim, Kind, News, Qualifier, Status
from bot.query import parse_query
from tests.deals.claims import claim, merges, money, story, told

FIRST = claim("Nvidia > Nokia", 1, id="first")

SECOND = {
    "another outlet": (claim("Nvidia > Nokia", 1), "Other", News.SOURCE),
    "the same outlet again": (claim("Nvidia > Nokia", 1), "Paper 0", None),
    "the same outlet with one more fact": (
        claim("Nvidia > Nokia", 1, stake_pct=2.9), "Paper 0", News.SOURCE),
    "another amount": (claim("Nvidia > Nokia", 1.2), "Other", News.CHANGE),
    "the same amount, roughly": (
        claim("Nvidia > Nokia", money(1, qualifier=Qualifier.ABOUT)), "Other", News.SOURCE),
    "another investor": (claim("Nvidia, AMD > Nokia", 1), "Other", News.CHANGE),
    "a closing": (claim("Nvidia > Nokia", 1, status=Status.COMPLETED), "Other", News.CHANGE),
    "a figure ten times off": (claim("Nvidia > Nokia", 10), "Other", News.SOURCE),
    "late talk of what is signed": (
        claim("Nvidia > Nokia", 1, status=Status.RUMORED), "Other", News.SOURCE),
}  # fmt: skip


@pytest.mark.parametrize(("said", "publisher", "news"), SECOND.values(), ids=SECOND)
def test_a_second_story_is_told_as_loudly_as_it_matters(
    said: Claim, publisher: str, news: News | None
) -> None:
    second = replace(said, story_id="second")
    last = merges(FIRST, second)[-1]
    alert = alert_for(last, story(second, publisher))
    assert (alert and alert.news) == news


def test_a_first_sighting_is_a_card_of_its_own() -> None:
    alert = alert_for(merges(FIRST)[0], story(FIRST))
    assert alert is not None
    assert (alert.news, alert.story_id) == (News.NEW, "first")
    assert alert.headline == "NEW DEAL: Nvidia → Nokia · $1.0B equity investment"


def test_two_stories_of_one_deal_never_make_two_cards() -> None:
    alerts = [
        alert_for(merged, story(replace(FIRST, story_id=f"s{number}"), f"Paper {number}"))
        for number, merged in enumerate(merges(*[replace(FIRST, story_id="")] * 4))
    ]
    assert [alert.news for alert in alerts if alert] == [News.NEW, *[News.SOURCE] * 3]


SURENESS = {
    "a sure source is told at once": ([("A", 0.9)], [News.NEW]),
    "an unsure one waits": ([("A", 0.4)], [None]),
    "for a second publisher": ([("A", 0.4), ("B", 0.4)], [None, News.NEW]),
    "not for the same one again": ([("A", 0.4), ("A", 0.4)], [None, None]),
    "or for a sure story": ([("A", 0.4), ("A", 0.9)], [None, News.NEW]),
    "and is told as new once": (
        [("A", 0.4), ("B", 0.4), ("C", 0.9)], [None, News.NEW, News.SOURCE]),
}  # fmt: skip


@pytest.mark.parametrize(("told_by", "news"), SURENESS.values(), ids=SURENESS)
def test_a_deal_that_nobody_tells_surely_waits_for_a_second_publisher(
    told_by: list[tuple[str, float]], news: list[News | None]
) -> None:
    deal, heard = None, []
    for number, (publisher, score) in enumerate(told_by):
        said = replace(FIRST, story_id=f"s{number}")
        merged = merge(deal, story(said, publisher), said, deal_id="20260302-1", score=score)
        deal = merged.deal
        alert = alert_for(merged, story(said, publisher))
        heard.append(alert and alert.news)
    assert heard == news


def test_a_deal_that_names_nobody_waits_for_a_second_publisher() -> None:
    nobody = claim(">", 1, id="first")
    first, second = merges(nobody, replace(nobody, story_id="second"))
    assert alert_for(first, story(nobody, "Paper 0")) is None
    alert = alert_for(second, story(replace(nobody, story_id="second"), "Paper 1"))
    assert alert is not None
    assert alert.news is News.NEW


def test_a_deal_that_may_double_one_just_told_waits_for_a_second_publisher() -> None:
    first, second = merges(FIRST, replace(FIRST, story_id="second"))
    assert alert_for(first, story(FIRST, "Paper 0"), doubles=True) is None
    alert = alert_for(second, story(replace(FIRST, story_id="second"), "Paper 1"), doubles=True)
    assert alert is not None
    assert alert.news is News.NEW


def test_channels_hear_what_their_look_up_matches() -> None:
    today = date(2026, 3, 2)
    chips, loans = Channel("chips", "console"), Channel("loans", "console")
    listeners = [(chips, parse_query("nokia", today)), (loans, parse_query("kind:debt", today))]
    assert channels_for(told(FIRST), listeners) == [chips]
    assert channels_for(told(claim("> Meta", 30, kind=Kind.DEBT)), listeners) == [loans]
