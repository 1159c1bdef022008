"""The composition root: the only clock, the only environment; starts scheduler and chat."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.alerts.console_text import answer_text, aside_text
from bot.audience import Audience
from bot.chat import Question, Sender, slack
from bot.chat.commands import answer
from bot.chat.console import ConsoleSender
from bot.chat.unconnected import UnconnectedSender
from bot.desk import Desk
from bot.errors import SettingsError
from bot.feed_desk import FeedDesk
from bot.feed_list import FeedList
from bot.feeds.fetch import web_session
from bot.feeds.robots import Robots
from bot.feeds.workers import Workers
from bot.llm import Endpoint, Llm
from bot.model import Channel
from bot.opinion import Opinion
from bot.ops.demo_host import DemoHost
from bot.ops.health import Pulse
from bot.ops.logs import start_logging
from bot.pipeline import Collector, Deliverer, Reader, Round
from bot.settings import Config, Secrets, Settings, load_aliases, load_config, secrets_of
from bot.store.database import open_reader, sole_user
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.stories import Stories
from bot.store.writer import Writer

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Job = Callable[[], Awaitable[object]]


def utc_now() -> datetime:
    """Return the time: the bot's one clock."""
    return datetime.now(UTC)


def secrets() -> Secrets:
    """Return the tokens that the environment sets: the bot's one look at it."""
    return secrets_of(os.environ)


# ---- the parts, wired together --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """The running parts."""

    collector: Collector
    deliverer: Deliverer

    async def round(self) -> tuple[Round, int]:
        """Poll what is due, then send what that queued; return both outcomes."""
        return await self.collector.round(), await self.deliverer.round()


@asynccontextmanager
async def opened(db: Path) -> AsyncIterator[Writer]:
    """Open the store for this process alone."""
    with sole_user(db):
        async with Writer(db) as writer:
            yield writer


_CHATS = ("slack", "telegram")


@asynccontextmanager
async def service(
    config: Config,
    writer: Writer,
    *,
    senders: Mapping[str, Sender],
    model: Endpoint | None = None,
    clock: Clock = utc_now,
    listed: FeedList | None = None,
) -> AsyncIterator[Service]:
    """Open the workers and the network; close them all at the end.

    What is in *listed* is polled, as it changes; without it the feeds of *config*.
    """
    settings = config.settings
    audience = Audience(_reachable(config, senders), frozenset(senders))
    async with AsyncExitStack() as stack:
        workers = await stack.enter_async_context(
            Workers(settings.workers, initializer=Reader.load, initargs=(config.folder,))
        )
        session = await stack.enter_async_context(
            web_session(inside=True, at_once=settings.polls_at_once)
        )
        articles = await stack.enter_async_context(
            web_session(inside=False, middlewares=(Robots(clock).obey,))
        )
        llm = None
        if model is not None:
            line = await stack.enter_async_context(web_session(inside=True))
            llm = Llm(model, session=line, writer=writer, clock=clock, settings=settings)
        now = clock()
        await writer.run(lambda db: Feeds(db).sync(config.feeds, now))
        deliverer = Deliverer(
            channels=audience.by_name,
            senders=senders,
            writer=writer,
            clock=clock,
            burst_of=settings.burst_of,
        )
        stack.push_async_callback(deliverer.stop)
        yield Service(
            Collector(
                feeds=(listed or FeedList(config.folder, config.feeds, writer, clock)).on,
                listeners=audience.listeners,
                session=session,
                articles=articles,
                workers=workers,
                writer=writer,
                clock=clock,
                jitter=random.random,
                settings=settings,
                llm=llm,
            ),
            deliverer,
        )


def model_of(tokens: Secrets) -> Endpoint | None:
    """Return where the language model is; None when none is set."""
    if not tokens.llm:
        return None
    key = tokens.llm_api_key.get_secret_value() if tokens.llm_api_key else ""
    return Endpoint(tokens.llm_model, tokens.llm_base_url, key)


