"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.schedule import next_poll
from bot.model import Feed

NOW = datetime(2025, 10, 28, 12, tzinfo=UTC)
FEED = Feed("Grid", "https://grid.example/rss", every_min=30)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        pytest.param({}, 30, id="as often as configured"),
        pytest.param({"max_age_s": 60}, 30, id="never more often"),
        pytest.param({"max_age_s": 7200}, 120, id="less often when the answer stays fresh"),
        pytest.param({"max_age_s": 1e9}, 1440, id="but once a day"),
        pytest.param({"errors": 1}, 30, id="a first error changes nothing"),
        pytest.param({"errors": 2}, 60, id="then the wait doubles"),
        pytest.param({"errors": 99}, 1440, id="up to a day"),
        pytest.param({"errors": 1, "wait_s": 3600}, 60, id="a wait asked for is kept"),
        pytest.param({"errors": 4, "wait_s": 60}, 240, id="and does not shorten the back-off"),
        pytest.param({"jitter": 1.0}, 33, id="spread over a tenth more"),
    ],
)
def test_when(said, minutes):
    assert next_poll(FEED, now=NOW, **said) == NOW + timedelta(minutes=minutes)


def test_a_feed_that_is_gone_is_not_polled_again():
    assert next_poll(FEED, now=NOW, gone=True) is None


@given(
    errors=st.integers(0, 10**6),
    max_age_s=st.none() | st.floats(0, 1e12),
    wait_s=st.none() | st.floats(0, 1e12),
    jitter=st.floats(0, 1),
)
def test_always_later_and_within_a_day_or_so(errors, max_age_s, wait_s, jitter):
    again = next_poll(
        FEED, now=NOW, errors=errors, max_age_s=max_age_s, wait_s=wait_s, jitter=jitter
    )
    assert again is not None
    assert timedelta(minutes=30) <= again - NOW <= timedelta(hours=27)
