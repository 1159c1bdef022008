"""Feeds as OPML: what goes out comes in again, and what strangers send does no harm."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedUnreadable
from bot.feeds.opml import MOST_BYTES, opml_of, read_opml
from bot.model import Feed

LISTED = (Feed("Grid", "https://grid.example/rss"),)


def opml(*outlines: str) -> bytes:
    return f"<opml version='1.0'><head/><body>{''.join(outlines)}</body></opml>".encode()


def outline(url: str, text: str = "Wire", more: str = "") -> str:
    return f"<outline text='{text}' xmlUrl='{url}' {more}/>"


names = st.text(min_size=1, max_size=80).filter(
    lambda name: name.isprintable() and name.strip() == name
)
feeds = st.lists(
    st.builds(
        Feed,
        name=names,
        url=st.builds(
            "https://{}.example/{}".format,
            st.from_regex(r"[a-z]{1,10}", fullmatch=True),
            st.from_regex(r"[a-z&?='\";,é]{0,20}", fullmatch=True),
        ),
        every_min=st.integers(1, 7 * 24 * 60),
        enabled=st.booleans(),
        currency=st.sampled_from(["USD", "EUR", "CAD"]),
        full_text=st.booleans(),
    ),
    unique_by=(lambda feed: feed.name, lambda feed: feed.url.rstrip("/")),
    max_size=5,
)


@given(feeds)
def test_what_is_exported_and_imported_is_the_same(feeds):
    brought = read_opml(opml_of(feeds).encode(), "feeds.opml", ())
    assert (list(brought.feeds), brought.skipped) == (feeds, ())


@given(st.text())
def test_any_name_makes_a_document_that_can_be_read(name):
    read_opml(opml_of([Feed(name, "https://grid.example/rss")]).encode(), "feeds.opml", ())


@given(st.binary() | st.text().map(lambda text: f"<opml>{text}</opml>".encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(FeedUnreadable):
        read_opml(content, "feeds.opml", LISTED)


def test_folders_are_opened_and_other_outlines_are_no_feeds():
    folder = f"<outline text='Power'>{outline('https://a.example/rss', 'A')}</outline>"
    page = "<outline text='A page' url='https://b.example/'/>"
    brought = read_opml(opml(folder, page, outline("https://c.example/", "C")), "f", ())
    assert [feed.name for feed in brought.feeds] == ["A", "C"]


def test_a_feed_without_a_name_is_called_by_its_host():
    brought = read_opml(opml("<outline xmlUrl='https://a.example/rss'/>"), "f", ())
    assert brought.feeds == (Feed("a.example", "https://a.example/rss"),)


def test_two_feeds_of_one_name_are_told_apart_by_their_host():
    content = opml(outline("https://a.example/rss"), outline("https://b.example/rss"))
    assert [f.name for f in read_opml(content, "f", ()).feeds] == ["Wire", "Wire (b.example)"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param(
            outline("http://www.grid.example/rss/"), "listed already as 'Grid'", id="listed"
        ),
        pytest.param(outline("file:///etc/passwd"), "http://", id="scheme"),
        pytest.param(outline("https://me:pass@a.example/"), "password", id="password"),
        pytest.param(outline("http://10.0.0.1/rss"), "inside the network", id="inside"),
        pytest.param(outline("http://localhost:8080/rss"), "inside the network", id="localhost"),
        pytest.param(outline("http://[::1]/rss"), "inside the network", id="IPv6"),
        pytest.param(outline("http://[/rss"), "not an address", id="broken"),
        pytest.param(
            outline("https://a.example/", more="dealwire:everyMin='soon'"), "everyMin", id="every"
        ),
        pytest.param(
            outline("https://a.example/", more="dealwire:currency='dollars'"), "USD", id="currency"
        ),
    ],
)
def test_what_is_skipped_has_a_reason(written, reason):
    brought = read_opml(opml(written, outline("https://good.example/", "Good")), "f", LISTED)
    ((name, why),) = brought.skipped
    assert name.startswith("Wire")
    assert reason in why
    assert [feed.name for feed in brought.feeds] == ["Good"]


LAUGHS = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            f"<!DOCTYPE opml [<!ENTITY a0 'ha'>{LAUGHS}]><opml>&a9;</opml>".encode(),
            "entities",
            id="billion laughs",
        ),
        pytest.param(
            b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml>&x;</opml>",
            "entities",
            id="file",
        ),
        pytest.param(b" " * 10_000_000, f"{MOST_BYTES / 1e6:g} MB", id="10 MB"),
        pytest.param(opml(outline("https://a.example/", "Caf\xe9")).decode().encode("latin-1"),
                     "line 1", id="wrong encoding"),
        pytest.param(b"<?xml version='1.0' encoding='x-y'?><opml/>", "encoding", id="no encoding"),
        pytest.param(b"", "no OPML file", id="empty"),
        pytest.param(b"<opml><body>", "line 1", id="cut off"),
        pytest.param(b"<rss version='2.0'></rss>", "no OPML file", id="a feed"),
        pytest.param(b"<html><p>Sorry<br></html>", "no OPML file", id="a page"),
        pytest.param(
            opml(*(outline(f"https://h{n}.example/") for n in range(2001))), "2000 feeds", id="many"
        ),
    ],
)  # fmt: skip
def test_what_is_no_list_of_feeds_is_refused_in_one_line(content, said):
    with pytest.raises(FeedUnreadable) as refused:
        read_opml(content, "feeds.opml", ())
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
