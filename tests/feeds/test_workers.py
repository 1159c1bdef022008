"""Worker processes: a task that misbehaves costs itself, never the bot."""

import os
import time

import pytest

from bot.errors import FeedUnreachable, FeedUnreadable
from bot.feeds.workers import Workers


def double(number: int) -> int:
    return number * 2


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def grow() -> int:
    return len(bytearray(10**11))


def die() -> None:
    os._exit(3)


def fail() -> None:
    raise FeedUnreachable("Grid", "try later", wait_s=60)


async def test_work_is_done_and_a_bad_task_is_named_and_the_next_one_works():
    async with Workers(1, deadline_s=5) as workers:
        assert await workers.run(double, 21, feed="Grid") == 42
        with pytest.raises(FeedUnreadable, match=r"Grid: .*memory"):
            await workers.run(grow, feed="Grid")
        with pytest.raises(FeedUnreadable, match=r"Grid: .*exit 3"):
            await workers.run(die, feed="Grid")
        with pytest.raises(FeedUnreachable, match="try later") as raised:
            await workers.run(fail, feed="Grid")
        assert raised.value.wait_s == 60
        with pytest.raises(FeedUnreadable, match=r"Grid: broke its reader: TypeError"):
            await workers.run(double, None, feed="Grid")
        assert await workers.run(double, 4, feed="Grid") == 8


async def test_a_task_that_never_ends_is_ended():
    async with Workers(1, deadline_s=1) as workers:
        with pytest.raises(FeedUnreadable, match="longer than 1 seconds"):
            await workers.run(sleep, 60, feed="Grid")
        assert await workers.run(double, 4, feed="Grid") == 8


def need(path: str) -> None:
    if not os.path.exists(path):  # noqa: PTH110
        os._exit(1)


async def test_processes_that_cannot_start_lose_nothing_and_are_started_anew(tmp_path):
    wanted = tmp_path / "knowledge"
    async with Workers(1, initializer=need, initargs=(str(wanted),)) as workers:
        with pytest.raises(FeedUnreachable, match="no reader process can start"):
            await workers.run(double, 1, feed="Grid")
        wanted.touch()
        assert await workers.run(double, 4, feed="Grid") == 8
