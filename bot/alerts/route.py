"""Whether a story's news is worth an alert, and who hears it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.alerts.summarise import notification
from bot.deals.merge import Merge
from bot.model import Alert, Change, Channel, Deal, News, Source, Story
from bot.query import Query, matches

#: A change of one of these is news by itself; others come along with the next source.
_MATERIAL = frozenset({"status", "kind", "payers", "recipients", "money"})


#: So sure one source alone must be for an alert; a deal below waits for a second publisher.
SURE = 0.5


def alert_for(merge: Merge, story: Story, sure: float = SURE) -> Alert | None:
    """Return what people should hear of *story*.

    None for a publisher that repeats itself, and for a deal that no source tells *sure*-ly: it
    can be looked up, and is told as new once it is.
    """
    news = _news(merge, story, sure)
    if news is None:
        return None
    alert = Alert(news, merge.deal.id, story.id, "", merge.changes)
    return replace(alert, headline=notification(alert, merge.deal))


def _news(merge: Merge, story: Story, sure: float) -> News | None:
    others = [source for source in merge.deal.sources if source.story_id != story.id]
    if not _is_sure(merge.deal.sources, sure):
        return None
    if merge.is_new or not _is_sure(others, sure):
        return News.NEW
    if any(_is_material(change) for change in merge.changes):
        return News.CHANGE
    told_before = any(source.publisher == story.source for source in others)
    return None if told_before and not merge.changes else News.SOURCE


def _is_sure(sources: Sequence[Source], sure: float) -> bool:
    """Return whether one source is sure enough, or two publishers bear each other out."""
    publishers = {source.publisher for source in sources}
    return len(publishers) > 1 or any(source.score >= sure for source in sources)


def _is_material(change: Change) -> bool:
    """Return whether the field matters and more than its wording changed."""
    return change.field in _MATERIAL and bool(change.new)


def channels_for(deal: Deal, listeners: Sequence[tuple[Channel, Query]]) -> list[Channel]:
    """Return the channels whose look-up *deal* matches, in the order of the settings."""
    return [channel for channel, query in listeners if matches(query, deal)]
