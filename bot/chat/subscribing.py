"""Orders on what a channel or a person hears, and when. Pure but for the book it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.alerts.answer import Answer
from bot.alerts.hours import parse_digest, parse_quiet, parse_zone
from bot.alerts.route import is_sure, with_hours
from bot.chat import Question
from bot.chat.commands import DealLibrary
from bot.errors import QueryError
from bot.model import Channel, Hours, Subscription
from bot.query import Query, parse_query

MOST = 40  #: subscriptions of one channel or person
_LOOK_BACK = timedelta(days=30)
_NEWEST = 3  #: deals that an answer names
_MOST_TESTED = 2000  #: deals that a back-test looks at
_PERSONAL = frozenset({"watch", "watches", "unwatch"})


class Book(Protocol):
    """What was asked for in chat, as orders need it."""

    def at(self, service: str, address: str) -> list[Subscription]:
        """Return what one channel or person asked for, oldest first."""
        ...

    def add(self, subscription: Subscription) -> None:
        """Remember a subscription."""
        ...

    def remove(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        ...

    def hours(self) -> dict[tuple[str, str], Hours]:
        """Return what was said about hours, by service and address."""
        ...

    def set_hours(self, service: str, address: str, hours: Hours) -> None:
        """Remember the hours of a channel or person."""
        ...


def address_of(question: Question) -> str:
    """Return whose hearing an order is about: the person's own id, or the channel's.

    In a direct message it is the person's: the bot could not post into one between people.
    """
    direct = question.service == "slack" and question.place.startswith("D")
    return question.user if question.command in _PERSONAL or direct else question.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order, with all that is needed to carry it out."""

    question: Question
    channel: Channel  #: whose hearing it is about
    listed: Channel | None  #: its entry of channels.toml, which no order from chat takes away
    book: Book
    deals: DealLibrary
    now: datetime

    @property
    def text(self) -> str:
        """Return what was typed behind the command, in plain signs."""
        return " ".join(self.question.text.replace("“", '"').replace("”", '"').split())

    @property
    def personal(self) -> bool:
        """Say whether it is about what one person hears."""
        return self.channel.address == self.question.user

    @property
    def hears(self) -> str:
        """Return the beginning of a sentence."""
        place = "chat" if self.channel.service == "telegram" else "channel"
        return "You hear" if self.personal else f"This {place} hears"

    @property
    def undo(self) -> str:
        """Return the command that takes one away."""
        return "unwatch" if self.personal else "unsubscribe"

    @property
    def lists(self) -> str:
        """Return the command that lists what is heard."""
        return "watches" if self.personal else "subscriptions"

    @property
    def today(self) -> date:
        """Return the day from which look-ups count back."""
        return self.now.date()

    # ---- what is heard ----

    def subscribe(self) -> Answer:
        """Add a look-up, and say what it would have posted."""
        if not self.text:
            return Answer(
                "Hear of what?",
                error="Say which deals.",
                hint="Try /deals watch coreweave."
                if self.personal
                else "Try /deals subscribe amount>=1b -status:rumored, or /deals subscribe all.",
            )
        text = "" if self.text.casefold() == "all" else self.text
        query = parse_query(text, self.today)
        if text and _in_order(query) == Query():
            raise QueryError(f"{text!r} says nothing of which deals; all is every deal")
        known = self._known()
        if heard := self._heard_already(query, known):
            return self._list(f"{self.hears} that already: {heard}", known)
        if len(known) >= MOST:
            return Answer(
                "Too many",
                error=f"{self.hears} {MOST} look-ups, which is the most.",
                hint=f"Take one away first: /deals {self.undo} {known[0].id}.",
            )
        self.book.add(
            Subscription(
                self.channel.service, self.channel.address, text, self.question.user, self.now
            )
        )
        made = next(each for each in self._known() if each.query == text)
        return self._back_test(made, query)

    def _back_test(self, made: Subscription, query: Query) -> Answer:
        since = max(filter(None, (query.since, self.today - _LOOK_BACK)))
        query = replace(query, since=since, by_amount=False)
        found = [
            deal for deal in self.deals.search(query, limit=_MOST_TESTED) if is_sure(deal.sources)
        ]
        count, newest = len(found), tuple(found[:_NEWEST])
        verb = "told you of" if self.personal else "posted"
        told = f"Would have {verb} {count or 'nothing'} in the last {_LOOK_BACK.days} days"
        hints = [f"All of them: /deals {made.query} since:30d."] if count > len(newest) else []
        hints.append(f"Undo: /deals {self.undo} {made.id}.")
        return Answer(
            f"{self.hears} now: {_shown(made.query)}",
            text=f"{told}:" if newest else f"{told}.",
            deals=newest,
            hint=" ".join([*hints, self._reachable()]).strip(),
        )

    def _reachable(self) -> str:
        """Return what a person has to do so that the bot may write here."""
        service, place = self.question.service, self.question.place
        if service == "slack" and not self.personal and self.listed is None:
            return "Am I in this channel? If not: /invite @dealwire."
        if service == "telegram" and self.personal and place != self.question.user:
            return "Open a private chat with me and press Start: else I may not write to you."
        return ""

    def unsubscribe(self) -> Answer:
        """Take away a look-up by its number or its words, or all."""
        known = self._known()
        going = known if self.text.casefold() == "all" else self._named(known)
        for each in going:
            self.book.remove(each)
        if not going:
            wanted = f" {self.text}" if self.text else ""
            return Answer(
                "Not found",
                error=f"{self.hears} nothing called{wanted or ' that'}.",
                hint=f"Write /deals {self.undo} with a number of /deals {self.lists}, or all.",
            )
        removed = ", ".join(_shown(each.query) for each in going)
        return self._list(f"No longer heard: {removed}", self._known())

    def _named(self, known: Sequence[Subscription]) -> list[Subscription]:
        """Return what the order names: a number first, as lists show them."""
        number = self.text.removeprefix("#")
        if by_number := [each for each in known if str(each.id) == number]:
            return by_number
        try:
            twin = self._same(parse_query(self.text, self.today), known) if self.text else None
        except QueryError:
            twin = None
        return [twin] if twin else []

    def list_all(self) -> Answer:
        """List what is heard."""
        known = self._known()
        if not known and not self.listed:
            example = "watch coreweave" if self.personal else "subscribe amount>=1b"
            return Answer(f"{self.hears} nothing yet", hint=f"Try /deals {example}.")
        looks = f"{len(known)} {'look-up' if len(known) == 1 else 'look-ups'}"
        return self._list(f"{self.hears} {looks} asked for in chat", known)

    def _list(self, title: str, known: Sequence[Subscription]) -> Answer:
        lines = []
        if self.listed is not None:
            lines.append(f"From channels.toml: {_shown(self.listed.query)}")
        lines += [hours] if (hours := hours_text(self.channel)) else []
        return Answer(title, text="\n".join(lines), subscriptions=tuple(known), undo=self.undo)

    def _known(self) -> list[Subscription]:
        return self.book.at(self.channel.service, self.channel.address)

    def _same(self, query: Query, known: Sequence[Subscription]) -> Subscription | None:
        """Return the one that asks for the same, in whatever words."""
        return next((each for each in known if _reads_as(query, each.query, self.today)), None)

    def _heard_already(self, query: Query, known: Sequence[Subscription]) -> str:
        """Return the look-up that brings all that *query* asks for, or ""."""
        twin = self._same(query, known) or self._same(Query(), known)
        if twin is not None:
            return f"{_shown(twin.query)} (#{twin.id})"
        if self.listed and any(
            _reads_as(each, self.listed.query, self.today) for each in (query, Query())
        ):
            return f"{_shown(self.listed.query)} (channels.toml)"
        return ""

    # ---- hours ----

    def quiet(self) -> Answer:
        """Set, show or end quiet hours."""
        return self._set_hours("quiet", lambda text: str(parse_quiet(text)))

    def digest(self) -> Answer:
        """Set, show or end the hour of the brief."""
        return self._set_hours("digest", lambda text: str(parse_digest(text)))

    def _set_hours(self, what: str, read: Callable[[str], str]) -> Answer:
        key = (self.channel.service, self.channel.address)
        hours = self.book.hours().get(key, Hours())
        words = self.text.split()
        if words:
            zone = words.pop() if len(words) > 1 and words[-1][0].isalpha() else ""
            value = "" if [word.casefold() for word in words] == ["off"] else read(" ".join(words))
            hours = replace(hours, quiet=value) if what == "quiet" else replace(hours, digest=value)
            hours = replace(hours, timezone=parse_zone(zone).key) if zone else hours
            self.book.set_hours(*key, hours)
        example = "quiet 22:00-07:00 Europe/Berlin" if what == "quiet" else "digest daily 08:00"
        return Answer(
            hours_text(with_hours(self.channel, hours)) or "Alerts come at any hour, as cards.",
            hint=f"Change it: /deals {example}, or /deals {what} off.",
        )


