"""Train config/relevance.json from labelled stories, and print how it does on unseen ones.

    python scripts/train_relevance.py TRAIN.jsonl [MORE.jsonl …] [--check DEV.jsonl …]

Needs requirements-train.txt besides the bot's own packages. Every figure comes from
cross-validation in which all stories about one deal stay in one fold.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.model import Story
from bot.understand.claim import draft, readings_of
from bot.understand.knowledge import Knowledge, knowledge_of
from bot.understand.mentions import companies_of
from bot.understand.relevance import features_of, role_of
from scripts.train_kind import OWN, story_of

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5
STRENGTH = 0.3  #: inverse of the regularisation, chosen by cross-validation
REASON_STRENGTH = 0.1
SMALLEST_WEIGHT = 0.05
SMALLEST_REASON_WEIGHT = 0.1
REASON_FEWEST = 5
PLAIN_COUNTS = 0.04  #: of a story that has nothing of a deal, for reasons; by cross-validation
PLAIN_GROUPS = frozenset({"ordinary", "random", "wild"})
FEWEST_STORIES = 3  #: a feature seen in fewer stories is a quotation, not a pattern
#: How much commoner each group is among the stories of a real week than in the training data.
NATURAL = {
    "ordinary": 1.2, "hard_negative": 0.85, "deal": 1.0, "wild": 1.2, "random": 1.2, "own": 0.25,
}  # fmt: skip

# What the slots of scripts/relevance_patterns.txt are filled with, besides listed companies.
STORIES_A_PATTERN = 8
INFRA = ("LAB", "NEOCLOUD", "OPERATOR", "CHIPMAKER")
SMALL_WORDS = frozenset(
    ["to", "in", "of", "for", "with", "on", "a", "the", "and", "from", "at", "by"]
)
FILLINGS = {
    "ORG": ["Norvexa", "Quillstack", "Tarnwick", "Helvora", "Brightmere", "Zandoro", "Kintavo"],
    "PLACE": ["Ohio", "Texas", "Norway", "Japan", "India", "Virginia", "Germany", "Malaysia"],
    "A": [
        "$100M",
        "$250 million",
        "$750M",
        "$1B",
        "$1.5 billion",
        "$3B",
        "$8 billion",
        "$20 billion",
    ],
    "V": ["$2 billion", "$10B", "$50 billion", "$300 billion"],
    "MW": ["200 MW", "1.2GW", "500MW", "2 gigawatts"],
    "N": ["4%", "9%", "12%", "20%"],
    "M": ["300", "450", "900"],
    "P": ["$18", "$40"],
    "X": list("ABCD"),
}


@dataclass
class Example:
    """One labelled story as features."""

    id: str
    features: dict[str, str]
    is_deal: bool
    reason: str | None
    cluster: str
    group: str
    doubtful: bool
    title: str
    published: str
    has_lead: bool = False


def read(path: Path, knowledge: Knowledge) -> list[Example]:
    """Return the labelled stories of a file."""
    examples = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        label = record["label"]
        story = story_of(record)
        examples.append(
            Example(
                id=record["id"],
                features=read_features(story, knowledge),
                is_deal=label["is_deal"],
                reason=label.get("reason"),
                cluster=label.get("deal_key") or record["title"][:40].casefold(),
                group=record.get("group") or "own",
                doubtful=bool(record.get("doubt")),
                title=record["title"],
                published=(record.get("published") or "")[:10],
                has_lead=bool(record["text"]),
            )
        )
    return examples


def read_wild(
    path: Path, labels: Mapping[str, str], seen: Collection[str], knowledge: Knowledge
) -> list[Example]:
    """Return the stories of an unlabelled file in natural mix: no deals, but for those in *labels*.

    The likeliest few hundred were read and labelled, the rest are no deals; what was unclear,
    and titles in *seen*, is left out.
    """
    examples = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        label = labels.get(record["id"], "")
        if label == "unclear" or record["title"] in seen:
            continue
        story = story_of(record)
        is_deal = label.endswith("deal")
        examples.append(
            Example(
                id=record["id"],
                features=read_features(story, knowledge),
                is_deal=is_deal,
                reason=None,
                cluster=record["title"][:40].casefold(),
                group="deal" if is_deal else "wild",
                doubtful=label == "doubtful_deal",
                title=record["title"],
                published=(record["published"] or "")[:10],
                has_lead=bool(record["text"]),
            )
        )
    return examples


def read_patterns(path: Path, knowledge: Knowledge) -> list[Example]:
    """Return made-up stories: each pattern of our own, a few times with other parties."""
    chance = random.Random(1)  # noqa: S311 - the same stories every time
    companies: dict[str, list[str]] = {}
    for company in knowledge.companies:
        if not company.ambiguous and not company.case_sensitive:
            companies.setdefault(role_of(company), []).append(company.name)
    companies["INFRA"] = [name for role in INFRA for name in companies[role]]

    def filling(slot: re.Match[str]) -> str:
        return chance.choice(FILLINGS.get(slot[1]) or companies[slot[1]])

    examples = []
    for line in path.read_text("utf-8").splitlines():
        verdict, bar, pattern = line.partition(" | ")
        if not bar or line.startswith("#"):
            continue
        for turn in range(STORIES_A_PATTERN):
            title = re.sub(r"\{(\w+)\}", filling, pattern)
            if turn % 2:
                title = " ".join(
                    w if w in SMALL_WORDS else w[:1].upper() + w[1:] for w in title.split()
                )
            story = Story(id="", url="", source="", title=title)
            examples.append(
                Example(
                    id="",
                    features=read_features(story, knowledge),
                    is_deal=verdict == "deal",
                    reason=None if verdict == "deal" else verdict,
                    cluster="pattern",
                    group="pattern",
                    doubtful=False,
                    title=title,
                    published="",
                )
            )
    return examples


def read_features(story: Story, knowledge: Knowledge) -> dict[str, str]:
    """Return the features of a story as the bot sees them: with what the rule reader found."""
    readings = readings_of(story, knowledge)
    _, cues = draft(story, knowledge, datetime(2000, 1, 1, tzinfo=UTC), readings)
    return features_of(readings, cues)


def knowledge_in(folder: Path, kind: Path, sides: Path) -> Knowledge:
    """Return what the bot knows but for the weights to be learned; *kind*, *sides* hold theirs."""
    with (folder / "companies.csv").open(encoding="utf-8", newline="") as lines:
        companies = companies_of(csv.DictReader(lines))
    words = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    return knowledge_of(
        companies, {}, words,
        json.loads(sides.read_text("utf-8")),
        json.loads(kind.read_text("utf-8")),
    )  # fmt: skip


# --- fitting


class Vocabulary:
    """The features worth a weight, in a fixed order."""

    def __init__(self, examples: Sequence[Example], fewest: int = FEWEST_STORIES) -> None:
        stories: Counter[str] = Counter()
        titles = set()
        for example in examples:
            if example.title not in titles:  # one syndicated title is one story
                titles.add(example.title)
                stories.update(list(example.features))
        # what every story has says nothing about any
        self.names = sorted(name for name, seen in stories.items() if fewest <= seen < len(titles))
        self.index = {name: at for at, name in enumerate(self.names)}

    def matrix(self, examples: Sequence[Example]) -> csr_matrix:
        """Return one row a story, one column a feature, 1 where the story has it."""
        rows, columns = [], []
        for row, example in enumerate(examples):
            for feature in example.features:
                if (column := self.index.get(feature)) is not None:
                    rows.append(row)
                    columns.append(column)
        ones = np.ones(len(rows))
        return csr_matrix((ones, (rows, columns)), shape=(len(examples), len(self.names)))


def natural_weights(examples: Sequence[Example]) -> np.ndarray:
    """Weigh each story so that the mix is that of a real week; doubtful labels count half."""
    return np.array(
        [
            NATURAL.get(e.group, 1.0) * (0.5 if e.doubtful and not e.is_deal else 1.0)
            for e in examples
        ]
    )


def fit(matrix: csr_matrix, examples: Sequence[Example], strength: float) -> LogisticRegression:
    """Fit whether a story is a deal."""
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=2000)
    model.fit(matrix, [e.is_deal for e in examples], sample_weight=natural_weights(examples))
    return model


def folds(examples: Sequence[Example]) -> np.ndarray:
    """Return each story's fold; all stories about one deal are in the same."""
    return np.array([zlib.crc32(e.cluster.encode()) % FOLDS for e in examples])


