"""Subscriptions, watches and the Home tab through Bolt, against a strict workspace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.audience import Audience
from bot.chat import slack
from bot.chat.slack import Access, SlackSender
from bot.desk import Desk
from bot.model import Alert, Channel, Deal, News, Status
from bot.pipeline import Deliverer, remember
from bot.store.deals import Deals
from bot.store.writer import Writer
from tests.chat.test_slack import fill, shown
from tests.chat.test_slack_http import free_port
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, SECRET, Slack, slack_double
from tests.store.test_deals import NOON, a_deal
from tests.test_pipeline import deal_story, other_deals

AUDIENCE = Audience((Channel("deals", "slack", "C0000001", query="kind:debt"),), ("slack",))


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    async with slack_double() as double:
        yield double


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    async with Writer(tmp_path / "d.db") as writer:
        yield Desk(tmp_path / "d.db", writer, lambda: NOON, AUDIENCE, {"Grid"}, NOON)


@asynccontextmanager
async def bot(
    workspace: Slack, desk: Desk, *, secret: str = "", port: int = 0
) -> AsyncIterator[SlackSender]:
    access = Access(BOT_TOKEN, APP_TOKEN, secret, workspace.api_url, port)
    async with slack.connected(access, desk) as sender:
        yield sender


async def deliver(desk: Desk, sender: SlackSender, *verdicts) -> None:
    """Let news come in and go out, as the service does."""
    listeners = await desk.writer.run(AUDIENCE.listeners, NOON.date())
    for verdict in verdicts:
        await desk.writer.run(remember, verdict, listeners, NOON)
    await Deliverer(AUDIENCE.by_name, {"slack": sender}, desk.writer, lambda: NOON).round()


def buttons(view: dict[str, object]) -> list[str]:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return [block["accessory"]["value"] for block in blocks if "accessory" in block]


# ---- subscriptions and watches --------------------------------------------------------------


async def test_a_subscription_is_made_listed_and_removed_with_a_button(workspace, desk):
    await desk.writer.run(fill)
    async with bot(workspace, desk):
        made = await workspace.slash("/deals", "subscribe payer:nvidia <!channel>")
        assert "Would have posted nothing" in shown(made)
        await workspace.slash("/deals", "subscribe payer:amd -status:rumored")
        listed = await workspace.slash("/deals", "subscriptions")
        assert "#1" in shown(listed)
        left = await workspace.click(listed, "subscription_remove")
        assert left is not None
        assert "No longer heard: payer:nvidia" in shown(left)
        assert left["replace_original"] is True
        again = await workspace.click(listed, "subscription_remove")
        assert again is not None
        assert "#1" not in shown(again), "a second press removes no other"
        assert "payer:amd" in shown(await workspace.slash("/deals", "subscriptions"))


async def test_forty_subscriptions_of_any_length_still_fit_one_answer(workspace, desk):
    async with bot(workspace, desk):
        for number in range(40):
            reply = await workspace.slash("/deals", f"subscribe word{number} {'& ' * 200}x")
            assert "hears now" in shown(reply)
        assert "40 look-ups" in shown(await workspace.slash("/deals", "subscriptions"))


async def test_who_watches_is_told_alone_of_new_deals_and_changes_but_not_of_more_sources(
    workspace, desk
):
    async with bot(workspace, desk) as sender:
        await workspace.slash("/deals", "watch nokia", user="U2")
        await deliver(desk, sender, deal_story(1, status=Status.RUMORED))
        (card,) = workspace.cards("D2")
        assert card["text"].startswith("RUMOR: Nvidia → Nokia")
        await deliver(desk, sender, deal_story(2, "Rack News", status=Status.RUMORED, hours=1))
        assert "2 sources" in str(workspace.cards("D2")[0]["blocks"])
        assert workspace.thread("D2") == []
        await deliver(desk, sender, deal_story(3, "Wire", hours=2))
        (told,) = workspace.thread("D2")
        assert "Now announced (was rumored)" in told["text"]
    assert workspace.messages["C0000001"] == []


async def test_a_subscription_in_a_channel_without_the_bot_waits_until_it_is_invited(
    workspace, desk
):
    async with bot(workspace, desk) as sender:
        made = await workspace.slash("/deals", "subscribe nokia", channel="C0000003")
        assert "/invite @dealwire" in shown(made)
        await workspace.slash("/deals", "subscribe nokia", channel="C0000002")
        await deliver(desk, sender, deal_story(1))
        assert len(workspace.cards("C0000002")) == 1
        assert workspace.cards("C0000003") == []


async def test_a_burst_is_one_message_that_slack_takes(workspace, desk):
    async with bot(workspace, desk) as sender:
        await workspace.slash("/deals", "subscribe all", channel="C0000002")
        await deliver(desk, sender, *other_deals(1, 2, 3, 4, 5, 6))
        (brief,) = workspace.cards("C0000002")
        assert brief["text"].startswith("6 new deals: Payer1 → Taker1")
        assert "https://x.example/101|" in str(brief["blocks"])


async def test_hours_and_health_are_told(workspace, desk):
    async with bot(workspace, desk):
        assert "Quiet from 22:00" in shown(await workspace.slash("/deals", "quiet 22-7"))
        assert "Messages waiting: 0" in shown(await workspace.slash("/deals", "health"))


# ---- the Home tab ---------------------------------------------------------------------------


async def test_home_shows_the_newest_deals_ones_watches_and_the_bots_health(workspace, desk):
    await desk.writer.run(fill)
    async with bot(workspace, desk):
        await workspace.slash("/deals", "watch amd")
        await workspace.slash("/deals", "watch nokia", user="U2")
        await workspace.open_home("U1")
        await workspace.until(lambda: "U1" in workspace.homes)
        home = str(workspace.homes["U1"])
        for said in ("AMD → Zeta &amp; Co", "*amd*", "Feeds: 1 on", "/deals watch coreweave"):
            assert said in home
        assert "*nokia*" not in home


async def test_a_home_without_deals_or_watches_says_how_they_come(workspace, desk):
    async with bot(workspace, desk):
        await workspace.open_home()
        await workspace.until(lambda: workspace.homes)
        assert "they come with the news" in str(workspace.homes)


async def test_a_watch_is_removed_on_the_home_tab(workspace, desk):
    async with bot(workspace, desk):
        for word in ("amd", "nokia"):
            await workspace.slash("/deals", f"watch {word}")
        await workspace.open_home()
        await workspace.until(lambda: workspace.homes)
        await workspace.click_home("home_remove")
        await workspace.until(lambda: buttons(workspace.homes["U1"]) == ["2"])


async def test_nobody_removes_anothers_watch_with_a_forged_button(workspace, desk):
    async with bot(workspace, desk):
        await workspace.slash("/deals", "watch amd", user="U1")
        await workspace.slash("/deals", "watch nokia", user="U2")
        await workspace.open_home("U2")
        await workspace.until(lambda: workspace.homes)
        published = len(workspace.calls)
        await workspace.click_home("home_remove", user="U2", value="1")
        await workspace.until(lambda: len(workspace.calls) > published)
        assert "amd" in shown(await workspace.slash("/deals", "watches", user="U1"))


async def test_details_on_the_home_tab_open_over_it(workspace, desk):
    def save(db) -> None:
        Deals(db).save(a_deal())

    await desk.writer.run(save)
    async with bot(workspace, desk):
        await workspace.open_home()
        await workspace.until(lambda: workspace.homes)
        await workspace.click_home("home_deal")
        await workspace.until(lambda: workspace.views)
        (modal,) = workspace.views.values()
        assert modal["title"]["text"] == "Deal 20251028-1"
        assert "“A stake.”" in str(modal["blocks"])


async def test_an_event_that_slack_sends_again_does_nothing_twice(workspace, desk):
    def published() -> int:
        return sum(method == "views.publish" for method, _ in workspace.calls)

    async with bot(workspace, desk):
        for retry in range(3):
            await workspace.open_home(event_id="Ev1", retry=retry)
        await workspace.open_home(event_id="Ev2")
        await workspace.until(lambda: published() == 2)
        await workspace.open_home(event_id="Ev3", tab="messages")
        await workspace.slash("/deals")
        assert published() == 2


async def test_home_is_shown_over_http_too_and_once(workspace, desk):
    port = free_port()
    workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
    async with bot(workspace, desk, secret=SECRET, port=port):
        for retry in range(2):
            await workspace.open_home(event_id="Ev1", retry=retry)
        await workspace.until(lambda: workspace.homes)
        assert sum(method == "views.publish" for method, _ in workspace.calls) == 1


async def test_an_event_that_failed_is_done_when_slack_sends_it_again(workspace, desk):
    async with bot(workspace, desk):
        workspace.fail("views.publish", "internal_error", status=500)
        await workspace.open_home(event_id="Ev1")
        await workspace.until(lambda: not workspace.faults)
        await workspace.slash("/deals")
        await workspace.open_home(event_id="Ev1", retry=1)
        await workspace.until(lambda: workspace.homes)


async def test_a_home_with_everything_fits(workspace, desk):
    def crowd(db) -> None:
        for number in range(1, 9):
            deal: Deal = a_deal(number, payers=tuple(f"A very long name {n}" for n in range(60)))
            Deals(db).save(deal)

    await desk.writer.run(crowd)
    async with bot(workspace, desk):
        for number in range(40):
            await workspace.slash("/deals", f"watch word{number} {'& ' * 200}x")
        await workspace.open_home()
        await workspace.until(lambda: workspace.homes)
        assert len(buttons(workspace.homes["U1"])) == 45


async def test_a_card_for_a_person_hangs_in_the_direct_messages(workspace, desk):
    async with bot(workspace, desk) as sender:
        place = await sender.post(
            Channel("slack U1", "slack", "U1"), a_deal(), Alert(News.NEW, "20251028-1", "s1", "")
        )
        assert place.address == "D1", "where the card hangs is the direct message, for edits"
