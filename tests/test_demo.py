"""The demo's two weeks are read as their stories say they should be."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds.parse import parse
from bot.model import Deal, Kind, Reason, Status
from bot.ops.demo_host import DemoHost
from bot.pipeline import remember
from bot.settings import load_knowledge
from bot.store.database import open_store
from bot.store.deals import Deals
from bot.store.stories import Stories
from bot.understand.claim import read_story
from tests.test_pipeline import ALL

SHIPPED = Path(__file__).parents[1] / "config"
AFTER = datetime(2025, 11, 4, tzinfo=UTC)

HOST = DemoHost(SHIPPED / "demo", lambda: AFTER)
Lived = tuple[dict[str, str | Reason | None], dict[str, Deal]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Lived:
    """Return what became of each story, by address: its deal's id or the reason; and the deals."""
    knowledge = load_knowledge(SHIPPED)
    feeds = {feed.name: feed for feed in HOST.feeds}
    stories = [
        story
        for outlet in HOST.outlets
        for story in parse(HOST.body(outlet, AFTER), "", feeds[outlet.name], AFTER).stories
    ]
    stories.sort(key=lambda story: story.published or AFTER)
    became: dict[str, str | Reason | None] = {}
    with open_store(tmp_path_factory.mktemp("demo") / "d.db") as db:
        for story in stories:
            verdict = read_story(story, knowledge, AFTER)
            remember(db, verdict, ALL, AFTER)
            became[story.url] = Stories(db).deal_of(story.id) or verdict.reason
        return became, {deal.id: deal for deal in Deals(db).all()}


def test_every_story_is_read_once(lived):
    became, _ = lived
    assert {each.url for each in HOST.expected} == set(became)
    assert 55 <= len(became) <= 70


def test_every_story_tells_of_a_deal_or_is_put_aside_as_it_should_be(lived):
    became, _ = lived
    wrong = [
        (each.title, became[each.url])
        for each in HOST.expected
        if (each.aside is None) is isinstance(became[each.url], Reason)
    ]
    assert wrong == []


def test_stories_on_one_deal_are_one_deal_and_others_are_not(lived):
    became, _ = lived
    expected, found = defaultdict(set), defaultdict(set)
    for each in HOST.expected:
        if each.deal:
            expected[each.deal].add(each.title)
            found[became[each.url]].add(each.title)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected.values()))


def test_every_deal_is_of_the_kind_its_stories_tell(lived):
    became, deals = lived
    wrong = {
        each.deal: deals[str(became[each.url])].kind
        for each in HOST.expected
        if each.deal and each.deal.split("/")[0] != deals[str(became[each.url])].kind
    }
    assert wrong == {}
    assert {deal.kind for deal in deals.values()} == set(Kind)
    assert {deal.status for deal in deals.values()} == set(Status)


def test_what_was_put_aside_names_the_right_reason_four_times_of_five(lived):
    became, _ = lived
    aside = [each for each in HOST.expected if each.aside]
    right = [each for each in aside if became[each.url] == each.aside]
    assert len(right) >= 0.8 * len(aside), [
        (each.title, became[each.url], each.aside) for each in aside if each not in right
    ]
