"""Cases of R's numbers: the collection beside the project, read in place, and the figures copied from it."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / "shared" / "golden" / "cases"
COPIED = HERE / "copied.json.gz"
ABSENT = "The collection of R's numbers is not beside the project; the copied figures ran."
SPECIAL = {"Inf": np.inf, "-Inf": -np.inf, "NaN": np.nan}


class Uncovered(Exception):
    """A case that the engine does not compute; the message is the reason, as docs/agreement.md prints it."""


@dataclass(frozen=True)
class Case:
    """One call of R: what went in, what came out. Special numbers stand as R's words; `column` reads them."""

    id: str
    module: str
    fun: str
    options: Mapping[str, Any]
    inputs: Mapping[str, Any]
    status: str
    outputs: Any
    error: str = ""
    file: str = ""

    @property
    def has_failed_in_r(self) -> bool:
        return self.status != "ok"


def column(values: Any) -> np.ndarray:
    """A list of R's numbers as an array of floats: null is NaN, "Inf" infinity. A scalar gives shape ()."""
    if isinstance(values, Sequence) and not isinstance(values, str):
        return np.array([column(value) for value in values], dtype=np.float64)
    return np.asarray(number(values), dtype=np.float64)


def number(value: Any) -> float:
    """One of R's numbers as a float."""
    if value is None:
        return np.nan
    return SPECIAL[value] if isinstance(value, str) else float(value)


def is_present() -> bool:
    return any(FOLDER.glob("*.json.gz"))


def generators() -> tuple[str, ...]:
    """With which programs and versions the files were made, each once."""
    found = set()
    for path in sorted(FOLDER.glob("*.json.gz")):
        made = json.loads(gzip.decompress(path.read_bytes())).get("generator", {})
        found.add(", ".join(f"{name} {version}" for name, version in made.items()))
    return tuple(sorted(found))


def cases(*modules: str, copied: bool = False) -> Iterator[Case]:
    """The cases of these modules (of all, when none is named), in the order of files and lines."""
    for path in [COPIED] if copied else sorted(FOLDER.glob("*.json.gz")):
        for case in _read(path):
            if not modules or case.module in modules:
                yield case


@cache
def _read(path: Path) -> tuple[Case, ...]:
    content = json.loads(gzip.decompress(path.read_bytes()))
    return tuple(_case(row, row.get("data") or content["dataset"]["id"]) for row in content["cases"])


def _case(row: Mapping[str, Any], dataset: str) -> Case:
    return Case(
        id=row["id"],
        module=row["module"],
        fun=row["fun"],
        options=row["options"] or {},
        inputs=row["inputs"] or {},
        status=row["status"],
        outputs=row.get("outputs"),
        error=str(row.get("error", "")),
        file=dataset,
    )