def _reachable(config: Config, senders: Mapping[str, Sender]) -> tuple[Channel, ...]:
    """Return the channels whose service is connected; with none, this terminal hears all."""
    for channel in config.channels:
        if channel.service not in senders:
            log.warning(
                "channel off channel=%s: %s is not connected", channel.name, channel.service
            )
    connected = tuple(channel for channel in config.channels if channel.service in senders)
    return connected or (Channel("console", "console"),)


def slack_access(
    tokens: Secrets, healthy: Callable[[], bool] = lambda: True, permalink_base: str = ""
) -> slack.Access:
    """Return how Slack is reached with *tokens*."""

    def said(token: SecretStr | None) -> str:
        return token.get_secret_value() if token else ""

    return slack.Access(
        bot_token=said(tokens.slack_bot_token),
        app_token=said(tokens.slack_app_token),
        signing_secret=said(tokens.slack_signing_secret),
        api_url=tokens.slack_api_url,
        port=tokens.port,
        healthy=healthy,
        permalink_base=permalink_base,
    )


async def connect(
    stack: AsyncExitStack,
    tokens: Secrets,
    desk: Desk,
    console: Console,
    healthy: Callable[[], bool] = lambda: True,
    *,
    permalink_base: str = "",
) -> dict[str, Sender]:
    """Connect every chat service whose tokens are set; return senders by service."""
    senders: dict[str, Sender] = {"console": ConsoleSender(console)}
    services: dict[str, AbstractAsyncContextManager[Sender]] = {}
    if tokens.slack:
        access = slack_access(tokens, healthy, permalink_base)
        services["slack"] = slack.connected(access, desk, desk)
    if tokens.telegram_bot_token:
        # aiogram takes seconds and 130 MB to import: only who uses Telegram pays
        from bot.chat import telegram  # noqa: PLC0415

        services["telegram"] = telegram.connected(
            tokens.telegram_bot_token.get_secret_value(), tokens.telegram_api_url, desk
        )
    for service, connecting in services.items():
        try:
            senders[service] = await stack.enter_async_context(connecting)
        except SettingsError as error:  # the other services go on; this one's messages wait
            log.error("%s not connected: %s; then start again", service, error)  # noqa: TRY400
            senders[service] = UnconnectedSender(str(error))
    return senders


def desk(
    config: Config,
    db: Path,
    writer: Writer,
    clock: Clock = utc_now,
    *,
    readers: Workers | None = None,
    listed: FeedList | None = None,
) -> Desk:
    """Return the desk where questions from chat are answered; *readers* read what people show.

    With *listed* admins may change feeds there.
    """
    admins = config.settings.admins
    return Desk(
        db,
        writer,
        clock,
        audience=Audience(config.channels, _CHATS),
        feeds=listed.on if listed else {feed.name for feed in config.feeds if feed.enabled},
        started=clock(),
        correctors=config.settings.correctors,
        aliases=load_aliases(config.folder),
        opinion=Opinion(readers, clock) if readers else None,
        feed_desk=FeedDesk(db, listed, readers, admins, clock) if listed and readers else None,
    )


def one_reader(folder: Path) -> Workers:
    """Return one process for questions, so that none waits behind the news.

    It starts with the first.
    """
    return Workers(1, initializer=Reader.load, initargs=(folder,))


