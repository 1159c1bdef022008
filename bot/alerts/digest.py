"""Which messages of a channel go out alone and which together, as one brief. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.hours import is_served, last_quiet_end
from bot.alerts.summarise import follow_up, headline
from bot.model import Channel, Deal, Delivery, News

#: More than a burst of new deals within this time is one, however they trickle in.
BURST_WITHIN = timedelta(minutes=10)
#: Deals in one brief: as many lines as fit Telegram's 4096 characters. The rest makes another.
MOST_DEALS = 25


@dataclass(frozen=True, slots=True)
class Step:
    """What goes out in one go, and is then marked as sent in one go."""

    deliveries: tuple[Delivery, ...]
    alone: bool  #: a card or an answer beneath one; else a brief, or nothing if nothing is news


@dataclass(frozen=True, slots=True)
class Line:
    """One deal in a brief."""

    deal: Deal
    told: str = ""  #: what changed; empty for a new deal


@dataclass(frozen=True, slots=True)
class Brief:
    """Several deals in one message."""

    title: str
    lines: tuple[Line, ...]


def plan(
    waiting: Sequence[Delivery],
    hung: AbstractSet[str],
    channel: Channel,
    now: datetime,
    *,
    burst_of: int,
    lately: int = 0,
) -> list[Step]:
    """Return what to send of a channel's *waiting* messages now, in order.

    *hung* names the deals whose card hangs in the channel. A digest channel gets briefs, at its
    hour; so does one that wakes from quiet hours with news of more than *burst_of* deals. More
    cards than that at once come as one brief, other messages as ever. New deals that with those
    told *lately*, within BURST_WITHIN, are more than that gather for as long first.
    """
    if not waiting or any(each.send_at > now for each in waiting):
        return []
    if not is_served(channel, waiting[0].queued_at, now):
        return []
    if channel.digest or len(_kept_quiet(waiting, channel, now)) > burst_of:
        return _together(waiting)
    burst = _deals(filter(_tells, waiting)) - hung  # by a change too a deal can come to match
    if len(burst) <= burst_of:
        burst = _deals(each for each in waiting if each.alert.news is News.NEW) - hung
        if len(burst) + lately <= burst_of:
            burst = set()
    listed = [each for each in waiting if each.alert.deal_id in burst]
    others = [each for each in waiting if each.alert.deal_id not in burst]
    if lately and listed and now - listed[0].queued_at < BURST_WITHIN:
        listed = []
    steps = [*_together(listed), *_alone(others, hung)]
    return sorted(steps, key=lambda step: step.deliveries[0].id)


def _kept_quiet(waiting: Iterable[Delivery], channel: Channel, now: datetime) -> set[str]:
    """Return the deals with news that waited for the end of quiet hours."""
    ended = last_quiet_end(channel, now)
    if ended is None:
        return set()
    return _deals(each for each in waiting if _tells(each) and each.queued_at < ended)


def _deals(deliveries: Iterable[Delivery]) -> set[str]:
    return {each.alert.deal_id for each in deliveries}


def _tells(delivery: Delivery) -> bool:
    """Say whether people should hear of it where no card hangs."""
    return delivery.alert.news in (News.NEW, News.CHANGE)


def _begins(delivery: Delivery) -> bool:
    """Say whether people made a deal that has to have its card where the other one hangs."""
    fields = {change.field for change in delivery.alert.changes if change.new}
    return delivery.alert.news is News.CORRECTION and not fields.isdisjoint(
        ("split_from", "merged")
    )


def _alone(waiting: Iterable[Delivery], hung: AbstractSet[str]) -> list[Step]:
    """Return a step a message; one more source of a deal without a card is no message."""
    carded = set(hung)
    steps = []
    for delivery in waiting:
        if _tells(delivery) or _begins(delivery):
            carded.add(delivery.alert.deal_id)
        steps.append(Step((delivery,), alone=delivery.alert.deal_id in carded))
    return steps


def _together(waiting: Iterable[Delivery]) -> list[Step]:
    """Return briefs, all messages on one deal in the same."""
    by_deal: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in waiting:
        by_deal[delivery.alert.deal_id].append(delivery)
    deals = list(by_deal.values())
    return [
        Step(
            tuple(each for deal in deals[start : start + MOST_DEALS] for each in deal), alone=False
        )
        for start in range(0, len(deals), MOST_DEALS)
    ]


# ---- the brief ------------------------------------------------------------------------------


def brief_of(
    deliveries: Iterable[Delivery], deals: Mapping[str, Deal], channel: Channel
) -> Brief | None:
    """Return what *deliveries* tell together; None when nothing in them is news.

    *deals* are the deals as they are known now.
    """
    news: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in filter(_tells, deliveries):
        news[delivery.alert.deal_id].append(delivery)
    known = ((deals[deal], told) for deal, told in news.items() if deal in deals)
    lines = tuple(_line(deal, told) for deal, told in known if not deal.hidden)
    return Brief(_title(lines, channel), lines) if lines else None


def _line(deal: Deal, told: Iterable[Delivery]) -> Line:
    alerts = [delivery.alert for delivery in told]
    if any(alert.news is News.NEW for alert in alerts):
        return Line(deal)
    return Line(deal, " · ".join(follow_up(alert, deal) for alert in alerts))


def _title(lines: Sequence[Line], channel: Channel) -> str:
    updates = sum(bool(line.told) for line in lines)
    counts = [_count(len(lines) - updates, "new deal"), _count(updates, "update")]
    said = " and ".join(filter(None, counts))
    rhythm = channel.digest.partition(" ")[0]
    return f"{rhythm.capitalize()} brief: {said}" if rhythm else said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def brief_notification(brief: Brief) -> str:
    """Return the line a phone shows of *brief*."""
    return f"{brief.title}: {'; '.join(headline(line.deal) for line in brief.lines)}"
