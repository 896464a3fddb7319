"""Influence diagnostics, Baujat's and Galbraith's plots."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import errors, options
from analysis.pooling import batch, heterogeneity
from analysis.regression import fit, residuals
from analysis.sensitivity import baujat, influence, leave_one_out, pooled, radial
from tests.unit.analysis.sensitivity import invented

TESTS = {"z": "z", "HK": "knha"}


@pytest.mark.parametrize("interval", ["z", "HK"])
@pytest.mark.parametrize("method", ["DL", "REML"])
def test_a_regression_on_nothing_but_an_intercept_says_the_same(method, interval):
    studies = invented.studies(8)
    design = np.ones((8, 1))
    fitted = fit.fit(studies, design, method=method, test=TESTS[interval])
    other = residuals.delete_one(studies, design, fitted)
    found = influence.diagnose(studies, pooled.Model(method, interval))
    pairs = {
        "studentised": other.studentised,
        "residual": other.residuals,
        "residual_se": other.errors,
        "dffits": other.dffits,
        "cook": other.cook,
        "covariance_ratio": other.covariance_ratio,
        "tau2_deleted": other.tau2,
        "q_deleted": other.q,
        "dfbetas": other.dfbetas[:, 0],
        "hat": fitted.hat,
        "standardised": residuals.standardised(studies, fitted),
    }
    for name, expected in pairs.items():
        assert getattr(found, name) == pytest.approx(expected, rel=1e-8, abs=1e-12), name


@settings(max_examples=30, deadline=None)
@given(effects=st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2)), min_size=3, max_size=9))
def test_influential_is_what_passes_a_bound(effects):
    y, v = np.array(effects).T
    k, found = len(y), influence.diagnose(batch.Batch.of(y, v))
    expected = (
        (np.abs(found.dffits) > 3 * np.sqrt(1 / (k - 1)))
        | (stats.chi2.cdf(found.cook, 1) > 0.5)
        | (found.hat > 3 / k)
        | (np.abs(found.dfbetas) > 1)
    )
    assert found.is_influential.tolist() == expected.tolist()
    assert found.weight.sum() == pytest.approx(100)
    mirrored = influence.diagnose(batch.Batch.of(-y, v))
    assert mirrored.studentised == pytest.approx(-found.studentised, rel=1e-9, abs=1e-12)
    assert mirrored.cook == pytest.approx(found.cook, rel=1e-9, abs=1e-12)


def test_an_outlier_stands_out():
    studies = invented.studies(10, tau=0.05)
    y = studies.y.copy()
    y[4] += 5
    found = influence.diagnose(batch.Batch.of(y, studies.v))
    assert found.is_influential[4]
    assert np.argmax(np.abs(found.studentised)) == 4
    assert found.tau2_deleted[4] < found.tau2_deleted.min(where=np.arange(10) != 4, initial=np.inf)
    seen = baujat.coordinates(batch.Batch.of(y, studies.v))
    assert np.argmax(seen.x) == 4


def test_what_is_known_already_is_not_computed_again():
    studies, model = invented.studies(7), pooled.Model("DL", "HK")
    without = leave_one_out.estimate(studies, model)
    known = influence.diagnose(studies, model, without=without)
    for one, other in zip(influence.diagnose(studies, model), known, strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(baujat.coordinates(studies, model).y, baujat.coordinates(studies, model, without=without).y)


def test_one_study_two_studies_and_masked_ones():
    assert influence.diagnose(batch.Batch.of([], [])).cook.shape == (0,)
    one = influence.diagnose(batch.Batch.of([0.5], [0.1]))
    assert np.isnan(one.cook).all()
    assert not one.is_influential.any()
    two = influence.diagnose(batch.Batch.of([0.5, 0.9], [0.1, 0.1]))
    assert two.residual == pytest.approx([-0.4, 0.4])
    assert two.residual_se == pytest.approx(np.sqrt([0.2, 0.2]))
    studies = invented.studies(6)
    wider = batch.Batch.of(np.append(studies.y, np.nan), np.append(studies.v, np.nan), [True] * 6 + [False])
    found = influence.diagnose(wider)
    assert found.cook[:6] == pytest.approx(influence.diagnose(studies).cook, rel=1e-10)
    assert np.isnan(found.cook[6])
    assert not found.is_influential[6]
    assert found.is_converged.all()


@pytest.mark.parametrize(
    ("y", "v"),
    [
        ([1e150, 2e150, -1e150], [1e300] * 3),
        ([1e-150, 2e-150, 3e-150], [1e-300] * 3),
        ([1.0, 1.0, 1.0], [1.0] * 3),
        ([1.0, 2.0, 3.0], [1e-12, 1.0, 1e12]),
        ([np.inf, 1.0, 2.0], [1.0] * 3),
        ([1.0, 2.0, 3.0], [0.0, 1.0, 1.0]),
    ],
)
@pytest.mark.parametrize("interval", ["z", "HK", "KR"])
def test_extreme_numbers_give_values_and_no_warnings(y, v, interval):
    studies, model = batch.Batch.of(y, v), pooled.Model("REML", interval)
    for found in (
        leave_one_out.estimate(studies, model),
        influence.diagnose(studies, model),
        baujat.coordinates(studies, model),
        radial.coordinates(studies, model),
    ):
        json.dumps(found.to_dict(), allow_nan=False)


def test_baujat_adds_up_to_q():
    studies = invented.studies(9)
    found = baujat.coordinates(studies)
    assert found.x.sum() == pytest.approx(float(heterogeneity.q_statistic(studies)))
    without = leave_one_out.estimate(studies, pooled.Model("EE"))
    whole = pooled.pool(studies, np.ones((1, 9), dtype=bool), pooled.Model("EE"))
    assert found.y == pytest.approx(((whole.estimate - without.estimate) / without.se) ** 2)


@pytest.mark.parametrize("is_centred", [False, True])
def test_the_radial_line_is_the_least_squares_line_through_the_origin(is_centred):
    studies = invented.studies(9)
    for method in ("EE", "REML"):
        found = radial.coordinates(studies, pooled.Model(method), is_centred=is_centred)
        slope = (found.x * found.z).sum() / (found.x**2).sum()
        assert found.slope == pytest.approx(slope, abs=1e-12)
        assert found.slope + found.zero == pytest.approx(
            pooled.pool(studies, np.ones((1, 9), dtype=bool), pooled.Model(method)).estimate[0]
        )
        assert found.is_outside.tolist() == (np.abs(found.z - found.slope * found.x) > found.reach).tolist()


def test_of_studies_and_their_options():
    given_studies = invented.binary()
    chosen = options.Options(measure="OR", convention="metafor")
    found = influence.of_studies(given_studies, chosen)
    assert found.labels == given_studies.labels
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["kind"] == "influence"
    assert content["columns"]["cook"] == pytest.approx(found.values.cook.tolist())
    counted = options.Options(measure="OR", convention="revman5", model="common")
    for kind in (baujat, radial):
        whole = kind.of_studies(given_studies, counted).to_dict()
        assert json.loads(json.dumps(whole, allow_nan=False))["labels"] == list(given_studies.labels)
    with pytest.raises(errors.OptionError, match="“IV”"):
        influence.of_studies(given_studies, counted)


def test_a_study_without_information_has_no_place():
    given_studies = invented.binary()
    found = baujat.of_studies(given_studies, options.Options(measure="OR", convention="revman5", model="common"))
    assert np.isnan(found.values.x).tolist() == [False, False, False, True, False, False]
    assert found.to_dict()["columns"]["x"][3] is None
