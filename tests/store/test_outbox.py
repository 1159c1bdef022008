"""The outbox: each alert once a channel, in order, and no channel waits for another."""

from datetime import timedelta

import pytest

from bot.model import Alert, News, Place
from bot.store.database import open_store
from bot.store.deals import Deals
from bot.store.outbox import Outbox
from bot.store.places import Places
from tests.store.test_deals import NOON, a_deal


@pytest.fixture
def db(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        for number in range(1, 4):
            Deals(db).save(a_deal(number))
        yield db


def alert(number: int = 1, news: News = News.NEW, story: str = "s1") -> Alert:
    return Alert(news, f"20251028-{number}", story, "Nvidia → Nokia")


def test_an_alert_comes_out_as_it_went_in(db):
    Outbox(db).put(alert(), "a", NOON)
    (delivery,) = Outbox(db).due(NOON, 10)
    assert (delivery.alert, delivery.channel, delivery.attempts) == (alert(), "a", 0)


def test_an_alert_is_queued_once_a_channel(db):
    for channel in ("a", "a", "b"):
        Outbox(db).put(alert(), channel, NOON)
    assert [delivery.channel for delivery in Outbox(db).due(NOON, 10)] == ["a", "b"]


def test_what_was_sent_or_refused_is_not_due_again(db):
    outbox = Outbox(db)
    outbox.put(alert(1), "a", NOON)
    outbox.put(alert(2), "a", NOON)
    first, second = outbox.due(NOON, 10)
    outbox.sent(first, NOON)
    outbox.refused(second, "no such channel")
    assert outbox.due(NOON + timedelta(days=9), 10) == []
    assert outbox.waiting() == 0


def test_a_message_that_waits_holds_back_its_own_channel_only(db):
    outbox = Outbox(db)
    for number in (1, 2):
        for channel in ("slow", "quick"):
            outbox.put(alert(number), channel, NOON)
    slow = next(d for d in outbox.due(NOON, 10) if d.channel == "slow")
    outbox.later(slow, NOON + timedelta(seconds=30), "rate limited")
    assert {delivery.channel for delivery in outbox.due(NOON, 10)} == {"quick"}
    after = outbox.due(NOON + timedelta(seconds=30), 10)
    assert [(d.alert.deal_id, d.attempts) for d in after if d.channel == "slow"] == [
        ("20251028-1", 1),
        ("20251028-2", 0),
    ]


def test_a_long_queue_takes_nothing_from_a_short_one(db):
    outbox = Outbox(db)
    for number in range(50):
        outbox.put(alert(1, News.SOURCE, f"s{number}"), "long", NOON)
    outbox.put(alert(2), "short", NOON)
    assert [d.channel for d in outbox.due(NOON, 5)] == ["long"] * 5 + ["short"]


def test_who_has_a_card_is_who_was_not_refused(db):
    outbox = Outbox(db)
    for channel in ("a", "b"):
        outbox.put(alert(), channel, NOON)
    outbox.refused(outbox.due(NOON, 10)[1], "archived")
    assert outbox.heard("20251028-1") == ["a"]
    assert outbox.heard("20251028-2") == []


def test_alerts_are_counted_once_however_many_channels_heard(db):
    outbox = Outbox(db)
    for channel in ("a", "b"):
        outbox.put(alert(), channel, NOON)
        outbox.put(alert(1, News.SOURCE, "s2"), channel, NOON)
        outbox.put(alert(1, News.SOURCE, "s3"), channel, NOON)
    assert outbox.news() == {"20251028-1": {"new": 1, "source": 2}}


def test_a_card_has_one_place_in_a_channel_and_it_can_move(db):
    places = Places(db)
    assert places.get("20251028-1", "a") is None
    places.put("20251028-1", Place("a", "C1", "1.1"))
    places.put("20251028-1", Place("a", "C1", "2.2"))
    assert places.get("20251028-1", "a") == Place("a", "C1", "2.2")
