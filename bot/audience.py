"""Who hears: the channels of channels.toml, and what channels and people asked for in chat."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.alerts.route import channel_at, everyone, with_hours
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

    def at(self, db: Database, service: str, address: str) -> tuple[Channel, Channel | None]:
        """Return the channel at a place, and the entry of channels.toml for it if there is one."""
        here = (service, address)
        listed = next((c for c in self.channels if (c.service, c.address) == here), None)
        hours = Subscriptions(db).hours().get(here, Hours())
        return with_hours(listed or channel_at(service, address), hours), listed

    def _everyone(self, db: Database) -> list[Channel]:
        asked = [each for each in Subscriptions(db).all() if each.service in self.services]
        return everyone(self.channels, asked, Subscriptions(db).hours())
