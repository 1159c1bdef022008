"""The demo's publishers answer as real ones do, the broken ones too."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import feedparser
import pytest

from bot.errors import SettingsError
from bot.ops.demo_host import DemoHost

DEMO = Path(__file__).parents[2] / "config" / "demo"
START = datetime(2025, 10, 20, tzinfo=UTC)
END = datetime(2025, 11, 3, tzinfo=UTC)


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


def working(host):
    broken = {outlet.name for outlet in host.outlets if outlet.broken}
    return [feed for feed in host.feeds if feed.name not in broken]


async def test_every_working_outlet_serves_a_well_formed_feed(session):
    async with DemoHost(DEMO, lambda: END) as host:
        for feed in working(host):
            answer = await session.get(feed.url)
            parsed = feedparser.parse(await answer.read())
            told = {story.title for story in host.stories if story.outlet == feed.name}
            assert not parsed.bozo
            assert len(parsed.entries) == min(len(told), 20)
            assert {entry.link for entry in parsed.entries} <= {one.url for one in host.expected}
            assert all(entry.published_parsed and entry.id for entry in parsed.entries)


async def test_nothing_is_told_before_its_time(session):
    now = START
    async with DemoHost(DEMO, lambda: now) as host:
        feed = working(host)[0]
        assert feedparser.parse(await (await session.get(feed.url)).read()).entries == []
        now = END
        assert feedparser.parse(await (await session.get(feed.url)).read()).entries


async def test_an_unchanged_feed_is_answered_304(session):
    now = END
    async with DemoHost(DEMO, lambda: now) as host:
        feed = working(host)[0]
        first = await session.get(feed.url)
        known = {"If-None-Match": first.headers["ETag"]}
        assert (await session.get(feed.url, headers=known)).status == 304
        now = START
        assert (await session.get(feed.url, headers=known)).status == 200


async def test_the_broken_outlets_break(session):
    async with DemoHost(DEMO, lambda: END) as host:
        urls = {
            outlet.broken: feed.url for outlet, feed in zip(host.outlets, host.feeds, strict=True)
        }
        assert (await session.get(urls["500"])).status == 500
        page = await session.get(urls["html"])
        assert page.content_type == "text/html"


def test_the_stories_cover_what_the_demo_promises():
    host = DemoHost(DEMO, lambda: END)
    reasons = Counter(str(one.aside) for one in host.expected if one.aside)
    outlets_of: dict[str, set[str]] = {}
    for story in host.stories:
        outlets_of.setdefault(story.deal, set()).add(story.outlet)
    outlets_of.pop("")
    assert 55 <= len(host.stories) <= 70
    assert all(START < story.at < END for story in host.stories)
    assert len({one.url for one in host.expected}) == len(host.stories)
    kinds = {key.split("/")[0] for key in outlets_of}
    assert kinds == {"equity", "acquisition", "debt", "supply", "buildout", "venture"}
    assert sum(2 <= len(outlets) <= 4 for outlets in outlets_of.values()) >= 5
    assert {
        "price_move", "earnings", "opinion", "product", "policy", "legal", "people",
        "out_of_scope_deal", "roundup", "language",
    } <= set(reasons)  # fmt: skip


ENTRY = """
[[outlet]]
name = "Test Weekly"
slug = "test-weekly"
[[story]]
outlet = "Test Weekly"
at = 2025-10-20T08:00:00Z
title = "A title"
text = "A text."
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(ENTRY, "story 1: Value error, must have exactly one of", id="no outcome"),
        pytest.param(ENTRY + 'deal = "a"\naside = "legal"', "exactly one of", id="both"),
        pytest.param(ENTRY + 'aside = "boring"', "story 1: aside", id="unknown reason"),
        pytest.param(ENTRY + 'colour = "red"', "story 1: colour", id="unknown key"),
        pytest.param(
            ENTRY.replace("00Z", "00") + 'deal = "a"', "must say its offset", id="naive time"
        ),
        pytest.param(
            ENTRY.replace('outlet = "Test', 'outlet = "Nobody') + 'deal = "a"',
            "no outlet 'Nobody Weekly'",
            id="unknown outlet",
        ),
        pytest.param("[[story", "cannot be read", id="not TOML"),
    ],
)
def test_a_bad_entry_is_named(tmp_path, content, said):
    (tmp_path / "stories.toml").write_text(content)
    with pytest.raises(SettingsError, match=r"stories\.toml") as caught:
        DemoHost(tmp_path, lambda: END)
    assert said in str(caught.value)
