"""Worker processes: work on what strangers wrote, with a deadline and a memory limit each."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import partial
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from bot.errors import FeedError, FeedUnreachable, FeedUnreadable

P = ParamSpec("P")
R = TypeVar("R")


class Workers:
    """A few processes that parse feeds and read stories; an async context manager.

    A task that runs late or grows too large is killed with its process, which is replaced:
    no feed can stall, crash or bloat the bot.
    """

    def __init__(
        self,
        count: int,
        *,
        deadline_s: float = 60,
        memory_mb: int = 2_000,
        initializer: Callable[..., None] | None = None,
        initargs: Sequence[Any] = (),
    ) -> None:
        self._deadline_s = deadline_s
        # spawned, not forked: a fork copies the locks of threads that it does not copy
        self._new_pool = partial(
            ProcessPool,
            max_workers=count,
            initializer=_prepare,
            initargs=(memory_mb, initializer, initargs),
            context=multiprocessing.get_context("spawn"),
        )
        self._pool = self._new_pool()

    async def __aenter__(self) -> Workers:
        """Return the workers; processes start with the first task."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all work: what was not finished is polled again."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)

    async def run(self, work: Callable[..., R], *args: object, feed: str) -> R:
        """Return ``work(*args)``, done in a worker process on behalf of *feed*.

        Raises FeedUnreadable when it took too long or too much memory, or broke *work*, whatever
        that raised; FeedUnreachable when no process could be started, which is tried anew with
        the next task; FeedError as *work* did.
        """
        if not self._pool.active:
            self._pool = self._new_pool()
        future = self._pool.schedule(work, args=args, timeout=self._deadline_s)
        try:
            return await asyncio.wrap_future(future)
        except TooLate:
            reason = f"took longer than {self._deadline_s:g} seconds to read"
            raise FeedUnreadable(feed, reason) from None
        except MemoryError:
            raise FeedUnreadable(feed, "takes too much memory to read") from None
        except ProcessExpired as error:
            raise FeedUnreadable(feed, f"crashed its reader (exit {error.exitcode})") from None
        except FeedError:
            raise
        except BrokenExecutor as error:  # no fault of what was read: it is read later
            raise FeedUnreachable(feed, f"no reader process can start: {error}") from None
        except Exception as error:
            # what strangers write finds every bug: it costs one story, not the round
            raise FeedUnreadable(feed, f"broke its reader: {error!r:.200}") from error


def _prepare(
    memory_mb: int, initializer: Callable[..., None] | None, initargs: Sequence[Any]
) -> None:
    limit = memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if initializer is not None:
        initializer(*initargs)
