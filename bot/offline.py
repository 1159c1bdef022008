"""The commands that need no running service: archives, look-ups, feeds, the doctor."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from bot import lookups, pipeline
from bot.alerts.answer import Answer
from bot.alerts.console_text import answer_text
from bot.alerts.records import correction_record, deal_record, labelled_record
from bot.alerts.stats import stats_of
from bot.alerts.why import trace_record
from bot.app import secrets, slack_access, utc_now
from bot.chat import Question, slack
from bot.chat.commands import answer
from bot.chat.company import Company, find_company
from bot.chat.reports import MOST, stats_answer
from bot.corrections import corrected_deals, undo
from bot.errors import CorrectionError, FeedError, QueryError, SettingsError, StoreError
from bot.feed_desk import told, without_inside
from bot.feeds import listing
from bot.feeds.address import host_of, name_for, refusal
from bot.feeds.archive import stories_from, stories_of
from bot.feeds.discover import find_feed
from bot.feeds.fetch import fetch, fetch_page, web_session
from bot.feeds.opml import opml_of, read_opml
from bot.feeds.parse import parse
from bot.model import Channel, Deal, Feed, FeedState, Story, Verdict
from bot.ops.doctor import Finding, Health, examine
from bot.query import parse_query
from bot.settings import Secrets, load_aliases, load_config, load_feeds, load_knowledge
from bot.store.corrections import Corrections
from bot.store.database import Database, open_reader, open_store, sole_user
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.stories import Stories
from bot.understand.claim import read_story
from bot.understand.explain import Lost, lost
from bot.understand.knowledge import Knowledge

#: When a story without a date is taken to be from: before all others.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found: for scripts, and for people."""

    records: list[dict[str, Any]]
    text: RenderableType


# ---- stories and archives -------------------------------------------------------------------


def read(folder: Path, sources: Sequence[str], *, progress: bool) -> Iterator[Verdict]:
    """Yield what the bot makes of the stories in *sources*: files, web addresses, "-"."""
    yield from _read(load_knowledge(folder), sources, progress=progress)


def explain(
    folder: Path, sources: Sequence[str], *, progress: bool
) -> Iterator[tuple[Verdict, list[Lost]]]:
    """Yield the same, each with the amounts and names that its claim left out."""
    knowledge = load_knowledge(folder)
    for verdict in _read(knowledge, sources, progress=progress):
        yield verdict, lost(verdict.story, verdict.claim, knowledge)


def _read(knowledge: Knowledge, sources: Sequence[str], *, progress: bool) -> Iterator[Verdict]:
    stories = [story for source in sources for story in _stories_at(source)]
    for story in track(stories, "Reading", console=Console(stderr=True), disable=not progress):
        yield read_story(story, knowledge, utc_now())


def _stories_at(source: str) -> list[Story]:
    if source == "-":
        return stories_of(sys.stdin.read(), "standard input")
    if source.startswith(("http://", "https://")):
        return stories_of(asyncio.run(fetch_page(source, now=utc_now())), source)
    return stories_from(Path(source))


def replay(folder: Path, archive: Path, db: Path | None, *, progress: bool) -> list[dict[str, Any]]:
    """Run *archive* through the pipeline into *db* (or a throw-away) and return its deals."""
    if db is not None and db.exists():
        raise SettingsError(f"{db}: exists already; --db names a new file for the result")
    knowledge = load_knowledge(folder)
    listeners = [(Channel("replay", "console"), parse_query("", _EVER.date()))]
    stories = sorted(stories_from(archive), key=lambda story: story.published or _EVER)
    watched = track(stories, "Replaying", console=Console(stderr=True), disable=not progress)
    with TemporaryDirectory() as scratch, open_store(db or Path(scratch) / "replay.db") as store:
        for story in watched:
            now = story.published or _EVER
            pipeline.remember(store, read_story(story, knowledge, now), listeners, now)
        return _deal_records(store, Deals(store).all())


def _deal_records(db: Database, deals: Iterable[Deal]) -> list[dict[str, Any]]:
    """Return *deals* as records, each with the number of alerts it caused."""
    news = Outbox(db).news()
    records = []
    for deal in deals:
        counts: Counter[str] = Counter()
        for deal_id in (deal.id, *deal.override.parts):  # people heard of its parts as well
            counts.update(news.get(deal_id, {}))
        records.append(deal_record(deal, counts))
    return records


# ---- look-ups -------------------------------------------------------------------------------


def deals(db: Path, query: str, limit: int) -> Found:
    """Look up past deals.

    Raises QueryError when *query* is not understood.
    """
    today = utc_now().date()
    with open_reader(db) as store:
        found = Deals(store).search(parse_query(query, today), limit=limit)
        reply = answer(Question("deals", query), Deals(store), today, page_size=limit)
        return Found(_deal_records(store, found), answer_text(reply))


