"""The desk for feeds: everybody may see how they are, admins may change which there are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.alerts.answer import Answer, File
from bot.alerts.feed_health import by_need, line_of, title_of
from bot.chat import Question
from bot.errors import FeedError, FeedUnreadable, SettingsError
from bot.feed_list import FeedList
from bot.feeds.address import cleaned, host_of, is_secret, listed_as, name_for, refusal, shown
from bot.feeds.discover import find_feed
from bot.feeds.fetch import fetch, leads_inside, web_session
from bot.feeds.opml import MOST_BYTES, Import, opml_of, read_opml
from bot.feeds.workers import Workers
from bot.model import Feed, FeedState
from bot.store.database import open_reader
from bot.store.feeds import Feeds

log = logging.getLogger(__name__)

_PAGE = 8  #: feeds on a page: what Telegram takes in one message
_MOST_SKIPPED = 15  #: named one by one
_HOW = """\
/deals feeds: all of them, failing ones first; /deals feeds PART OF NAME
/deals feeds add URL [NAME]: a feed, or a page that names one
/deals feeds remove NAME
/deals feeds import URL: the feeds of an OPML file
/deals feeds export: all of them as an OPML file"""

Order = Callable[[str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class FeedDesk:
    """Answers what is asked about feeds, and carries out orders of admins."""

    db: Path
    listed: FeedList
    workers: Workers
    admins: tuple[str, ...]  #: ids of users
    clock: Callable[[], datetime]
    inside: bool = False  #: addresses inside our own network are fine
    patience_s: float = 40  #: for all requests of an order; what it writes is never cut short

    async def __call__(self, question: Question) -> Answer:
        """Answer one question."""
        word, _, rest = question.text.strip().partition(" ")
        orders: dict[str, Order] = {
            "add": self._add, "remove": self._remove, "import": self._import,
        }  # fmt: skip
        order = orders.get(word.lower())
        if order is not None:
            return await self._carry_out(order, rest.strip(), question.user)
        if question.text.strip().lower() == "export":
            return self._export()
        if question.text.strip().lower() == "help":
            return Answer("Feeds from chat", text=_HOW)
        return await asyncio.to_thread(self._health, question)

    async def _carry_out(self, order: Order, asked: str, user: str) -> Answer:
        """Let an admin do what only admins may."""
        if user not in self.admins:
            return _not_allowed(user, nobody=not self.admins)
        try:
            answer = await order(asked)
        except FeedError as error:
            return Answer("Not done", error=f"{error.feed}: {error.reason}.")
        except SettingsError as error:
            return Answer("Not done", error=f"{_sentence(str(error))}.")
        except TimeoutError:
            return Answer("Not done", error=f"No answer within {self.patience_s:g} seconds.")
        log.info("feeds changed user=%s outcome=%r", user, answer.title)
        return answer

    # ---- how feeds are ----

    def _health(self, question: Question) -> Answer:
        part = " ".join(question.text.split())
        with open_reader(self.db) as reader:
            states = {state.name: state for state in Feeds(reader).all()}
        wanted = [feed for feed in self.listed.feeds if part.casefold() in feed.name.casefold()]
        if not wanted:
            return Answer(
                f"No feed with {part!r} in its name" if part else "No feeds",
                hint="Try /deals feeds help.",
            )
        page = by_need(wanted, states)[question.offset : question.offset + _PAGE]
        now = self.clock()
        return Answer(
            title_of(wanted, states) + (f" for {part}" if part else ""),
            feeds=tuple(
                line_of(feed, states.get(feed.name), shown(feed.url), now) for feed in page
            ),
            total=len(wanted),
            offset=question.offset,
            page_size=_PAGE,
            query=f"feeds {part}".strip(),
        )

    # ---- one feed ----

    async def _add(self, asked: str) -> Answer:
        address, _, name = asked.partition(" ")
        url = self._address(address, "/deals feeds add https://grid.example/rss")
        if known := listed_as(url, self.listed.feeds):
            return _listed_already(known)
        async with asyncio.timeout(self.patience_s), web_session(inside=self.inside) as session:
            found = await find_feed(session, url, self.clock(), workers=self.workers)
        if reason := refusal(found.url, inside=self.inside):
            raise FeedUnreadable(host_of(url), f"it leads to {host_of(found.url)}; {reason}")
        if known := listed_as(found.url, self.listed.feeds):
            return _listed_already(known)
        taken = {feed.name for feed in self.listed.feeds}
        feed = Feed(cleaned(name) or name_for(found.title, found.url, taken), found.url)
        if feed.name in taken:
            raise SettingsError(
                f"another feed is called {feed.name!r}: put a name of your own behind the address"
            )
        await self.listed.add([feed])
        return Answer(
            f"Added {feed.name!r}",
            text=f"{shown(feed.url)}, every {feed.every_min} minutes, from now on.\n"
            "Its first poll learns what is known already; only fresh stories make cards.",
        )

    async def _remove(self, name: str) -> Answer:
        names = [feed.name for feed in self.listed.feeds]
        if not name:
            return Answer("Remove what?", error="Name a feed.", hint="/deals feeds lists them.")
        same = [each for each in names if each.casefold() == name.casefold()]
        if not same:
            like = [each for each in names if name.casefold() in each.casefold()][:3]
            hint = f"Perhaps {' or '.join(map(repr, like))}?" if like else "/deals feeds lists all."
            return Answer("Not removed", error=f"No feed is called {name[:100]!r}.", hint=hint)
        exact = name if name in same else same[0]
        url = next(feed.url for feed in self.listed.feeds if feed.name == exact)
        await self.listed.remove(exact)
        back = "" if is_secret(url) else f"\nBack again: /deals feeds add {url} {exact}"
        return Answer(f"Removed {exact!r}", text=f"Its stories and deals stay.{back}")

    # ---- many feeds ----

    async def _import(self, asked: str) -> Answer:
        url = self._address(asked, "/deals feeds import https://grid.example/feeds.opml")
        name = host_of(url)
        async with asyncio.timeout(self.patience_s), web_session(inside=self.inside) as session:
            state = FeedState(name, url)
            fetched = await fetch(session, state, max_bytes=MOST_BYTES, now=self.clock())
            brought = await self.workers.run(
                read_opml, fetched.body or b"", name, self.listed.feeds, feed=name
            )
            if not self.inside:
                brought = await without_inside(brought)
        if brought.feeds:
            await self.listed.add(brought.feeds)
        return Answer(*told(brought))

    def _address(self, typed: str, example: str) -> str:
        """Return an address without what a chat puts around it: <https://…|grid.example>.

        Raises SettingsError when nothing can be listed or asked there.
        """
        url = typed.strip().strip("<>").partition("|")[0]
        reason = refusal(url, inside=self.inside) if url else "an address is missing"
        if reason:
            raise SettingsError(f"{reason}; try {example}")
        return url

    def _export(self) -> Answer:
        feeds = [feed for feed in self.listed.feeds if not is_secret(feed.url)]
        left = len(self.listed.feeds) - len(feeds)
        hint = f"Left out: {left} with a key in their address." if left else ""
        file = File("feeds.opml", opml_of(feeds).encode(), "text/x-opml")
        return Answer(f"{len(feeds)} feeds", hint=hint, file=file)


async def without_inside(brought: Import) -> Import:
    """Return *brought* without the feeds whose host's name leads inside our own network."""
    hosts = {host_of(feed.url) for feed in brought.feeds}
    gate = asyncio.Semaphore(16)

    async def ours(host: str) -> bool:
        async with gate:
            return await leads_inside(host)

    inside = dict(zip(hosts, await asyncio.gather(*map(ours, hosts)), strict=True))
    kept = tuple(feed for feed in brought.feeds if not inside[host_of(feed.url)])
    refused = tuple(
        (feed.name, "this address is inside the network")
        for feed in brought.feeds
        if inside[host_of(feed.url)]
    )
    return Import(kept, brought.skipped + refused)


def told(brought: Import) -> tuple[str, str]:
    """Return what came of an import: a title, and what was skipped with the reason."""
    count = len(brought.feeds)
    title = f"Added {count} {'feed' if count == 1 else 'feeds'}"
    if not (count or brought.skipped):
        return title, "The file names no feed."
    skipped = [f"Skipped {name!r}: {reason}" for name, reason in brought.skipped]
    more = len(skipped) - _MOST_SKIPPED
    rest = [f"… and {more} more skipped"] if more > 0 else []
    return title, "\n".join(skipped[:_MOST_SKIPPED] + rest)


def _listed_already(feed: Feed) -> Answer:
    off = "" if feed.enabled else ", switched off in feeds.toml"
    return Answer("Listed already", text=f"This feed is listed as {feed.name!r}{off}.")


def _not_allowed(user: str, *, nobody: bool) -> Answer:
    who = "Nobody may change feeds from chat yet" if nobody else "Only admins change feeds"
    return Answer(
        "Not allowed",
        error=f"{who}.",
        hint=f'To be one, have your id named in settings.toml: admins = ["{user}"], '
        "and the bot started again.",
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
