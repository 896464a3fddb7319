"""Every estimator of tau²: what holds whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis import errors
from analysis.pooling import batch, hartung_knapp, heterogeneity, quadratic_forms, tau2
from analysis.pooling.tau2 import likelihood, q_roots
from tests.unit.analysis.pooling.drawn import EFFECTS, columns, drawn, masked

SEARCHED = ("ML", "REML", "PM", "PMM", "GENQM")


@pytest.mark.parametrize("method", tau2.METHODS)
def test_a_batch_equals_a_loop_and_the_mask_is_ignored(method):
    y, v, mask = drawn()
    dirty = batch.Batch.of(np.where(mask, y, np.nan), np.where(mask, v, -1.0), mask)
    together = tau2.estimate(dirty, method)
    errors_together = tau2.standard_error(dirty, together.value, method)
    assert together.is_converged.all()
    for row in range(len(y)):
        alone = batch.Batch.of(y[row][mask[row]], v[row][mask[row]])
        single = tau2.estimate(alone, method).value
        assert together.value[row] == pytest.approx(single, rel=1e-9, abs=1e-14, nan_ok=True)
        assert errors_together[row] == pytest.approx(tau2.standard_error(alone, single, method), rel=1e-8, nan_ok=True)


@pytest.mark.parametrize("method", tau2.METHODS)
def test_none_one_and_equal_studies(method):
    rows = [[False] * 3, [True, False, False], [True, True, True]]
    studies = batch.Batch.of([[0.7, 0.7, 0.7]] * 3, [[0.5, 0.2, 0.3]] * 3, rows)
    found = tau2.estimate(studies, method)
    assert np.isnan(found.value[0])
    assert found.value[1:].tolist() == [0.0, 0.0]
    assert found.is_converged.all()
    assert np.isnan(tau2.standard_error(studies, found.value, method)[:2]).all()
    assert tau2.estimate(batch.Batch.of(np.zeros((2, 0)), np.zeros((2, 0))), method).value.shape == (2,)


@pytest.mark.parametrize("method", tau2.METHODS)
@pytest.mark.parametrize("v", [0.0, -1.0, np.nan])
def test_a_variance_that_is_none_gives_no_number_and_says_so(method, v):
    found = tau2.estimate(batch.Batch.of([0.1, 0.9, -0.7], [0.2, v, 0.1]), method)
    assert np.isnan(found.value)
    assert not found.is_converged


@pytest.mark.parametrize("method", tau2.METHODS)
def test_a_study_of_infinite_variance_changes_nothing(method):
    y, v = [0.1, 0.9, -0.7, 0.4], [0.04, 0.05, 0.02, 0.03]
    plain = tau2.estimate(batch.Batch.of(y, v), method).value
    more = tau2.estimate(batch.Batch.of([*y, 50.0], [*v, np.inf]), method).value
    assert more == pytest.approx(plain, rel=1e-13)


@settings(deadline=None, max_examples=40)
@given(EFFECTS, st.sampled_from(tau2.METHODS), st.integers(-40, 40), st.randoms(use_true_random=False))
def test_order_sign_and_unit_do_not_matter(rows, method, power, random):
    y, v = columns(rows)
    plain = tau2.estimate(batch.Batch.of(y, v), method).value
    assert tau2.estimate(batch.Batch.of(-y, v), method).value == pytest.approx(plain, rel=1e-9, abs=1e-12)
    order = random.sample(range(y.size), y.size)
    assert tau2.estimate(batch.Batch.of(y[order], v[order]), method).value == pytest.approx(plain, rel=1e-8, abs=1e-11)
    unit = 2.0**power
    scaled = tau2.estimate(batch.Batch.of(unit * y, unit**2 * v), method).value
    assert scaled / unit**2 == pytest.approx(plain, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("method", SEARCHED)
def test_tiny_and_huge_numbers(method):
    y, v = np.array([0.1, 0.9, -0.7, 0.4]), np.array([0.04, 0.05, 0.02, 0.03])
    plain = tau2.estimate(batch.Batch.of(y, v), method).value
    for power in (-240, 240):
        unit = 2.0**power
        found = tau2.estimate(batch.Batch.of(unit * y, unit**2 * v), method)
        assert found.is_converged
        assert found.value / unit**2 == pytest.approx(plain, rel=1e-12)


@settings(deadline=None, max_examples=60)
@given(EFFECTS)
def test_paule_mandel_and_its_median_solve_their_equations(rows):
    y, v = columns(rows)
    studies = batch.Batch.of(y, v)
    df = y.size - 1
    for method, target in (("PM", df), ("PMM", stats.chi2.ppf(0.5, df))):
        found = tau2.estimate(studies, method).value
        q = hartung_knapp.factor(studies, found) * df
        if found > 0:
            assert q == pytest.approx(target, rel=1e-9)
        else:
            assert heterogeneity.q_statistic(studies) <= target * (1 + 1e-12)


@settings(deadline=None, max_examples=40)
@given(EFFECTS)
def test_ml_is_the_best_of_a_fine_scan(rows):
    studies = batch.Batch.of(*columns(rows))
    found = tau2.maximum_likelihood(studies)
    assert found.is_converged
    best = likelihood.log_likelihood(studies, found.value)
    for other in np.concatenate([[0.0], np.geomspace(1e-6, 20, 200)]):
        assert best >= likelihood.log_likelihood(studies, np.array(other)) - 1e-9


def test_ml_agrees_with_a_general_optimiser():
    studies = masked(rows=1, k=30)
    found = tau2.maximum_likelihood(studies).value[0]
    other = optimize.minimize_scalar(
        lambda at: -float(likelihood.log_likelihood(studies, np.array([at]))[0]),
        bounds=(0, 2),
        options={"xatol": 1e-10},
    )
    assert found == pytest.approx(other.x, abs=1e-6)


def test_equal_variances_have_closed_forms():
    y, v = np.array([0.1, 0.9, -0.7, 0.4, 1.3]), 0.1
    s2 = y.var(ddof=1)
    studies = batch.Batch.of(y, np.full(5, v))
    for method in ("DL", "DL2", "HE", "REML", "PM", "EB", "GENQ"):
        assert tau2.estimate(studies, method).value == pytest.approx(s2 - v, rel=1e-12)
    assert tau2.estimate(studies, "ML").value == pytest.approx(s2 * 4 / 5 - v, rel=1e-12)
    assert tau2.estimate(studies, "HS").value == pytest.approx((4 * s2 / v - 5) * v / 5, rel=1e-12)
    assert tau2.estimate(studies, "HSk").value == pytest.approx(s2 - v, rel=1e-12)
    first = s2 * 4 / 5
    assert tau2.estimate(studies, "SJ").value == pytest.approx(first * s2 / (v + first), rel=1e-12)
    median = stats.chi2.ppf(0.5, 4)
    for method in ("PMM", "GENQM"):
        assert tau2.estimate(studies, method).value == pytest.approx(4 * s2 / median - v, rel=1e-10)


def test_generalised_q_takes_weights_by_name_and_by_value():
    studies = masked()
    dl = tau2.estimate(studies, "DL").value
    assert tau2.estimate(studies, "GENQ", weights="1/v").value == pytest.approx(dl, rel=1e-10, abs=1e-15, nan_ok=True)
    named = tau2.estimate(studies, "GENQ").value
    given_weights = tau2.estimate(studies, "GENQ", weights=7 / np.sqrt(studies.v)).value
    assert given_weights == pytest.approx(named, rel=1e-10, abs=1e-15, nan_ok=True)


def test_dersimonian_laird_with_another_q():
    studies = masked()
    q = heterogeneity.q_statistic(studies)
    assert tau2.estimate(studies, "DL", q=q).value == pytest.approx(
        tau2.estimate(studies, "DL").value, rel=1e-9, abs=1e-14, nan_ok=True
    )
    several = studies.k > 1
    more = tau2.estimate(studies, "DL", q=q + 5).value
    assert (more[several] > tau2.estimate(studies, "DL").value[several]).all()


def test_what_a_method_has_no_use_for_is_refused():
    studies = batch.Batch.of([0.1, 0.2], [0.1, 0.1])
    for call in (
        lambda: tau2.estimate(studies, "XX"),
        lambda: tau2.estimate(studies, "REML", weights="1/v"),
        lambda: tau2.estimate(studies, "PM", q=3.0),
        lambda: tau2.estimate(studies, "GENQ", weights="1/n"),
    ):
        with pytest.raises(errors.OptionError, match=r"choose one of|takes no|choose “"):
            call()


@pytest.mark.parametrize("k", [2, 3, 10, 200, 3000])
@pytest.mark.parametrize("probability", [0.001, 0.025, 0.5, 0.975, 0.999])
def test_the_distribution_of_q_is_chi_squared_for_inverse_variance_weights(k, probability):
    v = np.random.default_rng(k).uniform(0.1, 3, (1, k))
    q = np.array([stats.chi2.ppf(probability, k - 1)])
    found = quadratic_forms.distribution(np.zeros(1), q, 1 / v, v)
    assert found.probability[0] == pytest.approx(probability, abs=2e-11)
    ahead = quadratic_forms.distribution(np.array([1e-6]), q, 1 / v, v)
    assert found.slope[0] == pytest.approx((ahead.probability[0] - found.probability[0]) / 1e-6, rel=1e-2, abs=1e-7)


def test_the_distribution_of_q_agrees_with_simulation():
    draw = np.random.default_rng(8)
    a, s = np.array([1.0, 0.3, 0.05, 0.7]), np.array([0.2, 3.0, 40.0, 1.0])
    y = draw.normal(0, np.sqrt(s), (400_000, 4))
    q = (a * (y - (y @ a / a.sum())[:, np.newaxis]) ** 2).sum(axis=-1)
    for at in np.quantile(q, [0.05, 0.5, 0.95]):
        found = quadratic_forms.distribution(np.zeros(1), np.array([at]), a[np.newaxis], s[np.newaxis])
        assert found.probability[0] == pytest.approx((q <= at).mean(), abs=0.003)


def test_many_rows_are_done_in_parts(monkeypatch):
    studies = masked(rows=60)
    whole = {method: tau2.estimate(studies, method).value for method in ("PM", "GENQM")}
    monkeypatch.setattr(q_roots, "CHUNK", 50)
    monkeypatch.setattr(quadratic_forms, "CHUNK", 5000)
    for method, expected in whole.items():
        assert tau2.estimate(studies, method).value == pytest.approx(expected, rel=1e-11, nan_ok=True)


def test_ten_thousand_studies():
    draw = np.random.default_rng(2)
    v = draw.uniform(0.01, 0.5, 10_000)
    y = draw.normal(0.3, np.sqrt(v + 0.04))
    for method in ("REML", "ML", "PM", "DL", "HE"):
        assert tau2.estimate(batch.Batch.of(y, v), method).value == pytest.approx(0.04, abs=0.01)


def test_numbers_near_the_ends_of_the_scale_raise_no_warning():
    for y, v in (
        ([1e300, -1e300, 0.0], [1e300] * 3),
        ([1e-300, 2e-300, 3e-300], [1e-300] * 3),
        ([np.inf, 1.0, 2.0], [1.0] * 3),
        ([np.nan, 1.0, 2.0], [1.0] * 3),
    ):
        studies = batch.Batch.of(y, v)
        for method in tau2.METHODS:
            found = tau2.estimate(studies, method)
            assert not found.value < 0
            assert not tau2.standard_error(studies, found.value, method) < 0
