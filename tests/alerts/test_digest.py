"""What goes out alone and what together: nothing is lost, nothing comes twice, order is kept."""

import io
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.alerts import console_text
from bot.alerts.digest import MOST_DEALS, Brief, Line, Step, brief_notification, brief_of, plan
from bot.alerts.slack_blocks import brief_blocks
from bot.alerts.telegram_text import MOST_CHARACTERS, brief_text
from bot.model import Alert, Change, Channel, Delivery, News, Status
from tests.doubles.block_rules import faults
from tests.doubles.telegram import length, parsed
from tests.store.test_deals import NOON, a_deal

CHANNEL = Channel("a", "slack", "C1")
NIGHT = replace(CHANNEL, quiet="22:00-07:00")
DAILY = replace(CHANNEL, digest="daily 08:00")


def waiting(*news: tuple[int, News], queued: datetime = NOON) -> list[Delivery]:
    """Return messages as the outbox holds them: of which deal, and what they tell."""
    return [
        Delivery(number, Alert(kind, f"20251028-{deal}", f"s{number}", ""), "a", queued, queued)
        for number, (deal, kind) in enumerate(news, 1)
    ]


def shape(steps: list[Step]) -> list[object]:
    """Return the deals of each step: a number alone, a list together."""
    told = [[int(d.alert.deal_id.partition("-")[2]) for d in step.deliveries] for step in steps]
    return [deals[0] if step.alone else deals for step, deals in zip(steps, told, strict=True)]


NEW, CHANGE, SOURCE = News.NEW, News.CHANGE, News.SOURCE


@pytest.mark.parametrize(
    ("news", "hung", "planned"),
    [
        pytest.param([(1, NEW), (2, NEW)], [], [1, 2], id="a few new deals are cards"),
        pytest.param([(1, NEW), (2, NEW), (3, NEW)], [], [[1, 2, 3]], id="a burst is one brief"),
        pytest.param(
            [(9, CHANGE), (1, NEW), (2, NEW), (9, SOURCE), (3, NEW), (1, SOURCE)],
            [9],
            [9, [1, 1, 2, 3], 9],
            id="what belongs to cards that hang goes its own way",
        ),
        pytest.param([(1, NEW), (1, SOURCE), (1, CHANGE)], [], [1, 1, 1], id="one deal is none"),
        pytest.param(
            [(1, CHANGE), (2, CHANGE), (3, NEW)], [], [[1, 2, 3]], id="new to this channel"
        ),
        pytest.param([(1, SOURCE)], [], [[1]], id="one more source alone brings no card"),
        pytest.param([(1, SOURCE)], [1], [1], id="but joins the card that hangs"),
        pytest.param([(n, CHANGE) for n in range(9)], range(9), [*range(9)], id="changes of cards"),
    ],
)
def test_more_new_deals_than_the_burst_come_together(news, hung, planned):
    steps = plan(waiting(*news), {f"20251028-{deal}" for deal in hung}, CHANNEL, NOON, burst_of=2)
    assert shape(steps) == planned


def test_what_waited_for_the_morning_comes_as_one_brief_if_it_is_more_than_a_few():
    night, morning = NOON - timedelta(hours=9), NOON - timedelta(hours=5)
    many = waiting((1, NEW), (2, CHANGE), (3, NEW), queued=night)
    assert plan(many, {"20251028-2"}, NIGHT, night, burst_of=2) == []
    assert shape(plan(many, {"20251028-2"}, NIGHT, morning, burst_of=2)) == [[1, 2, 3]]
    assert shape(plan(many[:2], {"20251028-2"}, NIGHT, morning, burst_of=2)) == [1, 2]


def test_a_digest_channel_gets_its_day_in_one_brief_and_never_a_card():
    day = waiting((1, NEW), (2, CHANGE), (2, SOURCE), queued=NOON)
    assert plan(day, {"20251028-2"}, DAILY, NOON + timedelta(hours=19), burst_of=5) == []
    steps = plan(day, {"20251028-2"}, DAILY, NOON + timedelta(hours=20), burst_of=5)
    assert shape(steps) == [[1, 2, 2]]


def test_a_brief_names_as_many_deals_as_a_message_holds_and_the_rest_makes_another():
    many = waiting(*[(n, NEW) for n in range(MOST_DEALS + 1)])
    assert [len(step.deliveries) for step in plan(many, set(), CHANNEL, NOON, burst_of=5)] == [
        MOST_DEALS,
        1,
    ]


def test_new_deals_that_trickle_in_after_a_burst_gather_and_come_as_one():
    some = waiting((9, CHANGE), (1, NEW), (1, SOURCE), (2, NEW))
    soon, later = NOON + timedelta(minutes=9), NOON + timedelta(minutes=10)
    hung = {"20251028-9"}
    assert shape(plan(some, hung, CHANNEL, soon, burst_of=5, lately=4)) == [9]
    assert shape(plan(some, hung, CHANNEL, later, burst_of=5, lately=4)) == [9, [1, 1, 2]]
    assert shape(plan(some, hung, CHANNEL, soon, burst_of=5, lately=3)) == [9, 1, 1, 2]
    change = waiting((1, CHANGE))
    assert shape(plan(change, set(), CHANNEL, soon, burst_of=5, lately=6)) == [1], (
        "it is no new deal"
    )


