"""The road from verdict to message, on a real store: one card a deal, nothing lost, no repeats."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.digest import Brief
from bot.errors import CardGone, SendError, SendLater, SendRefused
from bot.feeds.fetch import web_session
from bot.feeds.workers import Workers
from bot.model import (
    Alert,
    Channel,
    Claim,
    Deal,
    Feed,
    Kind,
    Money,
    News,
    Place,
    Reason,
    Status,
    Story,
    Verdict,
)  # fmt: skip
from bot.pipeline import Collector, Deliverer, Reader, Round, hearers, remember
from bot.query import Query, parse_query
from bot.settings import Settings, load_knowledge
from bot.store.database import Database, open_store
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.places import Places
from bot.store.stories import Stories
from bot.store.writer import Writer
from bot.understand.claim import read_story
from tests.doubles.feed_host import FeedHost, feed_host, item, rss

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[1] / "config"


def listening(name: str, query: str = "") -> tuple[Channel, Query]:
    return Channel(name, "board", query=query), parse_query(query, NOON.date())


ALL = [listening("all")]


def deal_story(
    number: int, source: str = "Grid Weekly", *, status: Status = Status.ANNOUNCED, hours: int = 0
) -> Verdict:
    """Return what a story says: Nvidia buys one billion dollars of Nokia shares."""
    said_at = NOON + timedelta(hours=hours)
    story = Story(
        f"s{number}", f"https://x.example/{number}", source, f"Story {number}", published=said_at
    )
    claim = Claim(
        story.id, said_at, Kind.EQUITY, status, ("Nvidia",), ("Nokia",), Money(10**9),
        evidence={"money": "Nvidia puts $1 billion into Nokia."},
    )  # fmt: skip
    return Verdict(story, claim, score=0.97)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path / "d.db") as store:
        yield store


# ---- one story, remembered ------------------------------------------------------------------


def test_two_articles_on_one_deal_are_one_deal_and_one_alert(db):
    first = remember(db, deal_story(1), ALL, NOON)
    second = remember(db, deal_story(2, "Rack News", hours=3), ALL, NOON)
    (deal,) = Deals(db).all()
    assert [source.story_id for source in deal.sources] == ["s1", "s2"]
    assert first is not None
    assert second is not None
    assert (first.news, second.news) == (News.NEW, News.SOURCE)
    assert Outbox(db).news() == {deal.id: {"new": 1, "source": 1}}


def test_a_story_put_aside_is_remembered_with_its_reason(db):
    story = Story("s9", "https://x.example/9", "Tips Daily", "3 stocks to buy", published=NOON)
    assert remember(db, Verdict(story, reason=Reason.OPINION), ALL, NOON) is None
    assert Stories(db).unknown([story]) == []
    assert Deals(db).all() == []


def test_a_story_learned_in_silence_makes_its_deal_known_and_alerts_nobody(db):
    assert remember(db, deal_story(1), ALL, NOON, news=False) is None
    assert Deals(db).all() != []
    assert Outbox(db).due(NOON, 10) == []


def test_a_second_source_concerns_only_channels_that_hold_the_card(db):
    remember(db, deal_story(1), ALL, NOON)
    remember(db, deal_story(2, "Rack News"), [*ALL, listening("late")], NOON)
    assert {delivery.channel for delivery in Outbox(db).due(NOON, 10)} == {"all"}


@pytest.mark.parametrize(
    ("news", "query", "heard", "expected"),
    [
        pytest.param(News.NEW, "", [], ["a"], id="a new deal goes where it matches"),
        pytest.param(News.NEW, "kind:debt", [], [], id="and nowhere else"),
        pytest.param(News.SOURCE, "", [], [], id="a source alone brings no card"),
        pytest.param(News.SOURCE, "kind:debt", ["a"], ["a"], id="but joins the one that hangs"),
        pytest.param(News.CHANGE, "", [], ["a"], id="a change can make a deal match"),
        pytest.param(News.CHANGE, "kind:debt", ["a"], ["a"], id="and concerns who has the card"),
        pytest.param(News.CHANGE, "", ["a", "gone"], ["a"], id="never a channel that is gone"),
    ],
)
def test_who_hears_what(db, news, query, heard, expected):
    remember(db, deal_story(1), [], NOON)
    (deal,) = Deals(db).all()
    alert = Alert(news, deal.id, "s1", "headline")
    assert hearers(alert, deal, [listening("a", query)], heard) == expected


# ---- deliver --------------------------------------------------------------------------------


class Mistake(RuntimeError):
    """A mistake of our own while a channel is served."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(reason)
        self.channel = channel


