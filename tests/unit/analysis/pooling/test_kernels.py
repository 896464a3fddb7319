import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.pooling import batch, common, heterogeneity, intervals, random, tau2
from analysis.pooling.tau2 import likelihood

EFFECTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2)), min_size=2, max_size=12)


def drawn(rows=40, k=8, seed=3):
    draw = np.random.default_rng(seed)
    y, v = draw.normal(0, 0.5, (rows, k)), draw.uniform(0.01, 0.5, (rows, k))
    return y, v, draw.random((rows, k)) < 0.7


@pytest.mark.parametrize("method", ["DL", "REML"])
def test_a_batch_equals_a_loop_over_what_counts(method):
    y, v, mask = drawn()
    together = tau2.estimate(batch.Batch.of(y, v, mask), method)
    pooled = random.pool(batch.Batch.of(y, v, mask), together.value)
    for row in range(len(y)):
        alone = batch.Batch.of(y[row][mask[row]], v[row][mask[row]])
        between = tau2.estimate(alone, method).value
        assert together.value[row] == pytest.approx(between, rel=1e-9, abs=1e-14, nan_ok=True)
        single = random.pool(alone, between)
        assert pooled.estimate[row] == pytest.approx(single.estimate, rel=1e-9, nan_ok=True)
        assert pooled.weights[row][mask[row]] == pytest.approx(single.weights, rel=1e-9)
    assert together.is_converged.all()


def test_what_is_masked_cannot_matter():
    y, v, mask = drawn()
    clean = batch.Batch.of(y, v, mask)
    dirty = batch.Batch.of(np.where(mask, y, np.nan), np.where(mask, v, -np.inf), mask)
    for method in ("DL", "REML"):
        assert np.array_equal(tau2.estimate(clean, method).value, tau2.estimate(dirty, method).value, equal_nan=True)
    assert (common.pool(dirty).weights[~mask] == 0).all()


def test_any_number_of_leading_axes():
    y, v, mask = drawn(rows=12)
    flat = tau2.reml(batch.Batch.of(y, v, mask)).value
    cube = tau2.reml(batch.Batch.of(*(part.reshape(3, 2, 2, -1) for part in (y, v, mask)))).value
    assert cube.shape == (3, 2, 2)
    assert np.array_equal(cube.ravel(), flat, equal_nan=True)


def test_more_rows_than_one_chunk(monkeypatch):
    y, v, mask = drawn(rows=50)
    whole = tau2.reml(batch.Batch.of(y, v, mask)).value
    monkeypatch.setattr(likelihood, "CHUNK", 7 * 8 * (likelihood.GRID.size + 1))
    assert tau2.reml(batch.Batch.of(y, v, mask)).value == pytest.approx(whole, rel=1e-12, nan_ok=True)


def test_no_study_and_one_study_have_defined_answers():
    studies = batch.Batch.of([[1.0, 2.0]] * 2, [[0.5, 0.5]] * 2, [[False, False], [True, False]])
    for method in ("DL", "REML"):
        between = tau2.estimate(studies, method)
        assert np.isnan(between.value[0])
        assert between.value[1] == 0
    pooled = common.pool(studies)
    assert np.isnan(pooled.estimate[0])
    assert pooled.estimate[1] == 1.0
    assert pooled.weights.tolist() == [[0, 0], [100, 0]]
    spread = heterogeneity.describe(studies, np.zeros(2), i2_definition="Q")
    assert spread.q.tolist() == [0, 0]
    assert np.isnan(spread.p).all()
    assert np.isnan(spread.i2).all()


@settings(deadline=None)
@given(EFFECTS)
def test_reml_is_the_best_of_a_fine_scan(rows):
    y, v = np.array(rows).T
    studies = batch.Batch.of(y, v)
    found = tau2.reml(studies)
    assert found.is_converged
    best = tau2.restricted_log_likelihood(studies, found.value)
    for other in np.concatenate([[0.0], np.geomspace(1e-6, 20, 200)]):
        assert best >= tau2.restricted_log_likelihood(studies, np.array(other)) - 1e-9


