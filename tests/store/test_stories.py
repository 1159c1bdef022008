"""Every story ever seen is remembered with what was made of it."""

from dataclasses import replace

import pytest

from bot.model import Reason, Story, Verdict
from bot.store.database import open_store
from bot.store.deals import Deals
from bot.store.stories import Stories
from tests.store.test_deals import NOON, a_deal

TIP = Story("s1", "https://tips.example/1", "Tips", "3 stocks to buy", "Now.", NOON, "Tips feed")


@pytest.fixture
def db(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        yield db


def test_a_story_is_known_by_its_id_and_by_its_address(db):
    stories = Stories(db)
    stories.save(Verdict(TIP, reason=Reason.OPINION), None, NOON)
    other = replace(TIP, id="s2", url="https://tips.example/2")
    assert stories.unknown([TIP, replace(TIP, id="s3"), replace(TIP, url=""), other]) == [other]


def test_twins_in_one_batch_are_one(db):
    twin = replace(TIP, id="s2")
    assert Stories(db).unknown([TIP, twin, TIP]) == [TIP]


def test_stories_without_an_address_are_not_taken_for_each_other(db):
    first, second = replace(TIP, id="a", url=""), replace(TIP, id="b", url="")
    Stories(db).save(Verdict(first, reason=Reason.OTHER), None, NOON)
    assert Stories(db).unknown([second]) == [second]


def test_what_was_put_aside_says_why(db):
    Stories(db).save(
        Verdict(TIP, reason=Reason.OPINION, score=0.02, why=("stocks to buy",)), None, NOON
    )
    (aside,) = Stories(db).aside(10)
    assert (aside.title, aside.reason, aside.why) == (TIP.title, "opinion", ("stocks to buy",))


def test_a_story_on_a_deal_leads_to_it(db):
    Deals(db).save(a_deal())
    Stories(db).save(Verdict(TIP), "20251028-1", NOON)
    assert Stories(db).deal_of("s1") == "20251028-1"
    assert Stories(db).deal_of("s9") is None
    assert Stories(db).aside(10) == []