@dataclass
class Board:
    """A chat service on paper: takes cards and answers to cards that hang, or fails on demand."""

    failures: list[SendError | Mistake] = field(default_factory=list)
    cards: list[tuple[str, str]] = field(default_factory=list)  #: channel, deal id
    replies: list[tuple[str, str]] = field(default_factory=list)  #: channel, news
    briefs: list[tuple[str, Brief]] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)  #: deal ids
    stuck: str = ""  #: the channel that answers nothing until released
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:
        self._fail(channel)
        await self._wait(channel)
        self.cards.append((channel.name, deal.id))
        return Place(channel.name, "board", str(len(self.cards)))

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        self._fail(channel)
        assert int(place.message) <= len(self.cards), "no such card"
        self.replies.append((channel.name, alert.news))

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> None:
        self.edits.append(deal.id)

    async def brief(self, channel: Channel, brief: Brief) -> None:
        self._fail(channel)
        self.briefs.append((channel.name, brief))

    async def _wait(self, channel: Channel) -> None:
        if channel.name == self.stuck:
            self.reached.set()
            await self.released.wait()

    def _fail(self, channel: Channel) -> None:
        for failure in self.failures:
            if failure.channel == channel.name:
                self.failures.remove(failure)
                raise failure


class Post:
    """A deliverer at work on a real store, with a clock that tests move."""

    def __init__(self, writer: Writer, *names: str) -> None:
        self.writer, self.board, self.now = writer, Board(), NOON
        self.hours: dict[str, dict[str, Any]] = {}  #: channel → quiet, digest, timezone
        self.listeners = [listening(name) for name in names]
        self.deliverer = Deliverer(
            channels=lambda db: {
                channel.name: replace(channel, **self.hours.get(channel.name, {}))
                for channel, _ in self.listeners
            },
            senders={"board": self.board},
            writer=writer,
            clock=lambda: self.now,
        )

    async def news(self, *verdicts: Verdict) -> None:
        for verdict in verdicts:
            await self.writer.run(remember, verdict, self.listeners, self.now)

    async def deliver(self, after: timedelta = timedelta(0)) -> int:
        self.now += after
        return await self.deliverer.round()


@pytest.fixture
async def writer(tmp_path):
    async with Writer(tmp_path / "d.db") as writer:
        yield writer


async def test_a_deal_is_one_card_and_what_follows_hangs_beneath_it(writer):
    post = Post(writer, "a")
    rumor = deal_story(1, status=Status.RUMORED)
    await post.news(rumor, deal_story(2, "Rack News", hours=1), deal_story(3, "Wire", hours=2))
    assert await post.deliver() == 3
    assert await post.deliver() == 0
    assert [channel for channel, _ in post.board.cards] == ["a"]
    assert post.board.replies == [("a", News.CHANGE), ("a", News.SOURCE)]


def tied(number: int, payers: str, recipients: str, hours: int) -> Verdict:
    """Return one side's telling of a contract over two billion dollars."""
    verdict = deal_story(number, f"Paper {number}", hours=hours)
    assert verdict.claim is not None
    said = replace(verdict.claim, kind=Kind.SUPPLY, money=Money(2 * 10**9))
    said = replace(said, payers=tuple(payers.split()), recipients=tuple(recipients.split()))
    return replace(verdict, claim=said)


ONE, TWO = tied(1, "Nvidia", "", hours=24), tied(2, "", "Helvora", hours=120)
TIE = tied(3, "Nvidia", "Helvora", hours=0)


async def test_two_cards_that_turn_out_to_be_one_deal_point_to_it_and_nobody_is_alerted_again(
    writer,
):
    post = Post(writer, "a")
    await post.news(ONE, TWO)
    await post.deliver()
    (_, one), (_, two) = post.board.cards
    await post.news(TIE)
    assert await post.deliver() == 2
    assert post.board.replies == [("a", News.CHANGE), ("a", News.CORRECTION)]
    assert len(post.board.cards) == 2
    ended = await writer.run(lambda db: Deals(db).get(two))
    assert ended is not None
    assert ended.override.merged_into == one
    assert await writer.run(lambda db: {Stories(db).deal_of(f"s{n}") for n in (1, 2, 3)}) == {one}
    assert await post.deliver() == 0


