"""Feeds as OPML, the file that feed readers exchange, in and out. Pure.

The file is a stranger's: it is small or refused, and may not define entities, which is how few
bytes become gigabytes. Source: opml.org/spec2.opml.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from bot.errors import FeedUnreadable
from bot.feeds.address import listed_as, name_for, refusal
from bot.model import Feed

MOST_BYTES = 2_000_000
_MOST_FEEDS = 2_000
_PLAIN = Feed("", "")  #: what a feed is when nothing else is said
#: What OPML has no words for stands in attributes of our own.
_OURS = "https://github.com/dealwire/dealwire"


@dataclass(frozen=True, slots=True)
class Import:
    """What a file brings."""

    feeds: tuple[Feed, ...]  #: may be listed, in the file's order
    skipped: tuple[tuple[str, str], ...]  #: name, and why it is not listed


def opml_of(feeds: Iterable[Feed]) -> str:
    """Return *feeds* as an OPML document."""
    lines = "".join(f"    <outline{_attributes(feed)}/>\n" for feed in feeds)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<opml version="2.0" xmlns:dealwire="{_OURS}">\n'
        "  <head><title>Feeds of Dealwire</title></head>\n"
        f"  <body>\n{lines}  </body>\n"
        "</opml>\n"
    )


def _attributes(feed: Feed) -> str:
    said = {"type": "rss", "text": feed.name, "xmlUrl": feed.url}
    if feed.every_min != _PLAIN.every_min:
        said["dealwire:everyMin"] = str(feed.every_min)
    if not feed.enabled:
        said["dealwire:enabled"] = "false"
    if feed.currency != _PLAIN.currency:
        said["dealwire:currency"] = feed.currency
    if feed.full_text:
        said["dealwire:fullText"] = "true"
    return "".join(f' {name}="{_escaped(value)}"' for name, value in said.items())


def _escaped(value: str) -> str:
    """Return *value* for an attribute, without the signs that XML cannot hold at all."""
    return html.escape("".join(sign if sign.isprintable() else " " for sign in value))


def read_opml(content: bytes, name: str, listed: Sequence[Feed]) -> Import:
    """Return the feeds that the OPML file called *name* adds to those *listed*.

    Raises FeedUnreadable when it is no OPML file that can be read.
    """
    feeds: list[Feed] = []
    skipped = []
    for outline in _outlines(content, name):
        known = [*listed, *feeds]
        url = outline["xmlurl"].strip()
        wanted = outline.get("text") or outline.get("title") or ""
        called = name_for(wanted, url, {feed.name for feed in known})
        if reason := _reason(called, url, outline, known):
            skipped.append((called, reason))
        else:
            feeds.append(_feed(called, url, outline))
    return Import(tuple(feeds), tuple(skipped))


def _reason(name: str, url: str, outline: Mapping[str, str], known: Sequence[Feed]) -> str:
    """Return why a feed is not to be listed, "" when it is."""
    if reason := refusal(url):
        return reason
    if same := listed_as(url, known):
        return f"listed already as {same.name!r}"
    if any(feed.name == name for feed in known):
        return "another feed has this name"
    every, currency = (
        outline.get("dealwire:everymin", "30"),
        outline.get("dealwire:currency", "USD"),
    )
    if not (every.isascii() and every.isdigit() and 1 <= int(every[:6]) <= 7 * 24 * 60):
        return "its everyMin is not a number of minutes up to a week"
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):  # noqa: PLR2004
        return "its currency is not a code such as USD"
    return ""


def _feed(name: str, url: str, outline: Mapping[str, str]) -> Feed:
    return Feed(
        name,
        url,
        every_min=int(outline.get("dealwire:everymin", _PLAIN.every_min)),
        enabled=outline.get("dealwire:enabled") != "false",
        currency=outline.get("dealwire:currency", _PLAIN.currency),
        full_text=outline.get("dealwire:fulltext") == "true",
    )


def _outlines(content: bytes, name: str) -> list[dict[str, str]]:
    """Return the attributes of every feed in a file, their names in small letters."""
    if len(content) > MOST_BYTES:
        raise FeedUnreadable(name, f"larger than {MOST_BYTES / 1e6:g} MB: no list of feeds is")
    found: list[dict[str, str]] = []
    root = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal root
        root = root or tag.lower()
        said = {key.lower(): value for key, value in attributes.items()}
        if root == "opml" and tag.lower() == "outline" and said.get("xmlurl", "").strip():
            found.append(said)
            if len(found) > _MOST_FEEDS:
                raise FeedUnreadable(name, f"names more than {_MOST_FEEDS} feeds")

    def refuse_entity(*_: object) -> NoReturn:
        raise FeedUnreadable(name, "defines entities, which no list of feeds needs")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(content, True)  # noqa: FBT003  the library's own way to say "the end"
    except expat.ExpatError as error:
        if root and root != "opml":
            raise FeedUnreadable(name, _NO_OPML) from None
        said = f"{expat.ErrorString(error.code)} in line {error.lineno}"
        raise FeedUnreadable(name, f"no OPML file: {said}") from None
    except (LookupError, ValueError) as error:
        raise FeedUnreadable(name, f"no OPML file: its encoding is not known ({error})") from None
    if root != "opml":
        raise FeedUnreadable(name, _NO_OPML)
    return found


_NO_OPML = "no OPML file: feed readers write one under Export"
