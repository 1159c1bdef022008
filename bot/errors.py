"""Every error the bot raises on purpose.

BotError
├── SettingsError        start-up: a file or variable is wrong; the message says which
├── QueryError           a person's look-up has a part we do not understand
├── CorrectionError      a person's correction cannot be made; the message says why
├── FeedError            one feed, this time
│   ├── FeedUnreachable      try again later
│   ├── FeedUnreadable       the body is not a feed
│   └── FeedGone             410: stop asking
├── StoreError           the database
└── SendError            one message, this time
    ├── SendLater            the chat service asked us to wait, or could not be reached
    │   └── ChannelClosed        until a person mends it: no such channel, token refused
    ├── CardGone             the message to edit or answer is not there any more
    └── SendRefused          this message will never succeed
"""

from __future__ import annotations


class BotError(Exception):
    """The root: something went wrong that a person can read about and mend."""


class SettingsError(BotError):
    """A configuration file or variable is wrong; the message names it."""


class QueryError(BotError):
    """A look-up was not understood; the message shows the part and an example."""


class CorrectionError(BotError):
    """A correction cannot be made, or not any more; the message says why, to who made it."""


class FeedError(BotError):
    """One feed could not be polled this time."""

    def __init__(self, feed: str, reason: str) -> None:
        super().__init__(feed, reason)  # the arguments, so that workers can hand it back
        self.feed = feed  #: the feed's name, never its URL: that may hold a key
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.feed}: {self.reason}"


class FeedUnreachable(FeedError):
    """No usable answer this time: try again later."""

    def __init__(self, feed: str, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(feed, reason)
        self.wait_s = wait_s  #: seconds the host asked us to wait (Retry-After), or None


class FeedUnreadable(FeedError):
    """The host answered, but the body is not a feed."""


class FeedGone(FeedError):
    """410: the feed will not come back."""


class StoreError(BotError):
    """The database cannot be opened, read or written; the message names the file."""


class SendError(BotError):
    """One message could not be sent this time."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(channel, reason)
        self.channel = channel
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.channel}: {self.reason}"


class SendLater(SendError):
    """The chat service asked us to wait, or could not be reached."""

    def __init__(self, channel: str, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(channel, reason)
        self.wait_s = wait_s  #: seconds to wait, when the service said so


class ChannelClosed(SendLater):
    """The channel takes nothing until a person mends it; its messages wait."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(channel, reason, wait_s=900)


class CardGone(SendError):
    """The card to edit or answer is not there any more: post a new one."""


class SendRefused(SendError):
    """This message will never be accepted: bad markup, too long."""