async def test_a_card_still_to_be_posted_when_its_deal_ends_in_another_is_not_posted(writer):
    post = Post(writer, "a")
    await post.news(ONE, TWO, TIE)
    await post.deliver()
    assert len(post.board.cards) == 1
    assert await post.deliver() == 0


@pytest.mark.parametrize("broken", ["stories.move", "outbox.put"])
def test_a_join_is_written_whole_or_not_at_all(db, monkeypatch, broken):
    for verdict in (ONE, TWO):
        remember(db, verdict, ALL, NOON)
    before = Deals(db).all(), Outbox(db).news()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((Stories, "move") if broken == "stories.move" else (Outbox, "put")), crash)
        with pytest.raises(KeyboardInterrupt):
            remember(db, TIE, ALL, NOON)
    assert (Deals(db).all(), Outbox(db).news()) == before
    assert Stories(db).deal_of("s3") is None
    remember(db, TIE, ALL, NOON)
    (deal,) = Deals(db).all()
    assert len(deal.sources) == 3


async def test_a_channel_asked_to_wait_keeps_its_order_and_holds_up_no_other(writer):
    post = Post(writer, "slow", "quick")
    post.board.failures = [SendLater("slow", "rate limited", wait_s=30)]
    await post.news(deal_story(1), deal_story(2, "Rack News"))
    assert await post.deliver() == 2
    assert post.board.replies == [("quick", News.SOURCE)]
    assert await post.deliver(timedelta(seconds=29)) == 0, "the wait is kept"
    assert await post.deliver(timedelta(seconds=1)) == 2
    assert [channel for channel, _ in post.board.cards] == ["quick", "slow"]


async def test_a_card_that_somebody_deleted_is_posted_anew(writer):
    post = Post(writer, "a")
    await post.news(deal_story(1))
    await post.deliver()
    post.board.failures = [CardGone("a", "message not found")]
    await post.news(deal_story(2, "Rack News"))
    assert await post.deliver() == 1
    assert [channel for channel, _ in post.board.cards] == ["a", "a"]
    place = await writer.run(lambda db: Places(db).get(Deals(db).all()[0].id, "a"))
    assert place is not None
    assert place.message == "2", "what follows goes to the new card"


async def test_a_refused_message_is_not_tried_again_and_the_next_goes_out(writer):
    post = Post(writer, "a")
    post.board.failures = [SendRefused("a", "no such channel")]
    await post.news(deal_story(1))
    other = deal_story(2)
    assert other.claim is not None
    other = replace(other, claim=replace(other.claim, payers=("Acme",), recipients=("Zeta",)))
    await post.news(other)
    assert await post.deliver() == 1
    assert await post.deliver(timedelta(days=1)) == 0


def other_deals(*numbers: int) -> list[Verdict]:
    """Return one story each on deals between other parties."""
    told = []
    for number in numbers:
        verdict = deal_story(100 + number)
        assert verdict.claim is not None
        claim = replace(verdict.claim, payers=(f"Payer{number}",), recipients=(f"Taker{number}",))
        told.append(replace(verdict, claim=claim))
    return told


async def test_a_burst_of_new_deals_is_one_brief_and_each_of_them_counts_as_heard(writer):
    post = Post(writer, "a")
    await post.news(deal_story(1, status=Status.RUMORED), *other_deals(1, 2, 3, 4, 5))
    assert await post.deliver() == 1
    ((_, brief),) = post.board.briefs
    assert (brief.title, len(brief.lines), post.board.cards) == ("6 new deals", 6, [])
    await post.news(deal_story(2, "Rack News", status=Status.RUMORED, hours=1))
    assert await post.deliver() == 0, "one more source of a deal without a card is no message"
    await post.news(deal_story(3, "Wire", hours=2))
    assert await post.deliver() == 1, "a change posts its card: there is none to edit"
    assert len(post.board.cards) == 1
    assert await writer.run(lambda db: Outbox(db).waiting()) == 0


