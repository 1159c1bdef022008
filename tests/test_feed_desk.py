"""Feeds from chat: everybody sees how they are, admins change which there are."""

import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.alerts.slack_blocks import answer_blocks
from bot.alerts.telegram_text import answer_text, plain
from bot.chat import Question
from bot.desk import Desk
from bot.feed_desk import FeedDesk, without_inside
from bot.feed_list import FeedList
from bot.feeds.opml import Import, opml_of, read_opml
from bot.feeds.workers import Workers
from bot.model import Feed, FeedState
from bot.settings import load_feeds
from bot.store.feeds import Feeds
from bot.store.writer import Writer
from tests.doubles.block_rules import faults
from tests.doubles.feed_host import feed_host, item, rss

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
PAGE = "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head>"


@pytest.fixture
async def host():
    async with feed_host() as host:
        host.bodies["/feed"] = rss(item(1))
        host.bodies["/page"] = PAGE
        host.bodies["/bare"] = "<html></html>"
        yield host


def written(folder, *feeds: Feed) -> None:
    tables = [
        f'[[feed]]\nname = "{feed.name}"\nurl = "{feed.url}"\n'
        + ("" if feed.enabled else "enabled = false\n")
        for feed in feeds
    ]
    (folder / "feeds.toml").write_text("# ours\n" + "\n".join(tables), "utf-8")


@asynccontextmanager
async def desk(folder, *feeds: Feed, admins=("U1",), inside=True, patience_s=40):
    """Open a desk on feeds.toml in *folder*; what is said to it comes back as text."""
    written(folder, *feeds)
    db = folder / "d.db"
    async with Writer(db) as writer, Workers(1) as workers:
        listed = FeedList(folder, load_feeds(folder), writer, lambda: NOON)
        await listed.refresh()
        orders = FeedDesk(db, listed, workers, admins, lambda: NOON, inside, patience_s)
        ask = Desk(db, writer, lambda: NOON, feed_desk=orders)

        async def answer(text: str, user: str = "U1", offset: int = 0):
            return await ask(Question("deals", f"feeds {text}", offset, "slack", user, "C1"))

        async def say(text: str, user: str = "U1") -> str:
            found = await answer(text, user)
            assert faults(answer_blocks(found)) == []
            return plain(answer_text(found))

        yield SimpleNamespace(say=say, answer=answer, ask=ask, listed=listed, writer=writer)


GRID = Feed("Grid", "https://grid.example/rss")


# ---- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", ["add https://a.example/", "remove Grid", "import https://a.example/"]
)
async def test_only_admins_change_feeds(tmp_path, order):
    async with desk(tmp_path, GRID) as desk_:
        said = await desk_.say(order, user="U2")
        assert "Only admins" in said
        assert 'admins = ["U2"]' in said
        assert list(desk_.listed.on) == ["Grid"]


async def test_without_admins_nobody_does_and_the_key_is_named(tmp_path):
    async with desk(tmp_path, GRID, admins=()) as desk_:
        said = await desk_.say("remove Grid")
        assert "Nobody may change feeds from chat yet" in said
        assert "settings.toml" in said


# ---- one feed --------------------------------------------------------------------------------


async def test_a_feed_is_found_from_a_page_listed_and_polled_at_once(tmp_path, host):
    async with desk(tmp_path, GRID) as desk_:
        assert "Added 'News'" in await desk_.say(f"add {host.url}/page")
        assert list(desk_.listed.on) == ["Grid", "News"]
        due = await desk_.writer.run(lambda db: Feeds(db).due(NOON))
        assert "News" in {state.name for state in due}
    assert (tmp_path / "feeds.toml").read_text("utf-8").startswith("# ours\n")
    assert load_feeds(tmp_path)[-1] == Feed("News", f"{host.url}/feed")


async def test_a_name_of_ones_own_may_be_given(tmp_path, host):
    async with desk(tmp_path) as desk_:
        assert "Added 'Our wire'" in await desk_.say(f"add <{host.url}/feed> Our wire")


