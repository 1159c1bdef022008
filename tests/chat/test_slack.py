"""Slack through Bolt, against a strict workspace over real HTTP and WebSocket."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts.answer import Answer
from bot.alerts.summarise import notification
from bot.chat import Question, slack, slack_shortcuts
from bot.chat.slack import Access, SlackSender
from bot.desk import Desk
from bot.errors import CardGone, SendLater, SendRefused, SettingsError
from bot.model import Alert, Change, Channel, News, Place, Status
from bot.store.database import Database
from bot.store.deals import Deals
from bot.store.writer import Writer
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, EVENT_SCOPES, SCOPES, Slack, slack_double
from tests.store.test_deals import NOON, a_deal

DEALS = Channel("deals", "slack", "C0000001")
STATUS = Change("status", "rumored", "announced", "s1", NOON)


def alert(news: News, *changes: Change) -> Alert:
    return Alert(news, "20251028-1", "s1", "", changes)


async def no_answer(question: Question) -> Answer:
    return Answer(str(question), text="nothing")


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    async with slack_double() as double:
        yield double


def access(workspace: Slack, bot_token: str = BOT_TOKEN, app_token: str = APP_TOKEN) -> Access:
    return Access(bot_token, app_token, api_url=workspace.api_url)


@asynccontextmanager
async def bot(workspace: Slack, ask=no_answer) -> AsyncIterator[SlackSender]:
    async with slack.connected(access(workspace), ask) as sender:
        yield sender


@pytest.fixture
async def sender(workspace):
    async with bot(workspace) as sender:
        yield sender


# ---- alerts out -----------------------------------------------------------------------------


async def test_a_new_deal_is_a_card_whose_notification_says_it_all(workspace, sender):
    place = await sender.post(DEALS, a_deal(), alert(News.NEW))
    (card,) = workspace.cards("C0000001")
    assert place == Place("deals", "C0000001", card["ts"])
    assert card["text"] == "NEW DEAL: Nvidia → Nokia · $1.0B equity investment"


async def test_a_second_source_joins_the_thread_and_the_card_counts_it(workspace, sender):
    place = await sender.post(DEALS, a_deal(), alert(News.NEW))
    (first,) = a_deal().sources
    second = replace(first, story_id="s2", publisher="Rack News")
    deal = a_deal(sources=(first, second))
    await sender.follow_up(DEALS, place, deal, Alert(News.SOURCE, deal.id, "s2", ""))
    (card,), (reply,) = workspace.cards("C0000001"), workspace.thread("C0000001")
    assert "2 sources" in str(card["blocks"])
    assert reply["text"].startswith("2nd source: Rack News")
    assert (reply["thread_ts"], reply["broadcast"]) == (place.message, False)


@pytest.mark.parametrize("broadcast", [True, False])
async def test_a_change_edits_the_card_and_is_broadcast_as_the_channel_chose(
    workspace, sender, broadcast
):
    channel = replace(DEALS, broadcast=broadcast)
    place = await sender.post(channel, a_deal(status=Status.RUMORED), alert(News.NEW))
    await sender.follow_up(channel, place, a_deal(), alert(News.CHANGE, STATUS))
    (card,), (reply,) = workspace.cards("C0000001"), workspace.thread("C0000001")
    assert "*Announced*" in str(card["blocks"])
    assert "Now announced (was rumored)" in reply["text"]
    assert reply["broadcast"] is broadcast


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_cannot_be_edited_is_gone(workspace, sender, code):
    place = await sender.post(DEALS, a_deal(), alert(News.NEW))
    workspace.fail("chat.update", code)
    with pytest.raises(CardGone, match=code):
        await sender.follow_up(DEALS, place, a_deal(), alert(News.CHANGE, STATUS))


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        pytest.param("C0000003", "/invite", id="the bot is not in the channel"),
        pytest.param("C0000004", "archived", id="the channel is archived"),
        pytest.param("C9999999", "knows no such channel", id="no such channel"),
    ],
)
async def test_what_a_person_can_mend_waits_and_says_how(sender, channel, told):
    with pytest.raises(SendLater, match=told) as caught:
        await sender.post(replace(DEALS, address=channel), a_deal(), alert(News.NEW))
    assert caught.value.wait_s == 900


async def test_a_rate_limit_is_kept_to_the_second_and_nothing_is_lost(workspace, sender):
    workspace.fail("chat.postMessage", "ratelimited", status=429, Retry_After="30")
    with pytest.raises(SendLater) as caught:
        await sender.post(DEALS, a_deal(), alert(News.NEW))
    assert caught.value.wait_s == 30
    assert await sender.post(DEALS, a_deal(), alert(News.NEW))


async def test_a_reply_that_has_to_wait_is_sent_later_once(workspace, sender):
    place = await sender.post(DEALS, a_deal(), alert(News.NEW))
    workspace.fail("chat.postMessage", "ratelimited", status=429, Retry_After="1")
    with pytest.raises(SendLater):
        await sender.follow_up(DEALS, place, a_deal(), alert(News.SOURCE))
    await sender.follow_up(DEALS, place, a_deal(), alert(News.SOURCE))
    assert len(workspace.thread("C0000001")) == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_slack_is_tried_again(workspace, sender, status):
    workspace.fail("chat.postMessage", "internal_error", status=status)
    with pytest.raises(SendLater):
        await sender.post(DEALS, a_deal(), alert(News.NEW))


async def test_blocks_that_slack_refuses_go_out_as_text(workspace, sender):
    workspace.fail("chat.postMessage", "invalid_blocks")
    await sender.post(DEALS, a_deal(), alert(News.NEW))
    (card,) = workspace.cards("C0000001")
    assert card["text"].startswith("NEW DEAL: Nvidia → Nokia")


async def test_a_message_refused_as_text_too_is_refused(workspace, sender):
    workspace.fail("chat.postMessage", "invalid_blocks")
    workspace.fail("chat.postMessage", "msg_too_long")
    with pytest.raises(SendRefused):
        await sender.post(DEALS, a_deal(), alert(News.NEW))


async def test_an_unreachable_slack_is_tried_again(workspace, sender):
    unreachable = SlackSender(sender._client)
    sender._client.base_url = "http://127.0.0.1:9/"
    with pytest.raises(SendLater, match="cannot be reached"):
        await unreachable.post(DEALS, a_deal(), alert(News.NEW))


@pytest.mark.parametrize(
    ("bot_token", "app_token", "variable"),
    [
        ("xoxb-wrong", APP_TOKEN, "SLACK_BOT_TOKEN"),
        (BOT_TOKEN, "xapp-wrong", "SLACK_APP_TOKEN"),
        (APP_TOKEN, BOT_TOKEN, "SLACK_BOT_TOKEN"),
    ],
)
async def test_a_wrong_token_is_named_and_never_shown(workspace, bot_token, app_token, variable):
    with pytest.raises(SettingsError, match=variable) as caught:
        async with slack.connected(access(workspace, bot_token, app_token), no_answer):
            pass
    assert bot_token not in str(caught.value)
    assert app_token not in str(caught.value)


async def test_a_notification_pings_nobody(workspace, sender):
    deal = a_deal(payers=("<!channel>",))
    await sender.post(DEALS, deal, alert(News.NEW))
    assert "<!channel>" in notification(alert(News.NEW), deal)
    assert "<!channel>" not in workspace.cards("C0000001")[0]["text"]


# ---- questions in ---------------------------------------------------------------------------


def fill(db: Database) -> None:
    for number in range(1, 13):
        Deals(db).save(a_deal(number, day=NOON - timedelta(days=number)))
    Deals(db).save(a_deal(1, payers=("AMD",), recipients=("Zeta & Co",)))


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    async with Writer(tmp_path / "d.db") as writer:
        await writer.run(fill)
        yield Desk(tmp_path / "d.db", writer, lambda: NOON)


def shown(reply: dict[str, object]) -> str:
    return f"{reply['text']}\n{reply['blocks']}"


async def test_questions_are_answered_to_the_asker_alone(workspace, desk):
    async with bot(workspace, desk):
        for command, text, told in [
            ("/deals", "", "13 deals"),
            ("/deals", "payer:amd", "AMD → Zeta &amp; Co"),
            ("/deals", "nobody", "No deals for nobody"),
            ("/deals", "amount>=lots", "amount&gt;=1b"),
            ("/deals", "amd amount&gt;=1b", "1 deal for amd amount&gt;=1b"),
            ("/deals", "help", "/deals nvidia since:90d"),
            ("/deals", "<!channel> \x00 \u202e", "No deals"),
            ("/deal", "20251028-1", "Who says so"),
            ("/deal", "20251028-9", "No deal 20251028-9"),
            ("/deal", "nonsense", "is not the id of a deal"),
            ("/deal", "", "Name a deal"),
        ]:
            reply = await workspace.slash(command, text)
            assert told in shown(reply), (command, text)
            assert reply["response_type"] == "ephemeral"


async def test_pages_are_turned_with_buttons_in_place(workspace, desk):
    async with bot(workspace, desk):
        first = await workspace.slash("/deals", "nvidia")
        second = await workspace.click(first, "deals_page_next")
        assert second is not None
        assert second["replace_original"] is True
        assert "Next" not in shown(second)
        assert "20251016-12" in shown(second)


async def test_details_of_a_card_answer_with_evidence(workspace, desk):
    async with bot(workspace, desk) as sender:
        await sender.post(DEALS, a_deal(), alert(News.NEW))
        (card,) = workspace.cards("C0000001")
        reply = await workspace.click(card, "deal_show")
        assert reply is not None
        assert "“A stake.”" in shown(reply)


@pytest.mark.parametrize("value", ["", "nonsense", "<!channel>", "20251028-99999", "x" * 2000])
async def test_a_forged_button_gets_a_clear_answer(workspace, desk, value):
    async with bot(workspace, desk) as sender:
        await sender.post(DEALS, a_deal(), alert(News.NEW))
        reply = await workspace.click(workspace.cards("C0000001")[0], "deal_show", value=value)
        assert reply is not None
        assert "Details" not in shown(reply)


async def test_a_link_button_is_acknowledged(workspace, desk):
    (source,) = a_deal().sources
    deal = a_deal(sources=(replace(source, url="https://x.example/1"),))
    async with bot(workspace, desk) as sender:
        await sender.post(DEALS, deal, alert(News.NEW))
        await workspace.click(workspace.cards("C0000001")[0], "deal_open")


async def test_a_dropped_connection_is_made_anew(workspace, desk):
    async with bot(workspace, desk):
        await workspace.slash("/deals", "")
        await workspace.drop_sockets()
        assert "13 deals" in shown(await workspace.slash("/deals", ""))


async def test_answers_come_while_others_are_slow(workspace):
    async def slow(question: Question) -> Answer:
        await asyncio.sleep(0.2)
        return Answer(question.text, text="done")

    async with bot(workspace, slow):
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(workspace.slash("/deals", str(number)) for number in range(5)))
        assert asyncio.get_running_loop().time() - started < 1, "side by side, not one by one"


# ---- the doctor -----------------------------------------------------------------------------


async def test_the_doctor_names_what_slack_refuses(workspace):
    channels = [replace(DEALS, name=name, address=address) for name, address in (
        ("good", "C0000001"), ("uninvited", "C0000003"), ("old", "C0000004"), ("lost", "C9"),
    )]  # fmt: skip
    found = await slack.examine(access(workspace), channels)
    wrong = {subject for subject, _, is_wrong in found if is_wrong}
    assert wrong == {"channel 'uninvited'", "channel 'old'", "channel 'lost'"}
    found = await slack.examine(access(workspace, "xoxb-wrong"), channels)
    assert [(subject, wrong) for subject, _, wrong in found] == [
        ("SLACK_BOT_TOKEN", True),
        ("SLACK_APP_TOKEN", False),
    ]


# ---- the manifest ---------------------------------------------------------------------------

CODE = "\n".join(path.read_text("utf-8") for path in Path(slack.__file__).parent.glob("slack*.py"))
UPLOAD = ("files.getUploadURLExternal", "files.completeUploadExternal")


def test_the_manifest_asks_for_just_what_the_code_calls():
    called = {
        scope for method, scope in SCOPES.items()
        if f'"{method}"' in CODE or f".{method.replace('.', '_')}(" in CODE
        or (method in UPLOAD and ".files_upload_v2(" in CODE)
    }  # fmt: skip
    asked = set(Slack().manifest["oauth_config"]["scopes"]["bot"])
    heard = {EVENT_SCOPES[event] for event in events() if event in EVENT_SCOPES}
    # what reads public channels' names needs a twin for private ones
    assert asked == called | heard | {"commands", "groups:read"}


def events() -> set[str]:
    return set(re.findall(r'app.event\("(\w+)"\)', CODE))


def test_the_manifest_lists_just_what_is_answered():
    features = Slack().manifest["features"]
    commands = {each["command"] for each in features["slash_commands"]}
    assert set(re.findall(r'app.command\("(/\w+)"\)', CODE)) == commands
    assert events() == set(Slack().manifest["settings"]["event_subscriptions"]["bot_events"])
    shortcuts = {
        getattr(slack_shortcuts, name) for name in re.findall(r"app.shortcut\((\w+)\)", CODE)
    }
    assert shortcuts == {each["callback_id"] for each in features["shortcuts"]}


def test_the_manifest_keeps_to_slacks_lengths():
    # Source: the types of the manifest in slackapi/node-slack-sdk
    features = Slack().manifest["features"]
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    for command in features["slash_commands"]:
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    assert len(features["unfurl_domains"]) <= 5