async def test_a_flood_that_trickles_in_is_a_few_cards_and_one_brief(writer):
    post = Post(writer, "a")
    for number in range(1, 41):
        await post.news(*other_deals(number))
        await post.deliver(timedelta(seconds=5))
    await post.deliver(timedelta(minutes=10))
    assert len(post.board.cards) == 5
    assert [len(brief.lines) for _, brief in post.board.briefs] == [25, 10]
    await post.news(*other_deals(50))
    await post.deliver(timedelta(minutes=11))
    assert len(post.board.cards) == 6, "when it is over, cards come as ever"


async def test_a_brief_that_has_to_wait_comes_whole_later_and_once(writer):
    post = Post(writer, "a")
    post.board.failures = [SendLater("a", "rate limited", wait_s=30)]
    await post.news(*other_deals(1, 2, 3, 4, 5, 6))
    assert await post.deliver() == 0
    assert await post.deliver(timedelta(seconds=29)) == 0
    assert await post.deliver(timedelta(seconds=1)) == 1
    assert [len(brief.lines) for _, brief in post.board.briefs] == [6]


async def test_what_comes_at_night_waits_and_a_few_come_as_cards_in_the_morning(writer):
    post = Post(writer, "a", "b")
    post.hours["a"] = {"quiet": "22:00-07:00"}
    post.now = NOON + timedelta(hours=11)
    await post.news(*other_deals(1, 2))
    assert await post.deliver() == 2, "the other channel is awake"
    assert {channel for channel, _ in post.board.cards} == {"b"}
    assert await post.deliver(timedelta(hours=8)) == 2
    assert post.board.briefs == []


async def test_what_comes_at_night_is_one_brief_in_the_morning_and_cards_are_brought_up_to_date(
    writer,
):
    post = Post(writer, "a")
    await post.news(deal_story(1, status=Status.RUMORED))
    await post.deliver()
    post.hours["a"] = {"quiet": "22:00-07:00"}
    post.now = NOON + timedelta(hours=11)
    await post.news(deal_story(2, hours=11), *other_deals(1, 2, 3, 4, 5))
    assert await post.deliver() == 0
    assert await post.deliver(timedelta(hours=8)) == 1
    ((_, brief),) = post.board.briefs
    assert brief.title == "5 new deals and 1 update"
    assert post.board.edits == [post.board.cards[0][1]]
    assert post.board.replies == []


async def test_a_digest_channel_hears_once_a_day(writer):
    post = Post(writer, "a")
    post.hours["a"] = {"digest": "daily 08:00", "timezone": "Europe/Berlin"}
    await post.news(deal_story(1))
    assert await post.deliver(timedelta(hours=18)) == 0
    assert await post.deliver(timedelta(hours=1)) == 1
    assert [brief.title for _, brief in post.board.briefs] == ["Daily brief: 1 new deal"]
    await post.news(*other_deals(1))
    assert await post.deliver(timedelta(hours=23)) == 0
    assert await post.deliver(timedelta(hours=1)) == 1
    assert post.board.cards == []


async def test_a_channel_that_hangs_holds_up_no_other_round_after_round(writer):
    post = Post(writer, "hung", "quick")
    post.board.stuck = "hung"
    begun = []
    for number in range(1, 4):
        await post.news(*other_deals(number))
        begun += await post.deliverer.start()
        await asyncio.wait(begun[1:])  # all but the one that hangs
    assert [channel for channel, _ in post.board.cards] == ["quick"] * 3
    post.board.released.set()
    await asyncio.gather(*begun)
    await post.deliver()
    mine = [deal for channel, deal in post.board.cards if channel == "hung"]
    assert len(mine) == len(set(mine)) == 3, "and what it missed comes once"


async def test_a_channel_whose_sender_fails_in_some_new_way_is_tried_later(writer, caplog):
    post = Post(writer, "a", "b")
    post.board.failures = [Mistake("a", "of ours")]
    await post.news(deal_story(1))
    await post.deliver()
    post.now += timedelta(minutes=1)
    await post.news(*other_deals(1))
    await post.deliver()
    await post.deliver(timedelta(minutes=1))
    assert sorted(post.board.cards) == sorted(set(post.board.cards))
    assert [channel for channel, _ in post.board.cards].count("b") == 2
    assert "sending failed channel=a" in caplog.text


