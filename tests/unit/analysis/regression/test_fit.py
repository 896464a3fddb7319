import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis import errors
from analysis.pooling import batch
from analysis.regression import fit, omnibus, tau2
from tests.unit.analysis.regression import drawn_studies

METHODS = [name for name in tau2.METHODS if name != "GENQ"]
STUDIES = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2), st.integers(1970, 2020)), min_size=4, max_size=12)


def close(value, rel=1e-9, floor=1e-12):
    return pytest.approx(value, rel=rel, abs=floor, nan_ok=True)


def dense(studies, x, between):
    """The textbook's matrices, for a check of the sums."""
    w = np.diag(1 / (studies.v + between))
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    return w, p


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("test", ["z", "knha"])
def test_a_batch_equals_a_loop_over_what_counts(method, test):
    studies, x = drawn_studies.drawn()
    together = fit.fit(studies, x, method=method, test=test)
    for row in range(len(studies.y)):
        kept = studies.mask[row]
        alone = fit.fit(batch.Batch.of(studies.y[row][kept], studies.v[row][kept]), x[kept], method=method, test=test)
        assert together.tau2[row] == close(alone.tau2)
        assert together.coefficients[row] == close(alone.coefficients, rel=1e-7)
        assert together.covariance[row] == close(alone.covariance, rel=1e-7)
        assert together.hat[row][kept] == close(alone.hat)
        assert (together.hat[row][~kept] == 0).all()
    assert together.is_converged.all()


def test_small_chunks_change_nothing(monkeypatch):
    studies, x = drawn_studies.drawn()
    whole = fit.fit(studies, x)
    monkeypatch.setattr(fit, "CHUNK", 40)
    assert fit.fit(studies, x).coefficients == close(whole.coefficients, rel=1e-8)


def test_a_design_for_each_set():
    studies, x = drawn_studies.drawn()
    shared, own = fit.fit(studies, x), fit.fit(studies, np.broadcast_to(x, (len(studies.y), *x.shape)).copy())
    assert own.coefficients == close(shared.coefficients, rel=1e-7)


def test_what_is_masked_cannot_matter():
    studies, x = drawn_studies.drawn()
    dirty = batch.Batch.of(
        np.where(studies.mask, studies.y, np.nan), np.where(studies.mask, studies.v, -1), studies.mask
    )
    assert np.array_equal(fit.fit(studies, x).coefficients, fit.fit(dirty, x).coefficients)


def test_the_sums_are_the_textbooks_matrices():
    studies, x = drawn_studies.one(tau2=1.0)
    found = fit.fit(studies, x, method="REML")
    assert found.tau2 > 0
    w, p = dense(studies, x, float(found.tau2))
    y = studies.y
    assert y @ p @ p @ y == close(np.trace(p), rel=1e-8)
    assert found.tau2_error == close(np.sqrt(2 / np.trace(p @ p)), rel=1e-7)
    assert found.covariance == close(np.linalg.inv(x.T @ w @ x), rel=1e-6)
    _, common = dense(studies, x, 0.0)
    assert found.q == close(y @ common @ y)
    assert found.typical_variance == close(float(found.df) / np.trace(common), rel=1e-8)
    laird = fit.fit(studies, x, method="DL")
    assert laird.tau2 == close((y @ common @ y - float(found.df)) / np.trace(common), rel=1e-7)


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_no_other_tau2_has_a_higher_likelihood(method):
    studies, x = drawn_studies.drawn(rows=30, tau2=0.02)
    found = fit.fit(studies, x, method=method)
    name = "log_likelihood" if method == "ML" else "log_restricted"
    for other in (*np.geomspace(1e-4, 5, 60), 0.0):
        again = fit.fit(studies, x, method=method, fixed_tau2=np.full(30, other))
        assert (getattr(again, name) <= getattr(found, name) + 1e-10).all()
    assert (found.tau2 == 0).any()
    assert (found.tau2 > 0).any()


def test_the_highest_of_two_maxima_is_taken():
    y = np.array([0.0, 0.05, -0.05, 0.02, 8.0, -9.0, 7.0])
    v = np.array([1e-4, 1e-4, 1e-4, 1e-4, 30.0, 30.0, 30.0])
    x = np.column_stack([np.ones(7), [0, 1, 0, 1, 0, 1, 0]])
    found = fit.fit(batch.Batch.of(y, v), x)
    grid = fit.fit(batch.Batch.of(np.tile(y, (400, 1)), v), x, fixed_tau2=np.geomspace(1e-8, 100, 400))
    assert found.log_restricted >= grid.log_restricted.max() - 1e-9


