"""The scripts that reproduce an analysis, run in R where it is installed: they print what the engine computed."""

import json
import shutil
import subprocess

import pytest

from analysis import data, options, r_script, synthesis
from tests.unit.analysis import samples

BINARY = [
    data.BinaryStudy(str(place), f"Trial {place}", *cells, subgroup="early" if place < 4 else "late")
    for place, cells in enumerate(
        [(4, 40, 9, 42), (0, 30, 5, 31), (12, 88, 20, 90), (3, 25, 2, 24), (15, 60, 26, 58), (0, 20, 0, 21)]
    )
]
CONTINUOUS = samples.studies(7, subgroups=("A", "B"))
CHOICES = (
    (CONTINUOUS, {"measure": "SMD", "convention": "revman5"}),
    (CONTINUOUS, {"measure": "SMD", "convention": "metafor", "interval": "HK"}),
    (CONTINUOUS, {"measure": "MD", "convention": "meta"}),
    (CONTINUOUS, {"measure": "MD", "model": "common"}),
    (CONTINUOUS, {"measure": "MD", "convention": "metafor", "tau2_method": "PM", "prediction": "t_k-2"}),
    (CONTINUOUS, {"measure": "SMD", "convention": "metafor", "subgroup_tau2": "common"}),
    (BINARY, {"measure": "OR", "convention": "revman5"}),
    (BINARY, {"measure": "RR", "convention": "revman5"}),
    (BINARY, {"measure": "RD", "convention": "revman5"}),
    (BINARY, {"measure": "RR", "convention": "revman5", "model": "common"}),
    (BINARY, {"measure": "RD", "convention": "revman5", "model": "common"}),
    (BINARY, {"measure": "OR", "convention": "metafor", "method": "MH", "model": "common"}),
    (BINARY, {"measure": "OR", "convention": "metafor", "zero_amount": "treatment_arm"}),
    (BINARY, {"measure": "OR", "convention": "metafor", "zero_amount": "empirical", "zero_when": "if0all"}),
    (BINARY, {"measure": "RR", "convention": "stata"}),
    (BINARY, {"measure": "AS", "convention": "metafor"}),
)
PRINT = 'cat(sprintf("@%.12g,%.12g", res$beta[1], res$se), "\\n")'


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Estimate and standard error of every script, from one run of R."""
    program = shutil.which("Rscript")
    if not program:
        pytest.skip("R is not installed here: its scripts are checked as text only.")
    parts = ["suppressMessages(library(metafor))"]
    for studies, choices in CHOICES:
        code = r_script.script(studies, options.Options(**choices)).replace("library(metafor)", "")
        # What a script does to `res` for its subgroups stays in its own function.
        parts.append(f"local({{ {code}\n{PRINT} }})")
    path = tmp_path_factory.mktemp("scripts") / "all.R"
    path.write_text("\n".join(parts), encoding="utf-8")
    answer = subprocess.run([program, path], capture_output=True, text=True, check=False, timeout=300)
    if "there is no package called" in answer.stderr:
        pytest.skip("R has no package metafor here: the scripts are checked as text only.")
    assert answer.returncode == 0, answer.stderr[-2000:]
    return [json.loads(f"[{line[1:]}]") for line in answer.stdout.splitlines() if line.startswith("@")]


@pytest.mark.parametrize("place", range(len(CHOICES)), ids=lambda place: "-".join(map(str, CHOICES[place][1].values())))
def test_a_script_prints_what_the_engine_computed(printed, place):
    studies, choices = CHOICES[place]
    found = synthesis.analyse(studies, options.Options(**choices)).overall
    assert printed[place] == pytest.approx([found.estimate, found.se], rel=1e-6)
