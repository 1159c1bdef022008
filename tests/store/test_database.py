"""Opening the file: made when missing, named when wrong, never spoilt."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.errors import StoreError
from bot.store.database import open_reader, open_store, utc_of, utc_text
from bot.store.deals import Deals
from bot.store.schema import migrations


def test_a_missing_folder_is_made_and_the_file_survives_any_crash_of_the_machine(tmp_path):
    with open_store(tmp_path / "new" / "d.db") as db:
        assert db.journal_mode == "wal"
        assert db.execute("pragma synchronous").fetchone() == (2,)
        assert db.execute("pragma foreign_keys").fetchone() == (1,)


def test_opening_again_changes_nothing(tmp_path):
    for _ in range(2):
        with open_store(tmp_path / "d.db") as db:
            assert not migrations.pending(db)


def test_every_table_is_strict(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        sql = {table.name: table.schema for table in db.tables if not table.name.startswith("_")}
    ours = {name for name in sql if not name.startswith(("deals_text", "sqlite_"))}
    assert ours == {
        "feeds", "stories", "deals", "deal_parties", "outbox", "places", "llm_answers", "llm_days",
        "subscriptions", "channel_hours", "corrections",
    }  # fmt: skip
    assert all("strict" in sql[name].lower() for name in ours)


def test_a_reader_of_a_missing_file_finds_nothing_and_makes_nothing(tmp_path):
    with open_reader(tmp_path / "d.db") as db:
        assert Deals(db).all() == []
    assert not (tmp_path / "d.db").exists()


def test_a_reader_cannot_write(tmp_path):
    open_store(tmp_path / "d.db").close()
    with open_reader(tmp_path / "d.db") as db, pytest.raises(sqlite3.OperationalError):
        db.execute("delete from deals")


@pytest.mark.parametrize("opened", [open_store, open_reader])
def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path, opened):
    path = tmp_path / "notes.txt"
    path.write_text("only some words, and enough of them to be read as a header " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt.*--db"):
        opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [open_store, open_reader])
def test_a_file_of_a_newer_version_is_left_alone(tmp_path, opened):
    with open_store(tmp_path / "d.db") as db:
        db.execute("update _sqlite_migrations set name = 'm999_tomorrow' where id = 1")
        db.conn.commit()
    with pytest.raises(StoreError, match=r"m999_tomorrow.*update the bot"):
        opened(tmp_path / "d.db")


def test_a_folder_where_nobody_may_write_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"d\.db.*--db"):
        open_store(tmp_path / "file" / "d.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match=r"d\.db"):
        open_store(tmp_path / "d.db")


def test_times_are_kept_in_one_form_that_sorts():
    moment = datetime(2025, 10, 28, 14, tzinfo=UTC)
    assert utc_of(utc_text(moment)) == moment
    assert utc_text(moment) < utc_text(moment + timedelta(milliseconds=1))
    with pytest.raises(ValueError, match="not in UTC"):
        utc_text(datetime(2025, 10, 28, tzinfo=timezone(timedelta(hours=2))))
