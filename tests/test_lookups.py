"""The desk's look-ups on a real store: the road of a story, figures, exports, help that works."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import lookups
from bot.chat import Question
from bot.chat.commands import HELP
from bot.desk import Desk
from bot.errors import SendRefused
from bot.model import Channel, Feed, FeedState, Reason, Status, Story, Verdict
from bot.pipeline import remember
from bot.query import parse_query
from bot.settings import load_aliases
from bot.store.database import Database, open_store
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.writer import Writer
from tests.alerts.test_totals import deal
from tests.store.test_deals import NOON
from tests.test_cli import SHIPPED
from tests.test_pipeline import deal_story

URL = "https://grid.example/nokia?id=1"


@pytest.fixture
def db(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        yield db


def why(db: Database, text: str):
    return lookups.why(db, Question("why", text), NOON)


def told(db: Database, number: int = 1, publisher: str = "Grid Weekly") -> Story:
    """Let the pipeline remember a story about a deal."""
    verdict = deal_story(number, publisher)
    remember(db, verdict, [(Channel("alerts", "console"), parse_query("", NOON.date()))], NOON)
    return verdict.story


# ---- why ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", ["{}", "<{}>", "<{}|a story>", " {}?utm_source=chat#top "])
def test_the_road_of_a_told_story_leads_from_feed_to_message(db, wrapped):
    story = told(db, 1)
    (delivery,) = Outbox(db).due(NOON, 9)
    Outbox(db).sent(delivery, NOON + timedelta(minutes=1))
    answer = why(db, wrapped.format(story.url))
    assert answer.text.splitlines()[1:] == [
        "1. Seen 28 Oct 2025 12:00 UTC from an archive",
        "2. Judged a deal (score 0.97 of 1)",
        "3. Joined deal 20251028-1: Nvidia → Nokia · $1.0B equity investment",
        "4. To 'alerts': the card, sent 28 Oct 2025 12:01 UTC",
    ]
    assert answer.hint == "The deal: /deal 20251028-1"


def test_what_waits_and_what_was_refused_is_told_with_its_reason(db):
    story = told(db, 1)
    (delivery,) = Outbox(db).due(NOON, 9)
    Outbox(db).later(delivery, NOON + timedelta(minutes=15), "Slack asks to wait")
    assert (
        "waits until 28 Oct 2025 12:15 UTC (tried 1 times; Slack asks to wait)"
        in why(db, story.url).text
    )
    Outbox(db).refused(delivery, str(SendRefused("alerts", "too long")))
    assert "not sent (tried 2 times; alerts: too long)" in why(db, story.url).text


def test_a_story_that_was_put_aside_says_what_decided(db):
    story = Story("s9", URL, "Grid Weekly", "3 stocks to buy", feed="Grid", published=NOON)
    verdict = Verdict(story, reason=Reason.OPINION, score=0.08, why=("stocks to buy", "analysts"))
    remember(db, verdict, [], NOON)
    text = why(db, URL).text
    assert "“3 stocks to buy” (Grid Weekly, published 28 Oct 2025 12:00 UTC)" in text
    assert "by the feed “Grid”" in text
    assert "2. Judged no deal: opinion (score 0.08 of 1)" in text
    assert "because of: stocks to buy, analysts" in text
    assert "Joined" not in text


def test_a_deal_learned_in_silence_says_that_nobody_was_told(db):
    remember(db, deal_story(1), [], NOON)
    assert "4. No message" in why(db, "20251028-1").text


def test_a_deal_names_the_road_of_each_of_its_stories(db):
    told(db, 1)
    told(db, 2, "Rack News")
    answer = why(db, " #20251028-1 ")
    assert answer.text.count("2. Judged a deal") == 2
    assert "one more source" in answer.text


def polled(db: Database, **changes: object) -> None:
    Feeds(db).sync([Feed("Grid", "https://feeds.grid.example/rss")], NOON)
    if "error" in changes:
        Feeds(db).failed(FeedState("Grid", ""), str(changes["error"]), NOON)


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        pytest.param(None, "No feed of grid.example is listed.\nAdd one: python -m bot feeds add "
                     "https://grid.example", id="not listed"),
        pytest.param({}, "The feed “Grid” is of this site, but was never", id="never polled"),
        pytest.param({"error": "403"}, "its last 1 polls failed: 403", id="failing"),
    ],
)  # fmt: skip
def test_a_story_never_seen_says_what_to_check(db, feed, said):
    if feed is not None:
        polled(db, **feed)
    answer = why(db, "https://www.grid.example/lost")
    assert answer.title == "Never seen"
    assert said in answer.text


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("", "Name a story's address"),
        ("20251028-9", "No deal 20251028-9"),
        ("nokia", "'nokia' is no address or deal id"),
        ("https://[", "is no address or deal id"),
        ("x" * 3000, "is no address or deal id"),
    ],
)
def test_what_is_no_story_gets_an_example(db, asked, error):
    answer = why(db, asked)
    assert error in answer.error
    assert answer.hint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text().map(lambda text: f"https://{text}"))
def test_no_text_breaks_the_road(db, text):
    assert why(db, text).title


# ---- figures and exports --------------------------------------------------------------------


def test_figures_come_with_a_picture_where_there_is_money_to_draw(db):
    Deals(db).save(deal(1, 2))
    Deals(db).save(deal(2, 9, status=Status.RUMORED, payers=("AMD",)))
    found = lookups.stats(db, Question("stats", "to:nokia"), NOON)
    assert found.file is not None
    assert "1 deal worth $2.0B" in found.text
    rumors = lookups.stats(db, Question("stats", "payer:amd"), NOON)
    assert rumors.file is None
    assert "rumored $9.0B in 1 deal" in rumors.text
    assert lookups.stats(db, Question("stats", "payer:x"), NOON).title == "No deals for payer:x"
    assert "kind: takes" in lookups.stats(db, Question("stats", "kind:loan"), NOON).error


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]


def test_an_export_runs_nothing_in_a_spreadsheet(db):
    for number, name in enumerate(FORMULAS, 1):
        Deals(db).save(deal(number, payers=(name,)))
    found = lookups.export(db, Question("export", ""), NOON)
    assert found.file is not None
    assert found.title == "6 deals as CSV"
    rows = list(csv.DictReader(io.StringIO(found.file.content.decode("utf-8-sig"), newline="")))
    assert [row["payers"] for row in rows] == [f"'{name}" for name in reversed(FORMULAS)]
    assert {row["amount"] for row in rows} == {"1000000000"}


# ---- the desk -------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    async with Writer(tmp_path / "d.db") as writer:
        await writer.run(lambda db: Deals(db).save(deal(1)))
        aliases = load_aliases(SHIPPED)
        yield Desk(tmp_path / "d.db", writer, lambda: NOON, aliases=aliases)


async def test_every_example_in_the_help_is_understood(desk):
    examples = [line.partition(": ")[0] for line in HELP.splitlines() if line.startswith("/")]
    assert len(examples) >= 8
    # an address holds the same sign as what stands behind an example
    for example in (each.replace("https", "https://example.com/story") for each in examples):
        command, _, text = example.removeprefix("/").partition(" ")
        answer = await desk(Question(command, text))
        assert answer.title not in ("Not understood", "Which one?"), example
        assert not answer.title.startswith("No deals for why"), example


async def test_a_word_after_deals_is_a_command_by_itself(desk):
    assert (await desk(Question("deals", "company nokia oyj"))).title == "Nokia: 1 deal"
    assert (await desk(Question("deals", "TOP"))).title == "Largest deals"
    assert (await desk(Question("company", "nokia"))).title == "Nokia: 1 deal"


async def test_only_look_ups_may_be_shared(desk):
    assert (await desk(Question("deals", "nokia"))).shareable
    assert not (await desk(Question("read", ""))).shareable
