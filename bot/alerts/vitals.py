"""How the bot is, in words. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.alerts.summarise import day
from bot.model import Vitals

_NAMED = 3  #: failing feeds that are named; the rest is counted


def vitals_text(vitals: Vitals, now: datetime) -> str:
    """Return the state of feeds and messages, a line each."""
    started = vitals.since
    since = f"{day(started)} {started:%H:%M} UTC" if started else "unknown"
    return "\n".join(
        [
            f"Feeds: {vitals.feeds} on, {_failing(vitals)}",
            f"Last new story: {_ago(vitals.new_story_at, now)}",
            f"Messages waiting: {vitals.waiting}",
            f"Running since: {since}",
        ]
    )


def _failing(vitals: Vitals) -> str:
    if not vitals.failing:
        return "none failing"
    named = ", ".join(vitals.failing[:_NAMED])
    rest = len(vitals.failing) - _NAMED
    return f"{len(vitals.failing)} failing: {named}{f' and {rest} more' if rest > 0 else ''}"


def _ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago *moment* was, in its largest unit."""
    if moment is None:
        return "none yet"
    passed = max(now - moment, timedelta(0))
    for name, unit in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        count = passed // unit
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"
