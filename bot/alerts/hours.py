"""Quiet hours and the hours of briefs: reading what people write, and what it means now. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import QueryError
from bot.model import Channel

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = r"(\d{1,2})(?::(\d{2}))?"
_QUIET = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}", re.ASCII)
_DIGEST = re.compile(rf"(?:daily|weekly\s+(?P<day>[a-z]{{3,9}}))\s+{_TIME}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of every day in which alerts wait; they may go past midnight."""

    start: time  #: local
    end: time  #: local; the first minute that is not quiet

    def __str__(self) -> str:
        """Return the hours as people write them."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel gets its brief."""

    at: time  #: local
    weekday: int | None = None  #: 0 is Monday; None is every day

    def __str__(self) -> str:
        """Return the hour as people write it."""
        rhythm = "daily" if self.weekday is None else f"weekly {_DAYS[self.weekday][:3]}"
        return f"{rhythm} {self.at:%H:%M}"


# ---- reading --------------------------------------------------------------------------------


def parse_quiet(text: str) -> Quiet:
    """Read quiet hours.

    >>> str(parse_quiet("22-7:30"))
    '22:00-07:30'

    Raises QueryError with an example.
    """
    found = _QUIET.fullmatch(text.strip())
    start, end = (_time(found[1], found[2]), _time(found[3], found[4])) if found else (None, None)
    if start is None or end is None:
        raise QueryError(f"did not understand {text!r}; try 22:00-07:00")
    if start == end:
        raise QueryError(f"{text!r} begins and ends at the same time; try 22:00-07:00")
    return Quiet(start, end)


def parse_digest(text: str) -> Digest:
    """Read the hour of a brief.

    >>> str(parse_digest("Weekly Monday 8:00"))
    'weekly mon 08:00'

    Raises QueryError with an example.
    """
    found = _DIGEST.fullmatch(text.strip().lower())
    at = _time(found[2], found[3]) if found else None
    day = found["day"] if found else None
    weekday = next((n for n, name in enumerate(_DAYS) if day and name.startswith(day)), None)
    if at is None or (day is not None and weekday is None):
        raise QueryError(f"did not understand {text!r}; try daily 08:00, or weekly mon 08:00")
    return Digest(at, weekday)


def _time(hour: str, minute: str | None) -> time | None:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def parse_zone(name: str) -> ZoneInfo:
    """Read the name of a time zone, in whatever case.

    >>> parse_zone("europe/berlin").key
    'Europe/Berlin'

    Raises QueryError with an example.
    """
    name = name.strip()
    with suppress(LookupError, ValueError, OSError):
        return ZoneInfo(name)
    for known in available_timezones():  # slow, and only for those who misspell
        if known.lower() == name.lower():
            return ZoneInfo(known)
    raise QueryError(f"did not understand the time zone {name!r}; try Europe/Berlin")


# ---- what it means now ----------------------------------------------------------------------


def is_served(channel: Channel, queued_at: datetime, now: datetime) -> bool:
    """Say whether *channel* gets messages now, the oldest of which was queued at *queued_at*.

    Never in quiet hours; a digest channel when its hour has come since.
    """
    if _is_quiet(channel, now):
        return False
    brief_at = _last_digest(channel, now)
    return brief_at is None or queued_at < brief_at


def _is_quiet(channel: Channel, now: datetime) -> bool:
    """Say whether *channel* has quiet hours at *now*."""
    if not channel.quiet:
        return False
    quiet = parse_quiet(channel.quiet)
    local = now.astimezone(parse_zone(channel.timezone)).time()
    if quiet.start < quiet.end:
        return quiet.start <= local < quiet.end
    return local >= quiet.start or local < quiet.end


def last_quiet_end(channel: Channel, now: datetime) -> datetime | None:
    """Return when quiet hours last ended, UTC; None when *channel* has none."""
    return _last(channel, parse_quiet(channel.quiet).end, None, now) if channel.quiet else None


def _last_digest(channel: Channel, now: datetime) -> datetime | None:
    """Return when a brief was last due, UTC; None when *channel* gets cards."""
    if not channel.digest:
        return None
    digest = parse_digest(channel.digest)
    return _last(channel, digest.at, digest.weekday, now)


def _last(channel: Channel, at: time, weekday: int | None, now: datetime) -> datetime:
    """Return the last moment up to *now* at which the channel's clocks showed *at*."""
    zone = parse_zone(channel.timezone)
    day = now.astimezone(zone).date()
    if weekday is not None:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    # compared in UTC: two times of one zone compare as their clocks do, which jump in spring
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    if moment > now:
        day -= timedelta(days=1 if weekday is None else 7)
        moment = datetime.combine(day, at, zone).astimezone(UTC)
    return moment
