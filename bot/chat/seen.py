"""Events that were taken already: chat services send one again when its receipt got lost."""

from __future__ import annotations

from collections.abc import Callable

_FOR_S = 600  #: Slack repeats an event at once, after one minute and after five


class Seen:
    """Remembers ids for ten minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock  #: seconds
        self._until: dict[str, float] = {}  # in the order they came

    def before(self, event_id: str) -> bool:
        """Say whether *event_id* came before, and remember it; one without an id never did."""
        now = self._clock()
        while self._until and self._until[oldest := next(iter(self._until))] <= now:
            del self._until[oldest]
        if not event_id or event_id in self._until:
            return bool(event_id)
        self._until[event_id] = now + _FOR_S
        return False
