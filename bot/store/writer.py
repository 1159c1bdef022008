"""The one writer: a thread of its own, and the only connection that changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from bot.store.database import Database, open_store

P = ParamSpec("P")
R = TypeVar("R")


class Writer:
    """Runs functions on the writing connection, one after the other.

    An async context manager: opens the database, and closes it when all is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._db: Database | None = None

    async def __aenter__(self) -> Writer:
        """Open the database; raises StoreError naming the file."""
        try:
            self._db = await self._submit(lambda: open_store(self._path))
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is being written, then close."""
        if self._db is not None:
            await self._submit(self._db.close)
        self._thread.shutdown()

    async def run(
        self,
        work: Callable[Concatenate[Database, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Return ``work(db, *args, **kwargs)``, run in the writer's thread."""
        db = self._db
        if db is None:
            raise RuntimeError("the writer is not open")
        return await self._submit(lambda: work(db, *args, **kwargs))

    async def _submit(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
