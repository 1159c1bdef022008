"""Train config/kind.json from labelled deal stories, and print how it does on unseen deals.

    python -m scripts.train_kind TRAIN.jsonl [MORE.jsonl …]

Needs requirements-train.txt besides the bot's own packages. Every figure comes from
cross-validation in which all stories about one deal stay in one fold.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.model import Kind, Story
from bot.settings import load_knowledge
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.parties import Reading
from bot.understand.telling import KINDS, heaviest
from bot.understand.terms import kind_features, ruled_kind
from scripts.linear import SMALLEST_WEIGHT, Model, as_json

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "scripts" / "own_stories.jsonl"
FOLDS = 5


@dataclass
class Example:
    """One labelled deal story, read by the rules."""

    readings: Sequence[Reading]
    features: Collection[str]
    label: dict[str, Any]
    file: str  #: that it is from


def read(path: Path, knowledge: Knowledge) -> list[Example]:
    """Return the deal stories of a file."""
    examples = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["label"]["is_deal"]:
            readings = readings_of(story_of(record), knowledge)
            examples.append(Example(readings, kind_features(readings), record["label"], path.stem))
    return examples


def story_of(record: dict[str, Any]) -> Story:
    """Return the story of a record."""
    return Story(
        id=record["id"],
        url=record.get("url") or "",
        source=record["source"] or "",
        title=record["title"] or "",
        text=record["text"] or "",
    )


def unseen_kinds(examples: Sequence[Example]) -> list[Kind]:
    """Return every story's kind as weights see it that saw no story of the same deal."""
    found = [Kind.EQUITY] * len(examples)
    fold_of = [zlib.crc32(example.label["deal_key"].encode()) % FOLDS for example in examples]
    for fold in range(FOLDS):
        seen = [e for e, f in zip(examples, fold_of, strict=True) if f != fold]
        weights = learned(seen).weights()
        for at, example in enumerate(examples):
            if fold_of[at] == fold:
                found[at] = heaviest(example.features, weights)
    return found


def learned(examples: Sequence[Example]) -> Model:
    """Return the model that *examples* teach."""
    return Model(
        [example.features for example in examples],
        [KINDS.index(Kind(example.label["kind"])) for example in examples],
    )


def report(examples: Sequence[Example], kinds: Sequence[Kind]) -> None:
    """Print how often rules and weights are right, by file and over all."""
    at_of: dict[str, list[int]] = defaultdict(list)
    for at, example in enumerate(examples):
        at_of[example.file].append(at)
        at_of["all"].append(at)
    for file, places in at_of.items():
        rules, weights = (
            sum(found[at] == examples[at].label["kind"] for at in places) / len(places)
            for found in ([ruled_kind(example.readings) for example in examples], kinds)
        )
        print(f"{file:12s} rules {rules:.3f}  cross-validated {weights:.3f}  {len(places)} stories")


def main() -> None:
    """Train on the files named on the command line, print the figures, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "config" / "kind.json")
    arguments = parser.parse_args()
    knowledge = load_knowledge(ROOT / "config")
    examples = [example for path in [*arguments.train, OWN] for example in read(path, knowledge)]
    report(examples, unseen_kinds(examples))
    weights = learned(examples).weights(SMALLEST_WEIGHT)
    arguments.out.write_text(as_json(weights), "utf-8")
    print(f"{arguments.out}: {len(weights)} features")


if __name__ == "__main__":
    main()
