"""Copy what the tests need from the collection, so that they say something without it: `python -m tests.golden --copy`.

Numbers only: data from published papers and constructed ones, with R's results. Cochrane's rows are not copied.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.golden import collection, registry

NOT_COPIED = frozenset({"revman_rows", "revman5_file"})
# Small sets that are awkward in different ways, in the order of preference.
PREFERRED = ("dat.bcg", "edge.tau0", "edge.k2", "edge.zero1", "dat.normand1999", "edge.k3", "edge.tiny")
MOST_OF_A_MODULE = 60
MOST_STUDIES = 20
NOTE = (
    "Computed by R (metafor, meta) over published and constructed data sets; see docs/agreement.md. "
    "tests/golden/regenerate.R computes them again."
)


def content() -> dict[str, Any]:
    """Cases of every covered module: one for each set of options, from the first preferred set that has it."""
    chosen = sorted(_chosen(), key=lambda case: (case.module, case.id))
    return {"note": NOTE, "cases": [_row(case) for case in chosen]}


def write() -> None:
    """Write the copied figures; the same collection gives the same bytes."""
    text = json.dumps(content(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    collection.COPIED.write_bytes(gzip.compress(text.encode(), mtime=0))


def _chosen() -> Iterator[collection.Case]:
    names = [name for name in registry.covered() if name not in NOT_COPIED]
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for case in sorted(collection.cases(*names), key=_rank):
        kind = f"{case.module} {case.fun} {json.dumps(case.options, sort_keys=True)}"
        if kind not in seen and counts[case.module] < MOST_OF_A_MODULE and not case.has_failed_in_r:
            seen.add(kind)
            counts[case.module] += 1
            yield case


def _rank(case: collection.Case) -> tuple[int, int, str]:
    place = PREFERRED.index(case.file) if case.file in PREFERRED else len(PREFERRED)
    sizes = [len(value) for value in case.inputs.values() if isinstance(value, list)]
    return (max(sizes, default=0) > MOST_STUDIES, place, case.id)


def _row(case: collection.Case) -> Mapping[str, Any]:
    fields = ("id", "module", "fun", "options", "inputs", "status", "outputs")
    return {**{name: getattr(case, name) for name in fields}, "data": case.file}
