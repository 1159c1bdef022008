"""Why a story was told of or not: its road from feed to verdict to messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.alerts.answer import Answer
from bot.alerts.summarise import day, headline
from bot.model import Deal, FeedState

_STORIES = 5  #: of one deal
_FEATURES = 6
_FEEDS = 3
_LONGEST = 200  #: characters of what somebody else wrote
_EXAMPLE = "Try /deals why https://example.com/story, or /deals why 20251028-1."


@dataclass(frozen=True, slots=True)
class Sent:
    """One message, and how far it got."""

    channel: str
    news: str  #: "new", "change", "source"
    state: str  #: "waiting", "sent", "refused"
    queued_at: datetime
    send_at: datetime  #: not before
    sent_at: datetime | None
    attempts: int
    reason: str  #: of the last failure


@dataclass(frozen=True, slots=True)
class Trace:
    """One story, from its feed to the messages it caused."""

    url: str
    title: str
    source: str  #: the publisher
    feed: str
    published: datetime | None
    seen_at: datetime
    deal_id: str | None
    reason: str | None  #: why it was put aside; None when it tells of a deal
    score: float
    why: tuple[str, ...]  #: strongest first
    messages: tuple[Sent, ...] = ()


def trace_record(trace: Trace) -> dict[str, Any]:
    """Return *trace* as a JSON object."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in {
            **asdict(trace),
            "messages": [
                {
                    key: each.isoformat() if isinstance(each, datetime) else each
                    for key, each in asdict(sent).items()
                }
                for sent in trace.messages
            ],
        }.items()
    }


def nothing_asked() -> Answer:
    """Answer a question that names nothing."""
    return Answer("Why what?", error="Name a story's address or a deal's id.", hint=_EXAMPLE)


def no_such_deal(deal_id: str) -> Answer:
    """Answer for a deal that is not there."""
    return Answer("Not found", error=f"No deal {deal_id}.", hint="/deals lists the newest.")


def story_answer(trace: Trace, deal: Deal | None) -> Answer:
    """Return the road of one story; *deal* is the one it tells of."""
    hint = f"The deal: /deal {deal.id}" if deal else ""
    return Answer("What became of this story", text="\n".join(_road(trace, deal)), hint=hint)


def deal_answer(deal: Deal, traces: Sequence[Trace]) -> Answer:
    """Return the roads of the stories that make up *deal*."""
    roads = ["\n".join(_road(trace, None)) for trace in traces[:_STORIES]]
    more = len(traces) - _STORIES
    if more > 0:
        roads.append(f"and {more} more of its stories")
    text = "\n\n".join([headline(deal), *roads])
    return Answer(f"Why deal {deal.id} was told", text=text, hint=f"The deal: /deal {deal.id}")


def unseen_answer(url: str, feeds: Iterable[FeedState], now: datetime) -> Answer:
    """Say that no feed brought *url*, and what to check."""
    host = _site(url)
    if not host:
        shown = _cut(url, 100)
        return Answer("Not found", error=f"{shown!r} is no address or deal id.", hint=_EXAMPLE)
    ours = [feed for feed in feeds if _related(host, _site(feed.url))]
    if not ours:
        told = [f"No feed of {host} is listed.", "Add one: python -m bot feeds add https://" + host]
    else:
        told = [_feed_told(feed, now) for feed in ours[:_FEEDS]]
        told.append("The feed may never have carried this story, or carried it at another address.")
    return Answer(
        "Never seen",
        text="\n".join([f"No feed brought {_cut(url, _LONGEST)}", *told]),
        hint="To see what the bot makes of it: /deals read and its address",
    )


def _road(trace: Trace, deal: Deal | None) -> list[str]:
    """Return the stages of one story, a line each."""
    title = f"“{_cut(trace.title, _LONGEST)}”" if trace.title else trace.url
    published = f", published {_moment(trace.published)}" if trace.published else ""
    by = f"by the feed “{trace.feed}”" if trace.feed else "from an archive"
    verdict = "a deal" if trace.reason is None else f"no deal: {trace.reason.replace('_', ' ')}"
    because = ", ".join(trace.why[:_FEATURES])
    lines = [
        f"{title} ({trace.source or 'unnamed source'}{published})",
        f"1. Seen {_moment(trace.seen_at)} {by}",
        f"2. Judged {verdict} (score {trace.score:.2f} of 1)",
        f"    because of: {_cut(because, _LONGEST)}" if because else "",
    ]
    if trace.deal_id:
        lines.append(f"3. Joined deal {trace.deal_id}" + (f": {headline(deal)}" if deal else ""))
        lines += [f"4. {_message(sent)}" for sent in trace.messages]
        if not trace.messages:
            lines.append(
                "4. No message: the news was old when it was seen, nothing was new in it, "
                "or no channel asks for such deals"
            )
    return [line for line in lines if line]


def _message(sent: Sent) -> str:
    told = {"new": "the card", "change": "a change", "source": "one more source"}
    what = f"To {sent.channel!r}: {told.get(sent.news, sent.news)}"
    failed = f" (tried {sent.attempts} times; {_cut(sent.reason, 100)})" if sent.attempts else ""
    if sent.state == "sent":
        return f"{what}, sent {_moment(sent.sent_at or sent.send_at)}"
    if sent.state == "waiting":
        return f"{what}, waits until {_moment(sent.send_at)}{failed}"
    return f"{what}, not sent{failed or f': {_cut(sent.reason, 100)}'}"


def _feed_told(feed: FeedState, now: datetime) -> str:
    said = f"The feed “{feed.name}” is of this site"
    if feed.errors:
        return f"{said}, but its last {feed.errors} polls failed: {_cut(feed.error, 100)}"
    if feed.succeeded_at is None:
        return f"{said}, but was never polled"
    hours = (now - feed.succeeded_at).total_seconds() / 3600
    ago = f"{hours:.0f} hours ago" if hours >= 1 else "within the hour"
    return f"{said}, last polled {_moment(feed.succeeded_at)} ({ago})"


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _related(one: str, other: str) -> bool:
    return bool(other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def _moment(moment: datetime) -> str:
    return f"{day(moment)} {moment:%H:%M} UTC"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
