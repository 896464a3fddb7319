"""Conversions against the Cochrane Handbook's worked examples and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import errors
from analysis.conversions import arms, between, change, clusters, crossover, spread, wald


def value(found):
    return float(found.value)


def test_worked_examples_of_the_handbook():
    assert value(spread.sd_from_ci(30.0, 34.2, 25)) == pytest.approx(5.0875, abs=5e-5)
    assert value(spread.t_from_p(0.008, 25, 22)) == pytest.approx(2.7755, abs=5e-5)
    assert value(spread.se_from_t(3.8, 2.78)) == pytest.approx(1.367, abs=5e-4)
    assert value(spread.sd_from_difference_se(1.367, 25, 22)) == pytest.approx(4.676, abs=1e-3)
    assert value(change.correlation(6.4, 7.1, 4.5)) == pytest.approx(0.7826, abs=5e-5)
    assert value(change.correlation(7.0, 6.9, 4.2)) == pytest.approx(0.8175, abs=5e-5)
    assert value(change.sd_of_change(4.0, 4.4, 0.8)) == pytest.approx(2.6833, abs=5e-5)
    assert value(wald.se_from_ci(0.548, 1.154, transformation="log")) == pytest.approx(0.18998, abs=5e-5)


def test_cluster_trial_of_the_handbook():
    effect = clusters.design_effect((295 + 330) / 21, 0.02)
    assert value(effect) == pytest.approx(1.576, abs=1e-3)
    np.testing.assert_allclose(clusters.effective([295, 330], effect.value).value, [187.2, 209.4], atol=0.1)
    assert any("elsewhere" in sentence for sentence in effect.assumed)


def test_crossover_trial_of_the_handbook():
    # Only the difference of 0.5 matters for the standardised effect.
    found = crossover.mean_difference(0.5, 2.38, 0.0, 2.21, 10, 0.68)
    assert float(found.se) == pytest.approx(0.583, abs=5e-4)
    smd = crossover.standardised(0.5, 2.38, 0.0, 2.21, 10, 0.68)
    assert (float(smd.estimate), float(smd.se)) == (pytest.approx(0.218, abs=1e-3), pytest.approx(0.256, abs=1e-3))


@given(st.lists(st.lists(st.floats(-50, 50), min_size=2, max_size=8), min_size=2, max_size=4))
def test_combined_groups_are_the_pooled_raw_data(groups):
    found = arms.combine(
        [len(one) for one in groups], [np.mean(one) for one in groups], [np.std(one, ddof=1) for one in groups]
    )
    pooled = np.concatenate(groups)
    assert float(found.group.n) == len(pooled)
    assert float(found.group.mean) == pytest.approx(pooled.mean(), abs=1e-9)
    assert float(found.group.sd) == pytest.approx(pooled.std(ddof=1), abs=1e-7)


def test_groups_summed_and_split():
    np.testing.assert_array_equal(arms.combine_counts([3, 4], [30, 40]).value, [7, 70])
    np.testing.assert_array_equal(arms.split(60, 2, events=10).value, [30, 5])


@given(st.floats(0.05, 20), st.floats(0.01, 0.99))
def test_ratios_and_differences_go_there_and_back(ratio, risk):
    rr = between.rr_from_or(ratio, risk)
    assert value(between.or_from_rr(rr.value, risk)) == pytest.approx(ratio)
    assert value(between.rd_from_or(ratio, risk)) == pytest.approx(value(between.rd_from_rr(rr.value, risk)), abs=1e-12)


@given(st.floats(-3, 3), st.integers(3, 100), st.integers(3, 100))
def test_d_and_r_go_there_and_back(d, n1, n2):
    assert value(between.d_from_r(between.r_from_d(d, n1, n2).value, n1, n2)) == pytest.approx(d, abs=1e-9)
    assert value(between.d_from_log_or(between.log_or_from_d(d).value)) == pytest.approx(d, abs=1e-12)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_a_table_is_found_from_its_odds_ratio(a, b, c, d):
    found = between.table_from_or(a * d / (b * c), a + b + c + d, a + b, a + c)
    np.testing.assert_array_equal(found.value, [a, b, c, d])


def test_nnt():
    assert value(between.nnt(-0.1)) == pytest.approx(10)
    assert value(between.nnt(0.0)) == math.inf
    assert value(between.nnt(0.05)) == pytest.approx(-20)


@given(st.floats(-5, 5), st.floats(0.1, 3), st.sampled_from([0.9, 0.95, 0.99]))
def test_an_interval_gives_back_its_standard_error(estimate, se, level):
    reach = float(wald._quantile(np.asarray(0.5 + level / 2), None)) * se
    assert value(wald.se_from_ci(estimate - reach, estimate + reach, level=level)) == pytest.approx(se)


def test_a_p_value_of_no_effect_says_nothing():
    assert math.isnan(value(wald.se_from_p(0.0, 0.5)))
    assert value(wald.se_from_p(math.exp(0.5), 0.05, transformation="log")) == pytest.approx(0.5 / 1.959964, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spread.sd_from_se(-1, 10), "standard error is -1, but it must be greater than 0"),
        (lambda: spread.sd_from_se(1, 1), "number of participants is 1"),
        (lambda: spread.sd_from_ci(5, 4, 10), "lower limit"),
        (lambda: change.correlation(1, 1, 5), "must lie from -1 to 1"),
        (lambda: between.or_from_rr(3, 0.5), "risk under treatment"),
        (lambda: clusters.design_effect(20, 1.5), "intracluster correlation"),
        (lambda: wald.se_from_ci(-1, 2, transformation="log"), "must be greater than 0"),
        (lambda: spread.sd_from_se(math.nan, 10), "not a finite number"),
    ],
)
def test_impossible_input_is_refused_with_its_field(call, message):
    with pytest.raises(errors.InputError, match=message):
        call()
