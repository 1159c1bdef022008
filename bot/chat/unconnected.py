"""A chat service whose token was refused: its messages wait until somebody mends that."""

from __future__ import annotations

from typing import NoReturn

from bot.alerts.digest import Brief
from bot.errors import ChannelClosed
from bot.model import Alert, Channel, Deal, Place


class UnconnectedSender:
    """Sends nothing and loses nothing."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def post(self, channel: Channel, deal: Deal, alert: Alert) -> NoReturn:  # noqa: ARG002
        """Put the message off."""
        raise ChannelClosed(channel.name, self._reason)

    async def follow_up(
        self,
        channel: Channel,
        place: Place,  # noqa: ARG002
        deal: Deal,  # noqa: ARG002
        alert: Alert,  # noqa: ARG002
    ) -> NoReturn:
        """Put the message off."""
        raise ChannelClosed(channel.name, self._reason)

    async def refresh(self, channel: Channel, place: Place, deal: Deal) -> NoReturn:  # noqa: ARG002
        """Put the message off."""
        raise ChannelClosed(channel.name, self._reason)

    async def brief(self, channel: Channel, brief: Brief) -> NoReturn:  # noqa: ARG002
        """Put the message off."""
        raise ChannelClosed(channel.name, self._reason)
