"""R's seconds: measured now where R has metafor, otherwise those recorded once."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.bench.engine import drawn

SCRIPT = Path(__file__).with_name("metafor.R")
# CPU seconds of R 4.2 with metafor 5.0 on one core of an idle machine with reference BLAS.
RECORDED = {
    "reml-10": 0.0072,
    "reml-100": 0.012,
    "reml-1000": 2.4,
    "kernels": 0.0072 + 0.0041,
    "batch": 595.0,
    "loo-100": 1.3,
    "loo-1000": 2400.0,
    "permutation": 77.0,
    "page": 1.3 + 0.83 + 1.6 + 0.064 + 2 * 0.019 + 0.033 + 11 * 0.012,
}


class Seconds(NamedTuple):
    """CPU seconds a job, and whose they are."""

    of: dict[str, float]
    source: str


def measured(specifications: int, *, may_run: bool = True) -> Seconds:
    """Seconds of every job that R does; of the multiverse, one fit times the number of specifications."""
    program = shutil.which("Rscript") if may_run else None
    version = _metafor(program) if program else ""
    if program is None or not version:
        return Seconds(dict(RECORDED), "recorded on another machine: R 4.2 with metafor 5.0 (no metafor was run here)")
    with tempfile.TemporaryDirectory(prefix="tandem-bench-r-") as folder:
        drawn.write(Path(folder))
        run = subprocess.run(
            [program, str(SCRIPT), folder], check=True, capture_output=True, text=True, cwd=folder, timeout=1800
        )
    found = {key: float(seconds) for key, seconds in (line.split() for line in run.stdout.splitlines())}
    found["multiverse"] *= specifications
    return Seconds(found, f"measured in this run: metafor {version}")


def _metafor(program: str) -> str:
    """The version of metafor, empty where it is missing."""
    asked = ["-e", 'cat(if (requireNamespace("metafor", quietly = TRUE)) format(packageVersion("metafor")) else "")']
    return subprocess.run([program, *asked], check=False, capture_output=True, text=True).stdout.strip()