def test_a_channel_whose_oldest_message_has_to_wait_gets_nothing():
    first, second = waiting((1, NEW), (2, NEW))
    late = replace(first, send_at=NOON + timedelta(seconds=1))
    assert plan([late, second], set(), CHANNEL, NOON, burst_of=5) == []


@given(
    news=st.lists(st.tuples(st.integers(1, 60), st.sampled_from(News)), max_size=120),
    hung=st.frozensets(st.integers(1, 60)),
    channel=st.sampled_from([CHANNEL, NIGHT, DAILY]),
    hours=st.integers(0, 48),
    burst_of=st.integers(1, 9),
    lately=st.integers(0, 9),
)
def test_nothing_is_lost_nothing_comes_twice_and_order_is_kept(
    news, hung, channel, hours, burst_of, lately
):
    messages = waiting(*news)
    cards = {f"20251028-{deal}" for deal in hung}
    now = NOON + timedelta(hours=hours)
    steps = plan(messages, cards, channel, now, burst_of=burst_of, lately=lately)
    sent = [delivery for step in steps for delivery in step.deliveries]
    assert max(Counter(each.id for each in sent).values(), default=1) == 1
    gathering = lately and not hours
    assert not steps or gathering or len(sent) == len(messages)
    assert all(step.deliveries for step in steps)
    firsts = [step.deliveries[0].id for step in steps]
    assert firsts == sorted(firsts)
    for deal in {each.alert.deal_id for each in sent}:
        ids = [each.id for each in sent if each.alert.deal_id == deal]
        assert ids == sorted(ids), "what is told of one deal keeps its order"
    alone_and_new = [s for s in steps if s.alone and s.deliveries[0].alert.news is not SOURCE]
    fresh = {s.deliveries[0].alert.deal_id for s in alone_and_new} - cards
    assert len(fresh) <= burst_of


# ---- the brief ------------------------------------------------------------------------------

COMPLETED = Change("status", "announced", "completed", "s2", NOON)


def test_a_brief_tells_each_deal_once_as_it_is_now():
    deals = {deal.id: deal for deal in (a_deal(1), a_deal(2), a_deal(3))}
    messages = waiting((1, NEW), (1, CHANGE), (2, CHANGE), (3, SOURCE))
    messages[2] = replace(messages[2], alert=Alert(CHANGE, "20251028-2", "s2", "", (COMPLETED,)))
    brief = brief_of(messages, deals, CHANNEL)
    assert brief is not None
    assert brief.title == "1 new deal and 1 update"
    assert [(line.deal.id, line.told) for line in brief.lines] == [
        ("20251028-1", ""),
        ("20251028-2", "Now completed (was announced)"),
    ]
    assert brief_notification(brief).startswith("1 new deal and 1 update: Nvidia → Nokia · $1.0B")


def test_a_brief_of_further_sources_alone_is_none():
    assert brief_of(waiting((1, SOURCE)), {"20251028-1": a_deal(1)}, CHANNEL) is None


def test_a_brief_leaves_out_a_deal_that_is_gone():
    assert brief_of(waiting((1, NEW)), {}, CHANNEL) is None


@pytest.mark.parametrize(("digest", "said"), [("daily 08:00", "Daily"), ("weekly mon 8", "Weekly")])
def test_the_brief_of_a_digest_channel_says_so(digest, said):
    brief = brief_of(waiting((1, NEW)), {"20251028-1": a_deal(1)}, replace(CHANNEL, digest=digest))
    assert brief is not None
    assert brief.title == f"{said} brief: 1 new deal"


def a_brief(*, url: str, name: str = "Nvidia", told: str = "") -> Brief:
    (source,) = a_deal().sources
    lines = []
    for number in range(1, MOST_DEALS + 1):
        deal = a_deal(number, payers=(name,), sources=(replace(source, url=url),))
        lines.append(Line(replace(deal, status=Status.RUMORED), told))
    return Brief(f"{MOST_DEALS} new deals", tuple(lines))


@pytest.mark.parametrize(
    "brief",
    [
        pytest.param(a_brief(url="https://x.example/1"), id="plain"),
        pytest.param(a_brief(url="https://x.example/" + "y" * 1900), id="long links"),
        pytest.param(a_brief(url="", name="A very long name " * 20, told="so " * 200), id="long"),
        pytest.param(a_brief(url="javascript:alert(1)", name="<!channel> & <b>"), id="untrusted"),
        pytest.param(a_brief(url="https://x.example/<|>", name="é\u202e\U0001f680" * 9), id="odd"),
    ],
)
def test_a_brief_names_every_deal_within_every_services_limits(brief):
    blocks = brief_blocks(brief)
    assert faults(blocks) == []
    text, _ = parsed(brief_text(brief), "HTML")
    assert length(text) <= MOST_CHARACTERS
    terminal = io.StringIO()
    Console(width=400, file=terminal).print(console_text.brief_text(brief))
    for line in brief.lines:
        assert f"`{line.deal.id}`" in str(blocks)
        assert line.deal.id in text
        assert line.deal.id in terminal.getvalue()


def test_a_brief_links_to_its_sources():
    brief = a_brief(url="https://x.example/1")
    assert "<https://x.example/1|Nvidia → Nokia" in str(brief_blocks(brief))
    _, entities = parsed(brief_text(brief), "HTML")
    assert {entity["type"].get("url") for entity in entities} == {None, "https://x.example/1"}