@asynccontextmanager
async def every(*jobs: tuple[Job, float]) -> AsyncIterator[None]:
    """Run each job again and again, so many seconds apart and never twice at once."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job, seconds in jobs:
        scheduler.add_job(job, "interval", seconds=seconds, next_run_time=utc_now())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


# ---- run, once, demo ------------------------------------------------------------------------


async def serve(folder: Path, db: Path, console: Console) -> None:
    """Run the service until SIGINT or SIGTERM."""
    config, tokens = load_config(folder), secrets()
    start_logging(tokens.values)
    pulse = Pulse(utc_now)
    async with opened(db) as writer, AsyncExitStack() as stack:
        listed = FeedList(config.folder, config.feeds, writer, utc_now)
        readers = await stack.enter_async_context(one_reader(folder))
        questions = desk(config, db, writer, readers=readers, listed=listed)
        base = config.settings.permalink_base
        senders = await connect(stack, tokens, questions, console, pulse.alive, permalink_base=base)
        running = await stack.enter_async_context(
            service(config, writer, senders=senders, model=model_of(tokens), listed=listed)
        )
        if not (tokens.slack or tokens.telegram):
            console.print(_HOW_TO_CONNECT)
        feeds = sum(feed.enabled for feed in config.feeds)
        console.print(f"Watching {feeds} feeds. Ctrl-C stops.")
        settings = config.settings
        await stack.enter_async_context(
            every(
                (listed.refresh, settings.poll_every_s),
                (pulse.after(running.collector.round), settings.poll_every_s),
                (pulse.after(running.deliverer.start), settings.deliver_every_s),
            )
        )
        await _until_stopped()
        console.print("Stopping.")


_HOW_TO_CONNECT = (
    "No chat is connected: alerts go to this terminal. To connect Slack, make an app from "
    "config/slack-manifest.json, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and name a channel "
    "in config/channels.toml (docs/slack.md has the steps, docs/telegram.md those for Telegram; "
    "`python -m bot doctor` checks them)."
)


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


async def once(folder: Path, db: Path, console: Console) -> dict[str, int]:
    """Do one round and return what it came to."""
    config, tokens = load_config(folder), secrets()
    start_logging(tokens.values)
    async with opened(db) as writer, AsyncExitStack() as stack:
        readers = await stack.enter_async_context(one_reader(folder))
        questions = desk(config, db, writer, readers=readers)
        base = config.settings.permalink_base
        senders = await connect(stack, tokens, questions, console, permalink_base=base)
        running = await stack.enter_async_context(
            service(config, writer, senders=senders, model=model_of(tokens))
        )
        done, sent = await running.round()
    return {
        "feeds polled": done.polled,
        "feeds failed": done.failed,
        "new stories": done.stories,
        "about deals": done.deals,
        "messages sent": sent,
    }


_DEMO_STARTS = datetime(2025, 10, 20, tzinfo=UTC)
_DEMO_ENDS = datetime(2025, 11, 3, tzinfo=UTC)
_DEMO_STEP = timedelta(hours=2)
_DEMO_TICK_S = 0.05


async def demo(folder: Path, console: Console) -> None:
    """Live two weeks in a minute: the demo's feeds, the real road, cards in the terminal."""
    now = _DEMO_STARTS
    start_logging((), console)

    def clock() -> datetime:
        return now

    async with AsyncExitStack() as stack:
        db = Path(stack.enter_context(TemporaryDirectory())) / "demo.db"
        host = await stack.enter_async_context(DemoHost(folder / "demo", clock))
        config = Config(folder, Settings(), host.feeds, (Channel("deals", "console"),))
        senders = {"console": ConsoleSender(console)}
        writer = await stack.enter_async_context(opened(db))
        running = await stack.enter_async_context(
            service(config, writer, senders=senders, clock=clock)
        )
        bar = stack.enter_context(
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                console=console,
                transient=True,
            )
        )
        task = bar.add_task("", total=(_DEMO_ENDS - _DEMO_STARTS) // _DEMO_STEP)
        over = asyncio.Event()

        async def tick() -> None:
            nonlocal now
            if over.is_set():
                return
            bar.update(task, advance=1, description=f"{now:%a %d %b %H:%M}")
            await running.round()
            now += _DEMO_STEP
            if now > _DEMO_ENDS:
                over.set()

        async with every((tick, _DEMO_TICK_S)):
            await over.wait()
        bar.stop()
        with open_reader(db) as store:
            console.print(aside_text(Stories(store).aside(limit=100)))
            console.print(
                answer_text(answer(Question("deals"), Deals(store), now.date(), page_size=100))
            )
