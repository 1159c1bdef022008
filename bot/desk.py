"""The desk where people's questions are answered: gather from the store, decide, answer.

``/deals WORD …`` with a word of its own here is a command by itself: "/deals watch nvidia".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot import corrections
from bot.alerts.answer import Answer
from bot.chat import Form, Question
from bot.chat.commands import answer
from bot.errors import CorrectionError
from bot.model import Correction, CorrectionKind, Reason
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
#: Corrections that take no form.
_CORRECTIONS = frozenset({"reject", "undo"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers look-ups and carries out orders."""

    db: Path
    writer: Writer
    clock: Callable[[], datetime]
    correctors: tuple[str, ...] | None = None  #: ids of who may correct; None is everyone

    async def __call__(self, question: Question) -> Answer:
        """Answer one question."""
        question = _named(question)
        if question.command in _CORRECTIONS:
            return await self._correction(question)
        order = _WRITES.get(question.command)
        if order is not None:
            return await self.writer.run(order, question, self.clock())
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
            return work(reader, question, self.clock())


_NOT_ALLOWED = "You may not correct deals here: ask who runs the bot to name you as a corrector."


def _named(question: Question) -> Question:
    """Return "/deals watch nvidia" as the command "watch" with the text "nvidia"."""
    word, _, rest = question.text.strip().partition(" ")
    command = word.lower()
    known = (_READS.keys() | _WRITES.keys() | _CORRECTIONS) - {"deals"}
    if question.command == "deals" and command in known:
        return replace(question, command=command, text=rest.strip())
    return question
