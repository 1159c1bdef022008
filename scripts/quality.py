"""Print the score table on the labelled story sets: ``make quality``.

    python -m scripts.quality [FOLDER] [--sure]

FOLDER (default ../shared/eval) holds dev.jsonl, week.jsonl and score.py; beside them the leads
of our own are measured that no weights learn from. Without FOLDER there is nothing to measure
by, which is said and is no error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bot import offline
from bot.alerts.records import reading_record

CONFIG = Path("config")
SETS = ("dev", "week")
HELD_OUT = Path("scripts/held_out_leads.jsonl")


def scores(score_py: Path, mode: str, gold: Path, found: Path, *flags: str) -> dict[str, float]:
    """Return the figures that score.py prints, by name."""
    command = [sys.executable, str(score_py), mode, str(gold), str(found), *flags]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    rows = (line.split() for line in printed.splitlines() if not line.startswith("#"))
    return {row[0]: float(row[1]) for row in rows if row}


def measure(gold: Path, score_py: Path, *flags: str) -> dict[str, float]:
    """Read and replay one labelled set and return its figures."""
    with TemporaryDirectory() as scratch:
        readings, deals = Path(scratch) / "readings.jsonl", Path(scratch) / "deals.jsonl"
        verdicts = offline.read(CONFIG, [str(gold)], progress=sys.stderr.isatty())
        _write(readings, [reading_record(verdict) for verdict in verdicts])
        _write(deals, offline.replay(CONFIG, gold, None, progress=sys.stderr.isatty()))
        return scores(score_py, "readings", gold, readings, *flags) | scores(
            score_py, "deals", gold, deals, *flags
        )


def _write(path: Path, records: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def main(arguments: list[str]) -> None:
    """Measure every set that is there and print one table."""
    flags = [argument for argument in arguments if argument.startswith("--")]
    named = [argument for argument in arguments if not argument.startswith("--")]
    folder = Path(named[0] if named else "../shared/eval")
    sets = [name for name in SETS if (folder / f"{name}.jsonl").exists()]
    if not sets:
        Console().print(f"{folder} holds no labelled stories: nothing to measure.")
        return
    files = [*(folder / f"{name}.jsonl" for name in sets), HELD_OUT]
    figures = [measure(gold, folder / "score.py", *flags) for gold in files]
    table = Table("figure", *sets, "held-out leads", box=None)
    for figure in figures[0]:
        table.add_row(figure, *(f"{measured[figure]:.3f}" for measured in figures))
    Console().print(table)
    Console().print(_seen(sets))


def _seen(sets: list[str]) -> str:
    """Return which of *sets* the weights in config/ have learned from."""
    about = json.loads((CONFIG / "relevance.json").read_text("utf-8")).get("about", {})
    seen = [name for name in sets if name in about.get("learned_from", ())]
    if not seen:
        return "The weights in config/ have learned from none of these sets."
    return (
        f"The weights in config/ have learned from {' and '.join(seen)}: the figures there say "
        "little about unseen stories; those of the held-out leads, which nothing learns from, do, "
        "and so do those in docs/quality.md."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
