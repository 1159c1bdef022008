"""Telegram's cards and answers: what people see, and that Telegram takes whatever feeds wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.answer import Answer
from bot.alerts.telegram_text import answer_text, card, follow_up_text, page_of, pages, plain
from bot.chat.commands import HELP
from bot.model import Alert, Change, Deal, News, Override, Reason
from tests.alerts.test_slack_blocks import any_deals, source
from tests.doubles.telegram import length, parsed
from tests.store.test_deals import NOON, a_deal

LONG = "wide " * 900


def seen(message: str) -> str:
    """Return what people see of *message*, when Telegram takes it."""
    text, _ = parsed(message, "HTML")
    assert 0 < length(text) <= 4096
    return text


def links(message: str) -> list[str]:
    _, entities = parsed(message, "HTML")
    return [entity["type"]["url"] for entity in entities if "url" in entity["type"]]


def marked(message: str, mark: str) -> list[str]:
    """Return the texts that Telegram shows in "Bold" or as "Code"."""
    text, entities = parsed(message, "HTML")
    units = text.encode("utf-16-le")  # what Telegram counts in, two bytes each
    return [
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in entities
        if entity["type"]["@type"] == f"textEntityType{mark}"
    ]


def deal_of(count: int) -> Deal:
    sources = [
        replace(source(f"Title {number}", f"https://x.example/{number}"), publisher=f"P{number}")
        for number in range(1, count + 1)
    ]
    return a_deal(sources=tuple(sources))


# ---- cards ----------------------------------------------------------------------------------


def test_a_card_strikes_out_what_no_longer_holds():
    history = (
        Change("status", "rumored", "announced", "s1", NOON),
        Change("money", "up to $2.0B", "$1.0B", "s1", NOON),
    )
    shown = card(a_deal(history=history))
    assert "🟢 <s>Rumored</s> → <b>Announced</b>" in shown
    assert "Amount: <s>up to $2.0B</s> → $1.0B" in shown


def test_a_card_says_who_pays_whom_how_much_for_what_and_how_far_along():
    shown = card(deal_of(1))
    assert seen(shown).splitlines() == [
        "Nvidia → Nokia · $1.0B equity investment",
        "🟢 Announced · Equity · Networking · 28 Oct 2025",
        "Nvidia invests $1.0B in Nokia for a 2.9% stake.",
        "",
        "Amount: $1.0B",
        "Stake: 2.9%",
        "Payer: Nvidia",
        "Recipient: Nokia",
        "",
        "• P1, 28 Oct 2025 12:00 UTC",
        "Deal 20251028-1",
    ]
    assert links(shown) == ["https://x.example/1"]
    assert marked(shown, "Code") == ["20251028-1"]
    assert marked(shown, "Bold")[0] == "Nvidia → Nokia · $1.0B equity investment"


def test_what_nobody_said_is_undisclosed_never_guessed():
    shown = seen(card(a_deal(money=None, usd=None, stake_pct=None, payers=())))
    for label in ("Amount", "Stake", "Payer"):
        assert f"{label}: undisclosed" in shown


def test_a_card_names_the_first_sources_and_counts_the_others():
    shown = seen(card(deal_of(7)))
    assert ("P3" in shown, "P4" in shown, "and 4 more" in shown) == (True, False, True)


# ---- feed text is text ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<b>AT&T</b> buys", id="tags"),
        pytest.param("&lt;i&gt; &amp;amp;", id="entities"),
        pytest.param("<a href='https://evil.example'>Nvidia", id="a link left open"),
        pytest.param("\u202ereversed 💥 שלום", id="any script"),
    ],
)
def test_feed_text_is_shown_as_it_was_written(text):
    deal = a_deal(payers=(text,), sources=(source(text, publisher=text),))
    assert seen(card(deal)).count(text) >= 2
    assert text in seen(follow_up_text(Alert(News.SOURCE, deal.id, "s1", ""), deal))
    assert text in seen(answer_text(Answer(text)))
    assert links(card(deal)) == ["https://x.example/1"]


def test_a_name_with_lines_stays_on_one():
    deal = a_deal(sources=(source("", publisher="Grid\n Weekly,\ttoday"),))
    assert "• Grid Weekly, today, 28 Oct" in seen(card(deal))


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://x.example/?a=1&b='2'", True),
        ("HTTP://x.example/", True),
        ("javascript:alert(1)", False),
        ("tg://user?id=501", False),
        ("ftp://x.example/", False),
        ("https://x.example/a b", False),
        ('https://x.example/"><b>', False),
        ("https://x.example/" + "a" * 2000, False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url, linked):
    shown = card(a_deal(sources=(source("A stake", url),)))
    assert "Rack News" in seen(shown)
    assert [link.lower() for link in links(shown)] == ([url.lower()] if linked else [])


# ---- follow-ups -----------------------------------------------------------------------------


def test_a_change_is_bold_and_says_what_was():
    deal = deal_of(2)
    change = Change("status", "rumored", "announced", "s1", NOON)
    shown = follow_up_text(Alert(News.CHANGE, deal.id, "s1", "", (change,)), deal)
    assert seen(shown).splitlines() == [
        "🟢 Now announced (was rumored)",
        "Nvidia → Nokia · $1.0B equity investment",
        "• P1, 28 Oct 2025 12:00 UTC: Title 1",
    ]
    assert marked(shown, "Bold") == ["Now announced (was rumored)"]


def test_one_more_source_is_counted_and_linked():
    first, second = deal_of(2).sources
    deal = a_deal(sources=(first, replace(second, story_id="s2")))
    shown = follow_up_text(Alert(News.SOURCE, deal.id, "s2", ""), deal)
    assert seen(shown).startswith("2nd source: P2\n")
    assert links(shown) == ["https://x.example/2"]


def test_a_follow_up_without_its_source_still_says_what_changed():
    change = Change("money", "", "$1.0B", "gone", NOON)
    shown = seen(follow_up_text(Alert(News.CHANGE, "1", "gone", "", (change,)), a_deal()))
    assert shown.startswith("🟢 Amount disclosed: $1.0B")


# ---- answers --------------------------------------------------------------------------------


def test_a_look_up_shows_a_page_and_counts_the_rest():
    deals = tuple(a_deal(number, day=NOON - timedelta(days=number)) for number in range(1, 11))
    shown = answer_text(Answer("25 deals for x", deals=deals, total=25, query="x"))
    assert marked(shown, "Code") == [deal.id for deal in deals]
    assert "🟢 Nvidia → Nokia" in seen(shown)
    assert "Announced · 27 Oct 2025 · 1 source · 20251027-1" in seen(shown)
    assert seen(shown).endswith("\n15 more.")


@pytest.mark.parametrize(
    ("offset", "shown", "labels"),
    [
        pytest.param(0, 10, ["Next (15 more)"], id="the first"),
        pytest.param(10, 10, ["Previous", "Next (5 more)"], id="between"),
        pytest.param(20, 5, ["Previous"], id="the last"),
        pytest.param(0, 25, [], id="all on one"),
    ],
)
def test_buttons_lead_to_the_pages_around(offset, shown, labels):
    page = Answer("25", deals=(a_deal(),) * shown, total=25, offset=offset, query="nokia 1")
    assert [label for label, _ in pages(page)] == labels
    assert all(page_of(data)[0] == "nokia 1" for _, data in pages(page))


def test_a_look_up_too_long_for_a_button_has_none():
    assert pages(Answer("9", deals=(a_deal(),), total=9, query="é" * 32)) == []
    assert pages(Answer("9", deals=(a_deal(),), total=9, query="é" * 31)) != []


def test_a_page_that_does_not_fit_shows_whole_deals_and_counts_the_others():
    deals = (a_deal(payers=(LONG,), recipients=(LONG,)),) * 40
    shown = answer_text(Answer("50 deals", deals=deals, total=50))
    whole = len(marked(shown, "Code"))
    assert 0 < whole < 40
    assert seen(shown).count("Announced · 28 Oct") == whole
    assert seen(shown).endswith(f"\n{40 - whole} of this page did not fit.\n10 more.")


def test_one_deal_in_depth_shows_sources_evidence_history_and_relatives():
    shown = seen(answer_text(Answer("Deal", deal=deal_of(14))))
    for said in (
        "Sources\n• P1, 28 Oct 2025 12:00 UTC: Title 1",
        "P12, 28 Oct 2025 12:00 UTC: Title 12\nand 2 more",
        "Maybe the same as, or follows from\n20251027-1",
        "Who says so\n• kind: “A stake.” (P14)",
        "History\n• 28 Oct 2025: new: $1.0B",
    ):
        assert said in shown
    assert shown.endswith("\nDeal 20251028-1")


def test_what_was_not_understood_comes_with_what_to_try():
    shown = seen(answer_text(Answer("No", error="Not <so>.", hint="Try /deals help.")))
    assert shown == "Not <so>.\nTry /deals help."
    nothing = seen(answer_text(Answer("No deals for a&b", hint="Try fewer words.")))
    assert nothing == "No deals for a&b\nTry fewer words."


def test_help_is_shown_line_by_line():
    assert seen(answer_text(Answer("Dealwire", text=HELP))) == f"Dealwire\n{HELP}"


# ---- whatever feeds wrote -------------------------------------------------------------------


@given(any_deals(), st.sampled_from(News))
def test_telegram_takes_whatever_feeds_wrote(deal, news):
    alert = Alert(news, deal.id, "s1", "", (Change("money", "", "$1B", "s1", NOON),))
    many = Answer("13 deals for x", deals=(deal,) * 10, total=99, offset=10, query="x" * 500)
    for message in (
        card(deal),
        follow_up_text(alert, deal),
        answer_text(Answer("Deal", deal=deal)),
        answer_text(many),
    ):
        seen(message)
    assert deal.id in seen(card(deal))


@given(st.text(max_size=5000), st.text(max_size=5000), st.text(max_size=5000))
def test_telegram_takes_any_answer(title, text, error):
    seen(answer_text(Answer(f"x{title}", text=text, hint=title)))
    seen(answer_text(Answer("", error=f"x{error}", hint=text)))


@given(st.text(max_size=200))
def test_without_its_html_a_message_says_the_same(name):
    deal = a_deal(payers=(name,), sources=(source(name, publisher=name),))
    assert plain(card(deal)).split() == seen(card(deal)).split()


def test_long_addresses_do_not_make_a_message_too_heavy():
    sources = [source("T", f"https://x.example/{'&' * 1900}/{n}") for n in range(12)]
    shown = answer_text(Answer("Deal", deal=a_deal(sources=tuple(sources))))
    assert seen(shown).endswith("…\nDeal 20251028-1")


@pytest.mark.parametrize(
    ("override", "shown"),
    [
        (
            Override(reason=Reason.PRICE_MOVE, last=1, by="U1"),
            "Not a deal (said by @U1): price move",
        ),
        (Override(merged_into="20251027-1", by="U1"), "Merged into deal 20251027-1 by @U1"),
        (Override({"money": ""}, {"money": "U1"}), "Corrected by @U1: amount"),
    ],
)
def test_a_card_says_what_people_made_of_the_deal(override, shown):
    assert shown in seen(card(a_deal(override=override)))
