"""Rank correlation: against scipy, by enumeration, in batches and at the edges."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from analysis import errors
from analysis.bias import hypergeometric, rank
from analysis.pooling import batch
from tests.unit.analysis.bias import drawn_studies as drawn


@given(drawn.STUDIES)
def test_tau_and_the_exact_p_are_scipy_s(rows):
    studies = drawn.one(rows)
    found = rank.begg(studies)
    own = stats.kendalltau(rank.deviates(studies), studies.v, method="exact" if found.is_exact else "asymptotic")
    assert found.tau == pytest.approx(own.statistic, abs=1e-12)
    if found.is_exact:
        assert found.p == pytest.approx(own.pvalue, rel=1e-9)


def test_the_exact_p_is_the_share_of_orders_as_extreme():
    x, y = np.arange(5.0), np.array([2.0, 0.0, 1.0, 4.0, 3.0])
    found = rank.correlate(x, y, np.ones(5, dtype=bool))
    scores = [
        sum(np.sign(b - a) for a, b in itertools.combinations(order, 2)) for order in itertools.permutations(range(5))
    ]
    share = np.mean(np.array(scores) >= float(found.score))
    assert found.p == pytest.approx(min(1, 2 * share))


def test_ties_take_the_normal_p_with_their_own_variance():
    x, y = np.array([1.0, 1, 2, 3, 4, 4, 4]), np.array([2.0, 1, 2, 4, 3, 6, 6])
    found = rank.correlate(x, y, np.ones(7, dtype=bool))
    own = stats.kendalltau(x, y, method="asymptotic")
    assert not found.is_exact
    assert found.tau == pytest.approx(own.statistic)
    assert found.p == pytest.approx(own.pvalue)


def test_the_continuity_correction_takes_one_off_the_score():
    studies = drawn.row(drawn.drawn(), 3)
    plain, corrected = (rank.begg(studies, p_value=each) for each in ("normal", "normal_corrected"))
    assert abs(plain.statistic - corrected.statistic) == pytest.approx(1 / plain.score_se)
    assert corrected.p > plain.p


def test_a_batch_is_a_loop_whatever_the_blocks(monkeypatch):
    studies = drawn.drawn()
    whole = rank.begg(studies)
    monkeypatch.setattr(rank, "CHUNK", 20)
    for name, value in rank.begg(studies)._asdict().items():
        np.testing.assert_array_equal(value, getattr(whole, name))
    for i in range(studies.k.size):
        alone = rank.begg(drawn.row(studies, i))
        for name in ("score", "score_se", "tau", "p", "is_exact"):
            np.testing.assert_allclose(getattr(whole, name)[i], getattr(alone, name), rtol=1e-12)


def test_sorting_counts_what_pairs_count(monkeypatch):
    studies = drawn.drawn()
    x, y = np.round(studies.y, 1), np.round(studies.v, 1)
    pairs = rank.correlate(x, y, studies.mask)
    monkeypatch.setattr(rank, "WIDE", 3)
    for name, value in rank.correlate(x, y, studies.mask)._asdict().items():
        np.testing.assert_array_equal(value, getattr(pairs, name))


def test_a_flip_of_all_signs_turns_tau():
    studies = drawn.drawn()
    here, there = rank.begg(studies), rank.begg(drawn.flipped(studies))
    np.testing.assert_array_equal(there.score, -here.score)
    np.testing.assert_allclose(there.p, here.p, rtol=1e-12)


def test_edges_have_answers():
    for k in (0, 1):
        assert np.isnan(rank.begg(batch.Batch.of(np.zeros(k), np.ones(k))).p)
    two = rank.begg(batch.Batch.of([0.0, 1.0], [1.0, 2.0]))
    assert (float(two.p), bool(two.is_exact)) == (1.0, True)
    alone = rank.begg(batch.Batch.of([0.1, 0.2, 5.0], [1.0, 2.0, 1e-30]))
    assert np.isfinite(alone.tau)
    assert np.isnan(rank.begg(batch.Batch.of([0.1, 0.2, 0.3], [1.0, -2.0, 1.0])).p)


def test_a_bad_variance_spoils_its_own_row_only():
    y, v = np.array([[0.1, 0.4, 0.2, 0.9]] * 2), np.array([[0.1, 0.2, 0.3, 0.5], [0.1, 0.0, 0.3, 0.5]])
    np.testing.assert_array_equal(np.isnan(rank.begg(batch.Batch.of(y, v)).p), [False, True])


def test_unknown_p_values_are_named():
    with pytest.raises(errors.OptionError, match="“exact”, “normal”, “normal_corrected”"):
        rank.begg(drawn.drawn(), p_value="bootstrap")


def test_hypergeometric_moments_are_scipy_s(monkeypatch):
    n1, events, total = np.array([10, 40, 300, 7]), np.array([4, 20, 90, 7]), np.array([25, 100, 500, 15])
    for ratio in (0.3, 1.0, 6.0):
        monkeypatch.setattr(hypergeometric, "CHUNK", 64 if ratio > 1 else 1 << 20)
        found = hypergeometric.moments(n1, events, total, np.log(ratio), True)
        own = [stats.nchypergeom_fisher(*each, ratio) for each in zip(total, n1, events, strict=True)]
        np.testing.assert_allclose(found.mean, [each.mean() for each in own], rtol=1e-8)
        np.testing.assert_allclose(found.variance, [each.var() for each in own], rtol=1e-6)
