"""The service whole: feeds over HTTP in, cards over HTTP out, killed and started again."""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from rich.console import Console

from bot import app
from bot.desk import Desk
from bot.errors import StoreError
from bot.feed_desk import FeedDesk
from bot.feed_list import FeedList
from bot.feeds.workers import Workers
from bot.model import Channel, Feed
from bot.settings import Config, Secrets, Settings, secrets_of
from bot.store.database import open_store, sole_user
from tests.doubles.feed_host import FeedHost, feed_host, item, rss
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, Slack, slack_double

SHIPPED = Path(__file__).parents[1] / "config"
NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
FRESH = "Tue, 28 Oct 2025 11:00:00 GMT"
WRONG = "xoxb-wrong"
CHANNEL = Channel("deals", "slack", "C0000001")


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with feed_host() as double:
        yield double


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    async with slack_double() as double:
        yield double


def tokens(workspace: Slack, bot_token: str = BOT_TOKEN) -> Secrets:
    return secrets_of(
        {
            "SLACK_BOT_TOKEN": bot_token,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": workspace.api_url,
        }
    )


@asynccontextmanager
async def running(
    host: FeedHost, workspace: Slack, db: Path, *, bot_token: str = BOT_TOKEN
) -> AsyncIterator[app.Service]:
    """Run the service on two feeds and one channel; its clock stands at noon."""
    feeds = (Feed("Grid", host.url + "/grid"), Feed("Rack", host.url + "/rack"))
    config = Config(SHIPPED, Settings(workers=1), feeds, (CHANNEL,))
    async with AsyncExitStack() as stack:
        console = Console(file=io.StringIO())
        secrets = tokens(workspace, bot_token)
        writer = await stack.enter_async_context(app.opened(db))
        desk = app.desk(config, db, writer, lambda: NOON)
        senders = await app.connect(stack, secrets, desk, console)
        yield await stack.enter_async_context(
            app.service(config, writer, senders=senders, clock=lambda: NOON)
        )


async def test_a_deal_in_two_feeds_is_one_card_and_can_be_looked_up(host, workspace, tmp_path):
    host.bodies["/grid"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=FRESH))
    later = "Tue, 28 Oct 2025 11:30:00 GMT"
    host.bodies["/rack"] = rss(item(2, "Nokia gets $1bn investment from Nvidia", published=later))
    async with running(host, workspace, tmp_path / "d.db") as service:
        done, _ = await service.round()
        assert (done.stories, done.deals) == (2, 2)
        while await service.deliverer.round():
            pass
        (card,) = workspace.cards("C0000001")
        assert "Nvidia → Nokia · $1.0B" in card["text"]
        assert len(workspace.thread("C0000001")) == 1
        reply = await workspace.slash("/deals", "nokia")
        assert "1 deal for nokia" in reply["text"]


async def test_a_story_that_links_into_our_own_network_is_not_followed(host, tmp_path):
    feed = Feed("Grid", host.url + "/grid", full_text=True)
    teaser = item(1, "Nvidia to invest in Nokia", published=FRESH)
    host.bodies["/grid"] = rss(teaser.replace("https://news.example", host.url + "/inside"))
    config = Config(SHIPPED, Settings(workers=1), (feed,), ())
    async with (
        app.opened(tmp_path / "d.db") as writer,
        app.service(config, writer, senders={}, clock=lambda: NOON) as service,
    ):
        assert (await service.collector.round()).deals == 1
    assert set(host.asked) == {"/grid"}


async def test_a_restart_repeats_nothing(host, workspace, tmp_path):
    host.bodies["/grid"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=FRESH))
    host.bodies["/rack"] = rss()
    for _ in range(2):
        async with running(host, workspace, tmp_path / "d.db") as service:
            await service.round()
        host.bodies["/grid"] += " "
    assert len(workspace.messages["C0000001"]) == 1


async def test_what_is_subscribed_to_while_the_bot_runs_is_heard_from_the_next_deal_on(
    host, workspace, tmp_path
):
    host.bodies["/grid"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=FRESH))
    host.bodies["/rack"] = rss()
    async with running(host, workspace, tmp_path / "d.db") as service:
        await service.round()
        made = await workspace.slash("/deals", "subscribe to:iren", channel="C0000002")
        assert "Would have posted nothing" in str(made["blocks"])
        host.bodies["/rack"] = rss(
            item(2, "Microsoft signs $9.7bn compute contract with IREN", published=FRESH)
        )
        for part in (service.collector, service.deliverer):
            object.__setattr__(part, "clock", lambda: NOON + timedelta(hours=2))
        await service.round()
    assert [card["text"] for card in workspace.cards("C0000002")] == [
        "NEW DEAL: Microsoft → IREN · $9.7B compute contract"
    ]
    assert len(workspace.cards("C0000001")) == 2


