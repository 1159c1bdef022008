"""How a feed is, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.alerts.answer import FeedLine
from bot.model import Feed, FeedState

#: Characters shown: a page has to fit into a message of Telegram, links and all.
_MOST_REASON = 150
_MOST_ADDRESS = 80


def by_need(feeds: Iterable[Feed], states: Mapping[str, FeedState]) -> list[Feed]:
    """Return *feeds* as an admin needs them: failing ones first, those that are off last."""

    def need(feed: Feed) -> tuple[bool, int, str]:
        return not feed.enabled, -_state(feed, states).errors, feed.name.casefold()

    return sorted(feeds, key=need)


def title_of(feeds: Iterable[Feed], states: Mapping[str, FeedState]) -> str:
    """Return how many there are, and how many are failing or off."""
    listed = list(feeds)
    failing = sum(feed.enabled and _state(feed, states).errors > 0 for feed in listed)
    off = sum(not feed.enabled for feed in listed)
    count = f"{len(listed)} {'feed' if len(listed) == 1 else 'feeds'}"
    return f"{count}: {failing} failing, {off} off"


def line_of(feed: Feed, state: FeedState | None, address: str, now: datetime) -> FeedLine:
    """Return what a list shows of *feed*; *address* is where it is, as everybody may see it."""
    state = state or FeedState(feed.name, feed.url)
    mark, said = _said(feed, state)
    times = [
        f"last success {_ago(state.succeeded_at, now)}",
        f"last new story {_ago(state.new_story_at, now)}",
    ]
    if feed.enabled:
        times.append(f"next poll {_ahead(state, now)}")
    return FeedLine(mark, feed.name, f"{said} · {_cut(address, _MOST_ADDRESS)}", " · ".join(times))


def _said(feed: Feed, state: FeedState) -> tuple[str, str]:
    if not feed.enabled:
        return "⚪", "off"
    if state.errors:
        times = "once" if state.errors == 1 else f"{state.errors} times in a row"
        return "🔴", f"failed {times}: {_cut(state.error, _MOST_REASON)}"
    if state.succeeded_at is None:
        return "🟡", "not polled yet"
    return "🟢", f"good, every {feed.every_min} min"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _state(feed: Feed, states: Mapping[str, FeedState]) -> FeedState:
    return states.get(feed.name) or FeedState(feed.name, feed.url)


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{span(now - moment)} ago" if moment else "never"


def _ahead(state: FeedState, now: datetime) -> str:
    if state.next_poll is None:
        return "never: the host says it is gone" if state.errors else "soon"
    return "now" if state.next_poll <= now else f"in {span(state.next_poll - now)}"


def span(time: timedelta) -> str:
    """Return a stretch of time as people say it.

    >>> span(timedelta(minutes=90)), span(timedelta(days=3))
    ('90 min', '3 days')
    """
    minutes = max(round(time.total_seconds() / 60), 0)
    if minutes < 120:  # noqa: PLR2004
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"  # noqa: PLR2004