ORDERS: dict[str, Callable[[Order], Answer]] = {
    "subscribe": Order.subscribe,
    "subscriptions": Order.list_all,
    "unsubscribe": Order.unsubscribe,
    "watch": Order.subscribe,
    "watches": Order.list_all,
    "unwatch": Order.unsubscribe,
    "quiet": Order.quiet,
    "digest": Order.digest,
}


def carry_out(order: Order) -> Answer:
    """Carry out an order on what a channel or a person hears."""
    try:
        return ORDERS[order.question.command](order)
    except QueryError as error:
        said = str(error)
        return Answer(
            "Not understood",
            error=f"{said[:1].upper()}{said[1:]}.",
            hint="/deals help shows how to write it.",
        )


def hours_text(channel: Channel) -> str:
    """Return the hours of *channel* in words; "" when it has none."""
    parts = []
    if channel.quiet:
        start, _, end = channel.quiet.partition("-")
        parts.append(f"Quiet from {start} to {end}: what comes then waits")
    if channel.digest:
        parts.append(f"Briefs instead of cards, {channel.digest}")
    return f"{'. '.join(parts)} ({channel.timezone})." if parts else ""


def _reads_as(query: Query, text: str, today: date) -> bool:
    try:
        return _in_order(query) == _in_order(parse_query(text, today))
    except QueryError:  # an older version took it
        return False


def _in_order(query: Query) -> Query:
    """Return *query* so that two that ask for the same are equal."""
    return replace(
        query,
        words=tuple(sorted(set(query.words))),
        not_words=tuple(sorted(set(query.not_words))),
        wanted=tuple(sorted(set(query.wanted))),
        unwanted=tuple(sorted(set(query.unwanted))),
        amounts=tuple(sorted(set(query.amounts))),
        by_amount=False,
    )


def _shown(query: str) -> str:
    return query or "every deal"
