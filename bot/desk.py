"""The desk where people's questions are answered: gather from the store, decide, answer.

``/deals WORD …`` with a word of its own here is a command by itself: "/deals watch nvidia".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot import corrections, lookups
from bot.alerts.answer import Answer
from bot.alerts.opinion import opinion_answer
from bot.alerts.vitals import vitals_text
from bot.audience import Audience
from bot.chat import Ask, Form, Question
from bot.chat.commands import answer
from bot.chat.subscribing import ORDERS, Order, address_of, carry_out
from bot.errors import CorrectionError, FeedError
from bot.model import Correction, CorrectionKind, Reason, Vitals
from bot.opinion import Opinion
from bot.query import Query
from bot.store.database import Database, open_reader
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.subscriptions import Subscriptions
from bot.store.writer import Writer

Work = Callable[[Database, Question, datetime], Answer]


def _deals(db: Database, question: Question, now: datetime) -> Answer:
    return answer(question, Deals(db), now.date())


#: Questions that only read, each on a connection of its own.
_READS: Mapping[str, Work] = {
    "deals": _deals,
    "deal": _deals,
    "help": _deals,
    "top": _deals,
    "stats": lookups.stats,
    "export": lookups.export,
    "why": lookups.why,
}
#: Questions that take more than the store.
_OTHERS = frozenset({"company", "read", "feeds"})
_NOBODY_ELSE = Audience((), ("slack", "telegram"))
_HEALTH = frozenset({"health", "app_home"})
_NEWEST = 5  #: deals on the Home tab
#: Corrections that take no form.
_CORRECTIONS = frozenset({"reject", "undo"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers look-ups and carries out orders."""

    db: Path
    writer: Writer
    clock: Callable[[], datetime]
    audience: Audience = _NOBODY_ELSE
    feeds: Collection[str] = ()  #: names of those that are on
    started: datetime | None = None
    correctors: tuple[str, ...] | None = None  #: ids of who may correct; None is everyone
    aliases: Mapping[str, str] = field(default_factory=dict)  #: normalized alias → company
    opinion: Opinion | None = None  #: reads what people point at; None: nothing does
    feed_desk: Ask | None = None  #: answers what is asked about feeds

    async def __call__(self, question: Question) -> Answer:
        """Answer one question."""
        question = _named(question)
        if question.command in ORDERS:
            return await self.writer.run(_order, question, self.clock(), self.audience)
        if question.command in _CORRECTIONS:
            return await self._correction(question)
        if question.command == "read":
            return await self._read(question)
        if question.command == "feeds" and self.feed_desk is not None:
            return await self.feed_desk(question)
        return await asyncio.to_thread(self._look_up, question)

    # ---- corrections ----

    async def form(self, deal_id: str, by: str) -> Form:
        """Return what a form on a deal shows; raises CorrectionError when *by* gets none."""
        if not self._may(by):
            raise CorrectionError(_NOT_ALLOWED)
        return await asyncio.to_thread(self._form, deal_id)

    def _form(self, deal_id: str) -> Form:
        with open_reader(self.db) as reader:
            return corrections.form(reader, deal_id)

    async def correct(self, correction: Correction) -> Answer:
        """Make *correction* and say what came of it."""
        if not self._may(correction.by):
            return Answer("Not corrected", error=_NOT_ALLOWED)
        return await self.writer.run(corrections.carry_out, correction, self.clock())

    async def undo(self, deal_id: str, by: str, number: int = 0) -> Answer:
        """Undo a correction of a deal, by its *number* or else the newest that holds."""
        if not self._may(by):
            return Answer("Not undone", error=_NOT_ALLOWED)
        now = self.clock()
        return await self.writer.run(corrections.undo, deal_id, by, now, number=number)

    async def _correction(self, question: Question) -> Answer:
        deal_id, _, word = question.text.strip().partition(" ")
        if question.command == "undo":
            return await self.undo(deal_id, question.user)
        reason = word.strip().lower().replace(" ", "_") or Reason.OTHER
        if reason not in list(Reason):
            known = ", ".join(Reason)
            return Answer("Not corrected", error=f"{word[:40]!r} is no reason. Known: {known}.")
        return await self.correct(
            Correction(CorrectionKind.REJECT, deal_id, question.user, reason=Reason(reason))
        )

    def _may(self, user: str) -> bool:
        return self.correctors is None or user in self.correctors

    # ---- look-ups ----

    def _look_up(self, question: Question) -> Answer:
        work = _READS.get(question.command, _deals)
        with open_reader(self.db) as reader:
            if question.command in _HEALTH:
                return self._health(reader, question, self.clock())
            if question.command == "company":
                found = lookups.company(reader, question, self.aliases)
            else:
                found = work(reader, question, self.clock())
        return replace(found, shareable=True)

    async def _read(self, question: Question) -> Answer:
        asked = lookups.pointed_at(question.text)
        if not asked or self.opinion is None:
            hint = "Try /deals read https://example.com/story."
            return Answer("Read what?", error="Name the address of an article.", hint=hint)
        try:
            verdict = await self.opinion(asked)
        except FeedError as error:
            return Answer("Not read", error=f"{error.feed} cannot be read: {error.reason}.")
        found = opinion_answer(verdict, await asyncio.to_thread(self._known, asked))
        # a text may come from a private message: it is neither stored nor shown to others
        return replace(found, shareable=bool(verdict.story.url))

    def _known(self, asked: str) -> str | None:
        with open_reader(self.db) as reader:
            return next((trace.deal_id for trace in lookups.traces(reader, asked)), None)

    def _health(self, db: Database, question: Question, now: datetime) -> Answer:
        """Return how the bot is; on the Home tab with the newest deals and one's watches."""
        states = [state for state in Feeds(db).all() if state.name in self.feeds]
        vitals = Vitals(
            since=self.started,
            feeds=len(self.feeds),
            failing=tuple(state.name for state in states if state.errors),
            new_story_at=max(filter(None, (each.new_story_at for each in states)), default=None),
            waiting=Outbox(db).waiting(),
        )
        text = vitals_text(vitals, now)
        if question.command == "health":
            return Answer("Health", text=text)
        return Answer(
            "Home",
            text=text,
            deals=tuple(Deals(db).search(Query(), limit=_NEWEST)),
            subscriptions=tuple(Subscriptions(db).at(question.service, question.user)),
        )


def _order(db: Database, question: Question, now: datetime, audience: Audience) -> Answer:
    """Carry out an order on what a channel or a person hears."""
    address = address_of(question)
    if not (question.service and question.user and address):
        return Answer("Not here", error="Ask this in a channel, or in a chat with the bot.")
    channel, listed = audience.at(db, question.service, address)
    with db.atomic():
        reply = carry_out(
            Order(
                question=question,
                channel=channel,
                listed=listed,
                book=Subscriptions(db),
                deals=Deals(db),
                now=now,
            )
        )
        if channel.name not in audience.by_name(db):
            Outbox(db).drop(channel.name, "nothing is subscribed to any more")
    return reply


_WORDS = (_READS.keys() | ORDERS.keys() | _OTHERS | _CORRECTIONS | {"health"}) - {"deals"}


_NOT_ALLOWED = "You may not correct deals here: ask who runs the bot to name you as a corrector."


def _named(question: Question) -> Question:
    """Return "/deals watch nvidia" as the command "watch" with the text "nvidia"."""
    word, _, rest = question.text.strip().partition(" ")
    command = word.lower()
    if question.command == "deals" and command in _WORDS:
        return replace(question, command=command, text=rest.strip())
    return question
