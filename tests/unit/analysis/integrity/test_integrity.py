"""The integrity checks against numbers that are right by construction, and against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import errors
from analysis.integrity import baseline, granularity, spread, tests_recomputed

ANSWERS = st.lists(st.integers(1, 7), min_size=2, max_size=40)


@given(ANSWERS)
def test_real_answers_pass_grim_and_grimmer(answers):
    mean, sd = f"{np.mean(answers):.2f}", f"{np.std(answers, ddof=1):.2f}"
    assert granularity.grim(mean, len(answers)).is_consistent is not False
    assert granularity.grimmer(mean, sd, len(answers)).is_consistent is not False


@given(st.lists(st.integers(0, 1), min_size=2, max_size=60))
def test_real_shares_pass_debit(answers):
    found = granularity.debit(f"{np.mean(answers):.2f}", f"{np.std(answers, ddof=1):.2f}", len(answers))
    assert found.is_consistent


def test_published_examples():
    # Brown and Heathers 2017: a mean of 5.19 cannot come from 28 whole answers.
    found = granularity.grim("5.19", 28)
    assert found.is_consistent is False
    assert "28 whole answers" in found.reason
    assert granularity.grim("5.18", 28).is_consistent
    # The trailing nought counts: "5.20" has two decimals.
    assert granularity.grim("5.20", 28).is_consistent is False
    assert granularity.grim("5.2", 28).is_consistent is None


def test_grimmer_sees_an_sd_that_no_answers_have():
    assert granularity.grimmer("3.44", "2.47", 18).is_consistent is False
    assert granularity.grimmer("3.44", "1.76", 18).is_consistent


def test_grim_of_several_items_and_of_many_people():
    assert granularity.grim("3.45", 10, items=2).is_consistent
    assert granularity.grim("3.43", 10, items=2).is_consistent is False
    assert granularity.grim("3.43", 150).is_consistent is None


def test_debit_of_a_wrong_sd():
    assert granularity.debit("0.30", "0.46", 50).is_consistent
    assert granularity.debit("0.30", "0.30", 50).is_consistent is False


def test_bounded_scale():
    assert spread.bounded_scale("10", "15", 20, low=0, high=100).is_consistent
    found = spread.bounded_scale("10", "40", 20, low=0, high=100)
    assert found.is_consistent is False
    assert found.numbers["largest_sd"] == pytest.approx(np.sqrt(20 / 19 * 10.5 * 89.5))
    assert spread.bounded_scale("105", "4", 20, low=0, high=100).is_consistent is False


@given(st.lists(st.integers(0, 21), min_size=2, max_size=30))
def test_real_scores_fit_their_scale(scores):
    found = spread.bounded_scale(f"{np.mean(scores):.1f}", f"{np.std(scores, ddof=1):.1f}", len(scores), low=0, high=21)
    assert found.is_consistent


def test_an_se_among_sds():
    found = spread.se_for_sd(["A", "B", "C", "D"], [5.1, 4.8, 0.9, 5.3], [30, 40, 32, 25])
    assert [one.is_consistent for one in found] == [True, True, False, True]
    assert "C: the SD of 0.9" in found[2].reason
    assert "5.09" in found[2].reason
    assert spread.se_for_sd(["A", "B"], [5.0, 1.0], [30, 30])[1].is_consistent is None


@pytest.mark.parametrize(
    ("kind", "statistic", "p", "dfs", "fits"),
    [
        ("t", "2.20", "0.03", {"df": 28}, False),
        ("t", "2.20", "0.036", {"df": 28}, True),
        ("z", "-1.96", "0.05", {}, True),
        ("F", "4.00", "0.05", {"df": 1, "df2": 60}, True),
        ("chi2", "3.84", "0.05", {"df": 1}, True),
        ("chi2", "3.84", "0.01", {"df": 1}, False),
        ("r", "0.50", "0.005", {"df": 28}, True),
    ],
)
def test_p_recomputed(kind, statistic, p, dfs, fits):
    assert tests_recomputed.p_value(kind, statistic, p, **dfs).is_consistent is fits


def test_p_reported_as_below():
    assert tests_recomputed.p_value("t", "2.9", "0.01", df=40, relation="<").is_consistent
    found = tests_recomputed.p_value("t", "1.50", "0.04", df=40)
    assert found.is_consistent is False
    assert "different sides of 0.05" in found.reason


def test_baseline_differences_of_chance_and_of_too_much_likeness():
    random = np.random.default_rng(3)
    groups = random.normal(50, 10, (8, 2, 40))
    chance = [_printed(pair) for pair in groups]
    assert baseline.carlisle(chance).is_consistent
    alike = [baseline.ContinuousBaseline("x", ("50.00", "50.00"), ("10.00", "10.00"), (400, 400)) for _ in range(8)]
    found = baseline.carlisle(alike)
    assert found.is_consistent is False
    assert "more alike" in found.reason
    apart = [baseline.ContinuousBaseline("x", ("50.0", "54.0"), ("10.0", "10.0"), (100, 100)) for _ in range(6)]
    assert "differ more" in baseline.carlisle(apart).reason


def _printed(pair):
    return baseline.ContinuousBaseline(
        "x",
        tuple(f"{group.mean():.1f}" for group in pair),
        tuple(f"{group.std(ddof=1):.1f}" for group in pair),
        (40, 40),
    )


def test_baseline_p_is_that_of_the_analysis_of_variance():
    variable = baseline.ContinuousBaseline("age", (50.0, 54.0), (10.0, 12.0), (30, 25))
    t = 4 / np.sqrt((29 * 100 + 24 * 144) / 53 * (1 / 30 + 1 / 25))
    p, least, most = baseline.p_of(variable)
    assert p == pytest.approx(tests_recomputed.p_value("t", float(t), 0.5, df=53).numbers["p"])
    assert least < p < most
    counts = baseline.CountBaseline("sex", ((20, 10), (10, 20)))
    assert baseline.p_of(counts)[0] == pytest.approx(0.0098, abs=1e-4)


def test_refusals_name_the_field():
    with pytest.raises(errors.InputError, match="mean “five” is not a number"):
        granularity.grim("five", 20)
    with pytest.raises(errors.InputError, match="at least 2"):
        granularity.grim("5.2", 1)
    with pytest.raises(errors.OptionError, match="chi2"):
        tests_recomputed.p_value("w", "1", "0.5")
    with pytest.raises(errors.InputError, match="degrees of freedom"):
        tests_recomputed.p_value("t", "1", "0.5")
    with pytest.raises(errors.InputError, match="Group “B”"):
        spread.se_for_sd(["A", "B", "C"], [1, 0, 2], [10, 10, 10])
