"""The writer: one thread writes; what it wrote together survives a kill together."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.model import Alert, News
from bot.store.database import Database, open_store
from bot.store.deals import Deals
from bot.store.outbox import Outbox
from bot.store.writer import Writer
from tests.store.test_deals import NOON, a_deal


async def test_work_is_done_one_after_the_other_in_one_thread(tmp_path):
    def save(db: Database, number: int) -> str:
        Deals(db).save(a_deal(number))
        return Deals(db).new_id(NOON.date())

    async with Writer(tmp_path / "d.db") as writer:
        ids = await asyncio.gather(*(writer.run(save, number) for number in range(1, 20)))
    assert ids == [f"20251028-{number}" for number in range(2, 21)]


async def test_an_error_reaches_the_caller_and_the_next_write_goes_through(tmp_path):
    async with Writer(tmp_path / "d.db") as writer:
        with pytest.raises(ZeroDivisionError):
            await writer.run(lambda _: 1 // 0)
        await writer.run(lambda db: Deals(db).save(a_deal()))
        assert await writer.run(lambda db: len(Deals(db).all())) == 1


async def test_a_file_that_cannot_be_opened_is_said_at_the_start(tmp_path):
    (tmp_path / "d.db").write_text("no database, but long enough to be read as one " * 20)
    with pytest.raises(StoreError, match=r"d\.db"):
        await Writer(tmp_path / "d.db").__aenter__()


def write_for_ever(path: Path) -> None:
    """Save deal after deal, each in one transaction with its alert, and say each that is safe."""
    with open_store(path) as db:
        for number in range(1, 99_999):
            with db.atomic():
                deal = a_deal(number)
                Deals(db).save(deal)
                Outbox(db).put(Alert(News.NEW, deal.id, "s1", "headline"), "a", NOON)
            sys.stdout.write(json.dumps(deal.id) + "\n")
            sys.stdout.flush()


def kill_while_writing(path: Path, seconds: float) -> list[str]:
    """Kill a process that writes, and return the deals that it said were safe."""
    program = f"from tests.store.test_writer import *; write_for_ever(Path({str(path)!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        said = [child.stdout.readline()]
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
    return [json.loads(line) for line in said if line.endswith("\n")]


def check_after_a_kill(path: Path, seconds: float) -> None:
    safe = kill_while_writing(path, seconds)
    with open_store(path) as db:
        deals = [deal.id for deal in Deals(db).all()]
        assert set(safe) <= set(deals), "what was said to be safe is there"
        assert sorted(deals) == sorted(Outbox(db).news()), (
            "no deal without its alert, nor the reverse"
        )
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert Outbox(db).waiting() == len(deals)


@pytest.mark.parametrize("seconds", [0.01, 0.1])
def test_a_killed_process_leaves_every_deal_with_its_alert(tmp_path, seconds):
    check_after_a_kill(tmp_path / "d.db", seconds)


@pytest.mark.soak
def test_no_moment_of_dying_parts_a_deal_from_its_alert(tmp_path):
    rng = random.Random(1)
    for number in range(200):
        check_after_a_kill(tmp_path / f"{number}.db", rng.uniform(0, 0.5))
