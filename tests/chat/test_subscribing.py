"""Orders on what channels and people hear, at the desk and on a real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.alerts.answer import Answer
from bot.audience import Audience
from bot.chat import Question
from bot.chat.subscribing import MOST, ORDERS
from bot.desk import Desk
from bot.model import Alert, Channel, Feed, News, Status
from bot.pipeline import hearers
from bot.store.database import Database
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.subscriptions import Subscriptions
from bot.store.writer import Writer
from tests.store.test_deals import NOON, a_deal

LISTED = Channel("deals", "slack", "C1", query="kind:debt")
AUDIENCE = Audience((LISTED,), ("slack", "telegram"))


def fill(db: Database) -> None:
    for days in (1, 2, 3, 4, 40):
        Deals(db).save(a_deal(1, day=NOON - timedelta(days=days)))
    Deals(db).save(a_deal(9, payers=("AMD",), status=Status.RUMORED))


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    async with Writer(tmp_path / "d.db") as writer:
        await writer.run(fill)
        yield Desk(tmp_path / "d.db", writer, lambda: NOON, AUDIENCE)


async def say(
    desk: Desk, text: str, *, place: str = "C2", user: str = "U1", service: str = "slack"
) -> Answer:
    """Type "/deals TEXT" somewhere."""
    return await desk(Question("deals", text, service=service, user=user, place=place))


async def who_hears(desk: Desk, **deal: Any) -> set[str]:
    """Return who would hear of a new deal."""

    def asked(db: Database) -> set[str]:
        found = AUDIENCE.listeners(db, NOON.date())
        return set(hearers(Alert(News.NEW, "20251028-1", "s1", ""), a_deal(**deal), found, []))

    return await desk.writer.run(asked)


def queries(answer: Answer) -> list[str]:
    return [each.query for each in answer.subscriptions]


# ---- subscribing ----------------------------------------------------------------------------


async def test_a_channel_hears_what_it_subscribed_to_and_is_told_what_it_would_have_got(desk):
    answer = await say(desk, "subscribe payer:nvidia amount>=1b -status:rumored")
    assert answer.title == "This channel hears now: payer:nvidia amount>=1b -status:rumored"
    assert answer.text == "Would have posted 4 in the last 30 days:"
    assert [deal.id for deal in answer.deals] == ["20251027-1", "20251026-1", "20251025-1"]
    assert "/deals payer:nvidia amount>=1b -status:rumored since:30d" in answer.hint
    assert "/deals unsubscribe 1" in answer.hint
    assert await who_hears(desk) == {"slack C2"}
    assert await who_hears(desk, status=Status.RUMORED) == set()
    assert await who_hears(desk, usd=10**8) == set()


async def test_a_back_test_that_finds_nothing_says_so(desk):
    answer = await say(desk, "subscribe payer:nobody")
    assert answer.text == "Would have posted nothing in the last 30 days."


async def test_a_back_test_counts_only_deals_that_are_sure_enough_to_be_told(desk):
    (source,) = a_deal().sources
    unsure = a_deal(7, payers=("Acme",), sources=(replace(source, score=0.3),))
    await desk.writer.run(lambda db: Deals(db).save(unsure))
    assert "nothing" in (await say(desk, "subscribe payer:acme")).text


@pytest.mark.parametrize("again", ["payer:nvidia kind:debt", "kind:debt  payer:Nvidia"])
async def test_the_same_subscription_again_is_said_to_exist(desk, again):
    await say(desk, "subscribe payer:nvidia kind:debt")
    answer = await say(desk, f"subscribe {again}")
    assert answer.title == "This channel hears that already: payer:nvidia kind:debt (#1)"
    assert queries(answer) == ["payer:nvidia kind:debt"]


async def test_what_every_deal_brings_or_channels_toml_lists_is_heard_already(desk):
    assert "(channels.toml)" in (await say(desk, "subscribe kind:debt", place="C1")).title
    await say(desk, "subscribe all")
    assert "every deal (#1)" in (await say(desk, "subscribe payer:nvidia")).title


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ("subscribe amount>=lots", "amount>=1b"),
        ("subscribe kind:gift", "equity, acquisition"),
        ("subscribe", "subscribe all"),
        ("watch", "watch coreweave"),
        ("subscribe ???", "all is every deal"),
        ("subscribe sort:amount", "all is every deal"),
        ("unsubscribe 7", "/deals subscriptions"),
        ("unsubscribe", "or all"),
        ("unwatch nvidia", "/deals watches"),
        ("quiet at night", "22:00-07:00"),
        ("quiet 22-7 Mars/Base", "Europe/Berlin"),
        ("digest hourly", "daily 08:00"),
    ],
)
async def test_an_order_that_is_not_understood_says_what_to_write(desk, order, named):
    answer = await say(desk, order)
    assert answer.error
    assert named in f"{answer.error} {answer.hint}"


async def test_a_channel_has_room_for_so_many_and_no_more(desk):
    for number in range(MOST):
        await say(desk, f"subscribe word{number}")
    assert str(MOST) in (await say(desk, "subscribe onemore")).error
    assert len((await say(desk, "subscriptions")).subscriptions) == MOST


async def test_a_channel_of_channels_toml_keeps_its_name_and_gets_more_queries(desk):
    await say(desk, "subscribe payer:nvidia", place="C1")
    assert await who_hears(desk) == {"deals"}
    answer = await say(desk, "subscriptions", place="C1")
    assert "From channels.toml: kind:debt" in answer.text
    assert queries(answer) == ["payer:nvidia"]


async def test_a_channel_hears_a_deal_once_however_many_of_its_queries_match(desk):
    for query in ("payer:nvidia", "to:nokia", "amount>=1b"):
        await say(desk, f"subscribe {query}")

    def heard(db: Database) -> list[str]:
        found = AUDIENCE.listeners(db, NOON.date())
        return hearers(Alert(News.NEW, "20251028-1", "s1", ""), a_deal(), found, [])

    assert await desk.writer.run(heard) == ["slack C2"]


@pytest.mark.parametrize("named", ["2", "#2", "to:nokia", "to:Nokia"])
async def test_a_subscription_is_taken_away_by_number_or_words(desk, named):
    for query in ("payer:amd", "to:nokia"):
        await say(desk, f"subscribe {query}")
    answer = await say(desk, f"unsubscribe {named}")
    assert answer.title == "No longer heard: to:nokia"
    assert queries(answer) == ["payer:amd"]
    assert await who_hears(desk) == set()


async def test_numbers_stay_so_that_an_old_list_removes_no_other(desk):
    for query in ("one", "two", "three"):
        await say(desk, f"subscribe {query}")
    await say(desk, "unsubscribe 1")
    assert (await say(desk, "unsubscribe 2")).title == "No longer heard: two"
    assert (await say(desk, "unsubscribe 2")).error
    await say(desk, "unsubscribe all")
    assert (await say(desk, "subscribe four")).hint.endswith("/invite @dealwire.")
    assert [each.id for each in (await say(desk, "subscriptions")).subscriptions] == [4]


async def test_nobody_takes_away_what_is_anothers(desk):
    await say(desk, "subscribe payer:nvidia", place="C2")
    await say(desk, "watch coreweave", user="U1")
    assert (await say(desk, "unsubscribe 1", place="C3")).error
    assert (await say(desk, "unwatch 2", user="U2")).error
    assert queries(await say(desk, "watches", user="U1")) == ["coreweave"]


async def test_who_hears_nothing_any_more_gets_nothing_that_still_waited(desk):
    await say(desk, "subscribe payer:nvidia")
    alert = Alert(News.NEW, "20251027-1", "s1", "")
    await desk.writer.run(lambda db: Outbox(db).put(alert, "slack C2", NOON))
    await say(desk, "unsubscribe all")
    assert await desk.writer.run(lambda db: Outbox(db).waiting()) == 0
    await say(desk, "subscribe payer:nvidia")
    assert await desk.writer.run(lambda db: Outbox(db).due(NOON, 9)) == []


# ---- watching -------------------------------------------------------------------------------


async def test_a_watch_is_ones_own_wherever_it_is_made(desk):
    answer = await say(desk, "watch nokia", place="C2", user="U1")
    assert answer.title == "You hear now: nokia"
    assert answer.text == "Would have told you of 5 in the last 30 days:"
    assert await who_hears(desk) == {"slack U1"}
    assert queries(await say(desk, "subscriptions", place="C2")) == []
    assert queries(await say(desk, "watches", place="C9", user="U1")) == ["nokia"]
    assert queries(await say(desk, "unwatch nokia", user="U1")) == []


async def test_a_direct_message_is_a_persons_own_place(desk):
    await say(desk, "subscribe payer:nvidia", place="D77", user="U1")
    assert queries(await say(desk, "watches", user="U1")) == ["payer:nvidia"]


async def test_telegram_works_the_same(desk):
    here = {"service": "telegram", "user": "501", "place": "-1001"}
    await say(desk, "subscribe payer:nvidia", **here)
    answer = await say(desk, "watch nokia", **here)
    assert "press Start" in answer.hint
    assert await who_hears(desk) == {"telegram -1001", "telegram 501"}


async def test_an_order_from_nowhere_is_refused(desk):
    assert (await desk(Question("watch", "nvidia"))).error


# ---- hours ----------------------------------------------------------------------------------


async def hours_of(desk: Desk, place: str = "C2") -> tuple[str, str, str]:
    channel, _ = await desk.writer.run(lambda db: AUDIENCE.at(db, "slack", place))
    return channel.quiet, channel.digest, channel.timezone


async def test_hours_are_set_shown_and_ended_in_chat(desk):
    answer = await say(desk, "quiet 22-7 europe/berlin")
    assert answer.title == "Quiet from 22:00 to 07:00: what comes then waits (Europe/Berlin)."
    await say(desk, "digest weekly monday 8:00")
    assert await hours_of(desk) == ("22:00-07:00", "weekly mon 08:00", "Europe/Berlin")
    assert "Briefs instead of cards, weekly mon 08:00" in (await say(desk, "quiet")).title
    await say(desk, "quiet off")
    await say(desk, "digest OFF")
    assert await hours_of(desk) == ("", "", "Europe/Berlin")
    assert (await say(desk, "digest")).title == "Alerts come at any hour, as cards."


async def test_hours_said_in_chat_go_before_those_of_channels_toml(tmp_path):
    listed = Channel("deals", "slack", "C1", quiet="22:00-07:00", digest="daily 08:00")
    audience = Audience((listed,), ("slack",))
    async with Writer(tmp_path / "d.db") as writer:
        desk = Desk(tmp_path / "d.db", writer, lambda: NOON, audience)
        await say(desk, "digest off", place="C1")
        channel = (await writer.run(audience.by_name))["deals"]
    assert (channel.quiet, channel.digest) == ("22:00-07:00", "")


# ---- the audience ---------------------------------------------------------------------------


async def test_a_subscription_in_a_service_that_is_off_is_left_alone(desk):
    await say(desk, "subscribe payer:nvidia", service="telegram", user="5", place="-1")
    slack_only = Audience((), ("slack",))
    assert await desk.writer.run(slack_only.by_name) == {}


async def test_a_look_up_that_is_not_understood_any_more_is_left_out_and_named(desk, caplog):
    await say(desk, "subscribe payer:nvidia")

    def spoil(db: Database) -> None:
        with db.atomic():
            db.execute("update subscriptions set query = 'kind:gift'")

    await desk.writer.run(spoil)
    assert await who_hears(desk) == set()
    assert "slack C2" in caplog.text
    assert queries(await say(desk, "unsubscribe all")) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(command=st.sampled_from(sorted(ORDERS)), text=st.text(max_size=40))
async def test_no_text_breaks_an_order(desk, command, text):
    answer = await desk(Question(command, text, service="slack", user="U1", place="C2"))
    assert answer.title


# ---- health ---------------------------------------------------------------------------------


async def test_health_tells_of_feeds_stories_and_messages(desk):
    def polled(db: Database) -> None:
        Feeds(db).sync([Feed("Grid", "https://g.example"), Feed("Rack", "https://r.example")], NOON)
        Feeds(db).failed(Feeds(db).all()[0], "HTTP 500", NOON)
        with db.atomic():
            db.execute("update feeds set new_story_at = '2025-10-28T09:00:00.000+00:00'")
        Outbox(db).put(Alert(News.NEW, "20251027-1", "s1", ""), "deals", NOON)

    await desk.writer.run(polled)
    desk = Desk(desk.db, desk.writer, lambda: NOON, AUDIENCE, {"Grid", "Rack"}, NOON)
    answer = await say(desk, "health")
    assert answer.text.splitlines() == [
        "Feeds: 2 on, 1 failing: Grid",
        "Last new story: 3 hours ago",
        "Messages waiting: 1",
        "Running since: 28 Oct 2025 12:00 UTC",
    ]


async def test_home_shows_the_newest_deals_and_ones_own_watches(desk):
    await say(desk, "watch nokia", user="U1")
    await say(desk, "watch amd", user="U2")
    home = await desk(Question("app_home", service="slack", user="U1"))
    assert len(home.deals) == 5
    assert queries(home) == ["nokia"]
    assert "Feeds: 0 on" in home.text


async def test_subscriptions_come_back_as_they_were_made(desk):
    await say(desk, "watch nokia", user="U1")
    (made,) = await desk.writer.run(lambda db: Subscriptions(db).all())
    assert (made.service, made.address, made.made_by, made.made_at) == ("slack", "U1", "U1", NOON)
