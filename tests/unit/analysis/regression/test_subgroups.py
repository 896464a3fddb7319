import numpy as np
import pytest
from scipy import stats

from analysis import errors
from analysis.pooling import batch
from analysis.regression import fit, omnibus
from analysis.subgroups import between, within
from tests.unit.analysis.regression import drawn_studies

MEMBERSHIP = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 1])


def close(value, rel=1e-9):
    return pytest.approx(value, rel=rel, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "PM"])
def test_separate_subgroups_are_analyses_of_their_own(method):
    studies, _ = drawn_studies.one()
    found = within.analyse(studies, MEMBERSHIP, 3, method=method)
    for group in range(3):
        kept = group == MEMBERSHIP
        alone = fit.fit(batch.Batch.of(studies.y[kept], studies.v[kept]), np.ones((kept.sum(), 1)), method=method)
        assert found.groups.estimates[group] == close(alone.coefficients[0])
        assert found.groups.tau2[group] == close(alone.tau2)
        assert found.groups.q[group] == close(alone.q)
    w = 1 / found.groups.errors**2
    centre = np.average(found.groups.estimates, weights=w)
    q = (w * (found.groups.estimates - centre) ** 2).sum()
    assert found.between.statistic == close(q)
    assert found.between.p == close(stats.chi2.sf(q, 2))


@pytest.mark.parametrize("test", ["z", "knha", "t"])
def test_a_common_tau2_is_the_regression_on_the_subgroups(test):
    studies, _ = drawn_studies.one(tau2=0.6)
    x = np.column_stack([np.ones(12), MEMBERSHIP == 1, MEMBERSHIP == 2]).astype(float)
    fitted = fit.fit(studies, x, test=test)
    found = within.analyse(studies, MEMBERSHIP, 3, test=test, tau2="common", errors_from="regression")
    tested = omnibus.wald(fitted, [1, 2])
    assert found.tau2 == close(fitted.tau2)
    assert found.between.statistic == close(tested.statistic, rel=1e-8)
    assert found.between.p == close(tested.p, rel=1e-8)
    assert found.groups.errors[0] == close(fitted.errors[0], rel=1e-8)
    assert found.groups.lower[0] == close(fitted.lower[0], rel=1e-8)
    assert found.q == close(fitted.q)
    own = within.analyse(studies, MEMBERSHIP, 3, test=test, tau2="common")
    chi2 = between.of(own.groups.estimates, own.groups.errors)
    assert own.between.p == close(chi2.p)
    assert np.isnan(own.between.test_df)
    if test == "z":
        assert own.between.p == close(tested.p, rel=1e-8)


def test_heterogeneity_adds_up_in_the_common_effect_model():
    studies, _ = drawn_studies.one()
    found = within.analyse(studies, MEMBERSHIP, 3, method="EE")
    whole = fit.fit(studies, np.ones((12, 1)), method="EE")
    assert found.q + found.between.statistic == close(whole.q)
    assert found.df + found.between.df == whole.df


@pytest.mark.parametrize("tau2", within.TAU2)
def test_a_batch_equals_a_loop(tau2):
    studies, _ = drawn_studies.drawn(rows=5, share=2)
    together = within.analyse(studies, MEMBERSHIP, 3, tau2=tau2, test="knha")
    for row in range(5):
        alone = within.analyse(batch.Batch.of(studies.y[row], studies.v[row]), MEMBERSHIP, 3, tau2=tau2, test="knha")
        assert together.groups.estimates[row] == close(alone.groups.estimates)
        assert together.groups.upper[row] == close(alone.groups.upper)
        assert together.between.p[row] == close(alone.between.p, rel=1e-8)


@pytest.mark.parametrize("tau2", within.TAU2)
def test_empty_and_single_subgroups(tau2):
    studies = batch.Batch.of([0.1, 0.4, 0.6, 0.9], [0.1, 0.1, 0.2, 0.1])
    found = within.analyse(studies, [0, 0, 0, 2], 3, tau2=tau2)
    assert np.isnan(found.groups.estimates[1])
    assert found.groups.k.tolist() == [3, 0, 1]
    assert found.groups.estimates[2] == close(0.9)
    assert found.between.df == 1
    assert found.is_converged
    nobody = within.analyse(studies, [-1, -1, -1, -1], 2, tau2=tau2)
    assert np.isnan(nobody.between.p)
    one = within.analyse(studies, [0, 0, 0, 0], 1, tau2=tau2)
    assert np.isnan(one.between.statistic)


def test_equal_subgroups_do_not_differ():
    found = between.of([[0.3, 0.3, 0.3], [0.0, 1.0, np.nan]], [[0.1, 0.2, 0.3], [0.5, 0.5, 0.5]])
    assert found.statistic == close([0.0, 2.0])
    assert found.p == close([1.0, stats.chi2.sf(2, 1)])
    tiny = between.of([1e-200, 3e-200], [1e-200, 1e-200])
    assert tiny.statistic == close(2.0)


def test_options_name_what_is_allowed():
    studies, _ = drawn_studies.one()
    with pytest.raises(errors.OptionError, match="“separate”, “common”"):
        within.analyse(studies, MEMBERSHIP, 3, tau2="shared")
    with pytest.raises(errors.OptionError, match="“regression”, “own”"):
        within.analyse(studies, MEMBERSHIP, 3, errors_from="meta")
