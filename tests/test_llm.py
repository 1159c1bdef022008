"""A language model helps where it can and is never waited for: every way that it can fail."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import model_of
from bot.feeds.fetch import web_session
from bot.feeds.workers import Workers
from bot.llm import Endpoint, Llm
from bot.model import Claim, Feed, Kind, Money, Status, Story
from bot.pipeline import Collector, Reader
from bot.settings import Settings, secrets_of
from bot.store.answers import Answers
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.writer import Writer
from tests.doubles.feed_host import feed_host, item, rss
from tests.doubles.llm import KEY, MODEL, SILENCE, Model, Raw, model_double

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[1] / "config"
STORY = Story("s1", "", "Grid", "Norvexa lands money", "Blackstone lends it $700 million.")
CLAIM = Claim("s1", NOON, Kind.DEBT, Status.ANNOUNCED, recipients=("Norvexa",))
GOOD = '{"amount": "$700 million"}'


class Questions:
    """A model and who asks it, with a clock that tests move."""

    def __init__(self, model: Model, writer: Writer, session) -> None:
        self.model, self.writer, self.session, self.now = model, writer, session, NOON
        self.llm = self.asker()

    def asker(self, key: str = KEY, **settings: float) -> Llm:
        return Llm(
            Endpoint(MODEL, self.model.base_url, key),
            session=self.session,
            writer=self.writer,
            clock=lambda: self.now,
            settings=Settings.model_validate({"llm_within_s": 5} | settings),
        )

    async def spent(self) -> tuple[int, int]:
        return await self.writer.run(lambda db: Answers(db).spent(self.now))


@pytest.fixture
async def writer(tmp_path):
    async with Writer(tmp_path / "d.db") as writer:
        yield writer


@pytest.fixture
async def desk(writer):
    async with model_double() as model, web_session(inside=True) as session:
        model.script = [GOOD]
        yield Questions(model, writer, session)


def another(number: int) -> Story:
    return replace(STORY, id=f"s{number}", title=f"Norvexa lands money, part {number}")


async def test_a_question_is_asked_once_and_remembered_over_a_restart(desk):
    assert await desk.llm.ask(STORY, CLAIM) == GOOD
    assert await desk.asker().ask(STORY, CLAIM) == GOOD
    assert len(desk.model.asked) == 1
    assert await desk.spent() == (1, 900)


async def test_a_server_that_knows_no_schemas_is_asked_without(desk):
    desk.model.knows_schemas = False
    assert await desk.llm.ask(STORY, CLAIM) == GOOD
    assert ["response_format" in body for body in desk.model.asked] == [True, False]


@pytest.mark.parametrize("trouble", [429, 500, 503])
async def test_a_passing_trouble_is_tried_once_more(desk, trouble):
    desk.model.script = [trouble, GOOD]
    assert await desk.llm.ask(STORY, CLAIM) == GOOD
    assert (await desk.spent())[0] == 2, "both requests are counted"


@pytest.mark.parametrize(
    ("script", "requests", "said"),
    [
        pytest.param([429], 2, "429", id="too many requests"),
        pytest.param([500], 2, "500", id="broken"),
        pytest.param([404], 1, "404", id="no such address"),
        pytest.param([302], 2, "302", id="sent elsewhere: the key does not follow"),
        pytest.param([Raw("<html>")], 1, "no chat completion", id="a web page"),
        pytest.param([Raw('{"choices": []}')], 1, "no chat completion", id="no choice"),
        pytest.param([Raw("x" * 9_000_000)], 1, "no chat completion", id="nine megabytes"),
    ],
)
async def test_a_failure_is_one_log_line_and_the_server_rests(desk, caplog, script, requests, said):
    desk.model.script = script
    assert await desk.llm.ask(STORY, CLAIM) is None
    assert await desk.llm.ask(another(2), CLAIM) is None
    assert len(desk.model.asked) == requests
    (line,) = [record.getMessage() for record in caplog.records]
    assert said in line
    desk.now += timedelta(minutes=5)
    desk.model.script = [GOOD]
    assert await desk.llm.ask(STORY, CLAIM) == GOOD


async def test_a_wrong_key_is_said_and_never_shown(desk, caplog):
    assert await desk.asker("sk-wrong-secret").ask(STORY, CLAIM) is None
    assert "401" in caplog.text
    assert "secret" not in caplog.text


async def test_silence_costs_its_deadline_once(desk, caplog):
    desk.model.script = [SILENCE]
    llm = desk.asker(llm_within_s=0.3)
    begun = time.monotonic()
    assert [await llm.ask(another(n), CLAIM) for n in range(5)] == [None] * 5
    assert time.monotonic() - begun < 5
    assert "within 0.3 seconds" in caplog.text


async def test_no_server_at_all_is_no_error(desk):
    desk.model.base_url = "http://127.0.0.1:1/v1"
    assert await desk.asker().ask(STORY, CLAIM) is None


async def test_the_day_has_its_share_of_requests(desk):
    llm = desk.asker(llm_requests_a_day=2)
    assert [await llm.ask(another(n), CLAIM) for n in range(4)] == [GOOD, GOOD, None, None]
    desk.now += timedelta(days=1)
    assert await llm.ask(another(3), CLAIM) == GOOD


@pytest.mark.parametrize("told", [2_000, None], ids=["as the server counts", "as we estimate"])
async def test_the_day_has_its_share_of_tokens(desk, told):
    desk.model.tokens = told
    llm = desk.asker(llm_tokens_a_day=6_000)
    answers = [await llm.ask(another(n), CLAIM) for n in range(9)]
    assert answers[0] == GOOD
    assert answers[-1] is None
    assert (await desk.spent())[1] <= 6_000


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, None),
        ({"LLM_MODEL": MODEL}, None),
        ({"LLM_API_KEY": KEY}, None),
        (
            {"LLM_MODEL": MODEL, "LLM_BASE_URL": "http://x.example/v1"},
            Endpoint(MODEL, "http://x.example/v1"),
        ),
        (
            {"LLM_MODEL": MODEL, "LLM_BASE_URL": "http://x.example/v1", "LLM_API_KEY": KEY},
            Endpoint(MODEL, "http://x.example/v1", KEY),
        ),
    ],
    ids=["nothing", "model alone", "key alone", "no key needed", "all"],
)
def test_it_is_off_until_a_model_and_its_place_are_named(environ, endpoint):
    secrets = secrets_of(environ)
    assert model_of(secrets) == endpoint
    assert KEY not in repr((secrets, endpoint))
    assert (KEY in secrets.values) is ("LLM_API_KEY" in environ)


# ---- in the pipeline ------------------------------------------------------------------------

TITLE = "Nvidia to invest in Nokia"
FRESH = "Tue, 28 Oct 2025 11:00:00 GMT"


class Newsroom:
    """A collector that asks the model about everything, with one feed."""

    def __init__(self, desk: Questions, host, collector: Collector) -> None:
        self.desk, self.host, self.collector = desk, host, collector

    async def tell(self, *titles: str, published: str = FRESH) -> None:
        items = [item(n, title, published=published) for n, title in enumerate(titles)]
        body = rss(*items).replace("Text", "Nvidia is to pay $1 billion. Text")
        self.host.bodies["/grid"] = body
        await self.collector.round()

    async def deals(self):
        return await self.desk.writer.run(lambda db: Deals(db).all())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers():
    async with Workers(1, initializer=Reader.load, initargs=(SHIPPED,)) as workers:
        yield workers


@pytest.fixture
async def newsroom(desk, workers):
    async with feed_host() as host:
        feed = Feed("Grid", host.url + "/grid")
        await desk.writer.run(lambda db: Feeds(db).sync([feed], NOON))
        yield Newsroom(
            desk,
            host,
            Collector(
                feeds={"Grid": feed},
                listeners=lambda db, today: [],
                session=desk.session,
                articles=desk.session,
                workers=workers,
                writer=desk.writer,
                clock=lambda: desk.now,
                jitter=lambda: 0.0,
                settings=Settings(grey_from=0, grey_to=1),
                llm=desk.asker(llm_within_s=1),
            ),
        )


async def test_a_new_deal_is_asked_about_once_however_many_tell_of_it(newsroom):
    newsroom.desk.model.script = [json.dumps({"kind": "supply"})]
    await newsroom.tell(TITLE, "Nvidia buys stake in Nokia")
    (deal,) = await newsroom.deals()
    assert len(deal.sources) == 2
    newsroom.desk.now += timedelta(hours=1)
    await newsroom.tell(TITLE, "Nvidia buys stake in Nokia", "Nvidia invests in Nokia")
    (deal,) = await newsroom.deals()
    assert len(deal.sources) == 3
    assert len(newsroom.desk.model.asked) == 1
    kinds = sorted(source.claim.kind for source in deal.sources)
    assert kinds == [Kind.EQUITY, Kind.EQUITY, Kind.SUPPLY]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("I think that Nvidia pays $5 billion.", id="prose"),
        pytest.param('{"amount": "$5 billion", "payers": ["Meta"]}', id="inventions"),
        pytest.param('{"payers": ["Nokia"], "recipients": ["Nvidia"]}', id="swapped roles"),
        pytest.param("{" * 5_000, id="broken"),
        pytest.param(429, id="refusals"),
        pytest.param(SILENCE, id="silence"),
    ],
)
async def test_a_model_that_misbehaves_leaves_the_rules_claim_standing(newsroom, script):
    newsroom.desk.model.script = [script]
    await newsroom.tell(TITLE)
    (deal,) = await newsroom.deals()
    assert (deal.payers, deal.recipients, deal.kind) == (("Nvidia",), ("Nokia",), Kind.EQUITY)
    assert deal.money in (None, Money(10**9))
    assert newsroom.desk.model.asked


async def test_a_story_learned_in_silence_is_not_asked_about(newsroom):
    await newsroom.tell(TITLE, published="Mon, 20 Oct 2025 11:00:00 GMT")
    assert len(await newsroom.deals()) == 1
    assert newsroom.desk.model.asked == []
