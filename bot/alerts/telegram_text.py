"""Cards, follow-ups and answers as Telegram HTML. Pure.

Feed text is untrusted: it is escaped and kept to one line. No tag spans two lines, so that a
message that is too long loses whole lines and its HTML still parses.
Source: core.telegram.org/bots/api, "HTML style" and sendMessage.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from bot.alerts.answer import Answer, FeedLine
from bot.alerts.digest import Brief, Line
from bot.alerts.summarise import (
    change_text,
    chip,
    corrected_text,
    day,
    facts,
    follow_up,
    former,
    headline,
    standing,
    summary,
)
from bot.model import Alert, Deal, News, Source, Subscription

MOST_CHARACTERS = 4096  #: UTF-16 units of a message once its HTML is parsed
_MOST_BYTES = 1 << 15  #: of the HTML itself: links count here alone
_ENDING = 200  #: characters and bytes kept free for a message's last lines
_SOURCES_ON_CARD = 3
_SOURCES_IN_DEPTH = 12
_SHORT = 150  #: characters shown of a publisher's name or headline
_LINE = 300  #: of any other line
_SUMMARY = 1000
_MOST_URL = 2000
_MOST_DATA = 64  #: bytes that a button carries
_BRIEF_LINE = 120  #: characters of one deal in a brief
_BRIEF_URL = 500
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


# ---- a deal's card --------------------------------------------------------------------------


def card(deal: Deal) -> str:
    """Return the card of *deal*: what a chat shows of it for life."""
    more = len(deal.sources) - _SOURCES_ON_CARD
    lines = [
        *_head(deal),
        "",
        *[_source(source) for source in deal.sources[:_SOURCES_ON_CARD]],
        *([f"and {more} more"] if more > 0 else []),
    ]
    return _message(lines, _id_line(deal))


def _head(deal: Deal) -> list[str]:
    """Return what is known of *deal*: headline, status, sentences, facts."""
    if said := standing(deal):
        return [_bold(said), _shown(headline(deal))]
    status = chip(deal.status)
    labels = [deal.kind.capitalize(), deal.layer.capitalize() if deal.layer else ""]
    about = "".join(f" · {label}" for label in (*labels, day(deal.announced)) if label)
    was = _struck(former(deal, "status").capitalize())
    return [
        _bold(headline(deal)),
        f"{status.symbol} {was}{_bold(status.word)}{about}",
        _shown(summary(deal), _SUMMARY),
        "",
        *[
            f"{label}: {_struck(former(deal, 'money')) if label == 'Amount' else ''}{_shown(value)}"
            for label, value in facts(deal)
        ],
        *([_shown(said)] if (said := corrected_text(deal)) else []),
    ]


def _struck(old: str) -> str:
    """Return what no longer holds, struck out before what does."""
    return f"<s>{_shown(old)}</s> → " if old else ""


def _source(source: Source) -> str:
    when = f"{day(source.said_at)} {source.said_at:%H:%M} UTC"
    return f"• {_link(source.publisher or 'source', source.url)}, {when}"


def _id_line(deal: Deal) -> Callable[[int], str]:
    return lambda left: ("…\n" if left else "") + f"Deal {_code(deal.id)}"


def follow_up_text(alert: Alert, deal: Deal) -> str:
    """Return what one more story brought, for the reply under the card."""
    source = next((each for each in deal.sources if each.story_id == alert.story_id), None)
    told = _shown(follow_up(alert, deal), _SUMMARY)
    if alert.news is News.CHANGE:
        told = f"{chip(deal.status).symbol} <b>{told}</b>"
    lines = [told, _shown(headline(deal))]
    if source is not None:
        lines.append(f"{_source(source)}: {_shown(source.title, _SHORT)}")
    return _message(lines)


def brief_text(brief: Brief) -> str:
    """Return several deals in one message."""
    return _message([_bold(brief.title), "", *map(_brief_line, brief.lines)])


def _brief_line(line: Line) -> str:
    deal = line.deal
    urls = (source.url for source in deal.sources)
    url = next((url for url in urls if url and len(url) <= _BRIEF_URL), "")
    title = _link(_cut(headline(deal), _BRIEF_LINE), url)
    told = _shown(line.told, _BRIEF_LINE - len(headline(deal))) if line.told else ""
    return " · ".join(filter(None, (f"{chip(deal.status).symbol} {title}", told, _code(deal.id))))


# ---- answers --------------------------------------------------------------------------------


def answer_text(answer: Answer) -> str:
    """Return the answer to a question."""
    if answer.error:
        return _message([_shown(answer.error, _SUMMARY), _shown(answer.hint, _SUMMARY)])
    if answer.deal is not None:
        return _in_depth(answer.deal)
    return _message(
        [
            _bold(answer.title),
            *[html.escape(line) for line in answer.text.splitlines()],
            *[_row(deal) for deal in answer.deals],
            *[_feed(feed) for feed in answer.feeds],
            *[_subscription(each, answer.undo) for each in answer.subscriptions],
            *([_shown(answer.hint, _SUMMARY)] if answer.hint else []),
        ],
        lambda left: _rest(answer, left),
    )


def _rest(answer: Answer, left: int) -> str:
    """Return what is said of deals that are not shown: *left* of this page, and those after it."""
    lines = [f"\n{left} of this page did not fit."] if left else []
    if answer.left > 0:
        lines.append(f"\n{answer.left} more.")
    return "".join(lines)


def pages(answer: Answer) -> list[tuple[str, str]]:
    """Return label and data of the buttons to the pages before and after, where there are any.

    A look-up too long for a button has none: people make it narrower.
    """
    turns = []
    if answer.offset:
        turns.append(("Previous", max(answer.offset - answer.page_size, 0)))
    if answer.left > 0:
        turns.append((f"Next ({answer.left} more)", answer.total - answer.left))
    buttons = [(label, f"{offset} {answer.query}") for label, offset in turns]
    return [(label, data) for label, data in buttons if len(data.encode()) <= _MOST_DATA]


def page_of(data: str) -> tuple[str, int]:
    """Return query and offset of a button; a forged one reads as the first page of all.

    >>> page_of("10 nvidia since:90d"), page_of("ten")
    (('nvidia since:90d', 10), ('', 0))
    """
    found = re.fullmatch(r"(\d{1,9}) (.*)", data, re.DOTALL)
    return (found[2], int(found[1])) if found else ("", 0)


def _feed(feed: FeedLine) -> str:
    return f"\n{feed.mark} {_bold(feed.name)}\n{_shown(feed.about)}\n{_shown(feed.times)}"


def _subscription(subscription: Subscription, undo: str) -> str:
    remove = _code(f"/deals {undo} {subscription.id}")
    return f"• {_shown(subscription.query or 'every deal', _SHORT)} (take away: {remove})"


def _row(deal: Deal) -> str:
    count = len(deal.sources)
    about = (
        chip(deal.status).word,
        day(deal.announced),
        f"{count} {'source' if count == 1 else 'sources'}",
        _code(deal.id),
    )
    return f"\n{chip(deal.status).symbol} {_bold(headline(deal))}\n{' · '.join(about)}"


def _in_depth(deal: Deal) -> str:
    """Return the card with who says so, all sources, the history and related deals."""
    publishers = {source.story_id: source.publisher for source in deal.sources}
    evidence = [
        f"• {_shown(field.replace('_', ' '))}: “{_shown(sentence)}”"
        f" ({_shown(publishers.get(story_id) or 'source', _SHORT)})"
        for field, (sentence, story_id) in deal.evidence.items()
    ]
    sources = [f"{_source(each)}: {_shown(each.title, _SHORT)}" for each in deal.sources]
    more = len(sources) - _SOURCES_IN_DEPTH
    history = [f"• {day(change.at)}: {_shown(change_text(change))}" for change in deal.history]
    linked = [", ".join(map(_code, deal.linked))] if deal.linked else []
    return _message(
        [
            *_head(deal),
            *_listed("Sources", sources[:_SOURCES_IN_DEPTH]),
            *([f"and {more} more"] if more > 0 else []),
            *_listed("Maybe the same as, or follows from", linked),
            *_listed("Who says so", evidence),
            *_listed("History", history),
            "",
        ],
        _id_line(deal),
    )


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return ["", _bold(title), *lines] if lines else []


# ---- text -----------------------------------------------------------------------------------


def plain(message: str) -> str:
    """Return what a message of this module says without its HTML.

    >>> plain("<b>AT&amp;T</b> &lt;sic&gt;")
    'AT&T <sic>'
    """
    return html.unescape(_TAG.sub("", message))


def _message(lines: Sequence[str], ending: Callable[[int], str] | None = None) -> str:
    """Return as many whole *lines* as a message takes, and what *ending* says of the rest.

    *ending* gets the number of lines that were left out; a line may hold several rows.
    """
    characters, size = MOST_CHARACTERS - _ENDING, _MOST_BYTES - _ENDING
    kept: list[str] = []
    for line in lines:
        characters -= _length(plain(line)) + 1
        size -= len(line.encode()) + 1
        if min(characters, size) < 0:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    last = ending(left) if ending else "…" * bool(left)
    return "\n".join([*kept, last]).strip()


def _length(text: str) -> int:
    """Return how long *text* is for Telegram: in UTF-16 units, so that most emoji count two."""
    return len(text.encode("utf-16-le")) // 2


def _shown(text: str, most: int = _LINE) -> str:
    """Return *text* on one line, cut to *most* characters, and escaped."""
    return html.escape(_cut(" ".join(text.split()), most), quote=False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(most - 1, 0)].rstrip()}…"


def _bold(text: str) -> str:
    return f"<b>{_shown(text)}</b>"


def _code(text: str) -> str:
    return f"<code>{_shown(text)}</code>"


def _link(label: str, url: str) -> str:
    if len(url) > _MOST_URL or not _ADDRESS.fullmatch(url):
        return _shown(label, _SHORT)
    return f'<a href="{html.escape(url)}">{_shown(label, _SHORT)}</a>'
