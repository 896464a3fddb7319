"""Excess significance: by enumeration, by numerical integration, batches and edges."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from scipy import integrate, stats

from analysis import errors
from analysis.bias import excess
from analysis.pooling import batch, common
from tests.unit.analysis.bias import drawn_studies as drawn


def test_the_exact_p_is_the_sum_over_all_sets():
    power = np.array([0.1, 0.5, 0.9, 0.3])
    for observed in range(5):
        total = sum(
            np.prod(np.where(each, power, 1 - power))
            for each in itertools.product([0, 1], repeat=4)
            if sum(each) >= observed
        )
        assert excess.at_least(power, np.array(float(observed))) == pytest.approx(total)


def test_small_tails_keep_their_digits():
    power = np.full(60, 1e-4)
    assert excess.at_least(power, np.array(20.0)) == pytest.approx(stats.binom.sf(19, 60, 1e-4), rel=1e-9)


def weighted_power(x, se, bar):
    return (stats.norm.sf(bar - x / se) + stats.norm.cdf(-bar - x / se)) * stats.norm.pdf(x, 0.4, 0.2**0.5)


def test_power_averages_over_true_effects():
    studies, tau2 = drawn.row(drawn.drawn(), 0), 0.2
    found = excess.significance(studies, tau2=tau2, effect=0.4)
    bar = stats.norm.ppf(0.975)
    for v, own in zip(studies.v, found.power, strict=True):
        value = integrate.quad(weighted_power, -6, 6, args=(np.sqrt(v), bar), epsabs=1e-12)[0]
        assert own == pytest.approx(value, rel=1e-8)


@given(drawn.STUDIES)
def test_a_flip_turns_the_alternative(rows):
    studies = drawn.one(rows)
    here = excess.significance(studies, alternative="greater")
    there = excess.significance(drawn.flipped(studies), alternative="less")
    np.testing.assert_allclose(there.power, here.power, rtol=1e-9)
    assert (there.observed, float(there.p)) == (here.observed, pytest.approx(float(here.p), rel=1e-9))


@pytest.mark.parametrize("test", excess.TESTS)
def test_a_batch_is_a_loop(test):
    studies = drawn.drawn()
    whole = excess.significance(studies, test=test, tau2=0.05)
    for i in range(studies.k.size):
        alone = excess.significance(drawn.row(studies, i), test=test, tau2=0.05)
        for name in ("effect", "observed", "expected", "ratio", "chi2", "p", "is_exact"):
            np.testing.assert_allclose(getattr(whole, name)[i], getattr(alone, name), rtol=1e-9, err_msg=name)


def test_the_other_tests_are_those_of_a_proportion():
    studies = drawn.row(drawn.drawn(k=14), 0)
    found = {test: excess.significance(studies, test=test) for test in excess.TESTS}
    observed, share, k = found["chi2"].observed, found["chi2"].expected / studies.k, int(studies.k)
    own = stats.binomtest(int(observed), k, float(share), alternative="greater").pvalue
    assert found["binomial"].p == pytest.approx(own)
    z = (observed - k * share) / np.sqrt(k * share * (1 - share))
    assert found["chi2"].p == pytest.approx(stats.norm.sf(z))
    assert found["metafor"].is_exact
    assert found["exact"].effect == pytest.approx(float(common.pool(studies).estimate))


def test_many_studies_take_metafor_s_chi2():
    studies = drawn.row(drawn.drawn(k=60, share=2), 0)
    assert not excess.significance(studies, test="metafor").is_exact


def test_edges():
    assert np.isnan(excess.significance(batch.Batch.of(np.zeros(0), np.ones(0))).p)
    for choice in ({"test": "x"}, {"alternative": "x"}, {"alpha": 2.0}):
        with pytest.raises(errors.OptionError):
            excess.significance(drawn.drawn(), **choice)
