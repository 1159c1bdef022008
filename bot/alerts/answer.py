"""What the bot answers to a question, before any chat service gives it its looks. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Deal, Subscription


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with an answer."""

    name: str
    content: bytes
    media_type: str  #: "image/png", "text/csv"


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed with its health, as a list shows it."""

    mark: str  #: a coloured dot
    name: str
    about: str  #: its state, where it is
    times: str  #: last success, last new story, next poll


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a list of deals, one deal in depth, a text, or what was not understood."""

    title: str
    text: str = ""  #: plain text, may have lines
    deals: tuple[Deal, ...] = ()
    deal: Deal | None = None
    feeds: tuple[FeedLine, ...] = ()
    total: int = 0  #: deals or feeds that match, of which those above are a page
    offset: int = 0  #: where the page begins
    page_size: int = 10  #: deals or feeds that a full page holds
    query: str = ""  #: as asked
    subscriptions: tuple[Subscription, ...] = ()
    undo: str = ""  #: the command that takes one of them away
    error: str = ""  #: what was not understood
    hint: str = ""  #: what to try
    file: File | None = None
    shareable: bool = False  #: a look-up, which others may want to see too

    @property
    def left(self) -> int:
        """Return how many come after this page."""
        return self.total - self.offset - len(self.deals) - len(self.feeds)
