"""The scripts that reproduce an analysis, run in R where it is installed: they give what the engine computed."""

import json
import math
import shutil
import subprocess
from typing import NamedTuple

import pytest

from analysis import errors, options, r_script, synthesis
from tests.golden import scripted

PRINT = r"""
at <- function(numbers) {
  paste(sapply(numbers, function(x) if (is.finite(x)) sprintf("%.15g", x) else "null"), collapse = ", ")
}
line <- function(found) {
  numbers <- unlist(found[sapply(found, is.numeric) | sapply(found, is.logical)])
  named <- paste0('"', names(numbers), '": ', sapply(numbers, at), collapse = ", ")
  paste0("{", named, ', "weights": [', at(found$weights$weight), "]}")
}
told <- function(place, here) {
  cat("@", place, line(here$found), "\n")
  for (name in names(here$parts)) cat("@", place, name, line(here$parts[[name]]), "\n")
  if (!is.null(here$between)) cat("@", place, "=", here$between$QE, here$between$QEp, "\n")
}
"""
# What a script prints for people goes nowhere; each runs in an environment of its own.
RUN = """
tryCatch({
  here <- new.env()
  sink(nullfile())
  tryCatch(local({ %s }, envir = here), finally = sink())
  told("%d", here)
}, error = function(problem) cat("@", "%d", "!", conditionMessage(problem), "\\n"))
"""
NUMBERS = {
    "k": "k", "estimate": "estimate", "se": "se", "lower": "ci_low", "upper": "ci_high", "df": "df", "p": "p",
    "statistic": "z", "Q": "q", "Q.df": "q_df", "Q.p": "q_p", "I2": "i2", "H2": "h2", "tau2": "tau2",
    "prediction.lower": "prediction_low", "prediction.upper": "prediction_high",
}  # fmt: skip
# R's searches for tau2 stop at what 16 digits of a likelihood can tell.
TOLERANCE = {"rel": 2e-6, "abs": 1e-7}


class Case(NamedTuple):
    name: str
    analysis: object
    script: str


def _cases():
    found = []
    for studies, chosen in (*scripted.offered(), *scripted.stated(), *scripted.varied()):
        name = "-".join(str(value) for value in chosen.values()) + f"-{len(studies)}"
        try:
            choices = options.Options(**chosen)
            analysis = synthesis.analyse(studies, choices)
        except (errors.OptionError, errors.InputError):
            continue
        found.append(Case(name, analysis, r_script.script(studies, choices)))
    return found


@pytest.fixture(scope="module")
def cases():
    return _cases()


@pytest.fixture(scope="module")
def printed(cases, tmp_path_factory):
    """What R found for every script, from one run of R."""
    program = shutil.which("Rscript")
    if not program:
        pytest.skip("R is not installed here: its scripts are checked as text only.")
    parts = ["suppressMessages(library(metafor))", PRINT]
    for place, case in enumerate(cases):
        parts.append(RUN % (case.script.replace("library(metafor)", ""), place, place))
    path = tmp_path_factory.mktemp("scripts") / "all.R"
    path.write_text("\n".join(parts), encoding="utf-8")
    answer = subprocess.run([program, path], capture_output=True, text=True, check=False, timeout=170)
    if "there is no package called" in answer.stderr:
        pytest.skip("R has no package metafor here: the scripts are checked as text only.")
    assert answer.returncode == 0, answer.stderr[-2000:]
    return [line[2:].split(" ", 1) for line in answer.stdout.splitlines() if line.startswith("@ ")]


def _differences(said, pool, weights):
    if said[:1] == "!":
        return [said]
    numbers = json.loads(said)
    wanted = {name: getattr(pool, field) for name, field in NUMBERS.items()}
    found = [
        f"{name}: R {numbers.get(name)}, here {value}"
        for name, value in wanted.items()
        if not _same(numbers.get(name), value)
    ]
    if weights is not None and numbers["weights"] != pytest.approx(weights, **TOLERANCE):
        found.append(f"weights: R {numbers['weights']}, here {weights}")
    return found


def _same(one, other):
    if one is None or other is None:
        return one is None and (other is None or not math.isfinite(other))
    return one == pytest.approx(other, **TOLERANCE)


def test_every_script_gives_what_the_engine_computed(cases, printed):
    assert len(cases) > 1000
    apart, answered = [], set()
    for number, said in printed:
        case = cases[int(number)]
        analysis = case.analysis
        if said.startswith("= "):
            wanted = [analysis.between.q, analysis.between.p]
            if [float(number) for number in said[2:].split()] != pytest.approx(wanted, rel=1e-5):
                apart.append(f"{case.name} between subgroups: R {said[2:]}, here {wanted}")
            continue
        name, _, rest = said.partition("{")
        pool = next((group for group in analysis.subgroups if name and group.name == name.strip()), analysis.overall)
        weights = [row.weight for row in analysis.studies if row.is_estimable] if pool is analysis.overall else None
        differing = _differences("{" + rest if rest else said, pool, weights)
        if differing:
            apart.append(f"{case.name} {name.strip()}: {'; '.join(differing)}")
        answered.add(int(number))
    assert answered == set(range(len(cases)))
    assert not apart, f"{len(apart)} scripts differ:\n" + "\n".join(apart)
