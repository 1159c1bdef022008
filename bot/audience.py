"""Who hears: the channels of channels.toml, and what channels and people asked for in chat."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.alerts.route import everyone, with_hours
from bot.errors import QueryError
from bot.model import Channel, Hours
from bot.query import Query, parse_query
from bot.store.database import Database
from bot.store.subscriptions import Subscriptions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Audience:
    """Looks up who hears now: subscriptions may change while the bot runs."""

    channels: Sequence[Channel]  #: of channels.toml; only those that are connected
    services: Collection[str]  #: the connected chat services

    def listeners(self, db: Database, today: date) -> list[tuple[Channel, Query]]:
        """Return who hears what; a channel stands there once for each of its look-ups."""
        found = []
        for channel in self._everyone(db):
            try:
                found.append((channel, parse_query(channel.query, today)))
            except QueryError as error:  # an older version took it
                log.warning("look-up unreadable channel=%s: %s", channel.name, error)
        return found

    def by_name(self, db: Database) -> dict[str, Channel]:
        """Return every channel that hears something."""
        return {channel.name: channel for channel in self._everyone(db)}

    def at(self, db: Database, service: str, address: str) -> Channel | None:
        """Return the channel of channels.toml that is there, with its hours; None without one."""
        hours = Subscriptions(db).hours().get((service, address), Hours())
        for channel in self.channels:
            if (channel.service, channel.address) == (service, address):
                return with_hours(channel, hours)
        return None

    def _everyone(self, db: Database) -> list[Channel]:
        asked = [each for each in Subscriptions(db).all() if each.service in self.services]
        return everyone(self.channels, asked, Subscriptions(db).hours())
