"""The example review prints the published pooled results, digit for digit."""

import json
from pathlib import Path

import pytest

from analysis import data, options, synthesis
from analysis.figures import numerals

FIGURES = json.loads(Path(__file__).with_name("example_review.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", FIGURES["analyses"], ids=lambda line: line["name"])
def test_line_of_the_table(line):
    studies = [data.ContinuousStudy(row[0], row[0], *row[1:]) for row in line["rows"]]
    choices = options.Options(measure="SMD", convention="revman5", model="random", tau2_method="DL")
    pool = synthesis.analyse(studies, choices).overall
    printed = [f"{value:.2f}" for value in (pool.estimate, pool.ci_low, pool.ci_high)]
    assert printed == [line["estimate"], line["ci_low"], line["ci_high"]]
    assert numerals.percent(pool.i2) == f"{line['i2']}%"


def test_table_is_complete():
    assert len(FIGURES["analyses"]) == 9
    assert sum(not line["is_published"] for line in FIGURES["analyses"]) == 1
