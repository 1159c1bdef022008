"""When to try again: a pure truth table. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import SendError, SendLater

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=30)


def backoff(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after *attempts* failures in a row (1 or more).

    The wait doubles each time: ``first``, twice that, … up to ``longest``.

    >>> backoff(3, first=timedelta(seconds=5), longest=timedelta(minutes=30))
    datetime.timedelta(seconds=20)
    """
    doublings: int = min(max(attempts, 1) - 1, 30)
    return min(first * (1 << doublings), longest)


def next_attempt(error: SendError, attempts: int, now: datetime) -> datetime | None:
    """Return when a failed message is sent again, or None when it never will be.

    A wait that the service named is kept exactly; otherwise waits double.
    *attempts* counts this failure too.
    """
    if not isinstance(error, SendLater):
        return None
    if error.wait_s is not None:
        return now + timedelta(seconds=error.wait_s)
    return now + backoff(attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