async def test_with_a_wrong_token_feeds_are_read_and_messages_wait_for_the_right_one(
    host, workspace, tmp_path, caplog
):
    host.bodies["/grid"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=FRESH))
    async with running(host, workspace, tmp_path / "d.db", bot_token=WRONG) as service:
        done, sent = await service.round()
        assert (done.alerts, sent) == (1, 0)
    assert "SLACK_BOT_TOKEN" in caplog.text
    assert WRONG not in caplog.text
    async with running(host, workspace, tmp_path / "d.db") as service:
        later = NOON + timedelta(hours=1)
        object.__setattr__(service.deliverer, "clock", lambda: later)
        assert await service.deliverer.round() == 1
    assert len(workspace.cards("C0000001")) == 1


def test_two_bots_on_one_database_are_refused(tmp_path):
    first, second = sole_user(tmp_path / "d.db"), sole_user(tmp_path / "d.db")
    with first, pytest.raises(StoreError, match="another bot"):
        second.__enter__()


async def test_a_feed_added_in_chat_is_polled_until_it_is_removed(host, workspace, tmp_path):
    host.bodies["/new"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=FRESH))
    (tmp_path / "feeds.toml").write_text("", "utf-8")
    db = tmp_path / "d.db"
    config = Config(SHIPPED, Settings(workers=1), (), (CHANNEL,))
    async with AsyncExitStack() as stack:
        writer = await stack.enter_async_context(app.opened(db))
        listed = FeedList(tmp_path, (), writer, lambda: NOON)
        workers = await stack.enter_async_context(Workers(1))
        feed_desk = FeedDesk(db, listed, workers, ("U1",), lambda: NOON, inside=True)
        desk = Desk(db, writer, lambda: NOON, feed_desk=feed_desk)
        senders = await app.connect(stack, tokens(workspace), desk, Console(file=io.StringIO()))
        service = await stack.enter_async_context(
            app.service(config, writer, senders=senders, clock=lambda: NOON, listed=listed)
        )
        order = f"feeds add {host.url}/new"
        replies = await asyncio.gather(*(workspace.slash("/deals", order) for _ in range(2)))
        assert "Added 'News'" in str(workspace.replies)
        assert len(replies) == 2
        assert len(listed.feeds) == 1, "a double click lists it once"
        _, sent = await service.round()
        assert sent == 1
        assert "1 feed: 0 failing" in str(await workspace.slash("/deals", "feeds"))
        await workspace.slash("/deals", "feeds remove News")
        asked = host.asked["/new"]
        done, _ = await service.round()
        assert (done.polled, host.asked["/new"]) == (0, asked)


# ---- as a process ---------------------------------------------------------------------------