def test_of_two_maxima_reml_takes_the_higher():
    y = [0, 0, 1, 2, 2, 1.75, -1.875, -2.5, -2.75, -2.1875, -0.5, -0.25]
    v = [2, 0.5625, 1.5, 1.5, 1.5, 1.75, 1.1875, 1.75, 2, 1.625, 0.5625, 0.00390625]
    studies = batch.Batch.of(y, v)
    points = np.concatenate([[0.0], np.geomspace(1e-6, 5, 4000)])
    heights = np.array([tau2.restricted_log_likelihood(studies, at) for at in points])
    is_peak = np.diff(np.sign(np.diff(heights, prepend=-np.inf))) < 0
    assert is_peak.sum() == 2
    assert tau2.reml(studies).value == pytest.approx(points[heights.argmax()], rel=2e-3)


@settings(deadline=None)
@given(EFFECTS, st.floats(-5, 5), st.sampled_from([0.01, 3.0, 1000.0]))
def test_pooling_moves_and_scales_with_the_data(rows, shift, scale):
    y, v = np.array(rows).T
    for method in ("DL", "REML"):
        plain = tau2.estimate(batch.Batch.of(y, v), method).value
        moved = tau2.estimate(batch.Batch.of(scale * (y + shift), scale**2 * v), method).value
        assert moved == pytest.approx(scale**2 * plain, rel=1e-5, abs=1e-8 * scale**2)


def test_random_equals_common_when_tau2_is_nought():
    y, v, mask = drawn()
    studies = batch.Batch.of(y, v, mask)
    for one, other in zip(common.pool(studies), random.pool(studies, np.zeros(len(y))), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_equal_effects_have_no_heterogeneity():
    studies = batch.Batch.of([0.3] * 5, [0.1, 0.2, 0.3, 0.4, 0.5])
    assert tau2.reml(studies).value == 0
    assert tau2.dersimonian_laird(studies).value == 0
    spread = heterogeneity.describe(studies, np.array(0.0), i2_definition="Q")
    assert (spread.q, spread.i2, spread.p) == pytest.approx((0, 0, 1), abs=1e-25)


def test_a_dominant_or_tiny_study_does_not_break_reml():
    y = [0.1, 0.4, -0.2, 0.8, 0.3]
    for v in ([1e-12, 0.2, 0.3, 0.1, 0.4], [1e-140] * 5, [1e140] * 5):
        found = tau2.reml(batch.Batch.of(y, v))
        assert found.is_converged
        assert np.isfinite(found.value)


def test_a_search_cut_short_says_so(monkeypatch):
    monkeypatch.setattr(likelihood, "MAX_STEPS", 1)
    found = tau2.reml(batch.Batch.of([0.1, 0.9, -0.7, 0.4], [0.04, 0.05, 0.02, 0.03]))
    assert not found.is_converged
    assert np.isfinite(found.value)


def test_i2_definitions_differ_and_agree_for_dl():
    studies = batch.Batch.of([0.1, 0.9, -0.7, 0.4], [0.04, 0.05, 0.02, 0.03])
    dl, best = tau2.dersimonian_laird(studies).value, tau2.reml(studies).value
    by_q = heterogeneity.describe(studies, dl, i2_definition="Q")
    assert by_q.i2 == pytest.approx(heterogeneity.describe(studies, dl, i2_definition="tau2").i2)
    assert by_q.i2 != pytest.approx(heterogeneity.describe(studies, best, i2_definition="tau2").i2)


def test_prediction_needs_degrees_of_freedom():
    one, k = np.ones(4), np.array([1.0, 2.0, 3.0, 40.0])
    defined = {
        kind: np.isfinite(intervals.prediction(one, one, one, k, kind=kind, level=0.95).low).tolist()
        for kind in ("none", "z", "t_k-1", "t_k-2")
    }
    assert defined == {
        "none": [False] * 4,
        "z": [False, True, True, True],
        "t_k-1": [False, True, True, True],
        "t_k-2": [False, False, True, True],
    }


def test_wald_at_known_points():
    low, high = intervals.wald(np.array(1.0), np.array(2.0), 0.95)
    assert (low, high) == pytest.approx((1 - 2 * 1.959963984540054, 1 + 2 * 1.959963984540054))
    z, p = intervals.wald_test(np.array(-3.919927969080108), np.array(2.0))
    assert (z, p) == pytest.approx((-1.959963984540054, 0.05))
