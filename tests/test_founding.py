"""The three founding articles, served as a feed, are exactly two deals; skipped without them."""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from bot.alerts.summarise import facts, headline, summary
from bot.feeds.fetch import web_session
from bot.feeds.workers import Workers
from bot.model import Deal, Kind, Money, Qualifier, Status
from bot.pipeline import Reader
from bot.store.deals import Deals
from bot.store.outbox import Outbox
from bot.store.writer import Writer
from tests.doubles.feed_host import feed_host, rss
from tests.test_pipeline import SHIPPED, Newsroom

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
NEVER_FACTS = r"trillion|4 ?%|Finland|Manus|Meta\b|Silva|Ganguly|PHP|\$?1T\b"

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the founding articles are not here")


def founding_item(number: int, article: str) -> str:
    title, _, body = article.strip().partition("\n")
    return (
        f"<item><title>{escape(title)}</title><link>https://press{number}.example/a</link>"
        f"<source url='https://press{number}.example/'>Press {number}</source>"
        f"<pubDate>Tue, 28 Oct 2025 1{number}:00:00 GMT</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


@pytest.fixture
async def founded(tmp_path) -> tuple[list[Deal], dict[str, dict[str, int]]]:
    """Return the deals and the counts of alerts that the articles lead to."""
    articles = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    async with (
        feed_host() as host,
        web_session(inside=True) as session,
        Writer(tmp_path / "d.db") as writer,
        Workers(1, initializer=Reader.load, initargs=(SHIPPED,)) as workers,
    ):
        newsroom = Newsroom(host, writer, workers, session)
        newsroom.now = datetime(2025, 10, 28, 18, tzinfo=UTC)
        host.bodies["/press"] = rss(*map(founding_item, range(3), articles))
        await newsroom.add("Press", "/press")
        await newsroom.round()
        deals = await writer.run(lambda db: Deals(db).all())
        return deals, await writer.run(lambda db: Outbox(db).news())


async def test_the_founding_articles_are_two_deals_told_once_each(founded):
    deals, news = founded
    nokia, openai = sorted(deals, key=lambda deal: deal.recipients)
    assert (nokia.payers, nokia.recipients) == (("Nvidia",), ("Nokia",))
    assert (nokia.kind, nokia.status) == (Kind.EQUITY, Status.ANNOUNCED)
    assert nokia.money == Money(10**9)
    assert len(nokia.sources) == 2
    assert news[nokia.id] == {"new": 1, "source": 1}
    assert (openai.payers, openai.recipients) == (("Nvidia",), ("OpenAI",))
    assert (openai.kind, openai.status) == (Kind.EQUITY, Status.RUMORED)
    assert openai.money == Money(100 * 10**9, "USD", Qualifier.UP_TO)
    assert news[openai.id] == {"new": 1}


async def test_hype_history_and_footers_are_no_facts(founded):
    deals, _ = founded
    for deal in deals:
        values = (deal.valuation, deal.stake_pct, deal.capacity_mw, deal.round)
        assert values == (None, None, None, None)
        shown = " ".join([headline(deal), summary(deal), *map(str, facts(deal))])
        assert not re.search(NEVER_FACTS, shown, re.IGNORECASE)
