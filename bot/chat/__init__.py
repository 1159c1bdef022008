"""Alerts out to people, and their questions in: Slack, Telegram, console."""

from __future__ import annotations

from typing import Protocol

from bot.alerts.answer import Answer
from bot.model import Alert, Channel, Deal, Place


class Ask(Protocol):
    """Answers a question: a command ("deals"), the text behind it, and where its page begins."""

    async def __call__(self, command: str, text: str, offset: int = 0) -> Answer:
        """Return the answer."""
        ...


class Sender(Protocol):
    """One chat service, as delivery sees it.

    Both raise SendLater (try again), CardGone (post a new card) or SendRefused (never).
    """

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:
        """Post the card of *deal* and return where it hangs."""
        ...

    async def follow_up(self, channel: Channel, place: Place, deal: Deal, alert: Alert) -> None:
        """Bring the card at *place* up to date and say what is new beneath it."""
        ...
