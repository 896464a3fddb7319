import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis.effects import correlations, generic, hazard, reliability

Z = 1.959963984540054


@given(st.floats(-5, 5), st.floats(0.01, 10), st.floats(0.5, 0.999))
@settings(max_examples=40)
def test_an_interval_gives_its_standard_error_back(estimate, se, level):
    reach = stats.norm.ppf((1 + level) / 2) * se
    found = generic.from_interval(estimate, estimate - reach, estimate + reach, level=level)
    assert float(found.variance) == pytest.approx(se**2, rel=1e-9)


@given(st.floats(0.01, 5), st.floats(0.05, 10), st.integers(3, 500))
@settings(max_examples=40)
def test_a_p_value_gives_its_standard_error_back(estimate, se, df):
    for distribution, degrees in ((stats.norm, np.inf), (stats.t(df), df)):
        p = 2 * distribution.sf(estimate / se)
        if p > 1e-200:
            assert float(generic.from_p(-estimate, p, df=degrees).variance) == pytest.approx(se**2, rel=1e-6)


def test_what_gives_no_precision_is_nan():
    assert np.isnan(generic.from_interval(0.1, 0.2, 0.2).variance)
    assert np.isnan(generic.from_p(0.0, 0.5).variance)
    assert np.isnan(generic.from_any(1.0).variance)


def test_each_study_by_what_it_states():
    nan = np.nan
    found = generic.from_any(
        np.full(4, 0.5),
        se=[0.2, nan, nan, nan],
        variance=[nan, 0.09, nan, nan],
        ci_low=[nan, nan, 0.5 - Z * 0.4, nan],
        ci_high=[nan, nan, 0.5 + Z * 0.4, nan],
        p=[nan, nan, nan, 2 * stats.norm.sf(1.0)],
    )
    assert np.sqrt(found.variance) == pytest.approx([0.2, 0.3, 0.4, 0.5])


def test_hazard_ratios_from_every_statement():
    log, se = math.log(0.7), 0.2
    low, high = math.exp(log - Z * se), math.exp(log + Z * se)
    p = 2 * stats.norm.sf(abs(log) / se)
    for found in (
        hazard.from_observed_expected(log / se**2, 1 / se**2),
        hazard.from_interval(0.7, low, high),
        hazard.from_p(0.7, p),
        hazard.from_any(hr=0.7, se=se),
        hazard.from_any(hr=0.7, ci_low=low, ci_high=high),
    ):
        assert (float(found.estimate), float(found.variance)) == pytest.approx((log, se**2), rel=1e-9)


def test_a_log_rank_p_value_with_its_events():
    found = hazard.from_log_rank_p(0.04, -1, 40, 60)
    assert found.estimate < 0
    assert float(found.variance) == pytest.approx(100 / 2400)
    assert 2 * stats.norm.sf(-float(found.estimate) / math.sqrt(float(found.variance))) == pytest.approx(0.04)


@given(st.floats(-0.99, 0.99), st.integers(5, 10**6))
@settings(max_examples=60)
def test_correlations_turn_with_their_sign(r, n):
    for measure in (correlations.correlation, correlations.unbiased_correlation, correlations.fisher_z):
        there, back = measure(r, n), measure(-r, n)
        assert there.estimate == -back.estimate
        assert there.variance == back.variance
    assert float(np.tanh(correlations.fisher_z(r, n).estimate)) == pytest.approx(r, abs=1e-12)
    assert abs(float(correlations.unbiased(r, n))) >= abs(r) - 1e-15


@pytest.mark.parametrize("n", [50, 81, 82, 83, 300, 10**5, 10**9])
def test_the_unbiased_correlation_at_every_size(n):
    approximate = 0.3 + 0.3 * (1 - 0.09) / (2 * (n - 3))
    assert float(correlations.unbiased(0.3, n)) == pytest.approx(approximate, abs=0.3 / n**2 + 1e-15)


def test_the_unbiased_correlation_of_six_people_is_an_elliptic_integral():
    x = 1 - 0.3**2
    exact = 0.3 * 4 / (math.pi * x) * (special.ellipe(x) - (1 - x) * special.ellipk(x))
    assert float(correlations.unbiased(0.3, 6)) == pytest.approx(exact, rel=1e-12)


def test_too_few_people_for_a_variance():
    found = correlations.correlation(0.5, 3)
    assert found.estimate == 0.5
    assert np.isnan(found.variance)
    assert np.isnan(correlations.fisher_z(0.5, 3).variance)
    assert np.isnan(correlations.correlation(1.2, 30).estimate)


def test_a_correlation_from_its_t():
    t = 0.4 * math.sqrt(28 / (1 - 0.16))
    assert float(correlations.from_t(t, 30)) == pytest.approx(0.4)


def test_alpha_by_the_delta_method():
    plain = reliability.alpha(0.8, 10, 100)
    logged = reliability.log_complement(0.8, 10, 100)
    assert float(plain.variance) == pytest.approx(float(logged.variance) * 0.2**2)
    assert float(reliability.cube_root(0.8, 10, 100).estimate) == pytest.approx(1 - 0.2 ** (1 / 3))
