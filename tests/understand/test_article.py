"""Articles without a feed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.understand.article import story_of_html, story_of_text


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
