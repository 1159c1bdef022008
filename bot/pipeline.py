"""Collect (feeds → outbox) and deliver (outbox → chat); reads like the picture in README.md."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar

import aiohttp

from bot.alerts.digest import BURST_WITHIN, Step, brief_of, plan
from bot.alerts.hours import is_served
from bot.alerts.route import alert_for, channels_for
from bot.alerts.summarise import notification
from bot.chat import Sender
from bot.deals.match import LOOK_BACK, NEWS_CYCLE, find_same, may_repeat
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
    SendLater,
    SendRefused,
)
from bot.feeds.fetch import PAGES, decoded, fetch
from bot.feeds.parse import Parsed, parse
from bot.feeds.schedule import next_poll
from bot.feeds.workers import Workers
from bot.llm import Llm
from bot.model import (
    Alert,
    Channel,
    Claim,
    Deal,
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
from bot.understand.article import wants_article, with_article
from bot.understand.claim import read_story
from bot.understand.knowledge import Knowledge
from bot.understand.llm import refine

log = logging.getLogger(__name__)

Listeners = Sequence[tuple[Channel, Query]]

#: A story older than this is learned, never alerted on: it is history, not news.
_NEWS_WITHIN = timedelta(days=7)
#: Stories read and remembered in one go: short enough for a worker's deadline.
_BATCH = 200
#: Seconds that a channel has for its last message when the bot stops.
_LAST_MESSAGE_S = 10


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
    candidates = _candidates(db, story, claim)
    told_of = outbox.heard_of(deal.id for deal in candidates)
    settled = settle(
        Source(story.id, story.url, story.source, story.title, claim, verdict.score),
        candidates,
        told=told_of,
        new_id=deals.new_id,
    )
    merged = settled.home
    told = [merged.deal, *(other.deal for other in settled.others)]
    while home := deals.get(merged.deal.override.merged_into):  # people said they are one deal
        merged = merge(home, story, claim, score=verdict.score)
        told.append(merged.deal)
    doubles = any(other.id in told_of and may_repeat(merged.deal, other) for other in candidates)
    is_told = news and not merged.deal.hidden
    alert = alert_for(merged, story, doubles=doubles) if is_told else None
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


def _candidates(db: Database, story: Story, claim: Claim) -> list[Deal]:
    """Return the deals that *claim* may be about."""
    return Deals(db).candidates(claim, story.title, LOOK_BACK, NEWS_CYCLE)


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

    feeds: Mapping[str, Feed]  #: by name; may change while the bot runs
    listeners: Callable[[Database, date], Listeners]  #: who hears what now
    session: aiohttp.ClientSession
    articles: aiohttp.ClientSession  #: for what stories link to: obeys robots.txt, stays outside
    workers: Workers
    writer: Writer
    clock: Callable[[], datetime]
    jitter: Callable[[], float]  #: 0..1, spreads polls over time
    settings: Settings
    llm: Llm | None = None  #: None: the rules read alone
    _asked: list[Deal] = field(default_factory=list)  #: what the model was lately asked about

    async def round(self) -> Round:
        """Poll every feed that is due; a broken feed is one log line, never the end of it."""
        now = self.clock()
        due = await self.writer.run(lambda db: Feeds(db).due(now))
        gate = asyncio.Semaphore(self.settings.polls_at_once)
        total = Round()

        async def one(state: FeedState) -> None:
            nonlocal total
            async with gate:
                feed = self.feeds.get(state.name)
                if feed is not None:
                    total += await self.poll(feed, state)

        await asyncio.gather(*(one(state) for state in due))
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
            if self.feeds[state.name].full_text:
                verdicts = await self._in_full(verdicts, news_within)
            if self.llm is not None:
                verdicts = await self._refined(verdicts, news_within, self.llm)
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

    async def _in_full(self, verdicts: list[Verdict], news_within: timedelta) -> list[Verdict]:
        """Read again, with their articles, the stories that are news and say too little."""

        async def one(verdict: Verdict) -> Verdict:
            wanted = wants_article(verdict, self.settings.grey_from)
            if not wanted or not _is_news(verdict.story, self.clock(), news_within):
                return verdict
            try:
                return await self._with_article(verdict)
            except FeedError as error:
                story = verdict.story
                log.info("no article feed=%r story=%s: %s", story.feed, story.id, error.reason)
                return verdict

        return await asyncio.gather(*(one(verdict) for verdict in verdicts))

    async def _with_article(self, verdict: Verdict) -> Verdict:
        story = verdict.story
        fetched = await fetch(
            self.articles,
            FeedState(story.feed, story.url),
            accept=PAGES,
            timeout_s=self.settings.fetch_timeout_s,
            max_bytes=self.settings.fetch_max_mb * 1_000_000,
            now=self.clock(),
        )
        if "html" not in fetched.content_type:
            raise FeedUnreadable(story.feed, f"no page but {fetched.content_type or 'unnamed'}")
        page = decoded(fetched.body or b"", fetched.content_type)
        return await self.workers.run(
            Reader.read_article, verdict, page, self.clock(), feed=story.feed
        )

    async def _refined(
        self, verdicts: list[Verdict], news_within: timedelta, llm: Llm
    ) -> list[Verdict]:
        """Ask the model about new deals that the rules are unsure of, all at the same time."""

        async def one(verdict: Verdict) -> Verdict:
            story, claim = verdict.story, verdict.claim
            unsure = self.settings.grey_from <= verdict.score < self.settings.grey_to
            if claim is None or not unsure or not _is_news(story, self.clock(), news_within):
                return verdict
            if not await self._is_first(story, claim):
                return verdict
            answer = await llm.ask(story, claim)
            if answer is None:
                return verdict
            try:
                return await self.workers.run(Reader.refined, verdict, answer, feed=story.feed)
            except FeedUnreadable as error:
                log.warning("answer unreadable story=%s: %s", story.id, error.reason)
                return verdict

        return await asyncio.gather(*(one(verdict) for verdict in verdicts))

    async def _is_first(self, story: Story, claim: Claim) -> bool:
        """Say whether nobody told of this deal before, in a story stored or just being read."""
        known = await self.writer.run(_candidates, story, claim)
        if find_same(claim, [*known, *self._asked], story.title).same is not None:
            return False
        self._asked.append(merge(None, story, claim, deal_id=story.id).deal)
        del self._asked[:-_BATCH]
        return True

    async def _failed(self, feed: Feed, state: FeedState, error: FeedError) -> None:
        errors = state.errors + 1
        # what goes on failing in the same way was said before
        level = logging.INFO if state.error == error.reason else logging.WARNING
        log.log(level, "feed failed feed=%r errors=%d reason=%s", feed.name, errors, error.reason)
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


def _is_news(story: Story, now: datetime, within: timedelta) -> bool:
    return story.published is None or now - story.published <= within


def _remember_all(
    db: Database,
    verdicts: Sequence[Verdict],
    listeners_now: Callable[[Database, date], Listeners],
    now: datetime,
    news_within: timedelta,
) -> Round:
    listeners = listeners_now(db, now.date())  # asked here, as people may change it meanwhile
    done = Round(stories=len(verdicts))
    for verdict in verdicts:
        is_news = _is_news(verdict.story, now, news_within)
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

    channels: Callable[[Database], Mapping[str, Channel]]  #: by name; only those connected
    senders: Mapping[str, Sender]  #: by service
    writer: Writer
    clock: Callable[[], datetime]
    burst_of: int = 5  #: more new deals than that in a short time come as one brief
    _at_work: dict[str, asyncio.Task[int]] = field(default_factory=dict)  #: by channel
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def round(self, limit: int = 200) -> int:
        """Send what is due; return how many messages went out."""
        return sum(await asyncio.gather(*await self.start(limit)))

    async def start(self, limit: int = 200) -> list[asyncio.Task[int]]:
        """Begin to serve every channel that has something due and is not being served.

        Each is served by a task of its own that outlives this call, so that no channel waits
        for another, however slow; within one, order is kept.
        """
        begun = []
        for channel in await self.writer.run(self._ready, self.clock()):
            if channel.name not in self._at_work:
                task = asyncio.create_task(self._serve(channel, limit))
                self._at_work[channel.name] = task
                task.add_done_callback(partial(self._served, channel.name))
                begun.append(task)
        return begun

    def _served(self, name: str, _: asyncio.Task[int]) -> None:
        del self._at_work[name]

    async def stop(self) -> None:
        """Let every channel finish the message it is at, so that a restart repeats none."""
        self._closing.set()
        if tasks := list(self._at_work.values()):
            _, late = await asyncio.wait(tasks, timeout=_LAST_MESSAGE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ready(self, db: Database, now: datetime) -> list[Channel]:
        ready = Outbox(db).ready(now)
        channels = self.channels(db) if ready else {}
        return [
            channels[name]
            for name, queued_at in ready.items()
            if name in channels and is_served(channels[name], queued_at, now)
        ]

    async def _serve(self, channel: Channel, limit: int) -> int:
        """Send what waits for *channel*; the first "later" ends its turn."""
        sent = 0
        for step in await self.writer.run(self._plan, channel, limit, self.clock()):
            if self._closing.is_set():
                break
            try:
                sent += await self._send(channel, step)
            except SendError as error:
                if await self._put_off(step, error):
                    break
            except Exception as error:
                log.exception("sending failed channel=%s", channel.name)
                await self._put_off(step, SendLater(channel.name, type(error).__name__))
                break
        return sent

    def _plan(self, db: Database, channel: Channel, limit: int, now: datetime) -> list[Step]:
        waiting = Outbox(db).queue(channel.name, limit)
        hung = Places(db).hung({each.alert.deal_id for each in waiting}, channel.name)
        lately = Outbox(db).told(channel.name, now - BURST_WITHIN)
        return plan(waiting, hung, channel, now, burst_of=self.burst_of, lately=lately)

    async def _send(self, channel: Channel, step: Step) -> int:
        """Send one step, note it, and return how many messages that took."""
        send = self._alone if step.alone else self._together
        place, messages = await send(channel, step)
        await self.writer.run(_sent, step, place, self.clock())
        for delivery in step.deliveries:
            log.info(
                "sent channel=%s deal=%s news=%s alone=%s",
                channel.name, delivery.alert.deal_id, delivery.alert.news, step.alone,
            )  # fmt: skip
        return messages

    async def _alone(self, channel: Channel, step: Step) -> tuple[Place | None, int]:
        """Post a card, or bring the one that hangs up to date; return where it hangs."""
        (delivery,) = step.deliveries
        sender = self.senders[channel.service]
        deal_id = delivery.alert.deal_id
        deal = await self.writer.run(lambda db: Deals(db).get(deal_id))
        place = await self.writer.run(lambda db: Places(db).get(deal_id, channel.name))
        if deal is None:
            return None, 0
        if deal.hidden and (place is None or delivery.alert.news is not News.CORRECTION):
            return place, 0  # taken out of sight: there is nothing to tell of it but that
        if place is not None:
            try:
                await sender.follow_up(channel, place, deal, delivery.alert)
            except CardGone as error:
                log.warning("card gone channel=%s deal=%s: %s", channel.name, deal.id, error.reason)
                if deal.hidden:
                    return place, 0
            else:
                return place, 1
        return await sender.post(channel, deal, delivery.alert), 1

    async def _together(self, channel: Channel, step: Step) -> tuple[None, int]:
        """Post one brief on several deals; cards of them that hang are edited in silence."""
        sender = self.senders[channel.service]
        deals = await self.writer.run(_deals_of, step)
        places = await self.writer.run(_places_of, step, channel)
        for deal_id in places.keys() & deals.keys():
            with contextlib.suppress(CardGone, SendRefused):
                await sender.refresh(channel, places[deal_id], deals[deal_id])
        brief = brief_of(step.deliveries, deals, channel)
        if brief is None:
            return None, 0
        await sender.brief(channel, brief)
        return None, 1

    async def _put_off(self, step: Step, error: SendError) -> bool:
        """Store when to try again; say whether this channel has to wait."""
        oldest = step.deliveries[0]
        attempts = oldest.attempts + 1
        again = next_attempt(error, attempts, self.clock())
        # a channel that waits for a person is named once, not every time it is tried
        known = isinstance(error, ChannelClosed) and attempts > 1
        log.log(
            logging.DEBUG if known else logging.WARNING,
            "not sent channel=%s deal=%s attempts=%d again=%s reason=%s",
            oldest.channel, oldest.alert.deal_id, attempts, again, error.reason,
        )  # fmt: skip
        await self.writer.run(_not_sent, step, again, error.reason)
        return again is not None


def _deals_of(db: Database, step: Step) -> dict[str, Deal]:
    found = (Deals(db).get(each.alert.deal_id) for each in step.deliveries)
    return {deal.id: deal for deal in found if deal is not None}


def _places_of(db: Database, step: Step, channel: Channel) -> dict[str, Place]:
    ids = {each.alert.deal_id for each in step.deliveries}
    found = ((deal_id, Places(db).get(deal_id, channel.name)) for deal_id in ids)
    return {deal_id: place for deal_id, place in found if place is not None}


def _sent(db: Database, step: Step, place: Place | None, now: datetime) -> None:
    with db.atomic():
        for delivery in step.deliveries:
            Outbox(db).sent(delivery, now)
        if place is not None:
            Places(db).put(step.deliveries[0].alert.deal_id, place)


def _not_sent(db: Database, step: Step, again: datetime | None, reason: str) -> None:
    with db.atomic():
        if again is not None:  # the oldest alone: it holds back all that come after it
            Outbox(db).later(step.deliveries[0], again, reason)
            return
        for delivery in step.deliveries:
            Outbox(db).refused(delivery, reason)


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

    @classmethod
    def read_article(cls, verdict: Verdict, page: str, now: datetime) -> Verdict:
        """Return what a story says with the article in its *page*; a claim is never lost by it."""
        story = with_article(verdict.story, page)
        if story is None:
            return verdict
        again = read_story(story, cls._knowledge, now)
        return again if again.claim is not None or verdict.claim is None else verdict

    @classmethod
    def refined(cls, verdict: Verdict, answer: str) -> Verdict:
        """Return *verdict* with what a language model's *answer* rightly adds to its claim."""
        if verdict.claim is None:
            return verdict
        claim = refine(verdict.story, verdict.claim, answer, cls._knowledge)
        return replace(verdict, claim=claim)
