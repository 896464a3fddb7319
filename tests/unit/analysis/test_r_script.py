import re

import pytest

from analysis import data, options, r_script
from tests.unit.analysis import samples


def test_the_data_come_back_from_the_script():
    studies = samples.studies(5, subgroups=("A", "B"))
    text = r_script.script(studies, options.Options())
    for name in ("n1", "mean1", "sd1", "n2", "mean2", "sd2"):
        inside = re.search(rf"  {name} = c\((.*)\)", text).group(1)
        assert [float(value) for value in inside.split(", ")] == [getattr(study, name) for study in studies]
    assert 'subgroup = c("A", "B", "A", "B", "A")' in text


@pytest.mark.parametrize(
    ("choices", "present", "absent"),
    [
        (
            {"convention": "revman5"},
            ["yi^2 / (2 * (N - 3.94))", 'method = "DL")$tau2', "i2 <- if (q.df > 0)"],
            ["escalc(", "free <-", "typical"],
        ),
        (
            {"convention": "metafor"},
            ['escalc(measure = "SMD", data = dat', 'method = "REML"', "qt(upper, free) * wide", "typical"],
            ["3.94"],
        ),
        ({"measure": "MD", "model": "common"}, ['escalc(measure = "MD"', "tau2 = NA,"], ["vtype", "REML"]),
        ({"prediction": "t_k-2", "level": 0.9}, ["free <- k - 2", "upper <- 0.95"], ["predict("]),
    ],
)
def test_the_call_matches_the_choices(choices, present, absent):
    text = r_script.script(samples.studies(3), options.Options(**choices))
    for part in present:
        assert part in text
    for part in absent:
        code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        assert part not in code


def test_labels_are_safe_strings_in_any_locale():
    label = 'O\'Neill "B"\\ 李\n😀'
    study = data.ContinuousStudy("k", label, 10, 1.0, 1.0, 10, 2.0, 1.0)
    line = next(row for row in r_script.script([study], options.Options()).splitlines() if "study = c(" in row)
    assert line == r"""  study = c("O'Neill \"B\"\\ \u674e\u000a\U0001f600"),"""


def test_brackets_balance():
    for choices in (options.Options(), options.Options(convention="metafor", prediction="t_k-1")):
        text = r_script.script(samples.studies(4, subgroups=("A", "B")), choices)
        code = "\n".join(line.split("#")[0] for line in text.splitlines())
        assert [code.count(left) - code.count(right) for left, right in ("()", "{}", "[]")] == [0, 0, 0]
