"""One log line an event, with every secret masked."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from rich.console import Console
from rich.logging import RichHandler

#: Tickets of Slack's sockets, and names and passwords in addresses.
_IN_ADDRESSES = re.compile(r"(?<=ticket=)[^&\s'\"]+|(?<=://)[^/\s@'\"]+(?=@)")


class _Masking(logging.Formatter):
    """Formats a record, then takes out what nobody may read."""

    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        super().__init__(form, datefmt="%Y-%m-%d %H:%M:%S")
        self._secrets = tuple(filter(None, secrets))

    def format(self, record: logging.LogRecord) -> str:
        """Return the masked line, its traceback included."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "•••")
        return _IN_ADDRESSES.sub("•••", line)


def start_logging(secrets: Iterable[str], console: Console | None = None) -> None:
    """Log to the error stream, or between what *console* shows; libraries only when they warn."""
    handler: logging.Handler
    if console is None:
        handler = logging.StreamHandler()
        handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(message)s", secrets))
    else:
        handler = RichHandler(console=console, show_path=False, show_time=False)
        handler.setFormatter(_Masking("%(message)s", secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # a round that outlasts its interval is no fault: the next one makes up for it
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("bot").setLevel(logging.INFO if console is None else logging.WARNING)
