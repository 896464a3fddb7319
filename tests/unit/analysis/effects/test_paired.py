import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.effects import matched, paired, zero_cells

TWICE = st.tuples(
    st.integers(5, 2000),
    st.floats(0.5, 50),
    st.floats(0.1, 20),
    st.floats(0.5, 50),
    st.floats(0.1, 20),
    st.floats(-0.95, 0.95),
)
TURNING = (
    paired.mean_change,
    paired.change_standardised,
    paired.pooled_standardised,
    paired.pooled_standardised_heterogeneous,
    paired.ratio_of_means,
    paired.coefficient_of_variation_ratio,
)


@given(TWICE)
@settings(max_examples=25)
@pytest.mark.parametrize("measure", TURNING)
def test_exchanging_the_measurements_turns_the_sign(measure, row):
    n, mean1, sd1, mean2, sd2, r = row
    there, back = measure(*row), measure(n, mean2, sd2, mean1, sd1, r)
    assert float(there.estimate) == pytest.approx(-float(back.estimate), rel=1e-9, abs=1e-12)
    assert float(there.variance) == pytest.approx(float(back.variance), rel=1e-9)


def test_the_change_of_perfectly_correlated_measurements_keeps_its_digits():
    found = paired.mean_change(10, 5.0, 2.0, 4.0, 2.0 + 1e-9, 1.0)
    assert float(found.variance) == pytest.approx(1e-19, rel=1e-6)


def test_becker_at_a_known_row():
    found = paired.raw_standardised(20, 10.0, 4.0, 8.0, 5.0, 0.6, correction="none")
    assert found == pytest.approx((0.5, 2 * 0.4 / 20 + 0.25 / 40))


def test_the_change_over_its_own_sd_is_a_paired_t():
    n, d = 16, 0.75
    found = paired.change_from_d(d, n, correction="none")
    assert found == pytest.approx((d, 1 / n + d**2 / (2 * n)))


def test_unbiased_variance_has_no_small_sample():
    assert np.isnan(paired.raw_standardised(4, 10.0, 4.0, 8.0, 5.0, 0.6, variance="UB").variance)


PAIRS = st.tuples(*[st.integers(1, 200)] * 4)


@given(PAIRS)
@settings(max_examples=25)
@pytest.mark.parametrize(
    "measure",
    [
        matched.risk_difference,
        matched.risk_ratio,
        matched.marginal_odds_ratio,
        matched.conditional_odds_ratio,
        matched.peto_odds_ratio,
    ],
)
def test_exchanging_the_conditions_of_pairs_turns_the_sign(measure, pairs):
    both, only1, only2, neither = pairs
    there, back = measure(both, only1, only2, neither), measure(both, only2, only1, neither)
    assert float(there.estimate) == pytest.approx(-float(back.estimate), abs=1e-12)
    assert float(there.variance) == pytest.approx(float(back.variance))


def test_pairs_without_discordance_have_no_conditional_ratio():
    found = matched.conditional_odds_ratio(5, 0, 0, 5, zero_cells=zero_cells.UNCORRECTED)
    assert np.isnan(found.estimate)
    assert np.isnan(matched.peto_odds_ratio(5, 0, 0, 5).estimate)
