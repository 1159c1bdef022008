"""Whether a story's news is worth an alert, and who hears it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.alerts.summarise import notification
from bot.deals.merge import Merge
from bot.model import Alert, Change, Channel, Deal, Hours, News, Source, Story, Subscription
from bot.query import Query, matches

#: A change of one of these is news by itself; others come along with the next source.
_MATERIAL = frozenset({"status", "kind", "payers", "recipients", "money"})


#: So sure one source alone must be for an alert; a deal below waits for a second publisher.
SURE = 0.7


def alert_for(
    merge: Merge, story: Story, sure: float = SURE, *, doubles: bool = False
) -> Alert | None:
    """Return what people should hear of *story*.

    None for a publisher that repeats itself, and for a deal that no source tells *sure*-ly, that
    *doubles* one just told or names nobody: it can be looked up, and is told as new once a
    second publisher bears it out.
    """
    news = _news(merge, story, math.inf if doubles else sure)
    if news is None:
        return None
    alert = Alert(news, merge.deal.id, story.id, "", merge.changes)
    return replace(alert, headline=notification(alert, merge.deal))


def _news(merge: Merge, story: Story, sure: float) -> News | None:
    others = [source for source in merge.deal.sources if source.story_id != story.id]
    if not _is_told(merge.deal.sources, sure):
        return None
    if merge.is_new or not _is_told(others, sure):
        return News.NEW
    if any(_is_material(change) for change in merge.changes):
        return News.CHANGE
    told_before = any(source.publisher == story.source for source in others)
    return None if told_before and not merge.changes else News.SOURCE


def _is_told(sources: Sequence[Source], sure: float) -> bool:
    """Return whether *sources* are worth an alert; one source must name somebody for that."""
    named = any(source.claim.payers or source.claim.recipients for source in sources)
    return is_sure(sources, sure if named else math.inf)


def is_sure(sources: Sequence[Source], sure: float = SURE) -> bool:
    """Return whether one source is sure enough, or two publishers bear each other out."""
    publishers = {source.publisher for source in sources}
    return len(publishers) > 1 or any(source.score >= sure for source in sources)


def _is_material(change: Change) -> bool:
    """Return whether the field matters and more than its wording changed."""
    about = "about "  # the same figure, told more or less exactly
    reworded = change.old.removeprefix(about) == change.new.removeprefix(about)
    return change.field in _MATERIAL and bool(change.new) and not reworded


def channels_for(deal: Deal, listeners: Sequence[tuple[Channel, Query]]) -> list[Channel]:
    """Return the channels of which a look-up matches *deal*, each once, in the order given."""
    wanted = {channel.name: channel for channel, query in listeners if matches(query, deal)}
    return list(wanted.values())


def everyone(
    channels: Sequence[Channel],
    subscriptions: Sequence[Subscription],
    hours: Mapping[tuple[str, str], Hours],
) -> list[Channel]:
    """Return *channels*, and one more for each look-up that was asked for in chat.

    What is asked for in a channel of *channels* bears that channel's name, so that a deal has
    one card there whoever asked. *hours* were set in chat, by service and address.
    """
    known = {(each.service, each.address): each for each in reversed(channels)}
    asked = [
        replace(
            known.get((each.service, each.address)) or channel_at(each.service, each.address),
            query=each.query,
        )
        for each in subscriptions
    ]
    return [
        with_hours(each, hours.get((each.service, each.address), Hours()))
        for each in (*channels, *asked)
    ]


def channel_at(service: str, address: str) -> Channel:
    """Return a place that channels.toml does not list; its name is for life, as its cards are."""
    return Channel(f"{service} {address}", service, address)


def with_hours(channel: Channel, hours: Hours) -> Channel:
    """Return *channel* with the *hours* that were set in chat."""
    return replace(
        channel,
        quiet=channel.quiet if hours.quiet is None else hours.quiet,
        timezone=hours.timezone or channel.timezone,
        digest=channel.digest if hours.digest is None else hours.digest,
    )
