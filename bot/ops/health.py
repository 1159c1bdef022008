"""Is the bot at work? Its pulse beats after every job that came to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

_LONGEST = timedelta(minutes=10)  #: between two beats: a round of slow feeds takes a while


class Pulse:
    """Remembers when a job last came to its end."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last = clock()

    def alive(self) -> bool:
        """Say whether a job ended within the last ten minutes."""
        return self._clock() - self._last <= _LONGEST

    def after(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Return *job* with a beat at its end."""

        async def run() -> None:
            await job()
            self._last = self._clock()

        return run
