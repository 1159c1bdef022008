"""When to poll a feed again: a pure truth table. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import Feed
from bot.retry import backoff

_A_DAY = timedelta(days=1)
_SPREAD = 0.1  #: a poll comes up to this part of its wait later, so that hosts are not hit at once


def next_poll(
    feed: Feed,
    *,
    now: datetime,
    errors: int = 0,
    max_age_s: float | None = None,
    wait_s: float | None = None,
    gone: bool = False,
    jitter: float = 0.0,
) -> datetime | None:
    """Return when to ask *feed* again, or None when it said it is gone for good.

    *errors* counts failures in a row, this one included; *max_age_s* is how long the answer
    stays fresh and *wait_s* how long the host asked us to wait, both at most a day; *jitter*
    is a random number from 0 to 1.

    >>> from datetime import UTC
    >>> noon = datetime(2025, 10, 28, 12, tzinfo=UTC)
    >>> feed = Feed("Grid", "https://grid.example/rss", every_min=30)
    >>> f"{next_poll(feed, now=noon):%H:%M}"
    '12:30'
    >>> f"{next_poll(feed, now=noon, max_age_s=3600):%H:%M}"
    '13:00'
    >>> f"{next_poll(feed, now=noon, errors=3):%H:%M}"
    '14:00'
    >>> f"{next_poll(feed, now=noon, errors=1, wait_s=7200):%H:%M}"
    '14:00'
    """
    if gone:
        return None
    every = timedelta(minutes=feed.every_min)
    wait = backoff(errors, first=every, longest=max(every, _A_DAY)) if errors else every
    for asked_s in (max_age_s, wait_s):
        if asked_s is not None:
            wait = max(wait, min(timedelta(seconds=min(asked_s, 1e6)), _A_DAY))
    return now + wait * (1 + _SPREAD * jitter)
