"""Medians to means: exactness for symmetric numbers, shifts and scales, and data drawn from known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import errors
from analysis.conversions.medians import closed, lognormal, power, quantiles, skewness, summary


def printed(data, scenario):
    low, q1, middle, q3, high = np.quantile(data, [0, 0.25, 0.5, 0.75, 1])
    quartiles, ends = {"q1": q1, "q3": q3}, {"minimum": low, "maximum": high}
    return summary.Summary(len(data), middle, **{"S1": ends, "S2": quartiles, "S3": ends | quartiles}[scenario])


SCENARIOS = ("S1", "S2", "S3")
METHODS = (closed.mean_sd, quantiles.mean_sd, power.box_cox, power.likelihood, lognormal.mean_sd)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("method", METHODS)
def test_log_normal_data_are_recovered(scenario, method):
    data = np.random.default_rng(7).lognormal(2, 0.4, 200)
    found = method(printed(data, scenario))
    loose = 0.45 if scenario == "S1" else 0.2
    assert float(found.mean) == pytest.approx(data.mean(), rel=0.06)
    assert float(found.sd) == pytest.approx(data.std(ddof=1), rel=loose)
    assert found.assumed


@given(st.floats(-100, 100), st.floats(0.5, 20), st.integers(5, 300), st.sampled_from(["luo", "wan", "hozo"]))
def test_symmetric_numbers_have_their_median_as_mean(middle, half, n, method):
    given_numbers = summary.Summary(n, middle, middle - 2 * half, middle - half, middle + half, middle + 2 * half)
    assert float(closed.mean_sd(given_numbers, mean=method).mean) == pytest.approx(middle, abs=1e-9)


@given(st.floats(0.1, 10), st.floats(-50, 50))
def test_formulas_follow_shift_and_scale(scale, shift):
    numbers = np.array([1.0, 3.0, 4.0, 7.0, 12.0])
    before, after = (summary.Summary(40, x[2], x[0], x[1], x[3], x[4]) for x in (numbers, numbers * scale + shift))
    first, second = closed.mean_sd(before), closed.mean_sd(after)
    assert float(second.mean) == pytest.approx(float(first.mean) * scale + shift, abs=1e-8)
    assert float(second.sd) == pytest.approx(float(first.sd) * scale)


def test_wans_tables_are_the_formula_to_two_digits():
    for n in range(10, 51):
        assert closed.RANGE_TABLE[n - 1] == pytest.approx(closed.expected_range(n), abs=0.02)


def test_skewness_is_seen_and_symmetry_is_not_called_skewed():
    assert skewness.test(summary.Summary(100, 5.0, q1=4.5, q3=12.0)).is_skewed
    assert not skewness.test(summary.Summary(100, 5.0, q1=4.0, q3=6.1)).is_skewed
    assert skewness.test(summary.Summary(100, 5.0, 4.0, 4.5, 12.0, 60.0)).is_skewed
    assert skewness.of_mean(4.0, 5.0).is_skewed
    assert not skewness.of_mean(30.0, 5.0).is_skewed


def test_quantile_estimation_names_the_nearest_distribution():
    data = np.random.default_rng(5).gamma(2.0, 3.0, 4000)
    found = quantiles.mean_sd(printed(data, "S3"))
    assert found.method in ("QE (gamma)", "QE (weibull)")
    fits = {fit.distribution: fit for fit in quantiles.fits(printed(data, "S3"))}
    best = fits["gamma"]
    assert quantiles.distance(printed(data, "S3"), "gamma", best.mean, best.sd) == pytest.approx(
        best.distance, rel=1e-6
    )
    assert "beta" not in fits


def test_negative_numbers_leave_the_normal_distribution_only():
    given_numbers = summary.Summary(30, 1.0, q1=-2.0, q3=3.0)
    assert [fit.distribution for fit in quantiles.fits(given_numbers)] == ["normal"]
    for method in (power.box_cox, power.likelihood, lognormal.mean_sd):
        with pytest.raises(errors.InputError, match="positive"):
            method(given_numbers)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"n": 30, "median": 5}, "quartiles or the range"),
        ({"n": 30, "median": 5, "q1": 6, "q3": 7}, "median .5. is below the q1"),
        ({"n": 30, "median": 5, "q1": 4}, "without the q3"),
        ({"n": 2, "median": 5, "q1": 4, "q3": 6}, "sample size is 2"),
        ({"n": 30, "median": 5, "q1": 5, "q3": 5}, "All numbers are equal"),
        ({"n": 30, "median": float("nan"), "q1": 4, "q3": 6}, "not a finite number"),
    ],
)
def test_impossible_numbers_are_refused(numbers, message):
    with pytest.raises(errors.InputError, match=message):
        summary.Summary(**numbers)


def test_unknown_formulas_are_refused_with_what_there_is():
    with pytest.raises(errors.OptionError, match="luo"):
        closed.mean_sd(summary.Summary(30, 5, q1=4, q3=6), mean="mean")
