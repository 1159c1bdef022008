"""What is remembered of feeds between polls."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.model import Feed
from bot.store.database import open_store
from bot.store.feeds import Feeds
from tests.store.test_deals import NOON

GRID = Feed("Grid", "https://grid.example/rss")
LATER = NOON + timedelta(minutes=30)


@dataclass
class Answer:
    etag: str = '"1"'
    last_modified: str = "Tue, 28 Oct 2025 12:00:00 GMT"
    body_hash: str = "abc"


@pytest.fixture
def feeds(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        feeds = Feeds(db)
        feeds.sync([GRID], NOON)
        yield feeds


def test_a_new_feed_is_due_at_once(feeds):
    (state,) = feeds.due(NOON)
    assert (state.name, state.url, state.first_polled_at) == ("Grid", GRID.url, None)


def test_after_a_poll_it_is_due_when_told_and_remembers_how_to_ask(feeds):
    feeds.polled(feeds.due(NOON)[0], Answer(), LATER, NOON, new_stories=3)
    assert feeds.due(LATER - timedelta(seconds=1)) == []
    (state,) = feeds.due(LATER)
    assert (state.etag, state.body_hash) == ('"1"', "abc")
    assert state.first_polled_at == state.succeeded_at == state.new_story_at == NOON


def test_failures_are_counted_until_a_poll_succeeds(feeds):
    for errors in (1, 2):
        feeds.failed(feeds.due(NOON)[0], "404 Not Found", NOON)
        assert feeds.due(NOON)[0].errors == errors
    feeds.polled(feeds.due(NOON)[0], Answer(), NOON, NOON)
    (state,) = feeds.due(NOON)
    assert (state.errors, state.error, state.new_story_at) == (0, "", None)


def test_a_feed_that_is_gone_is_never_due_until_it_has_a_new_address(feeds):
    feeds.failed(feeds.due(NOON)[0], "410 Gone", None)
    feeds.sync([GRID], NOON)
    assert feeds.due(NOON + timedelta(days=999)) == []
    assert feeds.all()[0].error == "410 Gone"
    feeds.sync([replace(GRID, url="https://grid.example/new")], LATER)
    (state,) = feeds.due(LATER)
    assert (state.etag, state.errors, state.first_polled_at) == ("", 0, None)


def test_starting_again_forgets_nothing(feeds):
    feeds.polled(feeds.due(NOON)[0], Answer(), LATER, NOON)
    feeds.sync([GRID], NOON)
    assert feeds.due(NOON) == []
