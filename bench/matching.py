"""What finding a story's deal costs: among 1,000 deals and among many, side by side.

    python -m bench.matching [--deals 1000000] [--stories 300]

The deals lie ten years deep; one in a hundred names the same busy company. Of the stories a
third retell a deal that is known, a third name the busy company, and a third are strangers.
The machine is noisy: medians of CPU time, and the ratio, are what counts.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from bot.deals.match import LOOK_BACK, NEWS_CYCLE
from bot.deals.merge import added
from bot.deals.settle import settle
from bot.model import Channel, Claim, Deal, Kind, Money, Source, Status, Story, Verdict
from bot.pipeline import remember
from bot.query import normalized, parse_query
from bot.store.database import Database, open_store
from bot.store.deals import Deals, key_of

TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = 3650
BUSY = "Quillstack"
EVERYTHING = [(Channel("bench", "console"), parse_query("", TODAY.date()))]


def name(number: int) -> str:
    """Return a company's name: no two share their first word."""
    return f"{''.join(chr(97 + int(digit)) for digit in f'{number:07}').title()} Power"


def source(chance: random.Random, number: int, at: datetime, companies: int) -> Source:
    """Return a story about two companies, or about the busy one."""
    payer = BUSY if number % 100 == 0 else name(chance.randrange(companies))
    recipient, size = name(chance.randrange(companies)), chance.randint(100, 90_000) * 10**6
    claim = Claim(
        f"s{number}", at, chance.choice(list(Kind)), Status.ANNOUNCED, (payer,), (recipient,),
        Money(size),
    )  # fmt: skip
    title = f"{payer} and {recipient} agree on a deal for {size // 10**6} million dollars"
    return Source(f"s{number}", f"https://x.example/{number}", f"Paper {number % 40}", title, claim)


def made_up(count: int) -> Iterator[tuple[Row, Deal | None]]:
    """Yield as many rows over ten years, and of the last ones the deals as well.

    A million deals made one by one would take an hour: rows are written from patterns.
    """
    chance = random.Random(count)  # noqa: S311
    patterns = [pattern(kind, copies) for kind in Kind for copies in (1, 2, 4)]
    serial, day = 0, date.min
    for number in range(count):
        at = TODAY - timedelta(days=DAYS) + timedelta(days=DAYS) * (number / count)
        serial, day = serial + 1 if at.date() == day else 1, at.date()
        new = source(chance, number, at, max(count // 5, 100))
        (payer,), (recipient,) = new.claim.payers, new.claim.recipients
        size = new.claim.money.amount if new.claim.money else 0
        deal_id, said = f"{at:%Y%m%d}-{serial}", f"{at:%Y-%m-%dT%H:%M:%SZ}"
        kind, record = chance.choice(patterns)
        for mark, text in (
            ("20010101-1", deal_id), ("2001-01-01T00:00:00Z", said), ("PAYER", payer),
            ("RECIPIENT", recipient), ("STORY", new.story_id), ("123456789", str(size)),
            ("TITLE", new.title),
        ):  # fmt: skip
            record = record.replace(mark, text)
        row = (key_of(deal_id), kind, size, said, record, payer, recipient, new.title)
        recent = added(None, new, deal_id=deal_id).deal if number >= count - 300 else None
        yield row, recent


Row = tuple[int, str, int, str, str, str, str, str]


def pattern(kind: Kind, copies: int) -> tuple[str, str]:
    """Return the record of a deal with so many sources, its facts marked to be replaced."""
    at = datetime(2001, 1, 1, tzinfo=UTC)
    claim = Claim(
        "STORY", at, kind, Status.ANNOUNCED, ("PAYER",), ("RECIPIENT",), Money(123456789),
        evidence={"money": "TITLE"},
    )  # fmt: skip
    first = Source("STORY", "https://x.example/STORY", "Paper", "TITLE", claim)
    deal = added(None, first, deal_id="20010101-1").deal
    ids = [f"STORY-{copy}" for copy in range(copies)]
    told = tuple(replace(first, story_id=id, claim=replace(claim, story_id=id)) for id in ids)
    return kind, TypeAdapter(Deal).dump_json(replace(deal, sources=told)).decode()


def stories(deals: list[Deal], count: int) -> list[Source]:
    """Return what is asked about: retold deals of the last days, a busy company, strangers."""
    chance = random.Random(7)  # noqa: S311
    asked = []
    for number in range(count):
        new = source(chance, 10**6 + 1 + number, TODAY, 10**7 - 1)
        if number % 3 == 0:
            known = chance.choice(deals).sources[0]
            said = replace(known.claim, story_id=new.story_id, said_at=TODAY)
            new = replace(new, claim=said, title=f"More on this: {known.title}")
        elif number % 3 == 1:
            new = replace(new, claim=replace(new.claim, payers=(BUSY,)))
        asked.append(new)
    return asked


def measure(path: Path, count: int, asked_for: int) -> tuple[list[float], list[float]]:
    """Return CPU milliseconds a story among *count* deals: to decide, and to remember as well."""
    with open_store(path) as db:
        recent = filled(db, count)
        deals = Deals(db)
        asked = stories(recent, asked_for)
        deciding, remembering = [], []
        for each in asked:
            start = time.process_time()
            found = deals.candidates(each.claim, each.title, LOOK_BACK, NEWS_CYCLE)
            settle(each, found, told=(), new_id=deals.new_id)
            deciding.append((time.process_time() - start) * 1000)
        for each in asked:
            story = Story(each.story_id, each.url, each.publisher, each.title, "", TODAY)
            start = time.process_time()
            remember(db, Verdict(story, each.claim, score=1.0), EVERYTHING, TODAY)
            remembering.append((time.process_time() - start) * 1000)
    return deciding, remembering


_DEAL = """
    insert into deals (id, kind, status, currency, usd, announced, updated, record)
    values (?, ?, 'announced', 'USD', ?, ?, ?, ?)
"""


def filled(db: Database, count: int) -> list[Deal]:
    """Store *count* deals and return the last of them."""
    recent: list[Deal] = []
    rows = made_up(count)
    while batch := list(islice(rows, 10_000)):
        recent += [deal for _, deal in batch if deal is not None]
        made = [row for row, _ in batch]
        with db.atomic():
            db.conn.executemany(_DEAL, [(r[0], r[1], r[2], r[3], r[3], r[4]) for r in made])
            words = [(normalized(name).split()[0], r[0]) for r in made for name in set(r[5:7])]
            db.conn.executemany("insert or ignore into deal_parties values (?, ?)", words)
            db.conn.executemany(
                "insert into deals_text (rowid, payers, recipients, rest) values (?, ?, ?, ?)",
                [(r[0], *map(normalized, r[5:8])) for r in made],
            )
    return recent


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--stories", type=int, default=300)
    given = parser.parse_args()
    table = Table("deals", "decide: p50 ms", "p95", "remember: p50 ms", "p95", box=None)
    medians = []
    for count in (1_000, given.deals):
        with TemporaryDirectory() as folder:
            deciding, remembering = measure(Path(folder) / "bench.db", count, given.stories)
        row = [
            figure
            for times in (deciding, remembering)
            for figure in (median(times), quantiles(times, n=20)[-1])
        ]
        medians.append((row[0], row[2]))
        table.add_row(f"{count:,}", *(f"{figure:.2f}" for figure in row))
    Console().print(table)
    small, large = medians
    Console().print(f"times as much: {large[0] / small[0]:.2f}, {large[1] / small[1]:.2f}")


if __name__ == "__main__":
    main()
