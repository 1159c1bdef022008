"""Slack's other ways in: mentions, the message shortcut, sharing, links to deals, files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.answer import Answer
from bot.alerts.slack_blocks import plain
from bot.chat import Ask, Question, slack
from bot.chat.seen import Seen
from bot.chat.slack import Access
from bot.chat.slack_shortcuts import first_link, linked_deal
from bot.desk import Desk
from bot.feeds.workers import Workers
from bot.opinion import Opinion
from bot.pipeline import Reader
from bot.store.deals import Deals
from bot.store.writer import Writer
from tests.chat.test_slack import fill, shown
from tests.doubles.feed_host import feed_host
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, Slack, slack_double
from tests.store.test_deals import NOON, a_deal
from tests.test_cli import SHIPPED

BASE = "https://deals.example.org/"
SHORTCUT = "Is this a deal?"


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    async with slack_double() as double:
        yield double


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    async with Writer(tmp_path / "d.db") as writer:
        await writer.run(fill)
        yield Desk(tmp_path / "d.db", writer, lambda: NOON)


@asynccontextmanager
async def bot(workspace: Slack, ask: Ask, base: str = BASE) -> AsyncIterator[None]:
    access = Access(BOT_TOKEN, APP_TOKEN, api_url=workspace.api_url, permalink_base=base)
    async with slack.connected(access, ask):
        yield


# ---- mentions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("nokia since:90d", "13 deals for nokia since:90d"),
        ("company nokia", "Nokia: 12 deals"),
        ("payer:amd amount&gt;=1b", "1 deal for payer:amd"),
        ("", "/deals nvidia since:90d"),
        ("why <https://x.example/a|x.example>", "No feed of x.example is listed"),
        ("<!channel> \u202e\x00", "No deals"),
        ("<@U2> help", "/deal 20251028-1"),
        ("kind:loans", "kind: takes equity"),
    ],
)
async def test_a_mention_is_answered_in_its_thread(workspace, desk, said, told):
    async with bot(workspace, desk):
        (answer,) = await workspace.mention(said)
        assert told in shown(answer)
        assert answer["broadcast"] is False


async def test_a_mention_in_a_thread_is_answered_in_that_thread(workspace, desk):
    async with bot(workspace, desk):
        parent = workspace.say("look")
        (answer,) = await workspace.mention("nokia", thread_ts=parent["ts"])
        assert answer["thread_ts"] == parent["ts"]


async def test_an_event_that_comes_again_is_answered_once(workspace, desk):
    message = workspace.say("<@UBOT> nokia")
    event = {**message, "type": "app_mention", "channel": "C0000001"}
    async with bot(workspace, desk):
        await workspace.event(event, "Ev1")
        await workspace.event(event, "Ev1", retry=1)
        await workspace.mention("amd")
        await workspace.until(lambda: len(workspace.thread("C0000001")) > 1, 20)
        await workspace.slash("/deals", "")
        assert len(workspace.thread("C0000001")) == 2


@pytest.mark.parametrize("odd", [{"bot_id": "B2"}, {"edited": {"user": "U1", "ts": "1.1"}}])
async def test_other_bots_and_edits_are_left_alone(workspace, desk, odd):
    message = workspace.say("<@UBOT> nokia", **odd)
    async with bot(workspace, desk):
        await workspace.event({**message, "type": "app_mention", "channel": "C0000001"})
        await workspace.mention("amd")
        assert len(workspace.thread("C0000001")) == 1


async def test_a_mention_where_the_bot_may_not_write_harms_nothing(workspace, desk, caplog):
    async with bot(workspace, desk):
        workspace.fail("chat.postMessage", "restricted_action")
        message = workspace.say("<@UBOT> nokia")
        await workspace.event({**message, "type": "app_mention", "channel": "C0000001"})
        await workspace.until(lambda: not workspace.faults, 20)
        await workspace.mention("amd")
    assert "restricted_action" in caplog.text


async def test_a_look_up_that_fails_says_so(workspace, caplog):
    async def broken(question: Question) -> Answer:
        raise OSError("disk full")

    async with bot(workspace, broken):
        (answer,) = await workspace.mention("nokia")
        assert "could not be looked up" in shown(answer)
        assert "could not be looked up" in shown(await workspace.slash("/deals", "nokia"))
    assert "disk full" in caplog.text


def test_ids_are_remembered_for_ten_minutes():
    now = 0.0
    seen = Seen(lambda: now)
    assert not seen.before("a")
    now = 599
    assert seen.before("a")
    assert not seen.before("")
    assert not seen.before("")
    now = 600
    assert not seen.before("a")
    now = 10_000
    assert not seen.before("b")
    assert len(seen._until) == 1, "nothing is kept for good"


# ---- "Is this a deal?" ----------------------------------------------------------------------


async def echo(question: Question) -> Answer:
    return Answer(f"{question.command}: {question.text}", text="read", shareable=True)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        pytest.param(
            {"text": "see <https://x.example/a?b=1&amp;c=2|this> and <https://x.example/b>"},
            "https://x.example/a?b=1&c=2",
            id="the first link of its text",
        ),
        pytest.param(
            {"text": "new", "attachments": [{"title": "A", "title_link": "https://x.example/a"}]},
            "https://x.example/a",
            id="what it shows of a link",
        ),
        pytest.param(
            {"text": "", "blocks": [{"type": "rich_text", "elements": [
                {"type": "link", "url": "https://x.example/a"}]}]},
            "https://x.example/a",
            id="a link in its blocks",
        ),
        pytest.param(
            {"text": "<@U2> Zeta &amp; Co lends $1bn to AMD"},
            "Zeta & Co lends $1bn to AMD",
            id="its words",
        ),
        pytest.param({"text": "hello"}, "hardly a word", id="nothing to read"),
        pytest.param({}, "hardly a word", id="nothing at all"),
    ],
)  # fmt: skip
async def test_a_message_is_read_by_its_first_link_or_its_words(workspace, message, read):
    async with bot(workspace, echo):
        answer = await workspace.shortcut(SHORTCUT, message)
        assert read in shown(answer).replace("&amp;", "&")
        assert answer["response_type"] == "ephemeral"


@pytest.fixture
async def reading_desk(tmp_path) -> AsyncIterator[Desk]:
    """A desk that reads addresses inside the network too: the double serves there."""
    async with (
        Writer(tmp_path / "d.db") as writer,
        Workers(1, initializer=Reader.load, initargs=(SHIPPED,)) as workers,
    ):
        opinion = Opinion(workers, lambda: NOON, inside=True)
        yield Desk(tmp_path / "d.db", writer, lambda: NOON, opinion=opinion)


ARTICLE = (
    "<html><head><title>Nvidia to invest $1 billion in Nokia</title></head><body><article>"
    "<h1>Nvidia to invest $1 billion in Nokia</h1>"
    "<p>Nvidia agreed to buy $1 billion of new Nokia shares, the companies said on Tuesday. "
    "The chipmaker takes a 2.9% stake in the Finnish maker of network equipment.</p>"
    "</article></body></html>"
)


async def test_an_article_is_told_with_verdict_fields_and_evidence(workspace, reading_desk):
    async with feed_host() as host, bot(workspace, reading_desk):
        host.bodies["/a"] = ARTICLE
        link = {"text": f"<{host.url}/a>"}
        told = shown(await workspace.shortcut(SHORTCUT, link))
        assert "A deal (score" in told
        assert "Nvidia → Nokia · $1.0B equity investment" in told
        assert "money: “Nvidia to invest $1 billion in Nokia" in told
        assert "Share to channel" in told
        host.bodies["/b"] = "<html><body></body></html>"
        told = shown(await workspace.shortcut(SHORTCUT, {"text": f"<{host.url}/b>"}))
        assert "cannot be read" in told
        text = {"text": "3 AI stocks to buy before November, our analysts say"}
        told = shown(await workspace.shortcut(SHORTCUT, text))
        assert "Not a deal" in told
        assert "Share to channel" not in told, "the words of a message stay where they are"


async def test_addresses_inside_the_network_are_refused(workspace, reading_desk):
    opinion = replace(reading_desk.opinion, inside=False)
    async with feed_host() as host, bot(workspace, replace(reading_desk, opinion=opinion)):
        host.bodies["/a"] = ARTICLE
        told = shown(await workspace.shortcut(SHORTCUT, {"text": f"<{host.url}/a>"}))
        assert "inside the network" in told
        assert not host.agents


async def test_a_slow_page_holds_up_nobody(workspace):
    async def slow(question: Question) -> Answer:
        await asyncio.sleep(0.5 if question.command == "read" else 0)
        return Answer(question.command, text="done")

    async with bot(workspace, slow):
        link = {"text": "<https://x.example/a>"}
        reading = asyncio.create_task(workspace.shortcut(SHORTCUT, link))
        await asyncio.sleep(0.05)
        (answer,) = await workspace.mention("nokia")
        assert "deals" in shown(answer)
        assert not reading.done()
        await reading


@given(st.text())
def test_any_text_is_made_plain(text):
    assert "<https://" not in plain(f"<https://x.example> {text}").split()[0]
    first_link({"text": text, "blocks": [text, {"url": text}], "attachments": {"a": [text]}})


# ---- sharing, files -------------------------------------------------------------------------


async def test_an_answer_is_shared_by_who_asks_to(workspace, desk):
    async with bot(workspace, desk):
        asked = await workspace.slash("/deals", "payer:amd")
        posted = await workspace.click(asked, "answer_share")
        assert posted is not None
        assert (posted["response_type"], posted["replace_original"]) == ("in_channel", False)
        assert "AMD → Zeta &amp; Co" in shown(posted)
        assert "Shared by <@U1> · `/deals payer:amd`" in shown(posted)
        assert "Share to channel" not in shown(posted)


@pytest.mark.parametrize("text", ["amount>=lots", "company nobody"])
async def test_mistakes_are_not_for_sharing(workspace, desk, text):
    async with bot(workspace, desk):
        assert "Share to channel" not in shown(await workspace.slash("/deals", text))


@pytest.mark.parametrize(
    "value", ["", "[]", "nonsense", '{"c": "watch", "t": "", "o": 0}', "9" * 2000]
)
async def test_a_forged_share_gets_help(workspace, desk, value):
    async with bot(workspace, desk):
        asked = await workspace.slash("/deals", "")
        posted = await workspace.click(asked, "answer_share", value=value)
        assert posted is not None
        assert "/deals nvidia since:90d" in shown(posted)


async def test_a_picture_comes_to_the_asker_and_to_the_channel_once_shared(workspace, desk):
    async with bot(workspace, desk):
        told = await workspace.slash("/deals", "stats payer:amd")
        assert "1 deal worth $1.0B" in shown(told)
        assert "in your direct messages" in shown(told)
        (file,) = workspace.files
        assert (file["channel"], file["name"]) == ("DU1", "deals.png")
        assert file["content"].startswith(b"\x89PNG")
        await workspace.click(told, "answer_share")
        await workspace.until(lambda: len(workspace.files) == 2)
        assert workspace.files[1]["channel"] == "C0000001"


async def test_a_mention_gets_its_file_in_the_thread(workspace, desk):
    async with bot(workspace, desk):
        (answer,) = await workspace.mention("export payer:amd")
        await workspace.until(lambda: workspace.files)
        (file,) = workspace.files
        assert file["thread_ts"] == answer["thread_ts"]
        assert file["content"].decode("utf-8-sig").startswith("deal_id,headline,")


@pytest.mark.parametrize("method", ["conversations.open", "files.completeUploadExternal"])
async def test_a_file_that_cannot_be_sent_is_told(workspace, desk, method):
    async with bot(workspace, desk):
        workspace.fail(method, "missing_scope")
        assert "could not be sent" in shown(await workspace.slash("/deals", "export payer:amd"))


async def test_a_file_that_cannot_be_shared_asks_for_an_invitation(workspace, desk):
    async with bot(workspace, desk):
        told = await workspace.slash("/deals", "export payer:amd")
        workspace.channels["C0000001"]["is_member"] = False
        await workspace.click(told, "answer_share")
        await workspace.until(lambda: "/invite" in shown(workspace.replies[-1]))
        assert workspace.replies[-1]["response_type"] == "ephemeral"


ODD = ["\ud83d\ude80", "\u202e\x00", "<!channel> & <@U9>", "x" * 499, '"' * 499, "é" * 3000]


@pytest.mark.parametrize(
    "command", ["", "top", "company", "stats", "export", "why", "read", "help"]
)
@pytest.mark.parametrize("text", ["", *ODD], ids=lambda text: ascii(text[:9]))
async def test_any_question_gets_a_clear_answer_to_the_asker_alone(workspace, desk, command, text):
    async with bot(workspace, desk):
        told = await workspace.slash("/deals", f"{command} {text}")
        assert told["response_type"] == "ephemeral"
        assert told["blocks"]


async def test_companies_with_endless_names_fit_every_answer(workspace, desk):
    name = "Omega " * 500
    for number in range(1, 9):
        deal = a_deal(number, day=NOON + timedelta(days=9), payers=(name,), recipients=(name,))
        await desk.writer.run(lambda db, deal=deal: Deals(db).save(deal))
    async with bot(workspace, desk):
        for text in ("omega", "company omega", "stats omega", "top omega", "why 20251106-8"):
            told = await workspace.slash("/deals", text)
            assert "Omega" in shown(told)
            posted = await workspace.click(told, "answer_share")
            assert posted is not None
            assert "Omega" in shown(posted)


# ---- links to deals -------------------------------------------------------------------------


def link_event(message, *urls, **more):
    links = [{"url": url, "domain": "deals.example.org"} for url in urls]
    where = {"channel": "C0000001", "message_ts": message["ts"]}
    return {"type": "link_shared", "user": "U1", **where, "links": links, **more}


async def test_links_to_deals_show_their_cards(workspace, desk):
    url = f"{BASE}20251028-1"
    async with bot(workspace, desk):
        message = workspace.say(f"<{url}> <{BASE}20251028-99>")
        event = link_event(message, url, f"{BASE}20251028-99", f"{BASE}about")
        await workspace.event(event, "Ev1")
        await workspace.event(event, "Ev1", retry=1)
        await workspace.until(lambda: workspace.unfurls)
        await workspace.slash("/deals", "")
        (shown_links,) = workspace.unfurls
        assert list(shown_links["unfurls"]) == [url]
        blocks = shown_links["unfurls"][url]["blocks"]
        assert "AMD → Zeta &amp; Co" in str(blocks).replace("Zeta & Co", "Zeta &amp; Co")
        assert all(block["type"] != "actions" for block in blocks)


async def test_a_link_in_a_message_that_is_being_written_shows_its_card(workspace, desk):
    url = f"{BASE}20251028-1"
    written = {"channel": "COMPOSER", "unfurl_id": "C1.1", "source": "composer"}
    async with bot(workspace, desk):
        await workspace.event(link_event({"ts": "1.1"}, url, **written))
        await workspace.until(lambda: workspace.unfurls)
        assert workspace.unfurls[0]["unfurl_id"] == "C1.1"


async def test_links_are_left_alone_where_no_base_is_set_and_where_slack_refuses(workspace, desk):
    url = f"{BASE}20251028-1"
    message = workspace.say(f"<{url}>")
    async with bot(workspace, desk, base=""):
        await workspace.event(link_event(message, url))
        await workspace.slash("/deals", "")
    assert not [name for name, _ in workspace.calls if name == "chat.unfurl"]
    async with bot(workspace, desk):
        workspace.fail("chat.unfurl", "cannot_unfurl_url")
        await workspace.event(link_event(message, url))
        await workspace.mention("nokia")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (f"{BASE}20251028-1", ""),
        (f"{BASE}20251028-1x", BASE),
        (f"{BASE}20251028-123456", BASE),
        (f"{BASE}x/20251028-1", BASE),
        ("https://evil.example/?https://deals.example.org/20251028-1", BASE),
    ],
)
def test_other_links_name_no_deal(url, base):
    assert linked_deal(url, base) == ""
