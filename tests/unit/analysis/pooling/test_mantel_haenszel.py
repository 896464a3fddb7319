"""Mantel-Haenszel and Peto: single tables, batches, order, what is not estimable, and scipy as a witness."""

import numpy as np
import pytest
from scipy import stats

from analysis import errors
from analysis.pooling import mantel_haenszel, mantel_haenszel_rates, mantel_haenszel_tests, peto
from tests.unit.analysis.pooling.drawn import counts

MEASURES = mantel_haenszel.MEASURES
EVENTS1, N1, EVENTS2, N2 = (np.array(x) for x in ([4, 0, 9, 3], [30, 25, 40, 20], [8, 2, 15, 3], [31, 28, 38, 22]))


def test_one_table_is_its_own_estimate():
    cells = mantel_haenszel.tables([12], [40], [5], [38])
    assert mantel_haenszel.odds_ratio(cells).estimate == pytest.approx(np.log(12 * 33 / (28 * 5)))
    assert mantel_haenszel.odds_ratio(cells).variance == pytest.approx(1 / 12 + 1 / 28 + 1 / 5 + 1 / 33)
    assert mantel_haenszel.risk_ratio(cells).estimate == pytest.approx(np.log(12 / 40 / (5 / 38)))
    assert mantel_haenszel.risk_ratio(cells).variance == pytest.approx(1 / 12 - 1 / 40 + 1 / 5 - 1 / 38)
    difference = mantel_haenszel.risk_difference(cells, variance="Greenland-Robins")
    assert difference.estimate == pytest.approx(12 / 40 - 5 / 38)
    assert difference.variance == pytest.approx(12 * 28 / 40**3 + 5 * 33 / 38**3)


def test_scipy_has_the_same_odds_ratio_and_test():
    cells = mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2)
    found = mantel_haenszel.odds_ratio(cells)
    total = N1 + N2
    ratio = np.sum(EVENTS1 * (N2 - EVENTS2) / total) / np.sum((N1 - EVENTS1) * EVENTS2 / total)
    assert np.exp(found.estimate) == pytest.approx(ratio)
    test = mantel_haenszel_tests.association(cells)
    moments = [stats.hypergeom.stats(n, m, k) for n, m, k in zip(total, EVENTS1 + EVENTS2, N1, strict=True)]
    mean, variance = np.array(moments, dtype=float).T
    assert test.statistic == pytest.approx((EVENTS1.sum() - mean.sum()) ** 2 / variance.sum())
    assert test.p == pytest.approx(stats.chi2.sf(float(test.statistic), 1))
    corrected = mantel_haenszel_tests.association(cells, is_corrected=True)
    assert corrected.statistic < test.statistic


@pytest.mark.parametrize("measure", MEASURES)
def test_a_batch_equals_a_loop_and_missing_counts_are_left_out(measure):
    given = np.array(counts(), dtype=float)
    given[0, 4, 2] = np.nan
    together = mantel_haenszel.pool(mantel_haenszel.tables(*given), measure)
    for row in range(given.shape[1]):
        kept = ~np.isnan(given[:, row]).any(axis=0)
        alone = mantel_haenszel.pool(mantel_haenszel.tables(*given[:, row][:, kept]), measure)
        assert together.estimate[row] == pytest.approx(alone.estimate)
        assert together.variance[row] == pytest.approx(alone.variance)
        assert together.weights[row][kept] == pytest.approx(alone.weights)
        assert together.weights[row][~kept].sum() == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_order_does_not_matter_and_swapped_groups_turn_the_sign(measure):
    plain = mantel_haenszel.pool(mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2), measure)
    turned = mantel_haenszel.pool(mantel_haenszel.tables(EVENTS2, N2, EVENTS1, N1), measure)
    back = mantel_haenszel.pool(mantel_haenszel.tables(*(x[::-1] for x in (EVENTS1, N1, EVENTS2, N2))), measure)
    assert turned.estimate == pytest.approx(-plain.estimate)
    assert turned.variance == pytest.approx(plain.variance)
    assert back.estimate == pytest.approx(plain.estimate)
    assert plain.weights.sum() == pytest.approx(100)


