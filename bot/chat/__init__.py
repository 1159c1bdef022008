"""Alerts out to people, and their questions in: Slack, Telegram, console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.alerts.answer import Answer
from bot.alerts.digest import Brief
from bot.model import Alert, Channel, Correction, Deal, Place


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and where."""

    command: str  #: "deals", "deal", "help", …
    text: str = ""  #: what was typed behind it, untrusted
    offset: int = 0  #: where the page of an answer begins
    service: str = ""  #: "slack", "telegram"; "" on the command line
    user: str = ""  #: the service's id of who asks
    place: str = ""  #: the service's id of the channel or chat it is asked in


Ask = Callable[[Question], Awaitable[Answer]]
"""Answers a question."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a form for correcting a deal shows."""

    deal: Deal
    related: tuple[Deal, ...]  #: deals that may be the same, the likeliest first


class Corrector(Protocol):
    """Who carries out what people correct."""

    async def form(self, deal_id: str, by: str) -> Form:
        """Return what a form on a deal shows; raises CorrectionError when *by* gets none."""
        ...

    async def correct(self, correction: Correction) -> Answer:
        """Make *correction* and say what came of it."""
        ...

    async def undo(self, deal_id: str, by: str, number: int = 0) -> Answer:
        """Undo a correction of a deal, by its *number* or else the newest that holds."""
        ...


class Sender(Protocol):
    """One chat service, as delivery sees it.

    All raise SendLater (try again), CardGone (post a new card) or SendRefused (never).
    """

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:
        """Post the card of *deal* and return where it hangs."""
        ...

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        """Bring the card at *place* up to date and say what is new beneath it."""
        ...

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> None:
        """Bring the card at *place* up to date in silence; done twice it does no harm."""
        ...

    async def brief(self, channel: Channel, brief: Brief) -> None:
        """Post several deals in one message."""
        ...
