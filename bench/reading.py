"""What reading a story costs: CPU time side by side with a floor, and memory.

    python -m bench.reading [--rounds 7]

The floor is one pass of the company list over the same text: the least that any reader of names
has to do. The machine is noisy: medians of interleaved rounds, and ratios, are what counts.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bot.model import Story
from bot.settings import load_knowledge
from bot.understand.claim import read_story
from bot.understand.mentions import lowered

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TITLE = "Norvexa borrows up to $1.2 billion from Blackstone to build AI data center in Ohio"
LEAD = (
    "Norvexa, which rents out computing power, has agreed to borrow up to $1.2 billion from funds "
    "managed by Blackstone, the companies said on Monday. The loan runs for five years and is "
    "secured by the chips that a 300-megawatt campus near Columbus will house. "
)
BACKGROUND = (
    "In March the company raised $450 million at a valuation of $3 billion in a round led by "
    "Halden Capital, with Nvidia taking part. Its shares are not listed. Analysts expect spending "
    "on data centers to grow by 30% this year, and rivals such as CoreWeave and Nebius have signed "
    "contracts worth tens of billions of dollars with Microsoft and Meta. "
)
PLAIN = (
    "The mayor said the town was glad of the jobs and that the river had water enough for all who "
    "asked. A hearing is planned for the spring, when neighbours may say what they think of noise. "
)
SAMPLES = {
    "headline and summary, 0.4 kB": (TITLE, LEAD),
    "article, 7 kB": (TITLE, LEAD + (BACKGROUND + PLAIN) * 11),
    "no deal, 0.3 kB": ("Town weighs noise rules for server halls", PLAIN + PLAIN),
}


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """Return the CPU milliseconds that one call of *work* takes."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) * 1000 / times


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    knowledge = load_knowledge(Path("config"))
    table = Table("story", "CPU ms", "floor ms", "ratio", box=None)
    for name, (title, text) in SAMPLES.items():
        story = Story("s1", "https://x.example/1", "Grid", title, text, NOW)
        whole = lowered(f"{title}. {text}")
        reading, floor = [], []
        for _ in range(rounds):
            reading.append(cpu_ms(lambda s=story: read_story(s, knowledge, NOW), 40))
            floor.append(cpu_ms(lambda w=whole: knowledge.matches(w), 400))
        table.add_row(
            name,
            f"{median(reading):.2f}",
            f"{median(floor):.4f}",
            f"{median(reading) / median(floor):.0f}",
        )
    Console().print(table)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    Console().print(f"peak memory of a process that only reads: {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
