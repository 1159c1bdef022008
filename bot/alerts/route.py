"""Whether a story's news is worth an alert, and who hears it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.alerts.summarise import notification
from bot.deals.merge import Merge
from bot.model import Alert, Change, Channel, Deal, News, Story
from bot.query import Query, matches

#: A change of one of these is news by itself; others come along with the next source.
_MATERIAL = frozenset({"status", "kind", "payers", "recipients", "money"})


def alert_for(merge: Merge, story: Story) -> Alert | None:
    """Return what people should hear of *story*; None for a publisher that repeats itself."""
    news = _news(merge, story)
    if news is None:
        return None
    alert = Alert(news, merge.deal.id, story.id, "", merge.changes)
    return replace(alert, headline=notification(alert, merge.deal))


def _news(merge: Merge, story: Story) -> News | None:
    if merge.is_new:
        return News.NEW
    if any(_is_material(change) for change in merge.changes):
        return News.CHANGE
    told_before = any(
        source.publisher == story.source and source.story_id != story.id
        for source in merge.deal.sources
    )
    return None if told_before and not merge.changes else News.SOURCE


def _is_material(change: Change) -> bool:
    """Return whether the field matters and more than its wording changed."""
    return change.field in _MATERIAL and bool(change.new)


def channels_for(deal: Deal, listeners: Sequence[tuple[Channel, Query]]) -> list[Channel]:
    """Return the channels whose look-up *deal* matches, in the order of the settings."""
    return [channel for channel, query in listeners if matches(query, deal)]
