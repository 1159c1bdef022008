"""Pictures of figures: small enough to send, whatever companies are called."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.alerts.chart import draw
from bot.alerts.stats import stats_of
from bot.model import Kind
from tests.alerts.test_totals import deal
from tests.store.test_deals import NOON


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("All deals", "Nvidia", id="plain"),
        pytest.param("Deals for $x^{2}$ \\frac", "$AI$ & $Co_{", id="signs of formulas"),
        pytest.param("数据 \x00\ud800\u202e", "数据中心 \U0001f680", id="signs that no font has"),
        pytest.param("word " * 200, "A" * 3000, id="very long"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_picture_fits_a_phone_whatever_stands_in_it(title, name):
    picture = draw(stats_of([deal(1, 2, payers=(name,)), deal(2, 3, recipients=())]), title)
    assert size_of(picture.content) == (1080, 1440)
    assert len(picture.content) < 500_000
    assert (picture.name, picture.media_type) == ("deals.png", "image/png")


async def test_pictures_are_drawn_in_threads_while_the_bot_goes_on():
    deals = [
        deal(number, number, kind=kind, day=NOON - timedelta(days=31 * number))
        for number, kind in enumerate(list(Kind) * 6, 1)
    ]
    drawing = [asyncio.to_thread(draw, stats_of(deals), "All") for _ in range(3)]
    one, *others = await asyncio.gather(*drawing)
    assert all(other == one for other in others), "the same figures, the same picture"


def test_the_library_is_imported_with_the_first_picture_alone():
    code = "import sys, bot.cli, bot.alerts.chart; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
