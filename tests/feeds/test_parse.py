"""Stories from feeds in whatever state they are in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedUnreadable
from bot.feeds.parse import canonical, parse, plain
from bot.model import Feed, Story
from tests.doubles.feed_host import item, rss

NOW = datetime(2025, 10, 28, 18, tzinfo=UTC)
GRID = Feed("Grid Weekly", "https://grid.example/rss", currency="AUD")
REAL = Path(__file__).parents[3] / "shared" / "feeds_real"


def stories(body: str | bytes, content_type: str = "") -> list[Story]:
    raw = body.encode() if isinstance(body, str) else body
    return list(parse(raw, content_type, GRID, NOW).stories)


def test_an_item_becomes_a_story():
    (story,) = stories(rss(item(1, "Nvidia puts $1bn into Nokia")))
    assert story.title == "Nvidia puts $1bn into Nokia"
    assert story.text == "Text 1"
    assert story.url == "https://news.example/1"
    assert story.source == "Grid Weekly"
    assert story.published == datetime(2025, 10, 28, 14, tzinfo=UTC)
    assert (story.feed, story.dollar) == ("Grid Weekly", "AUD")


def test_atom_is_read_like_rss():
    (story,) = stories(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><id>1</id>'
        '<title type="html">AT&amp;amp;T &lt;b&gt;leases&lt;/b&gt;</title>'
        '<link href="https://news.example/1"/><updated>2025-10-28T16:00:00+02:00</updated>'
        '<content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>'
        "</entry></feed>"
    )
    assert story.title == "AT&T leases"
    assert story.text == "One.\nTwo."
    assert story.published == datetime(2025, 10, 28, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "published", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT", "soon", ""]
)
def test_an_absurd_date_is_no_date(published):
    (story,) = stories(rss(item(1, published=published)))
    assert story.published is None


def test_a_date_a_little_ahead_is_now():
    (story,) = stories(rss(item(1, published="Wed, 29 Oct 2025 01:00:00 GMT")))
    assert story.published == NOW


def test_twins_are_one_story_and_reported():
    parsed = parse(rss(item(1), item(1), item(2)).encode(), "", GRID, NOW)
    assert len(parsed.stories) == 2
    assert "1 items" in parsed.problems[0]


def test_one_guid_for_two_stories_keeps_both():
    body = rss(item(1), item(2)).replace("g2", "g1")
    assert len(stories(body)) == 2


def test_items_without_link_guid_or_title_still_count():
    found = stories(
        rss(
            "<item><title>Only a title</title></item>",
            "<item><description>Only a text. With two sentences.</description></item>",
            "<item></item>",
        )
    )
    assert [story.title for story in found] == ["Only a title", "Only a text. With two sentences."]
    assert len({story.id for story in found}) == 2


def test_a_news_search_names_the_publisher_once():
    (story,) = stories(
        rss(
            "<item><title>Nvidia backs Nokia - Rack News</title><link>https://s.example/1</link>"
            "<source url='https://rack.example'>Rack News</source></item>"
        )
    )
    assert (story.title, story.source) == ("Nvidia backs Nokia", "Rack News")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"),
        ("https://a.example/x?id=2&fbclid=zzz#top", "https://a.example/x?id=2"),
        ("HTTP://A.Example:80", "http://a.example/"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.example%2Fx%3Fid%3D3", "https://a.example/x?id=3"),
        ("https://me:pass@a.example/x", "https://a.example/x"),
        ("javascript:alert(1)", ""),
        ("mailto:x@y.example", ""),
        ("", ""),
        ("https://[broken", ""),
    ],
)  # fmt: skip
def test_a_page_has_one_address(url, expected):
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "ending",
    [
        "The post Nvidia backs Nokia appeared first on Grid Weekly.",
        "Continue reading on Grid Weekly",
        "Read more...",
        "[…]",
    ],
)
def test_what_every_item_ends_with_is_no_text(ending):
    body = rss(item(1).replace("Text 1", f"<![CDATA[<p>The deal closed.</p><p>{ending}</p>]]>"))
    assert stories(body)[0].text == "The deal closed."


def test_scripts_comments_and_entities_do_not_show():
    assert plain("<script>x</script>a<!-- y -->&nbsp;b &amp;#8217;s") == "a b ’s"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<rss version='2.0'><channel><item><title>Société</title></item></channel></rss>"
         .encode("latin-1"), "text/xml; charset=iso-8859-1"),
        ("<?xml version='1.0' encoding='windows-1252'?><rss version='2.0'><channel><item><title>"
         "Société</title></item></channel></rss>".encode("cp1252"), "application/rss+xml"),
        ("<rss version='2.0'><channel><item><title>Société</title></item></channel></rss>"
         .encode(), "text/xml; charset=us-ascii"),
    ],
    ids=["header", "declaration", "wrong header"],
)  # fmt: skip
def test_encodings_are_found_out(body, content_type):
    assert stories(body, content_type)[0].title == "Société"


def test_ten_thousand_items_are_all_there():
    assert len(stories(rss(*(item(number) for number in range(10_000))))) == 10_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ('{"error": "no"}', "not a feed"),
        ("plain words", "not a feed"),
    ],
)
def test_what_is_no_feed_is_said(body, said):
    with pytest.raises(FeedUnreadable, match=said):
        parse(body.encode(), "text/html", GRID, NOW)


@given(st.binary() | st.text(alphabet="<>/=\"'&;![]CDATArsitemlnk \n\x00é").map(
    lambda text: rss(f"<item>{text}</item>").encode()
))  # fmt: skip
def test_any_bytes_are_a_feed_or_clearly_none(body):
    try:
        parsed = parse(body, "application/xml", GRID, NOW)
    except FeedUnreadable:
        return
    for story in parsed.stories:
        assert story.title
        assert story.published is None or story.published <= NOW


@pytest.mark.skipif(not REAL.exists(), reason="no real captures here")
@pytest.mark.parametrize("path", sorted(REAL.glob("*.*")), ids=lambda path: path.name)
def test_a_real_capture_is_read(path):
    if path.suffix == ".tsv":
        pytest.skip("the list of captures")
    try:
        parsed = parse(path.read_bytes(), "", GRID, NOW)
    except FeedUnreadable as error:
        pytest.skip(f"no feed: {error.reason}")
    assert all(story.title for story in parsed.stories)
    assert all("<" not in story.title or ">" not in story.title for story in parsed.stories)
