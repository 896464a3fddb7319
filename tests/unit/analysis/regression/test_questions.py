"""What is asked of a fitted regression: predictions, inflation, residuals, permutations."""

import itertools

import numpy as np
import pytest
from scipy import stats

from analysis import errors
from analysis.pooling import batch
from analysis.regression import fit, inflation, omnibus, permutation, predictions, residuals
from tests.unit.analysis.regression import drawn_studies


def close(value, rel=1e-8):
    return pytest.approx(value, rel=rel, abs=1e-12, nan_ok=True)


def test_predictions_are_the_line_and_its_errors():
    studies, x = drawn_studies.one()
    found = fit.fit(studies, x, test="knha")
    at = predictions.predict(found, x)
    assert at.estimates == close(studies.y - found.residuals)
    assert at.errors == close(np.sqrt(np.diag(x @ found.covariance @ x.T)), rel=1e-6)
    assert at.upper - at.estimates == close(stats.t.ppf(0.975, 9) * at.errors)
    assert at.prediction_errors == close(np.sqrt(at.errors**2 + found.tau2))


@pytest.mark.parametrize(
    ("interval", "quantile"),
    [("as_test", stats.t.ppf(0.975, 9)), ("z", stats.norm.ppf(0.975)), ("t_k-p", stats.t.ppf(0.975, 9)),
     ("t_k-p-1", stats.t.ppf(0.975, 8)), ("none", np.nan)],
)  # fmt: skip
def test_the_distribution_of_a_prediction_interval_is_chosen(interval, quantile):
    studies, x = drawn_studies.one(tau2=1.0)
    at = predictions.predict(fit.fit(studies, x, test="t"), x[:2], interval=interval)
    assert (at.prediction_upper - at.estimates) / at.prediction_errors == close(np.full(2, quantile))


def test_no_prediction_interval_without_a_random_effect():
    studies, x = drawn_studies.one()
    assert np.isnan(predictions.predict(fit.fit(studies, x, method="EE"), x).prediction_lower).all()


def test_a_prediction_needs_a_value_for_each_coefficient():
    studies, x = drawn_studies.one()
    with pytest.raises(errors.InputError, match="needs 3 values"):
        predictions.predict(fit.fit(studies, x), [[1.0, 2000]])
    with pytest.raises(errors.OptionError, match="“t_k-p”"):
        predictions.predict(fit.fit(studies, x), x, interval="t")


def test_unrelated_moderators_do_not_inflate():
    v = np.full(8, 0.2)
    x = np.column_stack([np.ones(8), np.tile([-1, 1], 4), np.repeat([-1, 1], 4)]).astype(float)
    found = fit.fit(batch.Batch.of(np.arange(8) / 10, v), x)
    assert inflation.of_columns(found, has_intercept=True) == close([1, 1])


def test_inflation_of_one_column_is_that_of_the_regression_on_the_others():
    studies, x = drawn_studies.one()
    found = fit.fit(studies, x, method="EE")
    w = 1 / studies.v
    centred = x[:, 1:] - np.average(x[:, 1:], axis=0, weights=w)
    r = (w * centred[:, 0] * centred[:, 1]).sum() / np.sqrt(((w[:, None] * centred**2).sum(axis=0)).prod())
    assert inflation.of_columns(found, has_intercept=True) == close(np.full(2, 1 / (1 - r**2)), rel=1e-6)
    term = inflation.of_term(found, [1], has_intercept=True)
    assert term.factor == close(1 / (1 - r**2), rel=1e-6)
    assert term.per_df == close(np.sqrt(term.factor))
    assert inflation.of_term(found, [1, 2], has_intercept=True).factor == close(1.0)


def test_leverages_add_up_to_the_coefficients():
    studies, x = drawn_studies.drawn()
    assert fit.fit(studies, x).hat.sum(axis=-1) == close(np.full(12, 3.0))


