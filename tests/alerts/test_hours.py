"""Quiet hours and briefs: what people write is understood; midnight and summer time are kept."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.hours import (
    Digest,
    Quiet,
    is_served,
    last_quiet_end,
    parse_digest,
    parse_quiet,
    parse_zone,
)
from bot.errors import QueryError
from bot.model import Channel

MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
MOMENTS = st.integers(0, 10**7).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22:00-07:00", "22:00-07:00"),
        ("22-7", "22:00-07:00"),
        (" 9:30 – 12 ", "09:30-12:00"),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(written, meant):
    assert str(parse_quiet(written)) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("daily 08:00", "daily 08:00"),
        ("Daily 8", "daily 08:00"),
        ("weekly mon 08:00", "weekly mon 08:00"),
        ("weekly Thursday 17:30", "weekly thu 17:30"),
    ],
)
def test_the_hour_of_a_brief_is_read_as_people_write_it(written, meant):
    assert str(parse_digest(written)) == meant


@pytest.mark.parametrize("text", ["", "22:00", "25:00-07:00", "22:61-7", "7-7", "night", "off"])
def test_hours_that_are_none_are_refused_with_an_example(text):
    with pytest.raises(QueryError, match="22:00-07:00"):
        parse_quiet(text)


@pytest.mark.parametrize(
    "text", ["", "daily", "daily 24:00", "weekly 8:00", "weekly xyz 8", "8:00"]
)
def test_a_brief_without_an_hour_is_refused_with_an_example(text):
    with pytest.raises(QueryError, match="weekly mon 08:00"):
        parse_digest(text)


@pytest.mark.parametrize("name", ["", "Berlin", "Europe", "../../etc/passwd", "Mars/Base", "\x00"])
def test_a_place_that_is_no_time_zone_is_refused_with_an_example(name):
    with pytest.raises(QueryError, match="Europe/Berlin"):
        parse_zone(name)


@given(start=MINUTES, end=MINUTES)
def test_quiet_hours_read_back_as_they_were_written(start, end):
    if start != end:
        assert parse_quiet(str(Quiet(start, end))) == Quiet(start, end)


@given(minute=MINUTES, weekday=st.none() | st.integers(0, 6))
def test_a_brief_reads_back_as_it_was_written(minute, weekday):
    assert parse_digest(str(Digest(minute, weekday))) == Digest(minute, weekday)


@given(text=st.text(max_size=30))
def test_no_text_breaks_the_reading(text):
    for read in (parse_quiet, parse_digest):
        with suppress(QueryError):
            read(text)


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "served"),
    [
        pytest.param("22:00-07:00", "UTC", "2025-10-28T23:00", False, id="before midnight"),
        pytest.param("22:00-07:00", "UTC", "2025-10-28T06:59", False, id="after midnight"),
        pytest.param("22:00-07:00", "UTC", "2025-10-28T07:00", True, id="the end is awake"),
        pytest.param("12:00-13:00", "UTC", "2025-10-28T12:30", False, id="at noon"),
        pytest.param("12:00-13:00", "UTC", "2025-10-28T13:00", True, id="after noon"),
        pytest.param(
            "22:00-07:00", "Europe/Berlin", "2025-10-28T21:30", False, id="Berlin is an hour ahead"
        ),
        pytest.param("22:00-07:00", "Europe/Berlin", "2025-07-28T05:30", True, id="two in summer"),
        pytest.param("", "UTC", "2025-10-28T03:00", True, id="no quiet hours"),
    ],
)
def test_a_channel_sleeps_by_its_own_clock(quiet, zone, now, served):
    channel = Channel("a", "slack", quiet=quiet, timezone=zone)
    assert is_served(channel, at("2025-01-01T00:00"), at(now)) is served


@pytest.mark.parametrize(
    ("digest", "queued", "now", "served"),
    [
        pytest.param("daily 08:00", "2025-10-28T07:59", "2025-10-28T08:00", True, id="its hour"),
        pytest.param("daily 08:00", "2025-10-28T08:00", "2025-10-28T23:59", False, id="too late"),
        pytest.param("daily 08:00", "2025-10-27T09:00", "2025-10-28T07:59", False, id="not yet"),
        pytest.param("daily 08:00", "2025-10-20T09:00", "2025-10-28T15:00", True, id="was down"),
        pytest.param("weekly mon 08:00", "2025-10-27T07:00", "2025-10-28T12:00", True, id="week"),
        pytest.param(
            "weekly mon 08:00", "2025-10-27T09:00", "2025-11-02T23:00", False, id="Sunday"
        ),
    ],
)
def test_a_digest_channel_hears_at_its_hour(digest, queued, now, served):
    channel = Channel("a", "slack", digest=digest)
    assert is_served(channel, at(queued), at(now)) is served


@given(start=MINUTES, end=MINUTES, zone=ZONES, now=MOMENTS)
def test_quiet_hours_end_within_a_day_and_the_last_end_is_past(start, end, zone, now):
    if start == end:
        return
    channel = Channel("a", "slack", quiet=str(Quiet(start, end)), timezone=zone)
    ended = last_quiet_end(channel, now)
    assert ended is not None
    assert now - timedelta(hours=26) < ended <= now
