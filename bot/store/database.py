"""Opening the SQLite file: one writer, many short-lived readers."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.schema import migrations

__all__ = ["Database", "open_reader", "open_store", "sole_user", "utc_of", "utc_text"]

#: Seconds to wait for a lock; only a second writer, such as a backup, ever holds one long.
_PATIENCE_S = 10
#: Every migration that this version knows: all are pending on an empty database.
_OURS = frozenset(step.name for step in migrations.pending(Database(memory=True)))


def open_store(path: Path) -> Database:
    """Open the database at *path* for writing, made and brought up to date when needed.

    The connection belongs to the thread that opened it, and closes as a context manager.

    Raises StoreError naming the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_PATIENCE_S)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path}: cannot be opened ({error}); name another file with --db"
        ) from error
    db = Database(connection)
    try:
        _refuse_newer(db, path)
        db.enable_wal()
        db.execute("pragma synchronous = full")
        db.execute("pragma foreign_keys = on")
        migrations.apply(db)
    except sqlite3.DatabaseError as error:
        db.close()
        raise StoreError(f"{path}: {_said(error)}") from error
    except StoreError:
        db.close()
        raise
    return db


@contextmanager
def sole_user(path: Path) -> Iterator[None]:
    """Hold the database for this process: two bots on one outbox would post everything twice.

    Raises StoreError naming the file when another bot holds it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock").open("w", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened ({error}); name a file with --db") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"{path}: another bot is running on it; stop that one first") from None
        yield


def open_reader(path: Path) -> Database:
    """Open the database at *path* for reading; one that is missing reads as empty.

    Raises StoreError naming the file.
    """
    if not path.exists():
        empty = Database(memory=True)
        migrations.apply(empty)
        return empty
    try:
        db = Database(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_S)
        )
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened ({error})") from error
    try:
        pending = migrations.pending(db)
        _refuse_newer(db, path)
    except sqlite3.DatabaseError as error:
        db.close()
        raise StoreError(f"{path}: {_said(error)}") from error
    if pending:
        db.close()
        raise StoreError(f"{path}: from an older version; start `python -m bot once` to update it")
    return db


def _refuse_newer(db: Database, path: Path) -> None:
    for done in migrations.applied(db):
        if done.name not in _OURS:
            raise StoreError(f"{path}: written by a newer version ({done.name}); update the bot")


def _said(error: sqlite3.DatabaseError) -> str:
    """Return what is wrong with a file, and what to do."""
    said = str(error)
    if "not a database" in said or "malformed" in said:
        return f"{said}; restore a backup, or name another file with --db"
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return f"{said}; let the bot write the file and its folder"
    if "locked" in said:
        return f"{said}: another process writes it; stop that one first"
    return said


def utc_text(moment: datetime) -> str:
    """Return *moment* in the one form that sorts as text.

    Raises ValueError when it is not in UTC.
    """
    if moment.utcoffset() != UTC.utcoffset(None):
        raise ValueError(f"not in UTC: {moment}")
    return moment.isoformat(timespec="milliseconds")


def utc_of(text: str | None) -> datetime | None:
    """Return the moment that utc_text() wrote."""
    return datetime.fromisoformat(text) if text else None