@pytest.mark.parametrize("again", ["/feed", "/page", "/feed#top"])
async def test_adding_a_listed_feed_says_so_and_changes_nothing(tmp_path, host, again):
    async with desk(tmp_path) as desk_:
        await desk_.say(f"add {host.url}/page")
        before = (tmp_path / "feeds.toml").read_bytes()
        assert "listed as 'News'" in await desk_.say(f"add {host.url}{again} Other")
        assert (tmp_path / "feeds.toml").read_bytes() == before


async def test_a_taken_name_asks_for_another(tmp_path, host):
    async with desk(tmp_path, GRID) as desk_:
        assert "name of your own" in await desk_.say(f"add {host.url}/feed Grid")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param("", "address is missing", id="nothing"),
        pytest.param("grid.example", "http://", id="no scheme"),
        pytest.param("file:///etc/passwd", "http://", id="file"),
        pytest.param("https://me:pass@grid.example/", "must not hold a password", id="password"),
        pytest.param("http://169.254.169.254/latest", "inside the network", id="inside"),
        pytest.param("http://localhost:9/", "inside the network", id="localhost"),
    ],
)
async def test_what_can_be_no_feed_is_refused_with_a_reason(tmp_path, asked, reason):
    async with desk(tmp_path, GRID, inside=False) as desk_:
        said = await desk_.say(f"add {asked}")
        assert reason in said
        assert "pass@" not in said
        assert list(desk_.listed.on) == ["Grid"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/bare", "no feed there"),
        ("/none", "404"),
        ("/loop", "redirects"),
        ("/hang-up", "connection"),
    ],
)
async def test_an_address_without_a_feed_is_refused_with_a_reason(tmp_path, host, path, reason):
    async with desk(tmp_path) as desk_:
        assert reason in await desk_.say(f"add {host.url}{path}")
        assert not desk_.listed.feeds


@pytest.mark.parametrize("order", ["add", "import"])
async def test_a_host_that_never_ends_is_given_up(tmp_path, host, order):
    async with desk(tmp_path, patience_s=0.3) as desk_:
        assert "No answer within 0.3 seconds" in await desk_.say(f"{order} {host.url}/drip")


async def test_a_removed_feed_is_polled_no_more_and_comes_back_afresh(tmp_path, host):
    async with desk(tmp_path, GRID) as desk_:
        assert "feeds add https://grid.example/rss Grid" in await desk_.say("remove grid")
        assert not desk_.listed.on
        assert not await desk_.writer.run(lambda db: Feeds(db).all())
        assert "No feed is called 'Grid'" in await desk_.say("remove Grid")


async def test_removing_by_half_a_name_asks_which(tmp_path):
    async with desk(tmp_path, Feed("Grid Weekly", GRID.url)) as desk_:
        assert "Perhaps 'Grid Weekly'" in await desk_.say("remove grid")


async def test_a_file_with_a_mistake_is_left_alone_and_the_mistake_named(tmp_path, host):
    async with desk(tmp_path, GRID) as desk_:
        broken = '[[feed]]\nname = "Grid"\nurl = "https://grid.example/"\nevry = 1\n'
        (tmp_path / "feeds.toml").write_text(broken, "utf-8")
        assert "unknown key 'evry'" in await desk_.say(f"add {host.url}/feed")
        assert (tmp_path / "feeds.toml").read_text("utf-8") == broken
        assert list(desk_.listed.on) == ["Grid"]


async def test_the_running_bot_follows_a_file_that_a_person_edits(tmp_path, caplog):
    async with desk(tmp_path, GRID) as desk_:
        written(tmp_path, Feed("Rack", "https://rack.example/rss"))
        await desk_.listed.refresh()
        assert list(desk_.listed.on) == ["Rack"]
        (tmp_path / "feeds.toml").write_text("[[feed", "utf-8")
        await desk_.listed.refresh()
        assert list(desk_.listed.on) == ["Rack"]
        assert "feeds.toml not taken up" in caplog.text


# ---- health ----------------------------------------------------------------------------------


