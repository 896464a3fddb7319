"""Intervals, prediction, tau² limits, H, I², Rb, fit, BLUPs and weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from analysis import errors
from analysis.pooling import (
    batch,
    blup,
    common,
    fit,
    hartung_knapp,
    heterogeneity,
    intervals,
    nagashima,
    prediction,
    prediction_kinds,
    random,
    tau2,
    tau2_intervals,
    weights,
)
from tests.unit.analysis.pooling.drawn import EFFECTS, columns, drawn, masked

Y, V = [0.1, 0.9, -0.7, 0.4], [0.04, 0.05, 0.02, 0.03]
LIMITS = ("QP", "J", "BJ", "BT", "PL")


def pooled(studies, method="REML"):
    between = tau2.estimate(studies, method).value
    return random.pool(studies, between), between


@settings(deadline=None, max_examples=50)
@given(EFFECTS)
def test_how_the_intervals_relate(rows):
    studies = batch.Batch.of(*columns(rows))
    found, between = pooled(studies)
    by = {name: intervals.infer(studies, found, between, method=name) for name in intervals.METHODS}
    width = {name: float(one.high - one.low) for name, one in by.items()}
    assert width["t"] >= width["z"]
    assert width["HK-se"] >= max(width["HK"], width["t"]) * (1 - 1e-12)
    assert width["HK-ci"] == pytest.approx(max(width["HK"], width["z"]))
    assert by["HK"].factor == pytest.approx(hartung_knapp.factor(studies, between))
    for one in by.values():
        if np.isfinite(one.low):
            assert (one.p < 0.05) == (one.low > 0 or one.high < 0) or one.p == pytest.approx(0.05)


def test_one_study_has_its_own_interval_and_none_has_none():
    studies = batch.Batch.of([[0.5, 0.1]] * 2, [[0.04, 0.1]] * 2, [[True, False], [False, False]])
    found = random.pool(studies, np.zeros(2))
    for method in intervals.METHODS:
        one = intervals.infer(studies, found, np.zeros(2), method=method)
        assert (one.low[0], one.high[0]) == pytest.approx((0.5 - 1.959964 * 0.2, 0.5 + 1.959964 * 0.2), rel=1e-6)
        assert np.isnan([one.low[1], one.p[1]]).all()


def test_paule_mandel_makes_hartung_knapp_plain_t():
    studies = batch.Batch.of(Y, V)
    found, between = pooled(studies, "PM")
    one = intervals.infer(studies, found, between, method="HK")
    assert one.factor == pytest.approx(1, rel=1e-10)
    assert one.low == pytest.approx(intervals.infer(studies, found, between, method="t").low)


def test_kenward_roger_for_equal_variances_has_the_usual_degrees_of_freedom():
    studies = batch.Batch.of([0.1, 0.9, -0.7, 0.4, 1.3, -0.2], np.full(6, 0.1))
    found, between = pooled(studies)
    one = intervals.infer(studies, found, between, method="KR")
    assert one.df == pytest.approx(5)
    assert one.se == pytest.approx(np.sqrt(found.variance))


@pytest.mark.parametrize("kind", [name for name in prediction_kinds.NAMES if name not in ("none", "NNF")])
def test_prediction_intervals_of_every_kind(kind):
    studies = batch.Batch.of(*drawn(k=9)[:2])
    found, between = pooled(studies)
    limits = prediction.interval(studies, found, between, kind=kind)
    assert (limits.high[limits.df > 0] >= limits.low[limits.df > 0]).all()
    if kind not in ("HK", "HK-PR", "HK-riley", "simple"):
        mean = intervals.infer(studies, found, between, method="z")
        assert not (limits.high - limits.low < mean.high - mean.low).any()
    row = batch.Batch.of(studies.y[3], studies.v[3])
    alone = prediction.interval(row, *pooled(row), kind=kind)
    assert limits.low[3] == pytest.approx(alone.low, rel=1e-9, nan_ok=True)


def test_prediction_needs_studies_and_a_known_kind():
    studies = batch.Batch.of([[0.1, 0.5, 0.9]] * 3, [[0.01, 0.02, 0.03]] * 3, np.tri(3, dtype=bool))
    found, between = pooled(studies)
    defined = {
        kind: np.isfinite(prediction.interval(studies, found, between, kind=kind).low).tolist()
        for kind in ("none", "z", "t_k-1", "t_k-2", "riley")
    }
    assert defined == {
        "none": [False, False, False],
        "z": [False, True, True],
        "t_k-1": [False, True, True],
        "t_k-2": [False, False, True],
        "riley": [False, True, True],
    }
    with pytest.raises(errors.OptionError, match="NNF"):
        prediction.interval(studies, found, between, kind="t_k-3")


def test_nagashima_is_repeatable_wider_than_the_plug_in_and_knows_its_mask():
    studies = batch.Batch.of([*Y, np.nan], [*V, 1.0], [True] * 4 + [False])
    low, high = nagashima.interval(studies)
    assert (low, high) == nagashima.interval(batch.Batch.of(Y, V))
    found, between = pooled(studies, "DL")
    plug_in = prediction.interval(studies, found, between, kind="z")
    assert low < plug_in.low < plug_in.high < high
    assert np.isnan(nagashima.interval(batch.Batch.of([0.1], [0.2]))).all()


@settings(deadline=None, max_examples=30)
@given(EFFECTS)
def test_limits_of_tau2_satisfy_their_definitions(rows):
    studies = batch.Batch.of(*columns(rows))
    found = tau2_intervals.interval(studies, "QP")
    assert found.is_converged
    assert found.low <= found.high
    for at, probability in ((found.low, 0.975), (found.high, 0.025)):
        if at > 0:
            assert tau2_intervals.q_profile_probability(studies, at) == pytest.approx(probability, rel=1e-7)
    for likelihood_of, method in ((tau2.restricted_log_likelihood, "REML"),):
        limits = tau2_intervals.interval(studies, "PL", likelihood=method)
        best = likelihood_of(studies, tau2.estimate(studies, method).value)
        drop = stats.chi2.ppf(0.95, 1) / 2
        assert likelihood_of(studies, limits.high) == pytest.approx(best - drop, abs=1e-8)
        if limits.low > 0:
            assert likelihood_of(studies, limits.low) == pytest.approx(best - drop, abs=1e-8)


@pytest.mark.parametrize("method", LIMITS)
def test_limits_of_tau2_in_a_batch_and_alone(method):
    y, v, mask = drawn(rows=12)
    together = tau2_intervals.interval(batch.Batch.of(y, v, mask), method)
    assert together.is_converged.all()
    for row in range(12):
        alone = tau2_intervals.interval(batch.Batch.of(y[row][mask[row]], v[row][mask[row]]), method)
        assert together.low[row] == pytest.approx(alone.low, rel=1e-8, abs=1e-12, nan_ok=True)
        assert together.high[row] == pytest.approx(alone.high, rel=1e-8, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("method", LIMITS)
def test_limits_of_tau2_widen_with_the_level_and_can_be_nought(method):
    studies = batch.Batch.of(Y, V)
    narrow, wide = (tau2_intervals.interval(studies, method, level=level) for level in (0.8, 0.99))
    assert wide.low <= narrow.low < narrow.high < wide.high
    same = tau2_intervals.interval(batch.Batch.of([0.3] * 6, V + V[:2]), method)
    assert same.low == 0
    assert same.is_low_below
    one = tau2_intervals.interval(batch.Batch.of([0.3], [0.1]), method)
    assert np.isnan([one.low, one.high]).all()


def test_an_unknown_interval_of_tau2_is_refused():
    with pytest.raises(errors.OptionError, match="“QP”"):
        tau2_intervals.interval(batch.Batch.of(Y, V), "XX")
    assert np.isnan(tau2_intervals.interval(batch.Batch.of(Y, V), "none").low)


def test_h_i2_and_rb():
    studies = batch.Batch.of(Y, V)
    q, between = heterogeneity.q_statistic(studies), tau2.estimate(studies, "REML").value
    h, i2 = heterogeneity.h_interval(q, 4), heterogeneity.i2_interval(q, 4)
    assert i2.value == pytest.approx(heterogeneity.i2_from_q(q, np.array(3.0)))
    assert 1 <= h.low <= h.value <= h.high
    rb = heterogeneity.rb(studies, between)
    assert rb.value == pytest.approx(100 * np.mean(between / (np.array(V) + between)))
    assert 0 <= rb.low <= rb.value <= rb.high <= 100
    assert np.isnan(heterogeneity.h_interval(0.0, 1).value)
    assert heterogeneity.h_interval(0.4, 5).value == 1


def test_fit_criteria_are_those_of_the_likelihood():
    studies = batch.Batch.of(Y, V)
    found, between = pooled(studies, "ML")
    one = fit.maximum_likelihood(studies, found.estimate, between)
    by_scipy = stats.norm.logpdf(Y, found.estimate, np.sqrt(np.array(V) + between)).sum()
    assert one.log_likelihood == pytest.approx(by_scipy)
    assert one.aic == pytest.approx(4 - 2 * by_scipy)
    assert one.bic == pytest.approx(2 * np.log(4) - 2 * by_scipy)
    fewer = fit.maximum_likelihood(studies, found.estimate, between, has_tau2=False)
    assert one.aic - fewer.aic == pytest.approx(2)
    apart = (
        fit.restricted(studies, found.estimate, between).log_likelihood
        - fit.restricted(studies, *_common(studies)).log_likelihood
    )
    heights = [tau2.restricted_log_likelihood(studies, at) for at in (between, np.array(0.0))]
    assert apart == pytest.approx(heights[0] - heights[1])


def _common(studies):
    return common.pool(studies).estimate, np.array(0.0)


def test_blups_lie_between_a_study_and_the_mean():
    studies = masked()
    found, between = pooled(studies)
    one = blup.predict(studies, found, between)
    low, high = np.minimum(studies.y, found.estimate[:, None]), np.maximum(studies.y, found.estimate[:, None])
    inside = (one.estimate >= low - 1e-12) & (one.estimate <= high + 1e-12)
    assert inside[studies.mask].all()
    assert np.isnan(one.estimate[~studies.mask]).all()


def test_other_weights_and_other_variances():
    studies = masked()
    found, between = pooled(studies)
    same = common.under(studies, studies.weights(between), between)
    for one, other in zip(found, same, strict=True):
        assert one == pytest.approx(other, nan_ok=True)
    assert common.ivhet(studies, between).estimate == pytest.approx(common.pool(studies).estimate, nan_ok=True)
    plain = common.pool(studies)
    scaled = common.unrestricted(studies)
    factor = heterogeneity.q_statistic(studies) / (studies.k - 1)
    several = studies.k > 1
    assert scaled.variance[several] == pytest.approx((plain.variance * factor)[several])
    assert np.isnan(scaled.variance[~several]).all()


def test_the_weight_column():
    given_weights, groups = [1.0, 3.0, 4.0, 0.0, 2.0], ["a", "a", "b", "c", "b"]
    assert weights.revman(given_weights, groups) == pytest.approx([10, 30, 40, 0, 20])
    within = weights.revman(given_weights, groups, has_total=False)
    assert within == pytest.approx([25, 75, 200 / 3, 0, 100 / 3])
    assert weights.shares([0.0, 0.0]).tolist() == [0, 0]
