"""How soon Slack is answered while a poll round runs: 99 of 100 acknowledged within a second?

    python -m bench.answers [--feeds 100] [--asks 200]

A host of feeds, a Slack workspace and the bot itself talk over real HTTP and WebSocket on this
machine. The same questions are asked once with the bot at rest and once while it polls all feeds
for the first time; the ratio of the two says what polling costs the people who ask.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot import app
from bot.model import Channel, Feed
from bot.settings import Config, Settings, secrets_of
from tests.doubles.feed_host import feed_host, item, rss
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, Slack, slack_double

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PAYERS = ("Microsoft", "Google", "Meta", "Oracle", "Amazon", "Nvidia", "OpenAI")
SUPPLIERS = ("IREN", "Nebius", "CoreWeave", "Nscale", "Crusoe", "Lambda", "Vultr")
ASKS = ("nvidia", "payer:meta amount>=1b", "kind:supply since:90d", "", "sort:amount")
ITEMS = 35  #: in a feed, as many as most have


def feed_body(number: int) -> str:
    """Return a feed in which one item of seven tells of a deal."""
    chance = random.Random(number)  # noqa: S311  the same feeds every time
    items = []
    for turn in range(ITEMS):
        title = f"Town {number} weighs noise rules for server halls, part {turn}"
        if turn % 7 == 0:
            payer, supplier = chance.choice(PAYERS), chance.choice(SUPPLIERS)
            title = f"{payer} signs ${chance.randint(1, 40)} billion compute deal with {supplier}"
        published = format_datetime(NOW - timedelta(hours=chance.randint(1, 200)))
        items.append(item(number * ITEMS + turn, title, published=published))
    return rss(*items)


async def ask(workspace: Slack, times: int) -> tuple[list[float], list[float]]:
    """Ask *times* questions one after the other; return seconds to each ack and to each answer."""
    loop = asyncio.get_running_loop()
    acks, answers = [], []
    for number in range(times):
        start = loop.time()
        await workspace.slash("/deals", ASKS[number % len(ASKS)])
        acks.append(workspace.acked_at - start)
        answers.append(loop.time() - start)
    return acks, answers


def at(share: float, seconds: Sequence[float]) -> float:
    """Return the milliseconds that *share* of *seconds* stay under."""
    return sorted(seconds)[min(int(share * len(seconds)), len(seconds) - 1)] * 1000


async def measure(feeds: int, asks: int, console: Console) -> None:
    """Run the bot, ask, and print one table."""
    config_folder = Path("config")
    async with AsyncExitStack() as stack:
        db = Path(stack.enter_context(TemporaryDirectory())) / "bench.db"
        host = await stack.enter_async_context(feed_host())
        workspace = await stack.enter_async_context(slack_double())
        for number in range(feeds):
            host.bodies[f"/{number}"] = feed_body(number)
        listed = tuple(Feed(f"Feed {n}", f"{host.url}/{n}") for n in range(feeds))
        channels = (Channel("deals", "slack", "C0000001"),)
        config = Config(config_folder, Settings(), listed, channels)
        secrets = secrets_of(
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_APP_TOKEN": APP_TOKEN,
                "SLACK_API_URL": workspace.api_url,
            }
        )
        writer = await stack.enter_async_context(app.opened(db))
        desk = app.desk(config, db, writer, lambda: NOW)
        senders = await app.connect(stack, secrets, desk, console)
        running = await stack.enter_async_context(
            app.service(config, writer, senders=senders, clock=lambda: NOW)
        )
        table = Table("the bot is", "ack p50", "ack p99", "answer p50", "answer p99 (ms)", box=None)
        with Progress(console=console, transient=True) as bar:
            bar.add_task("asking at rest", total=None)
            rest = await ask(workspace, asks)
            bar.add_task("asking while it polls", total=None)
            polling = asyncio.create_task(running.collector.round())
            busy = await ask(workspace, asks)
            still_polling = not polling.done()
            done = await polling
        for name, (acks, answers) in (("at rest", rest), ("polling", busy)):
            row = (at(0.5, acks), at(0.99, acks), at(0.5, answers), at(0.99, answers))
            table.add_row(name, *(f"{each:.0f}" for each in row))
        console.print(table)
        console.print(
            f"{done.polled} feeds, {done.stories} stories, {done.deals} about deals; polling "
            f"{'outlasted' if still_polling else 'ended before'} the questions"
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--asks", type=int, default=200)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.feeds, arguments.asks, Console()))


if __name__ == "__main__":
    main()
