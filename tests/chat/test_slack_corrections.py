"""Corrections through Bolt, from the menu of a card to the card made anew, on the whole road."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import slack
from bot.desk import Desk
from bot.model import Channel, Claim, Deal, Kind, Money, Status, Story, Verdict
from bot.pipeline import Deliverer, remember
from bot.query import parse_query
from bot.store.corrections import Corrections
from bot.store.deals import Deals
from bot.store.writer import Writer
from tests.chat.test_slack_http import free_port
from tests.doubles.slack import APP_TOKEN, BOT_TOKEN, SECRET, Payload, Slack, slack_double

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
CHANNEL = Channel("deals", "slack", "C0000001")
HEARS_ALL = [(CHANNEL, parse_query("", NOON.date()))]


def verdict(
    number: int,
    payer: str = "Nvidia",
    recipient: str = "Nokia",
    billions: float = 1,
    **more: object,
) -> Verdict:
    said_at = NOON + timedelta(hours=number)
    story = Story(
        f"s{number}", f"https://x.example/{number}", f"Paper {number}", f"Title {number}",
        published=said_at,
    )  # fmt: skip
    claim = Claim(
        story.id, said_at, Kind.EQUITY, Status.ANNOUNCED, (payer,), (recipient,),
        Money(round(billions * 10**9)), evidence={"money": f"{payer} pays."},
    )  # fmt: skip
    return Verdict(story, replace(claim, **more), score=0.9)  # type: ignore[arg-type]


class Office:
    """The bot at work for a workspace: news in, cards out, people who correct them."""

    def __init__(self, workspace: Slack, writer: Writer, desk: Desk, deliverer: Deliverer) -> None:
        self.workspace, self.writer, self.desk, self.deliverer = workspace, writer, desk, deliverer

    async def news(self, *verdicts: Verdict) -> None:
        for each in verdicts:
            await self.writer.run(remember, each, HEARS_ALL, NOON)
        await self.deliver()

    async def deliver(self) -> None:
        while await self.deliverer.round():
            pass

    async def deal(self, deal_id: str = "20251028-1") -> Deal:
        found = await self.writer.run(lambda db: Deals(db).get(deal_id))
        assert found is not None
        return found

    async def found(self, query: str = "") -> list[str]:
        asked = parse_query(query, NOON.date())
        deals = await self.writer.run(lambda db: Deals(db).search(asked, limit=99))
        return [deal.id for deal in deals]

    async def made(self) -> int:
        return len(await self.writer.run(lambda db: Corrections(db).all()))

    @property
    def cards(self) -> list[Payload]:
        return self.workspace.cards("C0000001")

    @property
    def thread(self) -> list[Payload]:
        return self.workspace.thread("C0000001")


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    async with slack_double() as double:
        yield double


@asynccontextmanager
async def at_work(workspace: Slack, path, correctors=None, **access) -> AsyncIterator[Office]:
    async with Writer(path / "d.db") as writer:
        desk = Desk(path / "d.db", writer, lambda: NOON, correctors=correctors)
        reached = slack.Access(BOT_TOKEN, APP_TOKEN, api_url=workspace.api_url, **access)
        async with slack.connected(reached, desk, desk) as sender:
            deliverer = Deliverer(
                lambda _: {CHANNEL.name: CHANNEL}, {"slack": sender}, writer, lambda: NOON
            )
            yield Office(workspace, writer, desk, deliverer)


@pytest.fixture
async def office(workspace, tmp_path):
    async with at_work(workspace, tmp_path) as office:
        yield office


def labels(card: Payload) -> list[str]:
    """Return what can be pressed on a card."""
    elements = [each for block in card["blocks"] for each in block.get("elements", [])]
    buttons = [each["text"]["text"] for each in elements if each["type"] == "button"]
    menus = [each for each in elements if each["type"] == "overflow"]
    return buttons + [option["text"]["text"] for menu in menus for option in menu["options"]]


# ---- each of the four, and back -------------------------------------------------------------


async def test_a_card_offers_to_be_corrected_and_to_be_split_once_it_has_two_sources(office):
    await office.news(verdict(1))
    assert labels(office.cards[0]) == ["Open source", "Details", "Not a deal…", "Fix…", "Merge…"]
    await office.news(verdict(2))
    assert "Split…" in labels(office.cards[0])


async def test_a_fixed_amount_is_on_the_card_at_once_and_beats_every_later_source(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    assert await office.workspace.submit(view, money="up to $5bn") is None
    assert "is corrected" in await office.workspace.whispered()
    await office.deliver()
    (card,) = office.cards
    assert "up to $5.0B" in card["text"]
    assert "Corrected by <@U1>: amount" in str(card["blocks"])
    (reply,) = office.thread
    assert "Amount now up to $5.0B (was $1.0B) · corrected by <@U1>" in str(reply["blocks"])
    assert reply["broadcast"] is False
    await office.news(verdict(2), verdict(3, billions=1), verdict(4, status=Status.COMPLETED))
    deal = await office.deal()
    assert (len(deal.sources), deal.money) == (4, (await office.deal()).money)
    assert "up to $5.0B" in office.cards[0]["text"]
    assert deal.status is Status.COMPLETED, "what nobody corrected goes on as sources say"
    assert await office.found("amount>=4b") == [deal.id]
    shown = str(await office.workspace.slash("/deal", deal.id))
    assert "money: $1.0B → up to $5.0B, by <@U1>" in shown


async def test_only_what_was_changed_in_the_form_is_overridden(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    await office.news(verdict(2, stake_pct=2.9))  # while the form is open
    await office.workspace.submit(view, round="Series C", payers="Nvidia\nSoftBank Group")
    await office.workspace.whispered()
    deal = await office.deal()
    assert set(deal.override.facts) == {"round", "payers"}
    assert deal.payers == ("Nvidia", "SoftBank Group")
    assert deal.stake_pct == 2.9


async def test_what_is_not_a_deal_leaves_look_ups_and_later_stories_join_in_silence(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Not a deal…", "U2")
    await office.workspace.submit(view, "U2", reason="price_move")
    await office.workspace.whispered()
    await office.deliver()
    assert await office.found() == []
    assert "Not a deal (said by <@U2>): price move" in str(office.cards[0]["blocks"])
    assert labels(office.cards[0]) == ["Details", "Undo"]
    await office.news(verdict(2), verdict(3, status=Status.COMPLETED))
    assert len((await office.deal()).sources) == 3
    assert len(office.cards) == 1
    assert len(office.thread) == 1, "only the rejection was told"

    await office.workspace.click(office.cards[0], "deal_undo", "U3")
    await office.deliver()
    assert await office.found() == ["20251028-1"]
    assert "Completed" in str(office.cards[0]["blocks"])
    assert "undone by <@U3>" in str(office.thread[-1]["blocks"])


async def test_two_cards_of_one_deal_are_merged_and_parted_again(office):
    await office.news(verdict(1), verdict(2, "Nokia Ventures", "Nvidia", 40))
    second = office.cards[1]
    view = await office.workspace.choose(second, "Merge…")
    await office.workspace.submit(view, other="20251028-1")
    await office.workspace.whispered()
    await office.deliver()
    assert "2 sources" in str(office.cards[0]["blocks"])
    assert "Merged into deal 20251028-1 by <@U1>" in str(office.cards[1]["blocks"])
    assert await office.found() == ["20251028-1"]
    await office.news(verdict(3, "Nvidia Ventures", "Nokia Oyj", 40))
    assert len((await office.deal()).sources) == 3, "what matches the one that went finds its home"
    assert len(office.cards) == 2
    shown = str(await office.workspace.slash("/deal", "20251028-2"))
    assert "Paper 1" in shown, "the id of the one that went leads to the one that goes on"

    await office.workspace.click(office.cards[1], "deal_undo")
    await office.deliver()
    assert [len((await office.deal(i)).sources) for i in ("20251028-1", "20251028-2")] == [1, 2]
    assert "$40B" in office.cards[1]["text"]
    assert labels(office.cards[1])[-1] == "Split…"
    assert sorted(await office.found()) == ["20251028-1", "20251028-2"]


async def test_sources_of_another_deal_are_split_off_and_get_a_card_of_their_own(office):
    await office.news(verdict(1), verdict(2), verdict(3))
    view = await office.workspace.choose(office.cards[0], "Split…")
    assert await office.workspace.submit(view, sources_0=[0]) is None  # newest first
    await office.workspace.whispered()
    await office.deliver()
    old, new = await office.deal(), await office.deal("20251028-2")
    assert [[s.story_id for s in deal.sources] for deal in (old, new)] == [["s1", "s2"], ["s3"]]
    assert (old.linked, new.linked) == ((new.id,), (old.id,))
    assert len(office.cards) == 2
    assert "2 sources" in str(office.cards[0]["blocks"])
    assert "deal `20251028-2`" in str(office.cards[1]["blocks"])
    await office.news(verdict(3))  # heard again
    assert len((await office.deal()).sources) == 2, "what was parted never comes back"

    await office.workspace.click(office.cards[0], "deal_undo")
    await office.deliver()
    assert len((await office.deal()).sources) == 3
    assert await office.found() == ["20251028-1"]
    assert "Merged into deal 20251028-1" in str(office.cards[1]["blocks"])


# ---- what is not understood -----------------------------------------------------------------

WRONG = {
    "no currency": ("money", "5bn", "with its currency"),
    "a rate of what": ("money", "$5bn a head", "with its currency"),
    "two amounts": ("money", "$5bn and €3bn", "with its currency"),
    "no deal is so large": ("money", "$9,999,999bn", "with its currency"),
    "some words": ("valuation", "a lot", "with its currency"),
    "more than all": ("stake_pct", "120%", "between 0 and 100"),
    "no length": ("term_years", "long", "how long it runs"),
    "no unit": ("capacity_mw", "650", "with its unit"),
}


@pytest.mark.parametrize(("block", "text", "told"), WRONG.values(), ids=WRONG)
async def test_what_cannot_be_read_is_answered_inside_the_form(office, block, text, told):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    answer = await office.workspace.submit(view, **{block: text})
    assert answer is not None
    assert told in answer["errors"][block]
    assert await office.made() == 0
    await office.workspace.submit(view, money="$2bn")
    assert "is corrected" in await office.workspace.whispered()


@pytest.mark.parametrize(
    ("choice", "values", "told"),
    [
        pytest.param("Fix…", {}, "Nothing is changed", id="an unchanged form"),
        pytest.param("Merge…", {}, "Choose the deal", id="no other deal"),
        pytest.param("Split…", {}, "Tick the sources", id="no source"),
        pytest.param("Split…", {"sources_0": [0, 1]}, "Leave the deal one", id="all sources"),
    ],
)
async def test_a_form_without_an_answer_says_what_it_wants(office, choice, values, told):
    await office.news(verdict(1), verdict(2))
    view = await office.workspace.choose(office.cards[0], choice)
    answer = await office.workspace.submit(view, **values)
    assert told in str(answer)


@pytest.mark.parametrize(
    ("choice", "values", "told"),
    [
        pytest.param("Merge…", {"other_id": "20251028-1"}, "this deal itself", id="with itself"),
        pytest.param("Merge…", {"other_id": "20010101-7"}, "No deal", id="with none"),
        pytest.param("Merge…", {"other_id": "<!channel> \u202e'--"}, "No deal", id="with nonsense"),
        pytest.param("Fix…", {"recipients": "Nvidia"}, "pay and receive", id="both sides"),
        pytest.param("Fix…", {"money": "$1,000 million"}, "says so already", id="no change"),
    ],
)
async def test_what_cannot_be_is_answered_to_who_asked_alone(office, choice, values, told):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], choice)
    assert await office.workspace.submit(view, **values) is None
    assert told in await office.workspace.whispered()
    assert await office.made() == 0


@pytest.mark.parametrize(
    "value",
    [
        "",
        "fix",
        "fix 20010101-1",
        "burn 20251028-1",
        "fix <!channel>",
        "fix " + "x" * 140,
        "\x00 ٢",
    ],
)
async def test_a_forged_choice_gets_a_clear_answer(office, value):
    await office.news(verdict(1))
    answer = await office.workspace.choose(office.cards[0], "Fix…", value=value)
    assert ":warning:" in str(answer)
    assert answer["response_type"] == "ephemeral"


@pytest.mark.parametrize(
    "value", ["", "20251028-1", "20251028-1 1", "20251028-1 9" + "9" * 40, "x y", "20251028-1 ٢"]
)
async def test_a_forged_undo_gets_a_clear_answer(office, value):
    await office.news(verdict(1), verdict(2, "AMD", "Zeta"))
    view = await office.workspace.choose(office.cards[1], "Not a deal…")
    await office.workspace.submit(view)
    await office.workspace.whispered()
    await office.deliver()
    answer = await office.workspace.click(office.cards[1], "deal_undo", value=value)
    assert ":warning:" in str(answer)
    assert await office.found() == ["20251028-1"]


@pytest.mark.parametrize("metadata", ["", "[]", "{}", "null", "x" * 3000, '{"deal": 1}'])
async def test_a_form_of_another_version_says_so_in_the_form(office, metadata):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    answer = await office.workspace.submit({**view, "private_metadata": metadata}, money="$3bn")
    assert "another version" in str(answer)


async def test_a_form_that_opens_too_late_says_so(office):
    await office.news(verdict(1))
    answer = await office.workspace.choose(office.cards[0], "Fix…", late=True)
    assert "try it again" in str(answer)


async def test_names_of_any_length_and_signs_are_taken_and_shown(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    long = "Ñ<!channel>*_~|🏭" * 170
    await office.workspace.submit(view, payers=long[:3000], round="<@U2> \u202e`x`\x07")
    await office.workspace.whispered()
    await office.deliver()
    assert "&lt;!channel&gt;" in str(office.cards[0]["blocks"])
    assert (await office.deal()).round == "<@U2> `x`"
    for choice in ("Fix…", "Merge…", "Not a deal…"):
        assert "blocks" in await office.workspace.choose(office.cards[0], choice)


async def test_a_person_who_left_leaves_the_store_consistent(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Not a deal…", "U9")
    office.workspace.people.discard("U9")
    assert await office.workspace.submit(view, "U9") is None
    async with asyncio.timeout(5):
        while await office.found():
            await office.deliver()
    assert "said by <@U9>" in str(await office.workspace.slash("/deal", "20251028-1"))


# ---- twice, and at once ---------------------------------------------------------------------

REJECT: tuple[str, Payload] = ("Not a deal…", {})
FIX = ("Fix…", {"money": "$7bn"})
MERGE = ("Merge…", {"other_id": "20251028-1"})
SPLIT = ("Split…", {"sources_0": [0]})


async def test_an_order_that_slack_repeats_is_taken_once_even_after_it_was_undone(office):
    await office.news(verdict(1))
    view = await office.workspace.choose(office.cards[0], "Fix…")
    await office.workspace.submit(view, money="$5bn")
    await office.workspace.whispered()
    await office.deliver()
    await office.workspace.click(office.cards[0], "deal_undo")
    await office.workspace.submit(view, again=True, money="$5bn")
    assert "done already" in await office.workspace.whispered(2)
    assert await office.made() == 1
    assert (await office.deal()).money == Money(10**9)


async def test_undo_pressed_twice_undoes_one_thing(office):
    await office.news(verdict(1))
    for money in ("$5bn", "$7bn"):
        view = await office.workspace.choose(office.cards[0], "Fix…")
        await office.workspace.submit(view, money=money)
    await office.workspace.whispered(2)
    await office.deliver()
    card = dict(office.cards[0])
    await office.workspace.click(card, "deal_undo")
    answer = await office.workspace.click(card, "deal_undo", "U2")
    assert "undone already, by <@U1>" in str(answer)
    assert (await office.deal()).money == Money(5 * 10**9)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param(MERGE, SPLIT, "Merged into deal 20251028-1 by <@U1>", id="merged, then split"),
        pytest.param(SPLIT, MERGE, "merged into 20251028-1", id="split, then merged"),
        pytest.param(MERGE, FIX, "Merged into deal 20251028-1 by <@U1>", id="merged, then fixed"),
        pytest.param(REJECT, MERGE, "Not a deal (said by <@U1>)", id="rejected, then merged"),
        pytest.param(REJECT, REJECT, "Not a deal (said by <@U1>)", id="rejected by two"),
        pytest.param(SPLIT, SPLIT, "does not have these sources", id="split by two"),
        pytest.param(MERGE, MERGE, "Merged into deal 20251028-1 by <@U1>", id="merged by two"),
    ],
)
@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "at once"])
async def test_of_two_people_the_second_is_told_what_the_first_did(
    office, first, second, told, at_once
):
    await office.news(verdict(1, "AMD", "Zeta"), verdict(2), verdict(3))
    card = office.cards[1]
    orders = []
    for user, (choice, values) in (("U1", first), ("U2", second)):
        view = await office.workspace.choose(card, choice, user)
        orders.append(office.workspace.submit(view, user, **values))
    if at_once:
        await asyncio.gather(*orders)
        await office.workspace.whispered(2)
    else:
        for number, order in enumerate(orders, 1):
            await order
            await office.workspace.whispered(number)
        assert told in str(office.workspace.whispers[-1])
    await office.deliver()
    shown = [await office.deal(deal_id) for deal_id in await office.found()]
    held = [source.story_id for deal in shown for source in deal.sources]
    rejected = {"s2", "s3"} if REJECT in (first, second) and await office.made() == 1 else set()
    assert set(held) | rejected == {"s1", "s2", "s3"}
    assert len(held) == len(set(held)), "no story is in two deals"


# ---- who may, and in words ------------------------------------------------------------------


async def test_only_whom_the_settings_name_may_correct(workspace, tmp_path):
    async with at_work(workspace, tmp_path, correctors=("U2",)) as office:
        await office.news(verdict(1))
        for answer in (
            await workspace.choose(office.cards[0], "Fix…", "U1"),
            await workspace.slash("/deals", "reject 20251028-1", "U1"),
            await workspace.slash("/deals", "undo 20251028-1", "U1"),
        ):
            assert "You may not correct deals" in str(answer)
            assert answer["response_type"] == "ephemeral"
        view = await workspace.choose(office.cards[0], "Fix…", "U2")
        await workspace.submit(view, "U1", money="$3bn")  # forged: another sends it
        assert "You may not correct deals" in await workspace.whispered()
        assert await office.made() == 0
        await workspace.submit(view, "U2", again=True, money="$3bn")
        assert "is corrected" in await workspace.whispered(2)


async def test_commands_reject_and_undo_in_words(office):
    await office.news(verdict(1))
    for text, told in [
        ("undo 20251028-1", "nothing to undo"),
        ("reject", "Name a deal"),
        ("reject 20251028-9", "No deal"),
        ("reject 20251028-1 nonsense", "is no reason"),
        ("reject 20251028-1 price move", "is marked as not a deal"),
        ("reject 20251028-1", "Not a deal (said by <@U1>): price move"),
        ("", "No deals yet"),
        ("undo `20251028-1`", "is undone"),
        ("undo 20251028-1", "nothing to undo"),
        ("", "1 deal"),
    ]:
        assert told in str(await office.workspace.slash("/deals", text)), text


async def test_forms_are_answered_over_http_as_well(workspace, tmp_path):
    port = free_port()
    async with at_work(workspace, tmp_path, signing_secret=SECRET, port=port) as office:
        workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
        await office.news(verdict(1))
        view = await workspace.choose(office.cards[0], "Fix…")
        answer = await workspace.submit(view, money="some")
        assert answer is not None
        assert set(answer["errors"]) == {"money"}
        assert await workspace.submit(view, money="$3bn") is None
        assert "is corrected" in await workspace.whispered()


# ---- nothing is lost ------------------------------------------------------------------------


async def test_a_correction_survives_a_crash_before_its_card_was_edited(workspace, tmp_path):
    async with at_work(workspace, tmp_path) as office:
        await office.news(verdict(1))
        await workspace.slash("/deals", "reject 20251028-1")
    async with at_work(workspace, tmp_path) as office:
        await office.deliver()
        assert "Not a deal" in str(office.cards[0]["blocks"])
        assert len(office.thread) == 1


async def test_an_edit_that_slack_puts_off_is_made_later_and_told_once(workspace, tmp_path):
    async with at_work(workspace, tmp_path) as office:
        await office.news(verdict(1))
        await workspace.slash("/deals", "reject 20251028-1")
        workspace.fail("chat.update", "ratelimited", status=429, Retry_After="0")
        workspace.fail("chat.postMessage", "ratelimited", status=429, Retry_After="0")
        for _ in range(4):
            await office.deliver()
        assert "Not a deal" in str(office.cards[0]["blocks"])
        assert len(office.thread) == 1


async def test_a_deal_rejected_before_its_card_was_posted_is_never_posted(office):
    await office.writer.run(remember, verdict(1), HEARS_ALL, NOON)
    await office.workspace.slash("/deals", "reject 20251028-1")
    await office.deliver()
    assert office.cards == []


async def test_a_rejected_card_that_somebody_deleted_does_not_come_back(office):
    await office.news(verdict(1))
    office.workspace.messages["C0000001"].clear()
    await office.workspace.slash("/deals", "reject 20251028-1")
    await office.deliver()
    assert office.cards == []
