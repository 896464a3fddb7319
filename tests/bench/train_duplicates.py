"""Train the weights of `reviews.search.duplicates.score` on the sets in `tune/` and write them.

``python -m tests.bench.train_duplicates`` writes; ``--check`` scores each tune set with weights that never saw it.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reviews.search.duplicates import features, pairs, score, table
from tests.bench import labelled

# Prior of a normal distribution around zero: 1 / variance.
PENALTY = 1.0


class Examples(NamedTuple):
    name: str
    columns: tuple[str, ...]
    design: np.ndarray
    is_duplicate: np.ndarray


def examples(name: str) -> Examples:
    """The candidate pairs of a set with their labels; pairs of doubtful label are left out."""
    found = labelled.read(name)
    rows = table.without_running_numbers(table.build(found.records))
    left, right = pairs.all_of(rows)
    clusters, ids = found.clusters, rows.ids
    doubtful = _doubtful(name)
    kept = [
        place
        for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True))
        if (ids[one], ids[other]) not in doubtful
    ]
    left, right = left[kept], right[kept]
    design = score.design(features.of(rows, left, right))
    labels = [clusters[one] == clusters[other] for one, other in zip(left.tolist(), right.tolist(), strict=True)]
    return Examples(name, tuple(design), np.column_stack(list(design.values())).astype(float), np.array(labels, float))


def _doubtful(name: str) -> set[tuple[str, str]]:
    with (labelled.FOLDER / "label_notes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == name.partition("/")[2]]
    return {pair for row in rows for pair in ((row["id_1"], row["id_2"]), (row["id_2"], row["id_1"]))}


def fitted(sets: Sequence[Examples], penalty: float = PENALTY) -> dict[str, float]:
    """Penalised logistic regression by Newton's method."""
    design = np.vstack([one.design for one in sets])
    labels = np.concatenate([one.is_duplicate for one in sets])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -40, 40)))
        gradient = design.T @ (chance - labels) + ridge * weights
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return dict(zip(sets[0].columns, weights.round(4).tolist(), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    sets = [examples(name) for name in labelled.names(part="tune")]
    if not is_check:
        text = json.dumps(fitted(sets), indent=1) + "\n"
        score.WEIGHTS.write_text(text, encoding="utf-8")
        return
    from tests.bench import duplicates  # noqa: PLC0415

    print(duplicates.heading())
    for one in sets:
        duplicates.use_weights(fitted([other for other in sets if other is not one]))
        print(duplicates.line(duplicates.measure(labelled.read(one.name))), flush=True)


if __name__ == "__main__":
    main()
