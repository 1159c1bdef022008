"""The desk where people's questions are answered: gather from the store, decide, answer.

``/deals WORD …`` with a word of its own here is a command by itself: "/deals watch nvidia".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.alerts.answer import Answer
from bot.chat import Ask, Question
from bot.chat.commands import answer
from bot.store.database import Database, open_reader
from bot.store.deals import Deals
from bot.store.writer import Writer

Work = Callable[[Database, Question, datetime], Answer]


def _deals(db: Database, question: Question, now: datetime) -> Answer:
    return answer(question, Deals(db), now.date())


#: Questions that only read, each on a connection of its own.
_READS: Mapping[str, Work] = {"deals": _deals, "deal": _deals, "help": _deals}
#: Orders that change the store, one after the other on the writer's connection.
_WRITES: Mapping[str, Work] = {}
_FEEDS = "feeds"  #: asked and ordered at a desk of their own


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers look-ups and carries out orders."""

    db: Path
    writer: Writer
    clock: Callable[[], datetime]
    feed_desk: Ask | None = None  #: answers what is asked about feeds

    async def __call__(self, question: Question) -> Answer:
        """Answer one question."""
        question = _named(question)
        if question.command == _FEEDS and self.feed_desk is not None:
            return await self.feed_desk(question)
        order = _WRITES.get(question.command)
        if order is not None:
            return await self.writer.run(order, question, self.clock())
        return await asyncio.to_thread(self._look_up, question)

    def _look_up(self, question: Question) -> Answer:
        work = _READS.get(question.command, _deals)
        with open_reader(self.db) as reader:
            return work(reader, question, self.clock())


_WORDS = _READS.keys() | _WRITES.keys() | {_FEEDS}


def _named(question: Question) -> Question:
    """Return "/deals watch nvidia" as the command "watch" with the text "nvidia"."""
    word, _, rest = question.text.strip().partition(" ")
    command = word.lower()
    if question.command == "deals" and command in _WORDS - {"deals"}:
        return replace(question, command=command, text=rest.strip())
    return question
