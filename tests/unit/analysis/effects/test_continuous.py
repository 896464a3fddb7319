import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import errors
from analysis.effects import catalogue, continuous, conventions, from_means, means, ratios, small_sample
from tests.unit.analysis.effects import tables

STANDARDISED = (
    continuous.standardised_mean_difference,
    continuous.standardised_mean_difference_heterogeneous,
    continuous.glass_delta,
    continuous.glass_delta_heterogeneous,
    from_means.point_biserial,
    from_means.biserial,
    from_means.probability_of_superiority,
)
ANTISYMMETRIC = (
    continuous.mean_difference,
    continuous.standardised_mean_difference,
    continuous.standardised_mean_difference_heterogeneous,
    ratios.ratio_of_means,
    ratios.coefficient_of_variation_ratio,
    from_means.log_odds_ratio,
    from_means.point_biserial,
    from_means.biserial,
)


def same(found, expected, rtol=1e-9, atol=1e-12):
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)


@given(tables.groups())
@settings(max_examples=25)
@pytest.mark.parametrize("measure", ANTISYMMETRIC)
def test_exchanging_the_groups_turns_the_sign(measure, columns):
    there, back = measure(*columns), measure(*tables.swapped(columns))
    same(there.estimate, -back.estimate)
    same(there.variance, back.variance)


@given(tables.groups(), st.floats(0.01, 1000), st.floats(-50, 50))
@settings(max_examples=25)
def test_a_mean_difference_follows_the_unit(columns, scale, shift):
    n1, mean1, sd1, n2, mean2, sd2 = columns
    plain = continuous.mean_difference(*columns)
    other = continuous.mean_difference(n1, scale * mean1 + shift, scale * sd1, n2, scale * mean2 + shift, scale * sd2)
    same(other.estimate, scale * plain.estimate, atol=1e-9 * scale + 1e-9)
    same(other.variance, scale**2 * plain.variance)


@given(tables.groups(), st.floats(0.01, 1000))
@settings(max_examples=25)
@pytest.mark.parametrize("measure", STANDARDISED)
def test_standardised_measures_have_no_unit(measure, columns, scale):
    n1, mean1, sd1, n2, mean2, sd2 = columns
    plain = measure(*columns)
    other = measure(n1, scale * mean1, scale * sd1, n2, scale * mean2, scale * sd2)
    same(other.estimate, plain.estimate, rtol=1e-7, atol=1e-9)
    same(other.variance, plain.variance, rtol=1e-7)


@given(tables.groups(), st.sampled_from(continuous.STANDARDISED_VARIANCES), st.sampled_from(small_sample.CORRECTIONS))
@settings(max_examples=50)
def test_every_variance_is_positive_and_the_sum_of_its_parts_at_no_difference(columns, variance, correction):
    n1, _, _, n2, _, _ = columns
    found = continuous.standardised_mean_difference(*columns, variance=variance, correction=correction)
    assert (found.variance[np.isfinite(found.variance)] > 0).all()
    nothing = continuous.from_d(np.zeros_like(n1), n1, n2, variance=variance, correction=correction)
    if variance not in ("LS2", "H0"):
        same(nothing.variance, 1 / n1 + 1 / n2)


def test_conventions_are_their_formulas():
    columns = (10, 3.0, 2.0, 12, 4.5, 3.0)
    assert continuous.standardised_mean_difference(*columns, convention="revman5") == (
        continuous.standardised_mean_difference(*columns, correction="approximate", variance="LS3")
    )
    assert continuous.standardised_mean_difference(*columns, convention="meta") == (
        continuous.standardised_mean_difference(*columns, correction="exact", variance="UB")
    )


def test_the_same_difference_from_means_d_t_and_p():
    n1, n2 = 20, 25
    from_groups = continuous.standardised_mean_difference(n1, 5.0, 2.0, n2, 4.0, 2.0)
    t = 0.5 / np.sqrt(1 / n1 + 1 / n2)
    for found in (continuous.from_d(0.5, n1, n2), continuous.from_t(t, n1, n2)):
        same(found.estimate, from_groups.estimate, rtol=1e-14)
        same(found.variance, from_groups.variance, rtol=1e-14)
    same(continuous.from_p(-1.0, n1, n2).estimate, 0)
    assert continuous.from_p(-0.03, n1, n2).estimate < 0 < continuous.from_p(0.03, n1, n2).estimate


def test_the_unbiased_share_does_not_drown_in_large_samples():
    assert float(small_sample.unbiased_share(1e9, small_sample.lack(1e9, "exact"))) == pytest.approx(0.5e-9, rel=1e-8)
    plain = 1 - (50 - 2) / (50 * small_sample.exact(50.0) ** 2)
    assert float(small_sample.unbiased_share(50, small_sample.lack(50, "exact"))) == pytest.approx(
        float(plain), rel=1e-12
    )


@pytest.mark.parametrize("correction", ["exact", "approximate"])
def test_no_correction_exists_for_one_degree_of_freedom(correction):
    assert np.isnan(small_sample.factor(1, correction))


def test_glass_takes_the_sd_of_the_named_group():
    columns = (10, 5.0, 2.0, 12, 3.0, 4.0)
    of_2 = continuous.glass_delta(*columns, correction="none")
    of_1 = continuous.glass_delta(*columns, correction="none", sd_of="group1")
    assert (float(of_2.estimate), float(of_1.estimate)) == (0.5, 1.0)
    with pytest.raises(errors.OptionError, match="“group2”, “group1”"):
        continuous.glass_delta(*columns, sd_of="both")


def test_a_ratio_of_means_needs_one_sign():
    found = ratios.ratio_of_means([10, 10, 10], [2, -2, 0], 1, 10, [4, -4, 4], 1)
    assert found.estimate[:2] == pytest.approx([np.log(0.5)] * 2)
    assert np.isnan(found.estimate[2])
    assert np.isnan(ratios.ratio_of_means(10, 2, 1, 10, -4, 1).estimate)


def test_single_means():
    assert means.mean(25, 4.0, 2.0) == (4.0, 0.16)
    assert float(means.log_mean(25, 4.0, 2.0).variance) == pytest.approx(0.01)
    assert np.isnan(means.log_mean(25, -4.0, 2.0).estimate)
    pooled = means.mean([5, 9], [1.0, 2.0], [2.0, 3.0], variance="HO")
    assert pooled.variance == pytest.approx((4 * 4 + 8 * 9) / 12 / np.array([5, 9]))


@pytest.mark.parametrize("name", ["MD", "SMD"])
def test_an_sd_of_0_is_not_estimable_in_revman_and_meta(name):
    columns = ([10, 10], [5.0, 5.0], [0.0, 2.0], [12, 12], [4.0, 4.0], [2.0, 2.0])
    for convention, is_dropped in (("revman", True), ("meta", True), ("metafor", False)):
        found = catalogue.measure(name).compute(*columns, **conventions.choices(name, convention))
        assert np.isnan(found.estimate).tolist() == [is_dropped, False]