def deal(db: Path, deal_id: str) -> Found:
    """Look up one deal by its id.

    Raises QueryError when there is none.
    """
    with open_reader(db) as store:
        reply = _understood(answer(Question("deal", deal_id), Deals(store), utc_now().date()))
        found = [reply.deal] if reply.deal else []
        return Found(_deal_records(store, found), answer_text(reply))


def company(folder: Path, db: Path, name: str) -> Found:
    """Look up what a company pays and gets.

    Raises QueryError when there is none, or several.
    """
    aliases = load_aliases(folder)
    with open_reader(db) as store:
        reply = _understood(lookups.company(store, Question("company", name), aliases))
        found = find_company(name, Deals(store), aliases)
    records = [found.record()] if isinstance(found, Company) else []
    return Found(records, answer_text(reply))


def stats(db: Path, query: str, output: Path | None) -> Found:
    """Sum up the deals that match *query*, and draw them into *output* when one is named.

    Raises QueryError when *query* is not understood, SettingsError when nothing can be written.
    """
    now = utc_now()
    with open_reader(db) as store:
        found = Deals(store).search(parse_query(query, now.date()), limit=MOST)
        reply = stats_answer(Question("stats", query), Deals(store), now.date(), draws=bool(output))
    if output is not None and reply.file is not None:
        try:
            output.write_bytes(reply.file.content)
        except OSError as error:
            raise SettingsError(f"{output}: {error.strerror or error}") from error
    elif output is not None:
        raise QueryError(f"no firm amounts to draw for {query!r}")
    return Found([stats_of(found).record()], answer_text(reply))


def why(db: Path, asked: str) -> Found:
    """Return the road of a story by its address, or of a deal's stories by its id.

    Raises QueryError when *asked* is neither.
    """
    with open_reader(db) as store:
        reply = _understood(lookups.why(store, Question("why", asked), utc_now()))
        found = lookups.traces(store, lookups.pointed_at(asked))
    return Found([trace_record(trace) for trace in found], answer_text(reply))


def _understood(reply: Answer) -> Answer:
    if reply.error:
        raise QueryError(f"{reply.error} {reply.hint}".strip())
    return reply


# ---- corrections ----------------------------------------------------------------------------


def corrections_made(db: Path) -> Found:
    """Return what people corrected, oldest first."""
    with open_reader(db) as store:
        made = Corrections(store).all()
    table = Table("id", "when", "by", "what", "deal", "undone", box=None)
    for each in made:
        table.add_row(
            str(each.id), _minute(each.made), escape(each.by), each.kind, each.deal_id,
            f"{_minute(each.undone)} by {escape(each.undone_by)}" if each.undone else "",
        )  # fmt: skip
    return Found([correction_record(each) for each in made], table)


def labelled(db: Path) -> list[dict[str, Any]]:
    """Return every story of a corrected deal, labelled as people say it is."""
    with open_reader(db) as store:
        deals = corrected_deals(store)
        return [
            labelled_record(story, deal)
            for deal in deals
            for story in Stories(store).texts(source.story_id for source in deal.sources)
        ]


def undo_correction(db: Path, number: int) -> str:
    """Undo the correction with this number and say so.

    Raises CorrectionError when it cannot be undone.
    """
    with sole_user(db), open_store(db) as store:
        correction = Corrections(store).get(number)
        if correction is None:
            raise CorrectionError(f"no correction {number}; `corrections list` shows them")
        done = undo(store, correction.deal_id, "command line", utc_now(), number=number)
    if done.error:
        raise CorrectionError(done.error)
    return f"{done.title} Cards follow when the bot runs."


# ---- health ---------------------------------------------------------------------------------


async def doctor(folder: Path, db: Path, *, online: bool) -> list[Finding]:
    """Examine files, database and variables, and with *online* the tokens and channels too."""
    tokens = secrets()
    findings = [*examine(folder, tokens), _database(db)]
    if online:
        findings += await _call(folder, tokens)
    return findings


def _database(db: Path) -> Finding:
    try:
        open_store(db).close()
    except StoreError as error:
        return Finding(Health.WRONG, str(db), str(error))
    return Finding(Health.GOOD, str(db), "opens and can be written")


