"""The ``llm_answers`` and ``llm_days`` tables: what a language model said, and what it cost."""

from __future__ import annotations

from datetime import datetime

from bot.store.database import Database, utc_text

_PUT = "insert or replace into llm_answers (key, answer, at) values (:key, :answer, :at)"
_TAKE = """
    insert into llm_days (day, requests, tokens) values (:day, 1, :tokens)
    on conflict (day) do update set requests = requests + 1, tokens = tokens + :tokens
"""
_ADD = "update llm_days set tokens = tokens + :tokens where day = :day"


class Answers:
    """What a language model was asked: each question once, and so much a day."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, key: str) -> str | None:
        """Return the answer to the question with this key, or None when it was never given."""
        row = self._db.execute("select answer from llm_answers where key = ?", [key]).fetchone()
        return row and str(row[0])

    def put(self, key: str, answer: str, now: datetime) -> None:
        """Remember an answer."""
        with self._db.atomic():
            self._db.execute(_PUT, {"key": key, "answer": answer, "at": utc_text(now)})

    def take(self, now: datetime, tokens: int, *, most_requests: int, most_tokens: int) -> bool:
        """Count one request of *tokens* on today's share; say whether there was room for it."""
        requests, spent = self.spent(now)
        if requests >= most_requests or spent + tokens > most_tokens:
            return False
        with self._db.atomic():
            self._db.execute(_TAKE, {"day": utc_text(now)[:10], "tokens": tokens})
        return True

    def add(self, now: datetime, tokens: int) -> None:
        """Count *tokens* more on today's share: what an answer cost beyond its question."""
        with self._db.atomic():
            self._db.execute(_ADD, {"day": utc_text(now)[:10], "tokens": tokens})

    def spent(self, now: datetime) -> tuple[int, int]:
        """Return today's requests and tokens."""
        sql = "select requests, tokens from llm_days where day = ?"
        row = self._db.execute(sql, [utc_text(now)[:10]]).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)