async def test_stopping_lets_a_message_be_finished_and_noted(writer):
    post = Post(writer, "stuck")
    post.board.stuck = "stuck"
    await post.news(*other_deals(1, 2))
    await post.deliverer.start()
    await post.board.reached.wait()
    stopping = asyncio.create_task(post.deliverer.stop())
    await asyncio.sleep(0.05)
    post.board.released.set()
    await stopping
    assert len(post.board.cards) == 1
    assert await writer.run(lambda db: Outbox(db).waiting()) == 1


async def test_an_alert_is_never_sent_twice_by_two_rounds_in_a_row(writer):
    post = Post(writer, "a")
    await post.news(deal_story(1))
    await asyncio.gather(post.deliver())
    await post.news(deal_story(1))
    await post.deliver()
    assert len(post.board.cards) == 1


# ---- collect --------------------------------------------------------------------------------

FRESH = "Tue, 28 Oct 2025 11:00:00 GMT"
STALE = "Mon, 20 Oct 2025 11:00:00 GMT"
DEAL_TITLES = ("Nvidia to invest $1 billion in Nokia", "Microsoft signs $9.7bn contract with IREN")


class Newsroom:
    """A collector at work on a real store, real workers and a host of feeds."""

    def __init__(self, host: FeedHost, writer: Writer, workers: Workers, session) -> None:
        self.host, self.writer, self.now = host, writer, NOON
        self.feeds: dict[str, Feed] = {}
        self.collector = Collector(
            feeds=self.feeds,
            listeners=lambda db, today: ALL,
            session=session,
            articles=session,
            workers=workers,
            writer=writer,
            clock=lambda: self.now,
            jitter=lambda: 0.0,
            settings=Settings(),
        )

    async def add(self, name: str, path: str) -> None:
        self.feeds[name] = Feed(name, self.host.url + path)
        await self.writer.run(lambda db: Feeds(db).sync(self.feeds.values(), self.now))

    async def round(self, after: timedelta = timedelta(0)) -> Round:
        self.now += after
        return await self.collector.round()

    async def queued(self) -> list[Alert]:
        due = await self.writer.run(lambda db: Outbox(db).due(self.now, 99))
        return [delivery.alert for delivery in due]


@pytest.fixture
async def newsroom(writer):
    async with (
        feed_host() as host,
        web_session(inside=True) as session,
        Workers(1, initializer=Reader.load, initargs=(SHIPPED,)) as workers,
    ):
        yield Newsroom(host, writer, workers, session)


async def test_a_new_story_becomes_an_alert_once(newsroom):
    await newsroom.add("Grid", "/grid")
    newsroom.host.bodies["/grid"] = rss(item(1, DEAL_TITLES[0], published=FRESH))
    done = await newsroom.round()
    assert (done.polled, done.stories, done.deals, done.alerts) == (1, 1, 1, 1)
    newsroom.host.bodies["/grid"] += " "  # another body with the same story
    again = await newsroom.round(timedelta(hours=1))
    assert (again.polled, again.stories) == (1, 0)
    assert [alert.news for alert in await newsroom.queued()] == [News.NEW]


async def test_a_first_poll_learns_old_stories_in_silence(newsroom):
    await newsroom.add("Grid", "/grid")
    newsroom.host.bodies["/grid"] = rss(
        item(1, DEAL_TITLES[0], published=STALE), item(2, DEAL_TITLES[1], published=FRESH)
    )
    done = await newsroom.round()
    assert (done.deals, done.alerts) == (2, 1)
    assert "IREN" in (await newsroom.queued())[0].headline


async def test_a_broken_feed_is_a_row_and_a_log_line_and_never_the_end_of_a_round(newsroom, caplog):
    for name in ("bomb", "hang-up", "missing", "page", "good"):
        await newsroom.add(name, f"/{name}")
    newsroom.host.bodies["/page"] = "<html><body>Sign in</body></html>"
    newsroom.host.bodies["/good"] = rss(item(1, DEAL_TITLES[0], published=FRESH))
    done = await newsroom.round()
    assert (done.polled, done.failed, done.alerts) == (5, 4, 1)
    states = {state.name: state for state in await newsroom.writer.run(lambda db: Feeds(db).all())}
    assert states["good"].errors == 0
    assert "404" in states["missing"].error
    assert "web page" in states["page"].error
    assert len([record for record in caplog.records if "feed failed" in record.message]) == 4


