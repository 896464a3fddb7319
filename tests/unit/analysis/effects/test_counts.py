import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import errors
from analysis.effects import back_transform, catalogue, proportion_intervals, proportions, rates, zero_cells

COUNTS = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n + 1), st.just(n + 1)))


@given(COUNTS)
@settings(max_examples=50)
@pytest.mark.parametrize("method", proportion_intervals.METHODS)
def test_intervals_lie_in_order_and_mirror_each_other(method, count):
    x, n = count
    found = proportion_intervals.interval(x, n, method=method)
    assert 0 <= found.low <= found.high <= 1
    mirrored = proportion_intervals.interval(n - x, n, method=method)
    assert float(found.low) == pytest.approx(1 - float(mirrored.high), abs=1e-12)


@given(COUNTS, st.floats(0.5, 0.98))
@settings(max_examples=40)
def test_a_higher_level_is_wider(count, level):
    for method in proportion_intervals.METHODS:
        inner = proportion_intervals.interval(*count, method=method, level=level)
        outer = proportion_intervals.interval(*count, method=method, level=level + 0.015)
        assert outer.low <= inner.low + 1e-12
        assert outer.high >= inner.high - 1e-12


def test_the_exact_interval_of_no_events_is_the_rule_of_three_made_exact():
    found = proportion_intervals.interval(0, 100, method="clopper_pearson")
    assert (float(found.low), float(found.high)) == pytest.approx((0, 1 - 0.025 ** (1 / 100)))


def test_impossible_counts_and_methods():
    assert np.isnan(proportion_intervals.interval(11, 10).low)
    assert np.isnan(proportion_intervals.interval(-1, 10, method="clopper_pearson").high)
    with pytest.raises(errors.OptionError, match="“wilson”"):
        proportion_intervals.interval(1, 10, method="exact")


@given(COUNTS)
@settings(max_examples=50)
@pytest.mark.parametrize("name", ["PR", "PLN", "PLO", "PRZ", "PAS"])
def test_every_transformation_of_a_proportion_has_its_way_back(name, count):
    x, n = count
    entry = catalogue.measure(name)
    found = entry.compute(x, n)
    assert np.isfinite(found.estimate)
    corrected = (x + 0.5) / (n + 1) if x in (0, n) and entry.adds else x / n
    assert float(entry.back(found.estimate)) == pytest.approx(corrected, abs=1e-12)


@given(COUNTS)
@settings(max_examples=50)
def test_the_double_arcsine_comes_back_with_its_own_size(count):
    x, n = count
    found = proportions.double_arcsine_proportion(x, n)
    assert float(back_transform.double_arcsine(found.estimate, n)) == pytest.approx(x / n, abs=1e-7)


def test_the_way_back_of_a_pool_says_what_it_assumes():
    sizes = np.array([10.0, 1000.0])
    harmonic = back_transform.double_arcsine_of_pool(0.4, sizes)
    assert float(harmonic.size) == pytest.approx(2 / (1 / 10 + 1 / 1000))
    assert "harmonic mean" in harmonic.assumption
    by_variance = back_transform.double_arcsine_of_pool(0.4, sizes, assume="inverse_variance", variance=0.001)
    assert float(by_variance.size) == pytest.approx(250)
    assert float(by_variance.value) != float(harmonic.value)
    with pytest.raises(errors.OptionError, match="“harmonic_mean”"):
        back_transform.double_arcsine_of_pool(0.4, sizes, assume="mean")


def test_beyond_the_reach_of_a_size_a_proportion_is_0_or_1():
    assert back_transform.double_arcsine([0.0, 1.6], 10).tolist() == [0, 1]


def test_a_scale_that_needs_a_size_says_so():
    with pytest.raises(errors.OptionError, match="double_arcsine"):
        catalogue.measure("PFT").back(0.4)


@given(st.integers(1, 500), st.floats(0.1, 1e4), st.integers(1, 500), st.floats(0.1, 1e4), st.floats(0.01, 100))
@settings(max_examples=40)
def test_rates_follow_the_unit_of_time(x1, t1, x2, t2, unit):
    ratio, other = rates.rate_ratio(x1, t1, x2, t2), rates.rate_ratio(x1, t1 * unit, x2, t2 * unit)
    assert float(other.estimate) == pytest.approx(float(ratio.estimate), abs=1e-12)
    assert other.variance == ratio.variance
    difference = rates.rate_difference(x1, t1, x2, t2)
    scaled = rates.rate_difference(x1, t1 * unit, x2, t2 * unit)
    assert float(scaled.estimate) * unit == pytest.approx(float(difference.estimate), rel=1e-9, abs=1e-9)
    assert float(rates.rate_ratio(x2, t2, x1, t1).estimate) == pytest.approx(-float(ratio.estimate), abs=1e-12)


@given(st.integers(0, 500), st.floats(0.1, 1e4))
@settings(max_examples=40)
def test_rates_come_back(x, t):
    assert float(back_transform.back("square_root", rates.root_rate(x, t).estimate)) == pytest.approx(x / t)
    found = rates.freeman_tukey_rate(x, t).estimate
    assert float(back_transform.freeman_tukey_rate(found, t)) == pytest.approx(x / t, rel=1e-7, abs=1e-12)


def test_no_events_in_either_group_of_a_rate():
    rule = zero_cells.ZeroCells(drop="no_events")
    assert np.isnan(rates.rate_ratio(0, 10, 0, 12, zero_cells=rule).estimate)
    assert np.isfinite(rates.rate_ratio(0, 10, 0, 12).estimate)
    assert np.isnan(rates.rate(-1, 10).estimate)
