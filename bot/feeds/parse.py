"""The stories in a feed's body, whatever state it is in. Pure."""

from __future__ import annotations

import calendar
import hashlib
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import feedparser
from w3lib.html import remove_comments, remove_tags, remove_tags_with_content
from w3lib.url import canonicalize_url, url_query_cleaner

from bot.errors import FeedUnreadable
from bot.model import Feed, Story

_LONGEST_TEXT = 20_000
_LONGEST_TITLE = 500
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  #: publishers' clocks and embargoes; later than this is a mistake

#: Parameters that say where a reader came from, not what the page is.
_TRACKING = [
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "utm_name",
    "utm_brand", "utm_social", "utm_referrer", "fbclid", "gclid", "dclid", "msclkid", "mc_cid",
    "mc_eid", "igshid", "cmpid", "ocid", "guccounter", "guce_referrer", "guce_referrer_sig",
    "ftcamp", "smid", "ncid", "sr_share", "_hsenc", "_hsmi", "mkt_tok", "yptr", "spm", "xtor",
    "at_medium", "at_campaign", "traffic_source", "taid", "rss", "feed", "partner",
]  # fmt: skip
#: Hosts that only forward, and the parameter that holds the address.
_FORWARDERS = {
    "www.google.com": "url", "google.com": "url", "news.url.google.com": "url",
    "www.bing.com": "url", "r.search.yahoo.com": "RU", "l.facebook.com": "u", "t.umblr.com": "z",
}  # fmt: skip
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote|section|article)\b[^>]*>", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"\s*(?:"
    r"The post .{1,300}? (?:appeared first on|first appeared on) .{1,100}"
    r"|(?:Continue reading|Read more|Read full article|Read the full story|Click here to read)"
    r"\b.{0,120}"
    r"|\[?(?:…|\.\.\.|&hellip;)\]?"
    r")\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a body held."""

    stories: tuple[Story, ...]  #: each once, as ordered in the feed
    problems: tuple[str, ...] = ()  #: in words, for the log


def parse(body: bytes, content_type: str, feed: Feed, now: datetime) -> Parsed:
    """Return the stories in *body*.

    Raises FeedUnreadable when it is no feed.
    """
    headers = {"content-type": content_type} if content_type else {}
    try:
        # a file object: feedparser takes other bytes for the name of a file to open
        found = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    except Exception as error:  # noqa: BLE001  it raises anything on what strangers send
        raise FeedUnreadable(feed.name, f"cannot be parsed: {type(error).__name__}") from None
    if not found.get("version") and not found.entries:
        raise FeedUnreadable(feed.name, _what_it_is(body))
    problems = []
    if found.bozo and found.entries:
        problems.append(f"not well formed: {type(found.get('bozo_exception')).__name__}")
    stories: dict[str, Story] = {}
    for entry in found.entries:
        story = _story(entry, feed, now)
        if story is not None:
            stories.setdefault(story.id, story)
    if twins := len(found.entries) - len(stories):
        problems.append(f"{twins} items are twins or say nothing")
    return Parsed(tuple(stories.values()), tuple(problems))


def _what_it_is(body: bytes) -> str:
    start = body.lstrip()[:500].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "the host sent a web page, not a feed"
    return "the answer is not a feed"


def _story(entry: Mapping[str, Any], feed: Feed, now: datetime) -> Story | None:
    """Return what one item says, or None when it says nothing."""
    title = plain(_text(entry, "title"))[:_LONGEST_TITLE]
    text = _body(entry)
    if not title:
        title, _, text = text.partition("\n")
    if not title:
        return None
    url = canonical(_text(entry, "feedburner_origlink") or _text(entry, "link"))
    publisher = plain(_text(entry.get("source") or {}, "title"))
    if publisher:
        title = re.sub(rf"\s+[-–|]\s+{re.escape(publisher)}$", "", title) or title
    return Story(
        id=_fingerprint(url or f"{feed.name} {_text(entry, 'id') or title}"),
        url=url,
        source=publisher or feed.name,
        title=title,
        text="" if text == title else text,
        published=_moment(entry, now),
        feed=feed.name,
        dollar=feed.currency,
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    """Return a field that should be text; a broken feed may hold anything there."""
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _body(entry: Mapping[str, Any]) -> str:
    """Return the longest of summary and contents, as plain text without boilerplate."""
    parts = [_text(entry, "summary")]
    parts += [_text(content, "value") for content in entry.get("content") or []]
    text = plain(max(parts, key=len))
    while (shorter := _BOILERPLATE.sub("", text)) != text:
        text = shorter
    return text[:_LONGEST_TEXT]


def plain(markup: str) -> str:
    """Return the words of *markup*, a paragraph a line.

    >>> plain("<p>AT&amp;amp;T <b>buys</b></p>")
    'AT&T buys'
    """
    text = remove_tags_with_content(remove_comments(markup), which_ones=("script", "style"))
    text = remove_tags(_BLOCK.sub("\n", text))
    text = html.unescape(html.unescape(text))  # many feeds escape twice
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)


def canonical(url: str) -> str:
    """Return *url* without what does not name the page, or "" when it is no web address.

    >>> canonical("HTTPS://News.example/a?utm_source=rss&id=2#top")
    'https://news.example/a?id=2'
    """
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
        forwarded = parse_qs(parts.query).get(_FORWARDERS.get(parts.hostname, ""), [""])[0]
        if forwarded.startswith(("http://", "https://")):
            return canonical(forwarded)
        host = parts.hostname + (f":{parts.port}" if parts.port not in (None, 80, 443) else "")
        bare = urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))
        return canonicalize_url(url_query_cleaner(bare, _TRACKING, remove=True))
    except ValueError:
        return ""


def _moment(entry: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return when the item says it was published; None when it does not, or absurdly."""
    keys = [key for key in ("published_parsed", "updated_parsed") if key in entry]
    found = entry[keys[0]] if keys else None
    try:
        moment = datetime.fromtimestamp(calendar.timegm(found), UTC) if found else None
    except (ValueError, OverflowError, TypeError):
        return None
    if moment is None or not _OLDEST <= moment <= now + _AHEAD:
        return None
    return min(moment, now)


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
