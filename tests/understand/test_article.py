"""Articles: found in pages, joined with what the feed said, and read with background demoted."""

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Claim, Kind, Money, Reason, Status, Story, Verdict
from bot.understand.article import story_of_html, story_of_text, wants_article, with_article
from bot.understand.claim import draft
from bot.understand.knowledge import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)
URL = "https://grid.example/1"


@given(st.text())
def test_any_text_is_an_article(text):
    story = story_of_text(text, story_id="x")
    assert story.title == text.strip().partition("\n")[0].strip()


@given(st.text(alphabet="<>/=\"'abp div&;#0\n"))
def test_any_markup_is_read_or_left(text):
    story_of_html("<html><body>" + text, story_id="x")


def test_a_page_is_read_without_what_surrounds_the_article():
    page = """<html><head><title>Norvexa raises $40M</title>
        <meta property="article:published_time" content="2026-01-05T09:00:00Z"></head><body>
        <nav><a href="/">Home</a> <a href="/deals">More deals</a></nav><article>
        <h1>Norvexa raises $40M</h1><p>Norvexa, which rents out GPU clusters, said on Monday
        that it had raised $40 million from Halden Capital to open a second site.</p>
        <p>The company has 90 employees and serves laboratories in nine countries.</p></article>
        <footer>Subscribe for $5 a month</footer></body></html>"""

    story = story_of_html(page, story_id="x", url="https://press.example/a")

    assert story is not None
    assert story.title == "Norvexa raises $40M"
    assert story.text.startswith("Norvexa, which rents out GPU clusters")
    assert "Subscribe" not in story.text
    assert story.published == datetime(2026, 1, 5, tzinfo=UTC)


def test_the_first_line_of_a_text_is_its_title():
    story = story_of_text("Norvexa raises $40M\n\nIt rents out GPUs.\n", story_id="x")

    assert (story.title, story.text) == ("Norvexa raises $40M", "It rents out GPUs.")


def test_an_empty_page_holds_no_article():
    assert story_of_html("", story_id="x") is None


# ---- which stories are worth a request ------------------------------------------------------


def seen(score: float, text: str = "Short.", *, url: str = URL, claim: bool = False) -> Verdict:
    made = Claim("s1", NOW, Kind.DEBT, Status.ANNOUNCED) if claim else None
    return Verdict(
        Story("s1", url, "Grid", "A title", text), made, None if claim else Reason.OTHER, score
    )


@pytest.mark.parametrize(
    ("verdict", "wanted"),
    [
        pytest.param(seen(0.9, claim=True), True, id="a deal told in few words"),
        pytest.param(seen(0.25), True, id="maybe a deal"),
        pytest.param(seen(0.1), False, id="no deal"),
        pytest.param(seen(0.9, "word " * 80, claim=True), False, id="told at length"),
        pytest.param(seen(0.9, url="", claim=True), False, id="no address"),
    ],
)
def test_only_a_likely_deal_that_says_little_costs_its_host_a_request(verdict, wanted):
    assert wants_article(verdict, 0.2) is wanted


# ---- joined with what the feed said ---------------------------------------------------------


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return f"<html><head><title>Page</title></head><body><article>{body}</article></body></html>"


LEAD = "Norvexa has agreed to borrow $700 million from Blackstone to build a campus in Ohio."
MORE = "The loan runs for five years and is secured by the chips that the campus will house."


def joined(summary: str, *paragraphs: str) -> Story | None:
    return with_article(Story("s1", URL, "Grid", "Norvexa borrows", summary), page(*paragraphs))


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param(LEAD, id="the lead"),
        pytest.param(LEAD[:50] + "…", id="the lead cut short"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_the_article_repeats_is_said_once(summary):
    story = joined(summary, LEAD, MORE)
    assert story is not None
    assert story.text == f"{LEAD}\n{MORE}"
    assert (story.id, story.url, story.title) == ("s1", URL, "Norvexa borrows")


def test_a_summary_of_its_own_stays_ahead_of_the_article():
    story = joined("A lender bets on Ohio.", LEAD, MORE)
    assert story is not None
    assert story.text.splitlines() == ["A lender bets on Ohio.", LEAD, MORE]


def test_a_page_that_says_less_than_the_feed_adds_nothing():
    assert joined(f"{LEAD} {MORE}", "Please accept our cookies to go on.") is None


# ---- title, then lead, then nothing: background is no fact of the deal ----------------------

BACKGROUND = [
    "The company operates nine sites and employs some 400 people, most of them in Denver.",
    "Demand for computing has grown faster than the grid that feeds it, operators say.",
    "Local officials welcomed the news and said that they hoped for more of the kind.",
    "A spokeswoman declined to comment on which customers will move in first.",
    "Work on the roof is due to end in spring, and the first halls open a year later.",
    "In March, Meta acquired Rillbase, a maker of routers, for $6 billion in cash.",
    "Google invested $3 billion in Tallgrid at a valuation of $44 billion two years ago.",
    "Oracle is in talks to lease 900 MW from Quorrel under a letter of intent.",
]


@pytest.mark.parametrize(
    ("title", "lead", "amount", "payers", "recipients"),
    [
        pytest.param(
            "Norvexa borrows $700 million from Blackstone", LEAD, 700_000_000,
            ("Blackstone",), ("Norvexa",), id="all in the title",
        ),
        pytest.param(
            "Norvexa secures loan from Blackstone", LEAD, 700_000_000,
            ("Blackstone",), ("Norvexa",), id="amount in the lead",
        ),
        pytest.param(
            "Nvidia invests in Norvexa",
            "Nvidia has taken a stake in Norvexa; neither company disclosed terms.",
            None, ("Nvidia",), ("Norvexa",), id="no amount: none is borrowed from background",
        ),
    ],
)  # fmt: skip
def test_a_long_article_is_read_by_its_title_and_lead(
    known: Knowledge, title, lead, amount, payers, recipients
):
    story = with_article(Story("s1", URL, "Grid", title), page(lead, *BACKGROUND))
    assert story is not None
    assert "Rillbase" in story.text
    claim, _ = draft(story, known, NOW)
    assert claim.money == (Money(amount) if amount else None)
    assert (claim.payers, claim.recipients) == (payers, recipients)
    assert (claim.valuation, claim.capacity_mw, claim.binding) == (None, None, None)


def test_a_title_outranks_another_figure_in_the_lead(known: Knowledge):
    lead = "Blackstone, which lent $2 billion to Tallgrid last year, will lend to Norvexa too."
    story = Story("s1", URL, "Grid", "Norvexa borrows $700 million from Blackstone", lead)
    assert draft(story, known, NOW)[0].money == Money(700_000_000)