@pytest.mark.parametrize(("method", "target"), [("PM", None), ("EB", None), ("PMM", 0.5)])
def test_paule_and_mandels_equation_holds(method, target):
    studies, x = drawn_studies.drawn(rows=20)
    found = fit.fit(studies, x, method=method)
    goal = found.df if target is None else stats.chi2.ppf(target, found.df)
    positive = found.tau2 > 0
    assert positive.any()
    assert found.misfit[positive] == close(goal[positive], rel=1e-10)
    assert (found.misfit[~positive] <= goal[~positive]).all()


def test_reml_is_what_an_optimiser_finds():
    studies, x = drawn_studies.one(seed=9, tau2=0.3)

    def lost(between):
        return -float(fit.fit(studies, x, fixed_tau2=between).log_restricted)

    best = optimize.minimize_scalar(lost, bounds=(1e-6, 5), method="bounded", options={"xatol": 1e-10})
    assert fit.fit(studies, x).tau2 == pytest.approx(best.x, rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(STUDIES, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_order_does_not_matter(rows, method, random):
    y, v, year = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assume(np.ptp(year) > 0)
    x = np.column_stack([np.ones(len(y)), year])
    order = random.sample(range(len(y)), len(y))
    one = fit.fit(batch.Batch.of(y, v), x, method=method)
    other = fit.fit(batch.Batch.of(y[order], v[order]), x[order], method=method)
    assert other.tau2 == close(one.tau2, rel=1e-6, floor=1e-9)
    assert other.coefficients[1] == close(one.coefficients[1], rel=1e-6, floor=1e-8)


@settings(max_examples=40, deadline=None)
@given(STUDIES, st.sampled_from(METHODS), st.integers(-60, 60))
def test_signs_and_scale_go_through(rows, method, power):
    y, v, year = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assume(np.ptp(year) > 0)
    x, factor = np.column_stack([np.ones(len(y)), year - 2000]), -(2.0**power)
    one = fit.fit(batch.Batch.of(y, v), x, method=method)
    other = fit.fit(batch.Batch.of(factor * y, factor**2 * v), x, method=method)
    assert other.coefficients / factor == close(one.coefficients)
    assert other.tau2 / factor**2 == close(one.tau2)
    assert other.i2 == close(one.i2)


@pytest.mark.parametrize("method", ["EE", "DL", "PM", "REML", "ML"])
def test_a_study_with_infinite_variance_adds_nothing(method):
    studies, x = drawn_studies.one()
    before = fit.fit(studies, x, method=method).coefficients
    extended = batch.Batch.of(np.append(studies.y, 3.0), np.append(studies.v, 1e12))
    tau = fit.fit(studies, x, method=method).tau2
    after = fit.fit(extended, np.vstack([x, [1, 1990, 1]]), method=method, fixed_tau2=tau).coefficients
    assert after == close(before, rel=1e-6)


def test_where_the_year_starts_does_not_matter():
    studies, x = drawn_studies.one()
    moved = x.copy()
    moved[:, 1] -= 2000
    far, near = fit.fit(studies, x), fit.fit(studies, moved)
    assert far.coefficients[1:] == close(near.coefficients[1:], rel=1e-10)
    assert far.q == close(near.q, rel=1e-12)
    assert far.tau2 == close(near.tau2, rel=1e-11)


def test_knapp_and_hartung_scale_the_errors():
    studies, x = drawn_studies.one()
    z, t, knha, adhoc = (fit.fit(studies, x, test=test) for test in ("z", "t", "knha", "adhoc"))
    assert knha.errors == close(z.errors * np.sqrt(knha.scale))
    assert knha.scale == close(knha.misfit / knha.df)
    assert adhoc.scale == close(max(1.0, float(knha.scale)))
    assert t.errors == close(z.errors)
    assert t.upper - t.lower == close(2 * stats.t.ppf(0.975, 9) * t.errors)
    assert z.p_values == close(2 * stats.norm.sf(np.abs(z.statistics)))
    assert t.p_values == close(2 * stats.t.sf(np.abs(t.statistics), 9))


def test_a_single_test_is_the_omnibus_test_of_one():
    studies, x = drawn_studies.one()
    for test in ("z", "knha"):
        found = fit.fit(studies, x, test=test)
        alone = omnibus.wald(found, [1])
        assert alone.statistic == close(found.statistics[1] ** 2)
        assert alone.p == close(found.p_values[1])


def test_explained_heterogeneity_is_between_none_and_all():
    studies, x = drawn_studies.drawn()
    for method in ("EE", "DL", "REML"):
        share = omnibus.explained(studies, fit.fit(studies, x, method=method))
        assert ((share >= 0) & (share <= 100)).all()
    useless = np.column_stack([np.ones(12), np.arange(12) % 2])
    same = batch.Batch.of(np.zeros(12), np.full(12, 0.1))
    assert omnibus.explained(same, fit.fit(same, useless)) == 0


def test_edges():
    x = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
    three = fit.fit(batch.Batch.of([0.1, 0.2, 0.5], [0.1, 0.1, 0.2]), x)
    assert three.df == 1
    two = fit.fit(batch.Batch.of([0.1, 0.2, 0], [0.1, 0.1, 1], [True, True, False]), x, test="knha")
    assert (two.tau2, two.q, two.q_p, two.i2) == (0, 0, 1, 0)
    assert two.coefficients == close([0.1, 0.1])
    assert np.isnan(two.errors).all()
    one = fit.fit(batch.Batch.of([0.1, 0, 0], [0.1, 1, 1], [True, False, False]), x)
    assert np.isnan(one.coefficients).all()
    assert one.k == 1
    assert np.isnan(fit.fit(batch.Batch.of([0.1, 0.2, 0.5], 0.1, [False] * 3), x).tau2)
    flat = fit.fit(batch.Batch.of([0.1, 0.2, 0.5], 0.1), np.ones((3, 2)))
    assert np.isnan(flat.coefficients).all()
    alone = fit.fit(batch.Batch.of([0.3], [0.04]), [[1.0]], test="knha")
    assert (alone.errors[0], alone.upper[0]) == (pytest.approx(0.2), pytest.approx(0.3 + 0.2 * stats.norm.ppf(0.975)))


def test_identical_studies_have_no_heterogeneity():
    x = np.column_stack([np.ones(5), np.arange(5.0)])
    for method in METHODS:
        found = fit.fit(batch.Batch.of(np.full(5, 0.4), np.full(5, 0.1)), x, method=method)
        assert found.tau2 == 0
        assert found.coefficients == pytest.approx([0.4, 0], abs=1e-14)


@pytest.mark.parametrize("size", [1e-150, 1e-30, 1e30, 1e150])
def test_tiny_and_huge_units(size):
    studies, x = drawn_studies.one()
    found = fit.fit(batch.Batch.of(studies.y * size, studies.v * size**2), x)
    assert found.coefficients / size == close(fit.fit(studies, x).coefficients, rel=1e-9)
    assert np.isfinite(found.log_restricted)


def test_ten_thousand_studies():
    draw = np.random.default_rng(1)
    k = 10_000
    x = np.column_stack([np.ones(k), draw.normal(size=k)])
    v = draw.uniform(0.01, 0.2, k)
    y = 0.5 * x[:, 1] + draw.normal(size=k) * np.sqrt(v + 0.05)
    found = fit.fit(batch.Batch.of(y, v), x)
    assert found.tau2 == pytest.approx(0.05, rel=0.1)
    assert found.coefficients[1] == pytest.approx(0.5, abs=0.02)


def test_unknown_options_name_the_known_ones():
    studies, x = drawn_studies.one()
    with pytest.raises(errors.OptionError, match="“REML”"):
        fit.fit(studies, x, method="MLE")
    with pytest.raises(errors.OptionError, match="“knha”"):
        fit.fit(studies, x, test="hk")
    with pytest.raises(errors.OptionError, match="needs weights"):
        fit.fit(studies, x, method="GENQ")
    equal = fit.fit(studies, x, method="GENQ", weights=np.ones(12))
    assert equal.tau2 == close(fit.fit(studies, x, method="HE").tau2)