async def test_a_feed_that_is_gone_is_left_alone(newsroom):
    await newsroom.add("Grid", "/grid")
    newsroom.host.statuses["/grid"] = 410
    await newsroom.round()
    await newsroom.round(timedelta(days=30))
    assert newsroom.host.asked["/grid"] == 1


async def test_a_story_that_kills_its_reader_is_put_aside_and_the_others_are_read(
    newsroom, monkeypatch
):
    await newsroom.add("Grid", "/grid")
    newsroom.host.bodies["/grid"] = rss(
        item(1, "Poison", published=FRESH), item(2, DEAL_TITLES[0], published=FRESH)
    )
    monkeypatch.setattr(Reader, "read", read_or_die)
    done = await newsroom.round()
    assert (done.stories, done.deals, done.aside["unreadable"]) == (2, 1, 1)


def read_or_die(stories: list[Story], now: datetime) -> list[Verdict]:
    if any(story.title == "Poison" for story in stories):
        os._exit(9)
    return [read_story(story, load_knowledge(SHIPPED), now) for story in stories]


# ---- collect: full text ---------------------------------------------------------------------

TEASER = "Nvidia to invest in Nokia"
ARTICLE = (
    "<html><head><title>Nvidia to invest in Nokia</title></head><body><article>"
    "<p>Nvidia will invest $1 billion in Nokia and take a 2.9% stake in the maker of networks.</p>"
    "<p>Both said that they would build radio networks for artificial intelligence together.</p>"
    "<p>Shares rose in Helsinki after the announcement, traders said on Tuesday.</p>"
    "</article></body></html>"
)


async def told_short(newsroom: Newsroom, *, published: str = FRESH, full_text: bool = True) -> None:
    """Serve one story that says who, and an article that says how much."""
    host = newsroom.host
    await newsroom.add("Grid", "/grid")
    newsroom.feeds["Grid"] = replace(newsroom.feeds["Grid"], full_text=full_text)
    teaser = item(1, TEASER, published=published)
    host.bodies["/grid"] = rss(teaser.replace("https://news.example/1", host.url + "/article"))
    host.bodies["/article"] = ARTICLE
    host.headers["/article"] = {"Content-Type": "text/html; charset=utf-8"}


async def sole_deal(newsroom: Newsroom) -> Deal:
    (deal,) = await newsroom.writer.run(lambda db: Deals(db).all())
    return deal


async def test_a_story_that_says_too_little_is_read_with_its_article(newsroom):
    await told_short(newsroom)
    done = await newsroom.round()
    deal = await sole_deal(newsroom)
    assert (done.deals, done.alerts) == (1, 1)
    assert (deal.money, deal.stake_pct) == (Money(10**9), 2.9)
    assert "$1 billion in Nokia" in deal.evidence["money"][0]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"status": 403}, id="refused"),
        pytest.param({"type": "application/pdf"}, id="no page"),
        pytest.param({"body": "<html><body>Sign in</body></html>"}, id="no article"),
        pytest.param({"body": "\x00" * 5_000}, id="garbage"),
        pytest.param({"body": " " * 11_000_000}, id="too large"),
    ],
)
async def test_an_article_that_cannot_be_had_leaves_the_first_verdict_standing(newsroom, trouble):
    await told_short(newsroom)
    host = newsroom.host
    host.bodies["/article"] = trouble.get("body", ARTICLE)
    host.headers["/article"] = {"Content-Type": trouble.get("type", "text/html")}
    if "status" in trouble:
        host.statuses["/article"] = trouble["status"]
    done = await newsroom.round()
    assert (done.failed, done.deals, done.alerts) == (0, 1, 1)
    assert (await sole_deal(newsroom)).money is None
    assert host.asked["/article"] == 1


async def test_a_feed_that_does_not_ask_for_it_costs_no_request(newsroom):
    await told_short(newsroom, full_text=False)
    await newsroom.round()
    assert newsroom.host.asked["/article"] == 0


async def test_a_story_that_is_learned_in_silence_costs_no_request(newsroom):
    await told_short(newsroom, published=STALE)
    assert (await newsroom.round()).deals == 1
    assert newsroom.host.asked["/article"] == 0
