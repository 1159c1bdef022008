"""Train config/sides.json from labelled deal stories, and print how it does on unseen deals.

    python -m scripts.train_sides TRAIN.jsonl [MORE.jsonl …] [--without-patterns]

Needs requirements-train.txt besides the bot's own packages. Every figure comes from
cross-validation in which all stories about one deal stay in one fold. Beside real stories it
learns from scripts/sides_patterns.txt, with weight PATTERN_COUNTS each.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.model import Kind, Story
from bot.settings import load_knowledge
from bot.understand.cast import Candidate, Sides, candidates, cast
from bot.understand.claim import readings_of
from bot.understand.knowledge import Knowledge
from bot.understand.mentions import lowered
from bot.understand.parties import Reading
from bot.understand.sides import ruled_sides
from bot.understand.terms import kind_of
from scripts import train_kind
from scripts.linear import SMALLEST_WEIGHT, Model, as_json

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 10
PATTERN_COUNTS = 0.3
STORIES_A_PATTERN = 3
NOW = datetime(2026, 1, 1, tzinfo=UTC)

_SUFFIX = re.compile(
    r"\b(?:inc|corp|corporation|co|ltd|llc|plc|holdings?|group|technologies|the)\b\.?"
)


@dataclass
class Example:
    """One labelled story, read by the rules."""

    readings: Sequence[Reading]
    kind: Kind
    ruled: Sides
    found: dict[str, Candidate]
    payers: list[str]
    recipients: list[str]
    deal: str
    counts: float = 1.0

    def side_of(self, candidate: Candidate) -> int:
        """Return the index in SIDES of the side that the label puts a name on."""
        alike = same_place if candidate.is_place else same
        if any(alike(candidate.name, other) for other in self.payers):
            return 0
        return 1 if any(alike(candidate.name, other) for other in self.recipients) else 2


def same(name: str, other: str) -> bool:
    """Say whether two names are equal but for blanks, or one begins with the other."""
    words, others = (
        re.sub(r"[^\w\s&+]", " ", _SUFFIX.sub(" ", text.casefold())).split()
        for text in (name, other)
    )
    least = min(len(words), len(others))
    return least > 0 and (words[:least] == others[:least] or "".join(words) == "".join(others))


def same_place(name: str, other: str) -> bool:
    """Say whether a label means a place or its government, not a company called after it."""
    return other.removesuffix(" government").casefold() == name.casefold()


def example_of(
    readings: Sequence[Reading], kind: Kind, label: dict[str, Any], knowledge: Knowledge
) -> Example:
    """Return a labelled story of *kind* as the rules read it."""
    ruled = ruled_sides(readings, kind, knowledge)
    found = candidates(readings, kind, ruled)
    payers, recipients = (
        [_canonical(name, knowledge) for name in label[side]] for side in ("payers", "recipients")
    )
    return Example(readings, kind, ruled, found, payers, recipients, label["deal_key"])


def _canonical(name: str, knowledge: Knowledge) -> str:
    """Return the listed name of a company that a label may name by another of its names."""
    lower = lowered(name)
    whole = (
        knowledge.alias(at)[1]
        for at, start, end in knowledge.matches(lower)
        if (start, end) == (0, len(lower))
    )
    company = next(whole, None)
    return company.name if company is not None else name


def read(paths: Sequence[Path], knowledge: Knowledge) -> list[Example]:
    """Return the deal stories of files, each beside a kind that may be misread, as the bot does."""
    stories = [story for path in paths for story in train_kind.read(path, knowledge)]
    return [
        example_of(story.readings, kind, story.label, knowledge)
        for story, kind in zip(stories, train_kind.unseen_kinds(stories), strict=True)
    ]


# ---- patterns -------------------------------------------------------------------------------

_ROLE_OF_SLOT = {
    "LAB": "lab", "HYPER": "hyperscaler", "NEOCLOUD": "neocloud", "OPERATOR": "datacenter operator",
    "CHIP": "chipmaker", "INVESTOR": "investor", "BANK": "bank/lender", "POWER": "power/utility",
    "COOLING": "cooling/electrical", "NET": "network", "OPTICS": "optical/components",
    "MEMORY": "memory", "TECH": "tech group", "OEM": "server OEM",
}  # fmt: skip
_INVENTED = ("Norvexa", "Quillstack", "Tarnwick", "Helvora", "Brightmere", "Zandoro", "Kintavo")
_FILLINGS = {
    "A": ("$100M", "$250 million", "$1B", "$1.5 billion", "$3B", "€8 billion", "$20 billion"),
    "V": ("$2 billion", "$10B", "$50 billion"),
    "MW": ("200 MW", "1.2GW", "500MW", "2 gigawatts"),
    "N": ("4%", "9%", "12%"),
    "PLACE": ("Ohio", "Texas", "Norway", "Japan", "India", "Virginia", "Germany", "Malaysia"),
}
_SLOT = re.compile(r"\{(?:([PRO])\d?:)?([A-Z]+)\}")


def read_patterns(path: Path, knowledge: Knowledge) -> list[Example]:
    """Return stories made of the patterns: "{P:HYPER} to buy {R:LAB}" says who is on which side."""
    known: dict[str, list[str]] = {}
    for slot, role in _ROLE_OF_SLOT.items():
        known[slot] = [
            company.name
            for company in knowledge.companies
            if company.role.startswith(role) and not company.ambiguous
        ]
    known["ORG"] = list(_INVENTED)
    known["FUND"] = [f"{name} {tail}" for name in _INVENTED[3:] for tail in ("Capital", "Ventures")]
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    return [
        _example_of_pattern(line, turn, known, knowledge)
        for line in lines
        if line and not line.startswith("#")
        for turn in range(STORIES_A_PATTERN)
    ]


def _example_of_pattern(
    line: str, turn: int, known: dict[str, list[str]], knowledge: Knowledge
) -> Example:
    """Return one story made of a pattern, the last one in Title Case."""
    label: dict[str, Any] = {"payers": [], "recipients": [], "deal_key": line}
    taken: set[str] = set()

    def fill(slot: re.Match[str]) -> str:
        choice = [*(known.get(slot[2]) or _FILLINGS[slot[2]])]
        start = zlib.crc32(f"{line}{slot.start()}{turn}".encode()) % len(choice)
        word = next(word for word in choice[start:] + choice if word not in taken)
        taken.add(word)
        if slot[1] in ("P", "R"):
            label["payers" if slot[1] == "P" else "recipients"].append(word)
        return word

    words = line.split()
    if turn == STORIES_A_PATTERN - 1:
        words = [word[:1].upper() + word[1:] for word in words]
    story = Story(id="pattern", url="", source="", title=_SLOT.sub(fill, " ".join(words)))
    readings = readings_of(story, knowledge)
    found = example_of(readings, kind_of(readings, knowledge), label, knowledge)
    return replace(found, counts=PATTERN_COUNTS)


# ---- the model ------------------------------------------------------------------------------


def learned(examples: Sequence[Example]) -> Model:
    """Return the model, of three weights a feature, that *examples* teach."""
    rows = [
        (candidate.features, example.side_of(candidate), example.counts)
        for example in examples
        for candidate in example.found.values()
    ]
    features, sides, counts = zip(*rows, strict=True)
    return Model(features, sides, counts)


def cross_validated(
    examples: Sequence[Example], patterns: Sequence[Example], knowledge: Knowledge
) -> list[Sides]:
    """Return the sides of every story as a model sees them that saw no story of the same deal."""
    found: list[Sides] = [Sides()] * len(examples)
    fold_of = [zlib.crc32(example.deal.encode()) % FOLDS for example in examples]
    for fold in range(FOLDS):
        seen = [e for e, f in zip(examples, fold_of, strict=True) if f != fold]
        taught = replace(knowledge, side_weights=learned([*seen, *patterns]).weights())
        for at, example in enumerate(examples):
            if fold_of[at] == fold:
                found[at] = cast(example.readings, example.kind, example.ruled, taught)
    return found


def report(name: str, examples: Sequence[Example], found: Sequence[Sides]) -> None:
    """Print F1 of payers and recipients, and how often both sides are right."""
    counts: Counter[str] = Counter()
    for example, sides in zip(examples, found, strict=True):
        right = []
        for side, gold, names in (
            ("payers", example.payers, sides.payers),
            ("recipients", example.recipients, sides.recipients),
        ):
            hit = _matches(gold, names)
            counts[side] += 2 * hit
            counts[side + " of"] += len(gold) + len(names)
            right.append(hit == len(gold) == len(names) or (side == "recipients" and not gold))
        counts["both"] += all(right)
    payers, recipients = (counts[side] / counts[side + " of"] for side in ("payers", "recipients"))
    both = counts["both"] / len(examples)
    print(
        f"{name:28s} payers F1 {payers:.3f}  recipients F1 {recipients:.3f}  both right {both:.3f}"
        f"  {len(examples)} stories"
    )


def _matches(gold: Collection[str], names: Collection[str]) -> int:
    left = list(names)
    for name in gold:
        match = next((other for other in left if same(name, other)), None)
        if match is not None:
            left.remove(match)
    return len(names) - len(left)


def main() -> None:
    """Train on the files named on the command line, print the figures, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", nargs="+", type=Path)
    parser.add_argument("--without-patterns", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "config" / "sides.json")
    arguments = parser.parse_args()
    knowledge = load_knowledge(ROOT / "config")
    paths = [*arguments.train, train_kind.OWN]
    examples = read(paths, knowledge)
    patterns = (
        []
        if arguments.without_patterns
        else read_patterns(ROOT / "scripts" / "sides_patterns.txt", knowledge)
    )
    own = [json.loads(line)["label"] for line in train_kind.OWN.read_text("utf-8").splitlines()]
    real = len(examples) - sum(label["is_deal"] for label in own)  # those of our own are the last
    for name, found in (
        ("rules", [example.ruled for example in examples]),
        ("cross-validated", cross_validated(examples, patterns, knowledge)),
    ):
        report(f"{name}, real", examples[:real], found[:real])
        report(f"{name}, own", examples[real:], found[real:])
    weights = learned([*examples, *patterns]).weights(SMALLEST_WEIGHT)
    arguments.out.write_text(as_json(weights), "utf-8")
    print(f"{arguments.out}: {len(weights)} features")


if __name__ == "__main__":
    main()
