"""The desk where people's questions are answered: gather from the store, decide, answer.

``/deals WORD …`` with a word of its own here is a command by itself: "/deals watch nvidia".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot import lookups
from bot.alerts.answer import Answer
from bot.alerts.opinion import opinion_answer
from bot.chat import Question
from bot.chat.commands import answer
from bot.errors import FeedError
from bot.opinion import Opinion
from bot.store.database import Database, open_reader
from bot.store.deals import Deals
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
#: Orders that change the store, one after the other on the writer's connection.
_WRITES: Mapping[str, Work] = {}
#: Questions that take more than the store.
_OTHERS = frozenset({"company", "read"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers look-ups and carries out orders."""

    db: Path
    writer: Writer
    clock: Callable[[], datetime]
    aliases: Mapping[str, str] = field(default_factory=dict)  #: normalized alias → company
    opinion: Opinion | None = None  #: reads what people point at; None: nothing does

    async def __call__(self, question: Question) -> Answer:
        """Answer one question."""
        question = _named(question)
        if question.command == "read":
            return await self._read(question)
        order = _WRITES.get(question.command)
        if order is not None:
            return await self.writer.run(order, question, self.clock())
        return await asyncio.to_thread(self._look_up, question)

    def _look_up(self, question: Question) -> Answer:
        work = _READS.get(question.command, _deals)
        with open_reader(self.db) as reader:
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


def _named(question: Question) -> Question:
    """Return "/deals watch nvidia" as the command "watch" with the text "nvidia"."""
    word, _, rest = question.text.strip().partition(" ")
    command = word.lower()
    if question.command == "deals" and command in (_READS.keys() | _WRITES.keys() | _OTHERS) - {
        "deals"
    }:
        return replace(question, command=command, text=rest.strip())
    return question
