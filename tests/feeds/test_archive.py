"""Story archives and single articles, read from files."""

from datetime import UTC, datetime

import pytest

from bot.errors import SettingsError
from bot.feeds.archive import stories_from, stories_of


def test_an_archive_holds_a_story_a_line(tmp_path):
    archive = tmp_path / "week.jsonl"
    archive.write_text(
        '{"id": "a1", "url": "https://x.example/1", "source": "X", "title": "T", "text": "Body",'
        ' "published": "2025-10-28T14:00:00Z", "label": {"is_deal": true}}\n'
        "\n"
        '{"id": "a2", "title": "U", "published": "2025-10-29"}\n'
        '{"id": "a3", "title": "V", "published": null, "text": null}\n',
        "utf-8",
    )
    first, second, third = stories_from(archive)
    assert (first.id, first.source, first.text) == ("a1", "X", "Body")
    assert first.published == datetime(2025, 10, 28, 14, tzinfo=UTC)
    assert second.published == datetime(2025, 10, 29, tzinfo=UTC), "a bare day is midnight UTC"
    assert (third.published, third.text) == (None, "")


def test_half_a_character_is_no_reason_to_stop():
    (story,) = stories_of('{"id": "a1", "title": "Norvexa \\ud83d raises"}', "week.jsonl")
    assert story.title == "Norvexa ? raises"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param('{"id": "a"}\n{"title": "no id"}', "line 2: id", id="no id"),
        pytest.param('{"id": "a"}\n{oops', "line 2: not JSON", id="not JSON"),
        pytest.param('{"id": "a", "published": "soon"}', "line 1: published", id="no date"),
        pytest.param("[1]", "line 1", id="no object"),
    ],
)
def test_a_wrong_line_is_named(content, named):
    with pytest.raises(SettingsError, match=named):
        stories_of(content, "week.jsonl")


def test_a_text_file_is_an_article_under_its_first_line(tmp_path):
    article = tmp_path / "article.txt"
    article.write_text("A headline\n\nThe first paragraph.\nThe second.", "utf-8")
    (story,) = stories_from(article)
    assert story.title == "A headline"
    assert story.text == "The first paragraph.\nThe second."


def test_a_web_page_is_read_without_its_furniture():
    page = """<!doctype html><html><head><title>Lender backs Acme halls</title></head><body>
    <nav><a href="/">Home</a> <a href="/markets">Markets</a></nav>
    <article><h1>Lender backs Acme halls</h1>
    <p>First Bank lent Acme Compute $400 million on Tuesday to build two data centres near Oslo.
    The loan runs for seven years and is secured on the chips, both companies said.</p>
    <p>Acme will draw the money in three parts, the first of them this month, and expects the
    first hall to be in service by the end of next year, its chief executive told reporters.</p>
    </article><footer>Sign up for our newsletter</footer></body></html>"""
    (story,) = stories_of(page, "https://news.example/story")
    assert story.title == "Lender backs Acme halls"
    assert "$400 million" in story.text
    assert "newsletter" not in story.text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param("  \n", "empty.txt", id="empty text"),
        pytest.param("<html><body></body></html>", "page.html", id="page without article"),
    ],
)
def test_nothing_to_read_is_said(content, name):
    with pytest.raises(SettingsError, match=name):
        stories_of(content, name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.jsonl"):
        stories_from(tmp_path / "gone.jsonl")