def test_deleting_a_study_is_fitting_the_others():
    studies, x = drawn_studies.drawn(rows=3)
    found = fit.fit(studies, x, test="knha")
    deleted = residuals.delete_one(studies, x, found)
    for row, i in itertools.product(range(3), range(12)):
        if not studies.mask[row, i]:
            assert np.isnan(deleted.studentised[row, i])
            continue
        keep = studies.mask[row] & (np.arange(12) != i)
        alone = fit.fit(batch.Batch.of(studies.y[row][keep], studies.v[row][keep]), x[keep], test="knha")
        change = found.coefficients[row] - alone.coefficients
        assert deleted.tau2[row, i] == close(alone.tau2)
        assert deleted.q[row, i] == close(alone.q)
        assert deleted.residuals[row, i] == close(studies.y[row, i] - x[i] @ alone.coefficients, rel=1e-6)
        assert deleted.cook[row, i] == close(change @ np.linalg.inv(found.covariance[row]) @ change, rel=1e-4)
        ratio = np.linalg.det(alone.covariance) / np.linalg.det(found.covariance[row])
        assert deleted.covariance_ratio[row, i] == close(ratio, rel=1e-5)
        assert np.sign(deleted.dfbetas[row, i]) == close(np.sign(change))


def test_standardised_residuals_have_the_variance_they_should():
    studies, x = drawn_studies.one()
    found = fit.fit(studies, x)
    total = np.diag(studies.v + found.tau2)
    w = np.linalg.inv(total)
    hat = x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    expected = (studies.y - hat @ studies.y) / np.sqrt(np.diag((np.eye(12) - hat) @ total))
    assert residuals.standardised(studies, found) == close(expected, rel=1e-6)


@pytest.mark.parametrize("kind", ["z", "knha"])
def test_an_exact_permutation_test_deals_every_order(kind):
    studies, x = drawn_studies.one(k=6)
    found = permutation.permute(studies, x, kind=kind, exact=True)
    orders = np.array(list(itertools.permutations(range(6))))
    every = fit.fit(studies, x[orders], test=kind)
    observed = fit.fit(studies, x, test=kind)
    expected = (np.abs(every.statistics) >= np.abs(observed.statistics) - 1e-7).mean(axis=0)
    assert found.p_values == close(expected)
    assert found.statistics == close(observed.statistics, rel=1e-6)
    assert found.iterations == permutation.count(x)
    many, single = omnibus.wald(every, [1, 2]).statistic, omnibus.wald(observed, [1, 2]).statistic
    assert found.omnibus_p == close((many >= single - 1e-7).mean())


def test_an_intercept_alone_flips_signs():
    y, v = np.array([0.5, 0.8, 0.2, 0.9]), np.array([0.1, 0.2, 0.1, 0.3])
    found = permutation.permute(batch.Batch.of(y, v), np.ones((4, 1)), method="DL")
    flips = np.array(list(itertools.product([1, -1], repeat=4)))
    every = fit.fit(batch.Batch.of(flips * y, v), np.ones((4, 1)), method="DL").statistics[:, 0]
    observed = fit.fit(batch.Batch.of(y, v), np.ones((4, 1)), method="DL").statistics[0]
    assert (found.iterations, found.is_exact) == (16, True)
    assert found.p_values == close([(np.abs(every) >= abs(observed) - 1e-9).mean()])


def test_a_random_test_repeats_with_its_seed_and_is_near_the_exact_one(monkeypatch):
    studies, x = drawn_studies.one(k=7)
    exact = permutation.permute(studies, x, method="DL", exact=True)
    first = permutation.permute(studies, x, method="DL", iterations=4000, exact=False, seed=3)
    assert first.p_values == pytest.approx(exact.p_values, abs=0.03)
    assert permutation.permute(studies, x, method="DL", iterations=4000, exact=False, seed=3).p_values.tolist() == (
        first.p_values.tolist()
    )
    monkeypatch.setattr(permutation, "CHUNK", 700)
    again = permutation.permute(studies, x, method="DL", iterations=4000, exact=False, seed=3)
    assert again.iterations == 4000
    assert again.p_values == pytest.approx(exact.p_values, abs=0.03)


def test_no_permutation_p_is_zero():
    k = 12
    x = np.column_stack([np.ones(k), np.arange(k)])
    found = permutation.permute(batch.Batch.of(np.arange(k) / 2, np.full(k, 0.01)), x, iterations=200)
    assert found.p_values[1] >= 1 / 200


def test_permutations_that_cannot_be_counted_are_refused():
    studies, x = drawn_studies.one()
    with pytest.raises(errors.OptionError, match="more than 2000000"):
        permutation.permute(studies, x, exact=True)
    with pytest.raises(errors.OptionError, match="2 or more"):
        permutation.permute(studies, x, iterations=1)
    with pytest.raises(errors.InputError, match="do not determine"):
        permutation.permute(studies, np.ones((12, 2)))
    with pytest.raises(errors.InputError, match="nothing to permute"):
        permutation.permute(batch.Batch.of(studies.y[:3], studies.v[:3]), x[:3], kind="knha")