async def test_health_names_failing_feeds_first_with_the_plain_reason(tmp_path):
    feeds = [
        GRID,
        Feed("Off", "https://off.example/", enabled=False),
        Feed("Rack", "https://rack.example/?api_key=s3"),
    ]
    async with desk(tmp_path, *feeds) as desk_:
        state = FeedState("Rack", feeds[2].url, errors=1)
        again = NOON + timedelta(hours=2)
        await desk_.writer.run(
            lambda db: Feeds(db).failed(state, "the host answered 403 Forbidden", again)
        )
        said = await desk_.say("", user="U2")
        assert "3 feeds: 1 failing, 1 off" in said
        assert "failed 2 times in a row: the host answered 403 Forbidden" in said
        assert "next poll in 2 h" in said
        assert said.index("Rack") < said.index("Grid") < said.index("Off")
        assert "rack.example" in said
        assert "s3" not in said
        assert "not polled yet · https://grid.example/rss" in said


@pytest.mark.parametrize("count", [1, 9, 300])
async def test_health_comes_in_pages_that_fit(tmp_path, count):
    feeds = [
        Feed(f"{number:03} {'n' * 76}", f"https://h{number}.example/{'p' * 300}")
        for number in range(count)
    ]
    async with desk(tmp_path, *feeds) as desk_:
        seen: list[str] = []
        query = "feeds"
        while len(seen) < count:
            page = await desk_.ask(Question("deals", query, len(seen), "slack", "U2", "C1"))
            query = page.query  # what a button for the next page asks
            seen += [line.name for line in page.feeds]
            assert faults(answer_blocks(page)) == []
            assert "did not fit" not in answer_text(page)
            assert page.left == count - len(seen)
        assert len(set(seen)) == count


async def test_health_of_one_feed_is_asked_by_part_of_its_name(tmp_path):
    async with desk(tmp_path, GRID, Feed("Rack", "https://rack.example/")) as desk_:
        assert "Rack" not in await desk_.say("gri")
        assert "No feed with 'x'" in await desk_.say("x")


# ---- OPML ------------------------------------------------------------------------------------


async def test_an_opml_file_is_imported_once_and_what_was_skipped_is_said(tmp_path, host):
    brought = [Feed("A", "https://a.example/"), Feed("G", "https://www.grid.example/rss")]
    host.bodies["/feeds.opml"] = opml_of(brought)
    async with desk(tmp_path, GRID) as desk_:
        said = await desk_.say(f"import {host.url}/feeds.opml")
        assert "Added 1 feed\n" in said
        assert "Skipped 'G': listed already as 'Grid'" in said
        assert list(desk_.listed.on) == ["Grid", "A"]
        assert "Added 0 feeds" in await desk_.say(f"import {host.url}/feeds.opml")


@pytest.mark.parametrize(
    ("path", "reason"), [("/feed", "no OPML file"), ("/huge", "larger than 2 MB")]
)
async def test_a_bad_import_is_one_clear_line(tmp_path, host, path, reason):
    async with desk(tmp_path) as desk_:
        said = await desk_.say(f"import {host.url}{path}")
        assert reason in said
        assert "\n" not in said


async def test_an_import_lists_no_host_whose_name_leads_inside_the_network():
    # a name of this machine, as its own resolver has it
    brought = Import((Feed("In", f"http://{socket.gethostname()}/rss"), GRID), ())
    sorted_out = await without_inside(brought)
    assert sorted_out.feeds == (GRID,)
    ((_, reason),) = sorted_out.skipped
    assert "inside the network" in reason


async def test_export_holds_every_feed_but_no_key(tmp_path):
    secret = Feed("Secret", "https://s.example/?token=abc")
    async with desk(tmp_path, GRID, secret) as desk_:
        found = await desk_.answer("export", user="U2")
        assert found.file is not None
        assert read_opml(found.file.content, "f", ()).feeds == (GRID,)
        assert "Left out: 1" in found.hint


async def test_help_is_there(tmp_path):
    async with desk(tmp_path) as desk_:
        assert "/deals feeds import URL" in await desk_.say("help")