def test_studies_without_events_count_only_for_the_difference():
    without = [np.append(x, extra) for x, extra in zip((EVENTS1, N1, EVENTS2, N2), (0, 50, 0, 50), strict=True)]
    for measure in ("OR", "RR"):
        plain = mantel_haenszel.pool(mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2), measure)
        assert mantel_haenszel.pool(mantel_haenszel.tables(*without), measure).estimate == pytest.approx(plain.estimate)
    plain = mantel_haenszel.risk_difference(mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2))
    assert abs(mantel_haenszel.risk_difference(mantel_haenszel.tables(*without)).estimate) < abs(plain.estimate)


def test_a_column_without_events_is_not_estimable():
    cells = mantel_haenszel.tables([0, 0], [10, 12], [2, 3], [10, 12])
    for measure in ("OR", "RR"):
        found = mantel_haenszel.pool(cells, measure)
        assert np.isnan([found.estimate, found.variance]).all()
    one = mantel_haenszel_tests.one_odds_ratio(cells, mantel_haenszel.odds_ratio(cells).estimate)
    assert np.isnan([one.breslow_day.statistic, one.tarone.p]).all()
    empty = mantel_haenszel.tables([0], [10], [0], [12])
    assert np.isnan(mantel_haenszel_tests.association(empty).statistic)
    assert np.isnan(peto.pool(peto.scores(empty)).estimate)


def test_breslow_and_day_are_nought_when_all_odds_ratios_are_the_same():
    a, c = np.array([20, 40]), np.array([10, 20])
    cells = mantel_haenszel.tables(a, 2 * a, c, np.array([30, 60]))
    found = mantel_haenszel.odds_ratio(cells)
    one = mantel_haenszel_tests.one_odds_ratio(cells, found.estimate)
    assert one.breslow_day.statistic == pytest.approx(0, abs=1e-10)
    assert one.breslow_day.df == 1
    other = mantel_haenszel_tests.one_odds_ratio(
        mantel_haenszel.tables([20, 1], [40, 50], [10, 40], [30, 60]), found.estimate
    )
    assert other.breslow_day.p < 0.001
    assert other.tarone.statistic <= other.breslow_day.statistic


def test_rates():
    given = mantel_haenszel_rates.rates([9], [413], [19], [398])
    ratio, difference = mantel_haenszel_rates.rate_ratio(given), mantel_haenszel_rates.rate_difference(given)
    assert ratio.estimate == pytest.approx(np.log(9 / 413 / (19 / 398)))
    assert ratio.variance == pytest.approx(1 / 9 + 1 / 19)
    assert difference.estimate == pytest.approx(9 / 413 - 19 / 398)
    assert difference.variance == pytest.approx(9 / 413**2 + 19 / 398**2)
    assert (
        mantel_haenszel_rates.association(given).statistic
        > mantel_haenszel_rates.association(given, is_corrected=True).statistic
    )
    assert np.isnan(mantel_haenszel_rates.rate_ratio(mantel_haenszel_rates.rates([0], [5], [2], [5])).estimate)


def test_peto_is_a_weighted_mean_of_the_studies():
    given = peto.scores(mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2))
    found, studies = peto.pool(given), peto.effects(given)
    assert found.estimate == pytest.approx((given.variance * studies.y).sum() / given.variance.sum())
    again = peto.pool(peto.of([*given.o_minus_e, np.nan], [*given.variance, 1.0]))
    assert again.estimate == pytest.approx(found.estimate)
    assert again.weights[-1] == 0


def test_unknown_choices_are_refused():
    cells = mantel_haenszel.tables(EVENTS1, N1, EVENTS2, N2)
    with pytest.raises(errors.OptionError, match="“RD”"):
        mantel_haenszel.pool(cells, "SMD")
    with pytest.raises(errors.OptionError, match="“Sato”"):
        mantel_haenszel.risk_difference(cells, variance="exact")
