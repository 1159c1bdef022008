"""Collect (feeds → outbox) and deliver (outbox → chat); reads like the picture in README.md."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import aiohttp

from bot.alerts.route import alert_for, channels_for
from bot.alerts.summarise import notification
from bot.chat import Sender
from bot.deals.match import LOOK_BACK, NEWS_CYCLE
from bot.deals.merge import Merge, merge
from bot.deals.settle import settle
from bot.errors import (
    CardGone,
    ChannelClosed,
    FeedError,
    FeedGone,
    FeedUnreachable,
    FeedUnreadable,
    SendError,
)
from bot.feeds.fetch import fetch
from bot.feeds.parse import Parsed, parse
from bot.feeds.schedule import next_poll
from bot.feeds.workers import Workers
from bot.model import (
    Alert,
    Channel,
    Deal,
    Delivery,
    Feed,
    FeedState,
    News,
    Place,
    Reason,
    Source,
    Story,
    Verdict,
)
from bot.query import Query
from bot.retry import next_attempt
from bot.settings import Settings, load_knowledge
from bot.store.database import Database
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.places import Places
from bot.store.stories import Stories
from bot.store.writer import Writer
from bot.understand.claim import read_story
from bot.understand.knowledge import Knowledge

log = logging.getLogger(__name__)

Listeners = Sequence[tuple[Channel, Query]]

#: A story older than this is learned, never alerted on: it is history, not news.
_NEWS_WITHIN = timedelta(days=7)
#: Stories read and remembered in one go: short enough for a worker's deadline.
_BATCH = 200


# ---- one story, remembered ------------------------------------------------------------------


def remember(
    db: Database, verdict: Verdict, listeners: Listeners, now: datetime, *, news: bool = True
) -> Alert | None:
    """Store one read story, the deal it makes or changes, and what people should hear of it.

    Gathers and decides first, then writes once: a crash can neither lose an alert nor
    send one for a deal we forgot. With *news* false the story is learned in silence.
    """
    stories, deals, outbox = Stories(db), Deals(db), Outbox(db)
    claim, story = verdict.claim, verdict.story
    if claim is None:
        stories.save(verdict, None, now)
        return None
    candidates = deals.candidates(claim, story.title, LOOK_BACK, NEWS_CYCLE)
    source = Source(story.id, story.url, story.source, story.title, claim, verdict.score)
    settled = settle(
        source,
        candidates,
        told=outbox.told(deal.id for deal in candidates),
        new_id=deals.new_id,
    )
    merged = settled.home
    told = [merged.deal, *(other.deal for other in settled.others)]
    while home := deals.get(merged.deal.override.merged_into):  # people said they are one deal
        merged = merge(home, story, claim, score=verdict.score)
        told.append(merged.deal)
    alert = alert_for(merged, story) if news and not merged.deal.hidden else None
    heard = outbox.heard(merged.deal.id)
    edits = [_edit(other, story) for other in settled.others if other.changes and not other.is_new]
    with db.atomic():
        for deal in told:
            deals.save(deal)
        stories.save(verdict, merged.deal.id, now)
        for other in settled.others:
            stories.move((each.story_id for each in other.deal.sources), other.deal.id)
        if settled.others:
            stories.move((each.story_id for each in merged.deal.sources), merged.deal.id)
        if alert is not None:
            for channel in hearers(alert, merged.deal, listeners, heard):
                outbox.put(alert, channel, now)
        for edit in edits:
            for channel in outbox.heard(edit.deal_id):
                outbox.put(edit, channel, now)
    return alert


def _edit(merged: Merge, story: Story) -> Alert:
    """Return what brings the card of a deal up to date that *story* changed though not its own."""
    alert = Alert(News.CORRECTION, merged.deal.id, story.id, "", merged.changes)
    return replace(alert, headline=notification(alert, merged.deal))


def hearers(alert: Alert, deal: Deal, listeners: Listeners, heard: Iterable[str]) -> list[str]:
    """Return the names of the channels that get *alert*; *heard* have the deal's card already.

    One more source only concerns a channel that has the card; a change also concerns those
    whose look-up the deal matches now.
    """
    names = {channel.name for channel, _ in listeners}
    has_card = [name for name in heard if name in names]
    if alert.news is News.SOURCE:
        return has_card
    wanted = [channel.name for channel in channels_for(deal, listeners)]
    return wanted + [name for name in has_card if name not in wanted]


# ---- collect: feeds → outbox ----------------------------------------------------------------


@dataclass(slots=True)
class Round:
    """What one look at the due feeds came to."""

    polled: int = 0
    failed: int = 0
    stories: int = 0  #: new ones
    deals: int = 0  #: new stories that are about a deal
    alerts: int = 0
    aside: Counter[str] = field(default_factory=Counter)  #: reason → stories

    def __iadd__(self, other: Round) -> Round:
        self.polled += other.polled
        self.failed += other.failed
        self.stories += other.stories
        self.deals += other.deals
        self.alerts += other.alerts
        self.aside += other.aside
        return self


@dataclass(frozen=True, slots=True)
class Collector:
    """Polls feeds and remembers what they bring."""

    feeds: Mapping[str, Feed]  #: by name
    listeners: Listeners
    session: aiohttp.ClientSession
    workers: Workers
    writer: Writer
    clock: Callable[[], datetime]
    jitter: Callable[[], float]  #: 0..1, spreads polls over time
    settings: Settings

    async def round(self) -> Round:
        """Poll every feed that is due; a broken feed is one log line, never the end of it."""
        now = self.clock()
        due = await self.writer.run(lambda db: Feeds(db).due(now))
        gate = asyncio.Semaphore(self.settings.polls_at_once)
        total = Round()

        async def one(state: FeedState) -> None:
            nonlocal total
            async with gate:
                total += await self.poll(self.feeds[state.name], state)

        await asyncio.gather(*(one(state) for state in due if state.name in self.feeds))
        if total.stories:
            log.info(
                "collected feeds=%d failed=%d stories=%d deals=%d alerts=%d",
                total.polled, total.failed, total.stories, total.deals, total.alerts,
            )  # fmt: skip
        return total

    async def poll(self, feed: Feed, state: FeedState) -> Round:
        """Poll one feed: fetch, parse, read what is new, remember it, say when to look again."""
        try:
            fetched = await fetch(
                self.session,
                state,
                timeout_s=self.settings.fetch_timeout_s,
                max_bytes=self.settings.fetch_max_mb * 1_000_000,
                now=self.clock(),
            )
            if fetched.body is None:
                result = Round(polled=1)
            else:
                parsed = await self.workers.run(
                    parse, fetched.body, fetched.content_type, feed, self.clock(), feed=feed.name
                )
                result = await self._remember(parsed, state)
        except FeedError as error:
            await self._failed(feed, state, error)
            return Round(polled=1, failed=1)
        now = self.clock()
        again = next_poll(feed, now=now, max_age_s=fetched.max_age_s, jitter=self.jitter())
        await self.writer.run(
            lambda db: Feeds(db).polled(state, fetched, again, now, new_stories=result.stories)
        )
        return result

    async def _remember(self, parsed: Parsed, state: FeedState) -> Round:
        """Read the stories never seen before, and remember what they say."""
        for problem in parsed.problems:
            log.info("feed problem feed=%r problem=%s", state.name, problem)
        fresh = await self.writer.run(lambda db: Stories(db).unknown(parsed.stories))
        # oldest first, so that a rumour comes before its announcement
        fresh.sort(key=lambda story: story.published or self.clock())
        first = timedelta(hours=self.settings.alert_within_h)
        news_within = first if state.first_polled_at is None else _NEWS_WITHIN
        done = Round(polled=1)
        for start in range(0, len(fresh), _BATCH):
            verdicts = await self._read(fresh[start : start + _BATCH], state.name)
            done += await self.writer.run(
                _remember_all, verdicts, self.listeners, self.clock(), news_within
            )
        return done

    async def _read(self, stories: list[Story], feed: str) -> list[Verdict]:
        """Read stories in a worker; one that cannot be read is found by halves and put aside."""
        try:
            return await self.workers.run(Reader.read, stories, self.clock(), feed=feed)
        except FeedUnreadable as error:
            if len(stories) == 1:
                log.warning("story unreadable feed=%r story=%s: %s", feed, stories[0].id, error)
                return [Verdict(stories[0], reason=Reason.UNREADABLE)]
            half = len(stories) // 2
            return await self._read(stories[:half], feed) + await self._read(stories[half:], feed)

    async def _failed(self, feed: Feed, state: FeedState, error: FeedError) -> None:
        errors = state.errors + 1
        log.warning("feed failed feed=%r errors=%d reason=%s", feed.name, errors, error.reason)
        now = self.clock()
        again = next_poll(
            feed,
            now=now,
            errors=errors,
            wait_s=error.wait_s if isinstance(error, FeedUnreachable) else None,
            gone=isinstance(error, FeedGone),
            jitter=self.jitter(),
        )
        await self.writer.run(lambda db: Feeds(db).failed(state, error.reason, again))


def _remember_all(
    db: Database,
    verdicts: Sequence[Verdict],
    listeners: Listeners,
    now: datetime,
    news_within: timedelta,
) -> Round:
    done = Round(stories=len(verdicts))
    for verdict in verdicts:
        published = verdict.story.published
        is_news = published is None or now - published <= news_within
        alert = remember(db, verdict, listeners, now, news=is_news)
        done.deals += verdict.claim is not None
        done.alerts += alert is not None
        if verdict.reason is not None:
            done.aside[verdict.reason] += 1
    return done


# ---- deliver: outbox → chat -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Sends what the outbox holds, each channel at its own pace."""

    channels: Mapping[str, Channel]  #: by name; only those that are connected
    senders: Mapping[str, Sender]  #: by service
    writer: Writer
    clock: Callable[[], datetime]

    async def round(self, limit: int = 200) -> int:
        """Send what is due; return how many messages went out.

        Channels are served side by side, so that none can starve another; within one,
        order is kept, and the first "later" ends its turn.
        """
        now = self.clock()
        due = await self.writer.run(lambda db: Outbox(db).due(now, limit))
        queues: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in due:
            if delivery.channel in self.channels:
                queues[delivery.channel].append(delivery)
        sent = await asyncio.gather(*(self._drain(queue) for queue in queues.values()))
        return sum(sent)

    async def _drain(self, queue: Sequence[Delivery]) -> int:
        sent = 0
        for delivery in queue:
            try:
                place = await self._send(delivery)
            except SendError as error:
                if await self._put_off(delivery, error):
                    break
                continue
            await self.writer.run(_sent, delivery, place, self.clock())
            log.info(
                "sent channel=%s deal=%s news=%s",
                delivery.channel, delivery.alert.deal_id, delivery.alert.news,
            )  # fmt: skip
            sent += 1
        return sent

    async def _send(self, delivery: Delivery) -> Place | None:
        """Post a card, or bring the one that hangs up to date; return where it hangs."""
        channel = self.channels[delivery.channel]
        sender = self.senders[channel.service]
        deal_id = delivery.alert.deal_id
        deal = await self.writer.run(lambda db: Deals(db).get(deal_id))
        place = await self.writer.run(lambda db: Places(db).get(deal_id, channel.name))
        if deal is None:
            return None
        if deal.hidden and (place is None or delivery.alert.news is not News.CORRECTION):
            return place  # taken out of sight: there is nothing to tell of it but that
        if place is not None:
            try:
                await sender.follow_up(channel, place, deal, delivery.alert)
            except CardGone as error:
                log.warning("card gone channel=%s deal=%s: %s", channel.name, deal.id, error.reason)
                if deal.hidden:
                    return place
            else:
                return place
        return await sender.post(channel, deal, delivery.alert)

    async def _put_off(self, delivery: Delivery, error: SendError) -> bool:
        """Store when to try again; say whether this channel has to wait."""
        attempts = delivery.attempts + 1
        again = next_attempt(error, attempts, self.clock())
        # a channel that waits for a person is named once, not every time it is tried
        known = isinstance(error, ChannelClosed) and attempts > 1
        log.log(
            logging.DEBUG if known else logging.WARNING,
            "not sent channel=%s deal=%s attempts=%d again=%s reason=%s",
            delivery.channel, delivery.alert.deal_id, attempts, again, error.reason,
        )  # fmt: skip
        await self.writer.run(_not_sent, delivery, again, error.reason)
        return again is not None


def _sent(db: Database, delivery: Delivery, place: Place | None, now: datetime) -> None:
    with db.atomic():
        Outbox(db).sent(delivery, now)
        if place is not None:
            Places(db).put(delivery.alert.deal_id, place)


def _not_sent(db: Database, delivery: Delivery, again: datetime | None, reason: str) -> None:
    if again is None:
        Outbox(db).refused(delivery, reason)
    else:
        Outbox(db).later(delivery, again, reason)


# ---- reading, in worker processes -----------------------------------------------------------


class Reader:
    """Reads stories inside a worker process, its knowledge loaded once."""

    _knowledge: ClassVar[Knowledge]

    @classmethod
    def load(cls, folder: Path) -> None:
        """Load what companies.csv, words.toml and the learned weights in *folder* know."""
        cls._knowledge = load_knowledge(folder)

    @classmethod
    def read(cls, stories: Sequence[Story], now: datetime) -> list[Verdict]:
        """Return what each story says."""
        return [read_story(story, cls._knowledge, now) for story in stories]
