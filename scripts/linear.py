"""The linear model that the training scripts share: one weight a feature and answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

FEWEST = 3  #: a feature seen fewer times is a quotation, not a pattern
STRENGTH = 0.1  #: inverse of the regularisation, chosen by cross-validation
SMALLEST_WEIGHT = 0.02


class Model:
    """The weights that tell each row's answer, a column index, from its features."""

    def __init__(
        self,
        rows: Sequence[Collection[str]],
        answers: Sequence[int],
        counts: Sequence[float] | None = None,
    ) -> None:
        seen = Counter(feature for row in rows for feature in row)
        self.names = sorted(name for name, count in seen.items() if count >= FEWEST)
        columns = {name: at for at, name in enumerate(self.names)}
        indices: list[int] = []
        ends = [0]
        for row in rows:
            indices += [columns[name] for name in sorted(row) if name in columns]
            ends.append(len(indices))
        matrix = csr_matrix((np.ones(len(indices)), indices, ends), (len(rows), len(self.names)))
        self.model = LogisticRegression(C=STRENGTH, max_iter=2000)
        self.model.fit(matrix, answers, sample_weight=counts)

    def weights(self, smallest: float = 0.0) -> dict[str, list[float]]:
        """Return the weights by feature, without those that decide nothing."""
        found = {"bias": [round(float(value), 3) for value in self.model.intercept_]}
        for at, name in enumerate(self.names):
            column = self.model.coef_[:, at]
            if np.abs(column).max() >= smallest:
                found[name] = [round(float(value), 2) for value in column]
        return found


def as_json(weights: dict[str, list[float]]) -> str:
    """Return weights as JSON, one feature a line."""
    lines = [f" {json.dumps(name, ensure_ascii=False)}: {row}" for name, row in weights.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
