"""Slack's cards and answers: what people see, and that Slack takes it whatever feeds wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.answer import Answer
from bot.alerts.slack_blocks import answer_blocks, card, follow_up_blocks, page_of, page_value
from bot.model import (
    Alert,
    Change,
    Claim,
    Deal,
    Kind,
    Money,
    News,
    Override,
    Reason,
    Source,
    Status,
)
from tests.doubles.block_rules import faults
from tests.store.test_deals import NOON, a_deal


def source(title: str, url: str = "https://x.example/1", publisher: str = "Rack News") -> Source:
    claim = Claim("s1", NOON, Kind.EQUITY, Status.ANNOUNCED)
    return Source("s1", url, publisher, title, claim)


def text_of(blocks: object) -> str:
    """Return every text that people see, one a line."""
    if isinstance(blocks, list):
        return "\n".join(text_of(each) for each in blocks)
    if isinstance(blocks, dict):
        inner = [text_of(each) for each in blocks.values() if isinstance(each, list | dict)]
        own = blocks["text"] if isinstance(blocks.get("text"), str) else ""
        return "\n".join([own, *inner])
    return ""


def test_a_card_says_who_pays_whom_how_much_for_what_and_how_far_along():
    blocks = card(a_deal(sources=(source("A stake"),)))
    assert blocks[0]["text"]["text"] == "Nvidia → Nokia · $1.0B equity investment"
    assert blocks[1]["elements"][0]["text"] == ":large_green_circle: *Announced*"
    shown = text_of(blocks)
    for said in ("*Amount*\n$1.0B", "*Stake*\n2.9%", "*Payer*\nNvidia", "*Recipient*\nNokia"):
        assert said in shown
    assert "<https://x.example/1|Rack News>" in shown
    assert faults(blocks) == []


def test_a_card_strikes_out_what_no_longer_holds():
    grown = Change("money", "up to $2.0B", "$1.0B", "s1", NOON)
    shown = text_of(
        card(a_deal(history=(Change("status", "rumored", "announced", "s1", NOON), grown)))
    )
    assert ":large_green_circle: ~Rumored~ → *Announced*" in shown
    assert "*Amount*\n~up to $2.0B~ → $1.0B" in shown


def test_what_nobody_said_is_undisclosed_never_guessed():
    shown = text_of(card(a_deal(money=None, usd=None, stake_pct=None, payers=())))
    for said in ("*Amount*\nundisclosed", "*Stake*\nundisclosed", "*Payer*\nundisclosed"):
        assert said in shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("<!channel> free GPUs", "&lt;!channel&gt; free GPUs", id="mention"),
        pytest.param("<https://evil.example|Nvidia>", "&lt;https://evil.example|", id="link"),
        pytest.param("AT&T buys", "AT&amp;T buys", id="ampersand"),
        pytest.param("<@U1> wins", "&lt;@U1&gt; wins", id="person"),
    ],
)
def test_feed_text_pings_nobody_and_fakes_no_link(title, shown):
    deal = a_deal(sources=(source(title, publisher=title),))
    blocks = follow_up_blocks(Alert(News.SOURCE, deal.id, "s1", ""), deal)
    assert shown in text_of(blocks)
    assert faults(blocks) == []
    assert faults(card(deal)) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "", "https://x.example/" + "a" * 3000, "mailto:a@b.example"]
)
def test_an_address_that_is_no_web_page_is_no_link(url):
    blocks = card(a_deal(sources=(source("A stake", url),)))
    assert "Open source" not in text_of(blocks)
    assert faults(blocks) == []


def test_an_address_cannot_end_its_link_early():
    blocks = card(a_deal(sources=(source("A stake", "https://x.example/a|b> <!here>"),)))
    assert faults(blocks) == []


ANY_TEXT = st.text(max_size=4000)
OVERRIDES = [
    Override(),
    Override({"money": "", "payers": "A"}, {"money": "U1", "payers": "U2"}, last=3, by="U1"),
    Override(reason=Reason.PRICE_MOVE, last=3, by="U1"),
    Override(merged_into="20251027-1", last=3, by="12345"),
]


@st.composite
def any_deals(draw: st.DrawFn) -> Deal:
    names = st.lists(ANY_TEXT, max_size=12).map(tuple)
    sources = [
        source(draw(ANY_TEXT), draw(ANY_TEXT), draw(ANY_TEXT))
        for _ in range(draw(st.integers(1, 9)))
    ]
    return a_deal(
        payers=draw(names),
        recipients=draw(names),
        kind=draw(st.sampled_from(Kind)),
        status=draw(st.sampled_from(Status)),
        money=draw(st.none() | st.integers(1, 10**18).map(Money)),
        round=draw(st.none() | ANY_TEXT),
        sources=tuple(sources),
        evidence={draw(ANY_TEXT): (draw(ANY_TEXT), "s1") for _ in range(5)},
        history=tuple(
            Change("money", draw(ANY_TEXT), draw(ANY_TEXT), "s1", NOON) for _ in range(9)
        ),
        linked=("20251027-1",),
        override=draw(st.sampled_from(OVERRIDES)),
    )


@given(any_deals(), st.sampled_from(News))
def test_slack_takes_whatever_feeds_wrote(deal, news):
    alert = Alert(news, deal.id, "s1", "", (Change("money", "", "$1B", "s1", NOON),))
    assert faults(card(deal)) == []
    assert faults(follow_up_blocks(alert, deal)) == []
    assert faults(answer_blocks(Answer("Deal", deal=deal))) == []
    many = Answer("13 deals for x", deals=(deal,) * 10, total=99, offset=10, query="x" * 500)
    assert faults(answer_blocks(many)) == []


def test_a_look_up_shows_its_page_and_the_way_to_the_others():
    deals = tuple(a_deal(number, day=NOON - timedelta(days=number)) for number in range(1, 11))
    blocks = answer_blocks(Answer("25 deals", deals=deals, total=25, offset=10, query="nvidia"))
    buttons = {each["text"]["text"]: each["value"] for each in blocks[-1]["elements"]}
    assert list(buttons) == ["Previous", "Next (5 more)"]
    assert page_of(buttons["Next (5 more)"]) == ("nvidia", 20)
    assert page_of(buttons["Previous"]) == ("nvidia", 0)


@pytest.mark.parametrize("value", ["", "{}", "[1]", "null", '{"q": "x", "o": "y"}', "1e999"])
def test_a_forged_page_is_the_first(value):
    assert page_of(value) == ("", 0)
    assert page_of(page_value("a", -5)) == ("a", 0)


def test_one_deal_in_depth_shows_evidence_sources_history_and_relatives():
    shown = text_of(answer_blocks(Answer("Deal", deal=replace(a_deal(), sources=(source("Hi"),)))))
    for said in ("Who says so", "“A stake.”", "Sources", "History", "`20251027-1`"):
        assert said in shown


# ---- corrected deals ------------------------------------------------------------------------


def test_only_who_corrected_a_deal_is_named_by_it():
    by_u1 = Change("money", "$1.0B", "by @U2", "correction-1", NOON, "U1")
    deal = a_deal(
        payers=("by @U2",),
        override=Override({"money": ""}, {"money": "U1"}, last=1, by="U1"),
        history=(by_u1,),
    )
    alert = Alert(News.CORRECTION, deal.id, "correction-1", "", (by_u1,))
    for blocks in (card(deal), follow_up_blocks(alert, deal), answer_blocks(Answer("", deal=deal))):
        assert faults(blocks) == []
        assert "<@U1>" in text_of(blocks)
        assert "<@U2>" not in text_of(blocks)


@pytest.mark.parametrize(
    ("override", "shown", "buttons"),
    [
        pytest.param(Override(), "", ["Details", "⋯"], id="as sources tell it"),
        pytest.param(
            Override({"money": ""}, {"money": "U1"}, last=4, by="U2"),
            "Corrected by <@U1>: amount",
            ["Details", "Undo", "⋯"],
            id="fixed",
        ),
        pytest.param(
            Override(reason=Reason.OTHER, last=4, by="U1"),
            "Not a deal (said by <@U1>)",
            ["Details", "Undo"],
            id="rejected",
        ),
        pytest.param(
            Override(merged_into="20251027-1", last=4, by="U1"),
            "Merged into deal 20251027-1 by <@U1>",
            ["Details", "Undo"],
            id="merged",
        ),
    ],
)
def test_a_card_says_what_people_made_of_the_deal(override, shown, buttons):
    blocks = card(a_deal(override=override))
    assert shown in text_of(blocks)
    elements = blocks[-1]["elements"]
    assert [each["text"]["text"] if "text" in each else "⋯" for each in elements] == buttons
    assert [each["value"] for each in elements if each["action_id"] == "deal_undo"] == (
        ["20251028-1 4"] if "Undo" in buttons else []
    )