def cross_validated(
    examples: Sequence[Example], always: Sequence[Example], strength: float
) -> np.ndarray:
    """Return each story's score from a model that saw nothing of its deal.

    Every model also learns from *always*, which is never scored: the made-up stories.
    """
    fold_of = folds(examples)
    scores = np.zeros(len(examples))
    for fold in range(FOLDS):
        seen = [e for e, f in zip(examples, fold_of, strict=True) if f != fold] + [*always]
        unseen = np.flatnonzero(fold_of == fold)
        vocabulary = Vocabulary(seen)
        model = fit(vocabulary.matrix(seen), seen, strength)
        rows = vocabulary.matrix([examples[at] for at in unseen])
        scores[unseen] = model.predict_proba(rows)[:, 1]
    return scores


# --- measuring


def rates(
    examples: Sequence[Example], scores: np.ndarray, threshold: float, mix: dict[str, float]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 when each group counts as *mix* says."""
    weight = np.array([mix.get(e.group, 1.0) for e in examples])
    deal = np.array([e.is_deal for e in examples])
    found = scores >= threshold
    hit = weight[deal & found].sum()
    precision = hit / max(weight[found].sum(), 1e-9)
    recall = hit / max(weight[deal].sum(), 1e-9)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def balanced_threshold(examples: Sequence[Example], scores: np.ndarray) -> float:
    """Return the threshold at which a real week has as many false alarms as misses."""

    def tilt(threshold: float) -> float:
        precision, recall, _ = rates(examples, scores, threshold, NATURAL)
        return abs(precision - recall)

    return float(min(np.arange(0.05, 0.95, 0.01), key=tilt))


def report(name: str, examples: Sequence[Example], scores: np.ndarray, threshold: float) -> None:
    """Print precision, recall and F1, of all stories and of those with an undoubted label."""
    sure = np.array([not e.doubtful for e in examples])
    certain = [e for e in examples if not e.doubtful]
    for kind, part, values in (("all", examples, scores), ("sure", certain, scores[sure])):
        plain = rates(part, values, threshold, {})
        print(f"{name:28s} {kind:5s} P {plain[0]:.3f} R {plain[1]:.3f} F1 {plain[2]:.3f}", end="")
        if "cross" in name:
            natural = rates(part, values, threshold, NATURAL)
            print(
                f"   natural mix P {natural[0]:.3f} R {natural[1]:.3f} F1 {natural[2]:.3f}", end=""
            )
        print(f"   {len(part)} stories")


# --- reasons


def fit_reasons(examples: Sequence[Example]) -> tuple[Vocabulary, LogisticRegression]:
    """Fit why a story is no deal, on those that are none; every reason counts the same.

    Stories that have nothing of a deal are all labelled "other": they count little, or else
    all would be "other".
    """
    vocabulary = Vocabulary(examples, fewest=REASON_FEWEST)
    model = LogisticRegression(C=REASON_STRENGTH, max_iter=300, class_weight="balanced")
    weights = [PLAIN_COUNTS if e.group in PLAIN_GROUPS else 1.0 for e in examples]
    model.fit(vocabulary.matrix(examples), [e.reason for e in examples], sample_weight=weights)
    return vocabulary, model


def reasons_right(examples: Sequence[Example], always: Sequence[Example]) -> tuple[float, float]:
    """Return how often the reason of what sounds like a deal is right, and the mean F1 by reason.

    Cross-validated, like the scores.
    """
    fold_of = folds(examples)
    hits: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for fold in range(FOLDS):
        seen = [e for e, f in zip(examples, fold_of, strict=True) if f != fold] + [*always]
        unseen = [
            e
            for e, f in zip(examples, fold_of, strict=True)
            if f == fold and e.group not in PLAIN_GROUPS
        ]
        vocabulary, model = fit_reasons(seen)
        for example, guess in zip(unseen, model.predict(vocabulary.matrix(unseen)), strict=True):
            labelled[str(example.reason)] += 1
            given[guess] += 1
            hits[guess] += example.reason == guess
    scores = [2 * hits[name] / (labelled[name] + given[name]) for name in labelled]
    return hits.total() / labelled.total(), float(np.mean(scores))


# --- the file


def as_data(
    vocabulary: Vocabulary,
    model: LogisticRegression,
    threshold: float,
    reason_vocabulary: Vocabulary,
    reasons: LogisticRegression,
    *,
    about: dict[str, Any],
) -> dict[str, Any]:
    """Return both models as plain data, without the weights that decide nothing."""
    deal = {
        name: round(float(weight), 3)
        for name, weight in zip(vocabulary.names, model.coef_[0], strict=True)
        if abs(weight) >= SMALLEST_WEIGHT
    }
    columns = {
        name: [round(float(weight), 2) for weight in reasons.coef_[:, at]]
        for at, name in enumerate(reason_vocabulary.names)
        if np.abs(reasons.coef_[:, at]).max() >= SMALLEST_REASON_WEIGHT
    }
    return {
        "about": about,
        "threshold": round(threshold, 2),
        "bias": round(float(model.intercept_[0]), 3),
        "deal": deal,
        "reasons": {
            "names": [str(name) for name in reasons.classes_],
            "bias": [round(float(bias), 2) for bias in reasons.intercept_],
            "weights": columns,
        },
    }


def written(data: dict[str, Any]) -> str:
    """Return *data* as JSON with one feature a line, so that a change can be read in a diff."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    # a reason's weights belong on one line
    return re.sub(r"\[\s+([-\d.,\s]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text) + "\n"


def main() -> None:
    """Train on the files named on the command line, print the figures, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", nargs="+", type=Path)
    parser.add_argument("--wild", nargs="*", type=Path, default=[])
    parser.add_argument("--check", nargs="*", type=Path, default=[])
    parser.add_argument("--kind", type=Path, default=ROOT / "config" / "kind.json")
    parser.add_argument("--sides", type=Path, default=ROOT / "config" / "sides.json")
    parser.add_argument("--out", type=Path, default=ROOT / "config" / "relevance.json")
    arguments = parser.parse_args()
    knowledge = knowledge_in(ROOT / "config", arguments.kind, arguments.sides)
    examples = [e for path in arguments.train for e in read(path, knowledge)]
    for path in arguments.wild:
        seen = {e.title for e in examples}
        for check in arguments.check:
            seen |= {json.loads(line)["title"] for line in check.read_text("utf-8").splitlines()}
        labels = json.loads((ROOT / "scripts" / "wild_labels.json").read_text("utf-8"))
        examples += read_wild(path, labels, seen, knowledge)
    own = read(OWN, knowledge)
    patterns = read_patterns(ROOT / "scripts" / "relevance_patterns.txt", knowledge)
    scores = cross_validated(examples, own + patterns, STRENGTH)
    # the patterns were written with an eye on what cross-validation got wrong, which flatters it
    unaided = cross_validated(examples, own, STRENGTH)
    threshold = max(balanced_threshold(examples, found) for found in (scores, unaided))
    print(f"{len(examples)} stories, threshold {threshold:.2f}")
    report("cross-validated", examples, scores, threshold)
    report("cross-validated, no patterns", examples, unaided, threshold)
    leads = np.array([e.has_lead for e in examples])
    with_lead = [e for e in examples if e.has_lead]
    report("cross-validated, with lead", with_lead, scores[leads], threshold)
    others = [e for e in examples if not e.is_deal and e.reason]
    made_up = [e for e in own + patterns if not e.is_deal]
    right, mean = reasons_right(others, made_up)
    print(f"reasons of hard negatives, cross-validated: {right:.3f} right, mean F1 {mean:.3f}")

    taught = examples + own + patterns
    vocabulary = Vocabulary(taught)
    model = fit(vocabulary.matrix(taught), taught, STRENGTH)
    reason_vocabulary, reasons = fit_reasons(others + made_up)
    for path in arguments.check:
        unseen = read(path, knowledge)
        report(path.stem, unseen, model.predict_proba(vocabulary.matrix(unseen))[:, 1], threshold)
    about = {
        "stories_until": max(e.published for e in examples),
        "learned_from": [path.stem for path in (*arguments.train, *arguments.wild)],
        "stories": len(examples),
        "deal_stories": sum(e.is_deal for e in examples),
        "deals": len({e.cluster for e in examples if e.is_deal}),
    }
    data = as_data(vocabulary, model, threshold, reason_vocabulary, reasons, about=about)
    arguments.out.write_text(written(data), "utf-8")
    of_reasons = len(data["reasons"]["weights"])
    print(f"{arguments.out}: {len(data['deal'])} weights, {of_reasons} for reasons")


if __name__ == "__main__":
    main()