@contextmanager
def process(folder: Path, db: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Start ``python -m bot run``; whatever happens it is dead at the end."""
    command = [sys.executable, "-m", "bot", "--config", str(folder), "--db", str(db), "run"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "TELEGRAM_"))}
    bot = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**clean, **environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    try:
        yield bot
    finally:
        if bot.poll() is None:
            os.killpg(bot.pid, signal.SIGKILL)
        bot.wait()
        assert bot.stdout is not None
        bot.stdout.close()


def config_folder(tmp_path: Path, host: FeedHost, channel: str = "") -> Path:
    """Write a configuration with one feed, polled and delivered as fast as settings allow."""
    folder = tmp_path / "config"
    folder.mkdir()
    for shared in ("companies.csv", "words.toml", "kind.json", "sides.json", "relevance.json"):
        (folder / shared).symlink_to(SHIPPED / shared)
    feed = f'[[feed]]\nname = "Grid"\nurl = "{host.url}/grid"\nevery_min = 1\n'
    (folder / "feeds.toml").write_text(feed, "utf-8")
    (folder / "channels.toml").write_text(channel, "utf-8")
    settings = "poll_every_s = 0.1\ndeliver_every_s = 0.05\nworkers = 1\nburst_of = 99\n"
    (folder / "settings.toml").write_text(settings, "utf-8")
    return folder


async def test_without_tokens_it_posts_to_the_terminal_and_says_how_to_connect(host, tmp_path):
    now = format_datetime(datetime.now(UTC))
    host.bodies["/grid"] = rss(item(1, "Nvidia to invest $1 billion in Nokia", published=now))

    def watch() -> tuple[str, int]:
        shown = ""
        with process(config_folder(tmp_path, host), tmp_path / "d.db") as bot:
            assert bot.stdout is not None
            for line in bot.stdout:
                shown += line
                if "╰" in line:
                    bot.send_signal(signal.SIGTERM)
            return shown, bot.wait(20)

    shown, code = await asyncio.to_thread(watch)
    assert "SLACK_BOT_TOKEN" in shown
    assert "Nvidia → Nokia · $1.0B" in shown
    assert code == 0, "SIGTERM is a clean end"


_SLACK_CHANNEL = '[[channel]]\nname = "deals"\nservice = "slack"\naddress = "C0000001"\n'
_CONTRACTS = [
    (payer, size, supplier)
    for supplier in ("IREN", "Nebius", "CoreWeave")
    for payer, size in (("Microsoft", 1), ("Google", 2), ("Meta", 5), ("OpenAI", 12))
]


async def killed(host: FeedHost, workspace: Slack, tmp_path: Path, *, times: int) -> None:
    """Kill the bot again and again while it works; each deal must get its card, none two."""
    now = format_datetime(datetime.now(UTC))
    items = [
        item(n, f"{payer} signs ${size} billion compute deal with {supplier}", published=now)
        for n, (payer, size, supplier) in enumerate(_CONTRACTS)
    ]
    folder = config_folder(tmp_path, host, _SLACK_CHANNEL)
    db = tmp_path / "d.db"
    environ = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": workspace.api_url,
    }

    def run_and_kill(seconds: float) -> None:
        with process(folder, db, **environ) as bot:
            assert bot.stdout is not None
            bot.stdout.readline()  # it is up
            time.sleep(seconds)
            os.killpg(bot.pid, signal.SIGKILL)
        with open_store(db) as store:  # a poll is due again at once
            store.execute("update feeds set next_poll = '2000-01-01T00:00:00.000+00:00'")
            store.conn.commit()

    for turn in range(times):
        host.bodies["/grid"] = rss(*items[: 1 + (turn + 1) * len(items) // times])
        await asyncio.to_thread(run_and_kill, 0.5 + 0.37 * (turn % 5))
    with process(folder, db, **environ):
        for _ in range(300):
            if len(workspace.cards("C0000001")) >= len(items):
                break
            await asyncio.sleep(0.1)
    cards = Counter(re.sub(r" \(.*", "", card["text"]) for card in workspace.cards("C0000001"))
    assert len(cards) == len(items), json.dumps(cards, indent=1)
    repeated = sum(cards.values()) - len(cards)
    assert repeated <= times, "only a kill between sending and noting may repeat a card"


async def test_a_running_bot_takes_orders_on_feeds_and_follows_its_file(host, workspace, tmp_path):
    host.bodies["/grid"] = host.bodies["/new"] = rss()
    folder = config_folder(tmp_path, host, _SLACK_CHANNEL)
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('admins = ["U1"]\n')
    environ = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": workspace.api_url,
    }
    with process(folder, tmp_path / "d.db", **environ) as bot:
        assert bot.stdout is not None
        await asyncio.to_thread(bot.stdout.readline)  # it is up
        refused = await workspace.slash("/deals", f"feeds add {host.url}/new")
        assert "inside the network" in str(refused)
        with (folder / "feeds.toml").open("a", encoding="utf-8") as feeds:
            feeds.write(f'[[feed]]\nname = "New"\nurl = "{host.url}/new"\n')
        for _ in range(300):
            if host.asked["/new"]:
                break
            await asyncio.sleep(0.1)
        assert "2 feeds: 0 failing" in str(await workspace.slash("/deals", "feeds"))
        assert "Removed 'New'" in str(await workspace.slash("/deals", "feeds remove New"))


@pytest.mark.timeout(400)
async def test_a_bot_that_is_killed_at_work_loses_no_card(host, workspace, tmp_path):
    await killed(host, workspace, tmp_path, times=3)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_a_bot_that_is_killed_a_hundred_times_loses_no_card(host, workspace, tmp_path):
    await killed(host, workspace, tmp_path, times=100)


# ---- the demo -------------------------------------------------------------------------------


async def test_the_demo_lives_through_two_weeks():
    shown = io.StringIO()
    await app.demo(SHIPPED, Console(file=shown, width=100))
    told = shown.getvalue()
    for said in ("Nvidia → Nokia · $1.0B", "2nd source", "Now announced (was rumored)",
                 "Now cancelled", "Put aside", "price move"):  # fmt: skip
        assert said in told, said
