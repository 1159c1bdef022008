"""Telegram, through the real sender and real polling, against a strict double over HTTP."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.answer import Answer
from bot.alerts.digest import Brief, Line
from bot.audience import Audience
from bot.chat import Question
from bot.chat.commands import answer
from bot.chat.telegram import TelegramSender, connected, examine
from bot.chat.telegram_questions import _COMMANDS, asked_in
from bot.desk import Desk
from bot.errors import CardGone, ChannelClosed, SendLater, SendRefused, SettingsError
from bot.model import Alert, Change, Channel, News, Place, Source, Status
from bot.pipeline import Deliverer, remember
from bot.query import parse_query
from bot.store.database import open_store
from bot.store.deals import Deals
from bot.store.writer import Writer
from tests.doubles.telegram import (
    ALICE,
    GROUP,
    TOKEN,
    Refused,
    Telegram,
    bad,
    telegram,
    too_fast,
)
from tests.store.test_deals import NOON, a_deal
from tests.test_pipeline import deal_story

CHANNEL = Channel("deals", "telegram", str(GROUP))
DEAL = a_deal()
NEW = Alert(News.NEW, DEAL.id, "s1", "")
SOURCE = Alert(News.SOURCE, DEAL.id, "s2", "")
CHANGE = Alert(
    News.CHANGE, DEAL.id, "s2", "", (Change("status", "announced", "completed", "s2", NOON),)
)
GROWN = replace(
    DEAL,
    status=Status.COMPLETED,
    sources=(
        *DEAL.sources,
        Source("s2", "https://x.example/2", "Rack News", "Done", DEAL.sources[0].claim),
    ),
)


async def nothing(question: Question) -> Answer:
    return Answer(f"{question.command}:{question.text}")


@pytest.fixture
async def host() -> AsyncIterator[Telegram]:
    async with telegram() as service:
        yield service


@pytest.fixture
async def sender(host: Telegram) -> AsyncIterator[TelegramSender]:
    async with connected(TOKEN, host.url, nothing) as it:
        yield it


@pytest.fixture
async def place(host: Telegram, sender: TelegramSender) -> Place:
    return await sender.post(CHANNEL, DEAL, NEW)


# ---- cards and follow-ups -------------------------------------------------------------------


async def test_a_card_is_posted_with_a_sound_and_without_a_preview(host, place):
    (card,) = host.seen()
    assert card.text.startswith("Nvidia → Nokia · $1.0B equity investment\n🟢 Announced")
    assert (card.silent, card.preview) == (False, False)
    assert place == Place("deals", str(GROUP), str(card.id))


async def test_one_more_source_edits_the_card_and_is_told_in_silence(host, sender, place):
    await sender.follow_up(CHANNEL, place, GROWN, SOURCE)
    card, reply = host.seen()
    assert (card.edits, card.links) == (1, ["https://x.example/2"])
    assert reply.text.startswith("2nd source: Rack News")
    assert (reply.reply_to, reply.silent, reply.preview) == (card.id, True, False)


@pytest.mark.parametrize("broadcast", [True, False])
async def test_a_change_makes_a_sound_where_the_channel_wants_it(host, sender, place, broadcast):
    channel = replace(CHANNEL, broadcast=broadcast)
    await sender.follow_up(channel, place, GROWN, CHANGE)
    card, reply = host.seen()
    assert "🔵 Completed" in card.text
    assert reply.text.startswith("🔵 Now completed (was announced)")
    assert reply.silent is not broadcast


async def test_a_card_that_reads_the_same_already_is_still_answered(host, sender, place):
    await sender.follow_up(CHANNEL, place, DEAL, SOURCE)
    assert [message.edits for message in host.seen()] == [0, 0]


async def test_a_reply_that_has_to_wait_is_not_lost(host, sender, place):
    host.faults["sendMessage"] = [too_fast(7)]
    with pytest.raises(SendLater) as error:
        await sender.follow_up(CHANNEL, place, GROWN, CHANGE)
    assert error.value.wait_s == 7
    await sender.follow_up(CHANNEL, place, GROWN, CHANGE)
    card, reply = host.seen()
    assert (card.edits, reply.reply_to) == (1, card.id)


async def test_the_pace_that_telegram_asks_for_is_handed_on(host, sender):
    host.pace_s = 30
    await sender.post(CHANNEL, DEAL, NEW)
    with pytest.raises(SendLater) as error:
        await sender.post(CHANNEL, a_deal(2), NEW)
    assert error.value.wait_s == 30
    await sender.post(replace(CHANNEL, address=str(ALICE)), DEAL, NEW)


async def test_a_card_that_was_deleted_is_gone(host, sender, place):
    host.messages.clear()
    with pytest.raises(CardGone):
        await sender.follow_up(CHANNEL, place, GROWN, CHANGE)


async def test_a_card_of_somebody_else_is_gone(host, sender):
    theirs = host.write("hello")
    with pytest.raises(CardGone):
        await sender.follow_up(CHANNEL, Place("deals", str(GROUP), str(theirs.id)), GROWN, CHANGE)


async def test_a_card_deleted_between_edit_and_reply_is_gone(host, sender, place):
    host.faults["sendMessage"] = [bad("message to be replied not found")]
    with pytest.raises(CardGone):
        await sender.follow_up(CHANNEL, place, GROWN, CHANGE)


async def test_a_card_that_comes_back_for_a_source_makes_no_sound(host, sender):
    await sender.post(CHANNEL, DEAL, SOURCE)
    assert host.seen()[0].silent


async def test_a_group_that_moved_gets_its_alerts_at_the_new_address(host, sender, caplog):
    host.moved[-5] = GROUP
    place = await sender.post(replace(CHANNEL, address="-5"), DEAL, NEW)
    assert place.address == str(GROUP)
    assert f"write address = '{GROUP}'" in caplog.text
    with pytest.raises(CardGone):
        await sender.follow_up(CHANNEL, replace(place, address="-5"), GROWN, SOURCE)


async def test_html_that_telegram_does_not_take_goes_out_as_plain_text(host, sender):
    host.faults["sendMessage"] = [bad("can't parse entities: unsupported start tag")]
    await sender.post(CHANNEL, replace(DEAL, payers=("AT&T",)), NEW)
    (card,) = host.seen()
    assert card.text.startswith("AT&T → Nokia")
    assert not card.entities


def page(status: int, text: str = "<html>sorry</html>") -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html")


@pytest.mark.parametrize(
    ("answered", "leaf", "reason"),
    [
        pytest.param(
            Refused(403, "Forbidden: bot was kicked"), ChannelClosed, "kicked", id="kicked"
        ),
        pytest.param(bad("chat not found"), ChannelClosed, "chat not found", id="no chat"),
        pytest.param(
            bad("not enough rights to send text messages to the chat"),
            ChannelClosed,
            "not enough rights",
            id="muted",
        ),
        pytest.param(
            bad("need administrator rights in the channel chat"),
            ChannelClosed,
            "need administrator rights",
            id="no admin of the channel",
        ),
        pytest.param(bad("message is too long"), SendRefused, "too long", id="another 400"),
        pytest.param(Refused(401, "Unauthorized"), ChannelClosed, "Unauthorized", id="revoked"),
        pytest.param(Refused(500, "Internal Server Error"), SendLater, "Internal", id="500"),
        pytest.param(Refused(429, "Too Many Requests"), SendLater, "Too Many", id="429 alone"),
        pytest.param(page(502), SendLater, "unreadable", id="a proxy's page"),
        pytest.param(page(200, '{"ok": tru'), SendLater, "unreadable", id="half an answer"),
        pytest.param(page(500, '{"ok": false}'), SendLater, "unreadable", id="no description"),
    ],
)
async def test_what_a_failure_means_for_the_message(host, sender, answered, leaf, reason):
    host.faults["sendMessage"] = [answered]
    with pytest.raises(leaf) as error:
        await sender.post(CHANNEL, DEAL, NEW)
    assert type(error.value) is leaf
    assert reason in error.value.reason
    assert error.value.channel == "deals"


async def test_a_burst_is_one_message_with_a_sound(host, sender):
    lines = tuple(Line(a_deal(number)) for number in range(1, 8))
    await sender.brief(CHANNEL, Brief("7 new deals", lines))
    (brief,) = host.seen()
    assert brief.text.startswith("7 new deals\n\n🟢 Nvidia → Nokia · $1.0B equity investment")
    assert (brief.silent, brief.preview) == (False, False)


async def test_a_brief_brings_a_card_that_hangs_up_to_date_in_silence(host, sender, place):
    for _ in range(2):
        await sender.refresh(CHANNEL, place, GROWN)
    (card,) = host.seen()
    assert (card.edits, "🔵 Completed" in card.text) == (1, True)


# ---- the whole road: outbox → deliverer → Telegram --------------------------------------------


async def test_a_deal_is_one_card_for_life_whatever_happens_on_the_way(host, sender, tmp_path):
    now, listeners = NOON, [(CHANNEL, parse_query("", NOON.date()))]
    async with Writer(tmp_path / "d.db") as writer:
        deliverer = Deliverer(
            lambda db: {CHANNEL.name: CHANNEL}, {"telegram": sender}, writer, clock=lambda: now
        )
        await writer.run(remember, deal_story(1, status=Status.RUMORED), listeners, now)
        host.faults["sendMessage"] = [page(502)]
        assert await deliverer.round() == 0
        now += timedelta(minutes=1)
        assert await deliverer.round() == 1

        await writer.run(remember, deal_story(2, "Rack News", hours=1), listeners, now)
        host.faults["sendMessage"] = [too_fast(40)]
        assert await deliverer.round() == 0
        now += timedelta(seconds=39)
        assert await deliverer.round() == 0
        now += timedelta(seconds=1)
        assert await deliverer.round() == 1
        card, reply = host.seen()
        assert "🟢 Rumored → Announced" in card.text
        assert reply.text.startswith("🟢 Now announced (was rumored)")
        assert (reply.reply_to, card.edits) == (card.id, 1)

        host.messages.clear()
        await writer.run(remember, deal_story(3, "Third Post", hours=2), listeners, now)
        assert await deliverer.round() == 1
        (new,) = host.seen()
        assert new.silent
        assert "Third Post" in new.text


async def test_what_people_correct_is_edited_in_silence(host, sender, tmp_path):
    listeners = [(CHANNEL, parse_query("", NOON.date()))]
    async with Writer(tmp_path / "d.db") as writer:
        deliverer = Deliverer(
            lambda _: {CHANNEL.name: CHANNEL}, {"telegram": sender}, writer, lambda: NOON
        )
        await writer.run(remember, deal_story(1), listeners, NOON)
        await deliverer.round()
        desk = Desk(tmp_path / "d.db", writer, lambda: NOON)
        asked = Question("deals", "reject 20251028-1 price_move", service="telegram", user="77")
        assert not (await desk(asked)).error
        await deliverer.round()
        card, reply = host.seen()
        assert card.text.startswith("Not a deal (said by @77): price move")
        assert (reply.silent, reply.reply_to) == (True, card.id)


async def test_what_is_subscribed_to_and_watched_in_chat_is_heard_there(host, tmp_path):
    audience = Audience((), ("telegram",))
    async with Writer(tmp_path / "d.db") as writer:
        desk = Desk(tmp_path / "d.db", writer, lambda: NOON, audience)
        async with connected(TOKEN, host.url, desk) as sender:
            made = await host.say("/subscribe payer:nvidia -status:rumored")
            assert made.text.startswith("This chat hears now: payer:nvidia -status:rumored")
            assert "Would have posted nothing in the last 30 days" in made.text
            assert "press Start" in (await host.say("/deals watch nokia")).text
            assert "(take away: /deals unwatch 2)" in (await host.say("watches", ALICE)).text
            assert (await host.say("/quiet 22-7 europe/berlin")).text.startswith("Quiet from")
            before = len(host.seen(GROUP)), len(host.seen(ALICE))
            listeners = await writer.run(audience.listeners, NOON.date())
            await writer.run(remember, deal_story(1), listeners, NOON)
            deliverer = Deliverer(audience.by_name, {"telegram": sender}, writer, lambda: NOON)
            assert await deliverer.round() == 2
            for chat, earlier in zip((GROUP, ALICE), before, strict=True):
                assert host.seen(chat)[earlier].text.startswith("Nvidia → Nokia")


# ---- questions ------------------------------------------------------------------------------


@asynccontextmanager
async def answering(host: Telegram, folder: Path) -> AsyncIterator[None]:
    """Answer from a store that holds a dozen deals."""
    with open_store(folder / "d.db") as db:
        for number in range(1, 13):
            Deals(db).save(a_deal(number, day=NOON - timedelta(days=number)))
        Deals(db).save(replace(a_deal(1), payers=("AMD <AI>",)))

        async def ask(question: Question) -> Answer:
            return answer(question, Deals(db), date(2025, 11, 1))

        async with connected(TOKEN, host.url, ask):
            yield


#: what is asked in a group, how the answer begins, what is in it
DIALOGUE = [
    ("/deals", "13 deals", "\n3 more."),
    ("/deals@alerts_bot amd", "1 deal for amd", "AMD <AI> → Nokia · $1.0B"),
    ("/DEALS\npayer:nvidia", "12 deals for payer:nvidia", "\n2 more."),
    ("/deals nokia amount>=lots", "Did not understand 'amount>=lots'", "amount>=1b"),
    ("/deals <b>bold", "No deals for <b>bold", "/deals help"),
    ("/deals " + "x" * 4000, "This look-up is longer than 500", "nvidia since:90d"),
    ("/deal 20251028-1", "AMD <AI> → Nokia", "History"),
    ("/deal", "Name a deal by its id.", "/deal 20251028-1"),
    ("/deal <nokia> & co", "'<nokia> & co' is not the id of a deal.", "/deals <nokia> & co"),
    ("/help", "Dealwire", "/deals payer:nvidia to:openai"),
    ("/start@Alerts_Bot", "Dealwire", "/deals nvidia since:90d"),
    ("/anything@alerts_bot", "Dealwire", "/deals nvidia since:90d"),
]


async def test_questions_in_a_group_are_answered_beneath_them(host, tmp_path):
    async with answering(host, tmp_path):
        for asked, first, within in DIALOGUE:
            reply = await host.say(asked)
            assert reply.text.startswith(first), asked
            assert within in reply.text, asked


async def test_in_a_private_chat_a_text_is_a_look_up_and_an_odd_command_gets_help(host, tmp_path):
    async with answering(host, tmp_path):
        assert (await host.say("amd", ALICE)).text.startswith("1 deal for amd")
        assert (await host.say("/odd", ALICE)).text.startswith("Dealwire")
        assert (await host.say("\u202e💥 \x00 ' <", ALICE)).text


async def test_pages_of_a_look_up_are_turned_in_place(host, tmp_path):
    async with answering(host, tmp_path):
        page = await host.say("/deals payer:nvidia")
        first = page.text
        assert [label for label, _ in page.buttons] == ["Next (2 more)"]
        await host.press(page)
        assert (page.text.count("🟢"), page.buttons) == (2, [("Previous", "0 payer:nvidia")])
        await host.press(page)
        assert page.text == first
        assert len(host.seen()) == 1


async def test_a_forged_or_tardy_press_does_no_harm(host, tmp_path):
    async with answering(host, tmp_path):
        page = await host.say("/deals payer:nvidia")
        first = page.text
        host.push({"callback_query": {"id": "x", "data": "0 payer:nvidia", "message": None}})
        await host.press(page, "0 payer:nvidia")
        assert page.text == first
        await host.press(page, "no page")
        assert page.text.startswith("13 deals")
        host.messages.pop((GROUP, page.id))
        await host.press(page)
        assert (await host.say("/deals amd")).text.startswith("1 deal")


async def test_what_is_said_to_others_in_a_group_is_not_answered(host, tmp_path):
    async with answering(host, tmp_path):
        host.write("/deals@other_bot nvidia")
        host.write("/odd")
        host.write("deals nvidia")
        host.write("/deals", **{"from": {"id": 9, "is_bot": True, "first_name": "Bot"}})
        await host.say("/deals")
    assert len(host.seen()) == 1


async def test_updates_of_a_newer_telegram_do_not_deafen_the_bot(host, tmp_path):
    async with answering(host, tmp_path):
        host.push({"message": {"message_id": 1, "chat": {"id": GROUP}, "hologram": {"x": 1}}})
        host.push({"novelty": {"from": "the future"}, "message": None})
        assert (await host.say("/deals", quote=7, entities="new")).text.startswith("13 deals")


async def test_polling_survives_failures(host, caplog):
    host.faults["getUpdates"] = [page(502)]
    async with connected(TOKEN, host.url, nothing):
        assert (await host.say("/deals x")).text == "deals:x"
    assert "getUpdates errors=1 again_s=1" in caplog.text


async def test_a_token_that_runs_twice_is_named_in_the_log(host, sender, caplog):
    async with connected(TOKEN, host.url, nothing):
        await host.until(lambda: "terminated by other getUpdates" in caplog.text)


async def test_an_answer_waits_as_long_as_telegram_asks(host, sender):
    host.faults["sendMessage"] = [too_fast(1)]
    assert (await host.say("/deals x")).text == "deals:x"


async def test_a_question_that_cannot_be_answered_disturbs_no_other(host, caplog):
    async def ask(question: Question) -> Answer:
        if question.text == "bad":
            raise RuntimeError("the store is broken")
        return Answer("fine")

    async with connected(TOKEN, host.url, ask):
        assert (await host.say("/deals bad")).text.startswith("This could not be looked up")
        host.faults["sendMessage"] = [bad("chat not found")]
        host.write("/deals lost")
        assert (await host.say("/deals")).text == "fine"
    assert "the store is broken" in caplog.text


@pytest.mark.parametrize(
    ("asked", "told", "name", "starts"),
    [
        ("/stats nvidia", "Deals for nvidia", "deals.png", b"\x89PNG"),
        ("/deals export amd", "1 deal for amd as CSV", "deals.csv", b"\xef\xbb\xbfdeal_id,"),
    ],
)
async def test_files_come_beneath_the_answer(host, tmp_path, asked, told, name, starts):
    async with Writer(tmp_path / "d.db") as writer:
        await writer.run(lambda db: Deals(db).save(DEAL))
        await writer.run(lambda db: Deals(db).save(a_deal(2, payers=("AMD",))))
        async with connected(TOKEN, host.url, Desk(tmp_path / "d.db", writer, lambda: NOON)):
            reply = await host.say(asked)
            assert reply.text.startswith(told)
            await host.until(lambda: len(host.seen()) == 2, 20)
            file = host.seen()[1]
            assert file.reply_to == reply.reply_to
            assert file.text == told
            assert file.file is not None
            assert file.file[0] == name
            assert file.file[1].startswith(starts)


@given(st.text(), st.sampled_from(["private", "group"]))
def test_any_text_is_a_question_or_is_not(text, kind):
    message = {"message_id": 1, "chat": {"id": 7, "type": kind}, "text": text}
    asked = asked_in(message, "alerts_bot")
    assert asked is None or (asked.question.place, asked.message) == ("7", 1)
    if kind == "private" and text:
        assert asked is not None


def test_a_command_is_read_with_its_text():
    message = {"message_id": 1, "chat": {"id": 7, "type": "group"}, "text": "/Deal@Alerts_Bot  x y"}
    asked = asked_in(message, "alerts_bot")
    assert asked is not None
    assert asked.question == Question("deal", "x y", service="telegram", place="7")


# ---- start, stop, secrets -------------------------------------------------------------------


async def test_the_menu_of_commands_is_set_and_a_webhook_of_old_removed(host):
    host.webhook = True
    async with connected(TOKEN, host.url, nothing):
        await host.until(lambda: host.polls > 0)
    assert [command["command"] for command in host.commands] == list(_COMMANDS)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("654321:AAH-wrong", "Telegram refuses it"),
        ("AAH-half-of-it", "no bot token"),
        ("123456:AAH with blanks", "no bot token"),
    ],
)
async def test_a_wrong_token_is_named_and_not_shown(host, token, message):
    with pytest.raises(SettingsError) as error:
        async with connected(token, host.url, nothing):
            pytest.fail("connected")
    assert str(error.value).startswith("TELEGRAM_BOT_TOKEN: ")
    assert message in str(error.value)
    assert "@BotFather" in str(error.value)
    assert token not in str(error.value)


async def test_an_address_that_is_none_is_named():
    with pytest.raises(SettingsError, match=r"TELEGRAM_API_URL: 'api\.example'"):
        async with connected(TOKEN, "api.example", nothing):
            pytest.fail("connected")


async def test_the_bot_starts_while_telegram_is_away_and_connects_when_it_is_back(host):
    host.faults["getMe"] = [page(502), page(502)]
    async with connected(TOKEN, host.url, nothing):
        assert (await host.say("/deals x")).text == "deals:x"


async def test_it_stops_at_once_and_closes_its_connections(host):
    async with connected(TOKEN, host.url, nothing):
        await host.until(lambda: host.polls > 0)
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 1


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("", id="nobody listens"),
        pytest.param("/bot{token}/getMe", id="a redirect without end"),
        pytest.param("http://[bad/bot{token}", id="a redirect to nowhere"),
    ],
)
async def test_the_token_is_in_no_error_and_no_log(host, caplog, target):
    caplog.set_level(logging.DEBUG)
    url = host.url if target else "http://127.0.0.1:1"
    headers = {"Location": target.format(token=TOKEN)}
    for method in ("getMe", "sendMessage"):
        host.faults[method] = [web.Response(status=302, headers=headers) for _ in range(40)]
    async with connected(TOKEN, url, nothing) as sender:
        with pytest.raises(SendLater) as error:
            await sender.post(CHANNEL, DEAL, NEW)
        found = await examine(TOKEN, url, [CHANNEL])
    told = f"{error.value!r} {error.value} {found} {caplog.text}"
    assert "AAH-very_secret" not in told.replace("%3A", ":")
    assert error.value.__suppress_context__


# ---- the doctor -----------------------------------------------------------------------------


async def test_the_doctor_says_what_telegram_sees(host):
    lost = Channel("lost", "telegram", "-77")
    assert await examine(TOKEN, host.url, [CHANNEL, lost]) == [
        ("TELEGRAM_BOT_TOKEN", "good for @Alerts_Bot", False),
        ("channel 'deals'", "the bot sees the supergroup 'Alerts'", False),
        (
            "channel 'lost'",
            "Bad Request: chat not found; add the bot to the chat, and check the address in "
            "channels.toml",
            True,
        ),
    ]


async def test_the_doctor_names_a_wrong_token(host):
    ((subject, message, wrong),) = await examine("1:no", host.url, [CHANNEL])
    assert (subject, wrong) == ("TELEGRAM_BOT_TOKEN", True)
    assert "@BotFather" in message


async def test_the_doctor_does_not_blame_the_token_for_an_outage(host):
    host.faults["getMe"] = [page(502)]
    ((subject, message, wrong),) = await examine(TOKEN, host.url, [CHANNEL])
    assert (subject, wrong) == ("TELEGRAM_BOT_TOKEN", False)
    assert "cannot be checked now" in message
    host.faults["getChat"] = [page(502)]
    assert not any(wrong for _, _, wrong in await examine(TOKEN, host.url, [CHANNEL]))


def test_who_does_not_use_telegram_does_not_wait_for_its_library():
    told = "import sys, bot.cli; print('aiogram' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
