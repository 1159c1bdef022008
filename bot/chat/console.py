"""The terminal as a chat service: cards and what follows, one under the other."""

from __future__ import annotations

from rich.console import Console

from bot.alerts import console_text
from bot.alerts.digest import Brief
from bot.model import Alert, Channel, Deal, Place


class ConsoleSender:
    """Prints cards and follow-ups; nothing that was printed can be edited."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> Place:  # noqa: ARG002
        """Print the card of *deal*."""
        self._console.print(console_text.card(deal))
        return Place(channel.name, "console", deal.id)

    async def follow_up(
        self,
        channel: Channel,  # noqa: ARG002
        place: Place,  # noqa: ARG002
        deal: Deal,
        alert: Alert,
    ) -> None:
        """Print what is new about *deal*."""
        self._console.print(console_text.follow_up_text(alert, deal))

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> None:
        """Do nothing: nothing that was printed can be edited."""

    async def brief(self, channel: Channel, brief: Brief) -> None:  # noqa: ARG002
        """Print several deals."""
        self._console.print(console_text.brief_text(brief))