async def _call(folder: Path, tokens: Secrets) -> list[Finding]:
    """Ask Slack and Telegram whether they know the tokens and the channels."""
    try:
        channels = load_config(folder).channels
    except SettingsError:
        return []  # named already; the tokens can be asked about without them
    found: list[tuple[str, str, bool]] = []
    if tokens.slack:
        ours = [channel for channel in channels if channel.service == "slack"]
        found += await slack.examine(slack_access(tokens), ours)
    if tokens.telegram_bot_token:
        from bot.chat import telegram  # noqa: PLC0415 (slow to import, see bot/app.py)

        found += await telegram.examine(
            tokens.telegram_bot_token.get_secret_value(),
            tokens.telegram_api_url,
            [channel for channel in channels if channel.service == "telegram"],
        )
    return [
        Finding(Health.WRONG if wrong else Health.GOOD, subject, message)
        for subject, message, wrong in found
    ]


# ---- feeds ----------------------------------------------------------------------------------


def feed_health(folder: Path, db: Path, *, everything: bool) -> Found:
    """Return every feed with its health."""
    feeds = [feed for feed in load_feeds(folder) if feed.enabled or everything]
    with open_reader(db) as store:
        states = {state.name: state for state in Feeds(store).all()}
    records = [
        _health(feed, states.get(feed.name, FeedState(feed.name, feed.url))) for feed in feeds
    ]
    table = Table("feed", "on", "last success", "last new story", "next poll", "error", box=None)
    for record in records:
        table.add_row(
            escape(record["name"]),
            "on" if record["enabled"] else "off",
            *(record[key] or "never" for key in ("succeeded_at", "new_story_at", "next_poll")),
            escape(f"{record['error']} ({record['errors']}x)") if record["errors"] else "",
        )
    return Found(records, table)


def _health(feed: Feed, state: FeedState) -> dict[str, Any]:
    return {
        "name": feed.name,
        "url": feed.url,
        "enabled": feed.enabled,
        "succeeded_at": _minute(state.succeeded_at),
        "new_story_at": _minute(state.new_story_at),
        "next_poll": _minute(state.next_poll),
        "errors": state.errors,
        "error": state.error,
    }


def _minute(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


async def add_feed(folder: Path, url: str, name: str | None, every_min: int) -> str:
    """Find the feed at *url*, list it in feeds.toml and say so."""
    async with web_session(inside=False) as session:
        found = await find_feed(session, url, utc_now())
    if reason := refusal(found.url):
        raise SettingsError(f"{host_of(found.url)}: {reason}")
    taken = {feed.name for feed in load_feeds(folder)}
    feed = Feed(name or name_for(found.title, found.url, taken), found.url, every_min)
    listing.add(folder / "feeds.toml", feed)
    return f"Added {feed.name!r}: {feed.url}, every {feed.every_min} minutes."


def remove_feed(folder: Path, name: str) -> str:
    """Take the feed called *name* out of feeds.toml and say so."""
    listing.remove(folder / "feeds.toml", name)
    return f"Removed {name!r}. Its stories and deals stay."


def import_feeds(folder: Path, source: Path) -> str:
    """List the feeds of an OPML file in feeds.toml; return what was added, what not, and why."""
    try:
        content = source.read_bytes()
    except OSError as error:
        raise SettingsError(f"{source}: {error.strerror}") from error
    brought = asyncio.run(without_inside(read_opml(content, str(source), load_feeds(folder))))
    if brought.feeds:
        listing.add(folder / "feeds.toml", *brought.feeds)
    return "\n".join(filter(None, told(brought)))


def export_feeds(folder: Path) -> str:
    """Return the feeds of feeds.toml as an OPML document."""
    return opml_of(load_feeds(folder))


async def check_feeds(folder: Path, names: Sequence[str], console: Console) -> int:
    """Poll feeds now, store nothing; print what came and return how many failed."""
    feeds = {feed.name: feed for feed in load_feeds(folder)}
    for name in names:
        if name not in feeds:
            raise SettingsError(f"no feed named {name!r}; `feeds list --all` shows the names")
    wanted = [feeds[name] for name in names] or [feed for feed in feeds.values() if feed.enabled]
    failed = 0
    async with web_session(inside=True) as session:
        for feed in wanted:
            try:
                fetched = await fetch(session, FeedState(feed.name, feed.url), now=utc_now())
                parsed = parse(fetched.body or b"", fetched.content_type, feed, utc_now())
            except FeedError as error:
                failed += 1
                console.print(f"[red]✗[/] {escape(feed.name)}: {escape(error.reason)}")
                continue
            newest = max((s.published for s in parsed.stories if s.published), default=None)
            console.print(
                f"[green]✓[/] {escape(feed.name)}: {len(parsed.stories)} stories,"
                f" newest {_minute(newest) or 'undated'}"
            )
            for problem in parsed.problems:
                console.print(f"  {escape(problem)}")
    return failed
