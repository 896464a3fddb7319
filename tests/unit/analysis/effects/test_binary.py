import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import errors
from analysis.effects import association, binary, tetrachoric, zero_cells
from tests.unit.analysis.effects import tables

RATIOS = (binary.odds_ratio, binary.risk_ratio)
DIFFERENCES = (binary.risk_difference, binary.arcsine_difference, binary.peto_odds_ratio)
SYMMETRIC = (
    *RATIOS,
    *DIFFERENCES,
    association.phi,
    association.yule_q,
    association.yule_y,
    association.probit_difference,
)


def same(found, expected, **tolerance):
    np.testing.assert_allclose(found, expected, rtol=tolerance.get("rtol", 1e-9), atol=tolerance.get("atol", 1e-12))


@given(tables.arms())
@settings(max_examples=30)
@pytest.mark.parametrize("measure", SYMMETRIC)
def test_exchanging_the_groups_turns_the_sign(measure, columns):
    there, back = measure(*columns), measure(*tables.swapped(columns))
    same(there.estimate, -back.estimate, atol=1e-9)
    same(there.variance, back.variance)


@given(tables.arms())
@settings(max_examples=30)
@pytest.mark.parametrize("measure", [binary.odds_ratio, binary.peto_odds_ratio, binary.risk_difference])
def test_counting_the_other_outcome_turns_the_sign(measure, columns):
    events1, n1, events2, n2 = columns
    there, back = measure(*columns), measure(n1 - events1, n1, n2 - events2, n2)
    same(there.estimate, -back.estimate, atol=1e-9)
    same(there.variance, back.variance, rtol=1e-7)


def test_the_formulas_at_a_known_table():
    a, n1, c, n2 = 12, 50, 20, 52
    b, d = n1 - a, n2 - c
    ratio = binary.odds_ratio(a, n1, c, n2)
    assert float(ratio.estimate) == pytest.approx(math.log(a * d / (b * c)), rel=1e-14)
    assert float(ratio.variance) == pytest.approx(1 / a + 1 / b + 1 / c + 1 / d, rel=1e-14)
    risk = binary.risk_ratio(a, n1, c, n2)
    assert float(risk.estimate) == pytest.approx(math.log(a / n1 / (c / n2)), rel=1e-14)
    assert float(risk.variance) == pytest.approx(1 / a - 1 / n1 + 1 / c - 1 / n2, rel=1e-14)
    difference = binary.risk_difference(a, n1, c, n2)
    assert float(difference.estimate) == pytest.approx(a / n1 - c / n2, rel=1e-14)
    assert float(difference.variance) == pytest.approx(a * b / n1**3 + c * d / n2**3, rel=1e-14)


def test_revman_corrects_all_cells_when_any_cell_is_0():
    full = binary.risk_ratio(7, 7, 6, 7, zero_cells=zero_cells.REVMAN_RISK_RATIO)
    se = math.sqrt(float(full.variance))
    limits = [math.exp(float(full.estimate) + side * 1.959963984540054 * se) for side in (0, -1, 1)]
    assert limits == pytest.approx([7.5 / 6.5, 0.790714, 1.683745], abs=5e-7)


def test_revman_keeps_a_risk_ratio_with_events_in_everybody():
    both_full = binary.risk_ratio(20, 20, 20, 20, zero_cells=zero_cells.REVMAN_RISK_RATIO)
    assert float(both_full.estimate) == 0
    assert math.exp(1.959963984540054 * math.sqrt(float(both_full.variance))) == pytest.approx(1.099068, abs=5e-7)


@pytest.mark.parametrize(
    ("measure", "rule", "table", "is_estimable"),
    [
        (binary.odds_ratio, zero_cells.REVMAN_ODDS_RATIO, (0, 10, 0, 12), False),
        (binary.odds_ratio, zero_cells.REVMAN_ODDS_RATIO, (10, 10, 12, 12), False),
        (binary.odds_ratio, zero_cells.REVMAN_ODDS_RATIO, (0, 10, 12, 12), True),
        (binary.risk_ratio, zero_cells.REVMAN_RISK_RATIO, (0, 10, 0, 12), False),
        (binary.risk_ratio, zero_cells.REVMAN_RISK_RATIO, (10, 10, 12, 12), True),
        (binary.risk_difference, zero_cells.REVMAN_RISK_DIFFERENCE, (0, 10, 0, 12), True),
        (binary.peto_odds_ratio, zero_cells.UNCORRECTED, (0, 10, 0, 12), False),
        (binary.peto_odds_ratio, zero_cells.UNCORRECTED, (10, 10, 12, 12), False),
        (binary.odds_ratio, zero_cells.METAFOR, (0, 10, 0, 12), True),
        (binary.odds_ratio, zero_cells.UNCORRECTED, (0, 10, 3, 12), False),
        (binary.odds_ratio, zero_cells.METAFOR, (11, 10, 3, 12), False),
        (binary.odds_ratio, zero_cells.METAFOR, (float("nan"), 10, 3, 12), False),
    ],
)
def test_which_tables_are_estimable(measure, rule, table, is_estimable):
    found = measure(*table, zero_cells=rule)
    assert np.isfinite(found.estimate) == np.isfinite(found.variance) == is_estimable


def test_revmans_risk_difference_is_raw_with_a_corrected_variance():
    found = binary.risk_difference(0, 10, 3, 12, zero_cells=zero_cells.REVMAN_RISK_DIFFERENCE)
    assert float(found.estimate) == pytest.approx(-0.25, rel=1e-15)
    assert float(found.variance) == pytest.approx(0.5 * 10.5 / 11**3 + 3.5 * 9.5 / 13**3, rel=1e-13)


def test_averaged_risks_are_those_of_each_analysis():
    events1, n1 = np.array([[3.0, 8.0], [1.0, 2.0]]), np.array([[20.0, 30.0], [10.0, 12.0]])
    events2, n2 = np.array([[5.0, 9.0], [2.0, 3.0]]), np.array([[21.0, 33.0], [11.0, 13.0]])
    both = binary.odds_ratio(events1, n1, events2, n2, variance="AV")
    for row in range(2):
        alone = binary.odds_ratio(events1[row], n1[row], events2[row], n2[row], variance="AV")
        same(both.variance[row], alone.variance, rtol=1e-15)


def test_an_unknown_variance_is_refused_by_name():
    with pytest.raises(errors.OptionError, match="“LS”, “AV”, “H0”"):
        binary.odds_ratio(1, 2, 3, 4, variance="best")


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(-0.999, 0.999))
@settings(max_examples=30)
def test_the_bivariate_normal_distribution_adds_up(h, k, rho):
    quarters = [
        tetrachoric.bivariate_normal(h, k, rho),
        tetrachoric.bivariate_normal(h, -k, -rho),
        tetrachoric.bivariate_normal(-h, k, -rho),
        tetrachoric.bivariate_normal(-h, -k, rho),
    ]
    assert sum(map(float, quarters)) == pytest.approx(1, abs=1e-13)
    assert min(map(float, quarters)) >= -1e-14


def test_the_bivariate_normal_distribution_at_the_origin():
    for rho in (-0.9, 0.0, 0.5):
        assert float(tetrachoric.bivariate_normal(0, 0, rho)) == pytest.approx(
            0.25 + math.asin(rho) / (2 * math.pi), abs=1e-14
        )


@given(tables.arms(least=1))
@settings(max_examples=25)
def test_the_tetrachoric_correlation_gives_the_table_back(columns):
    found = tetrachoric.tetrachoric(*columns)
    assert (np.abs(found.estimate) <= 1).all()
    assert (tetrachoric.misfit(*columns, found.estimate) < 1e-12).all()


def test_a_table_with_a_0_has_a_tetrachoric_correlation_at_its_bound_without_a_variance():
    found = tetrachoric.tetrachoric([0, 5, 0], [10, 5, 10], [3, 2, 0], [10, 8, 12])
    assert found.estimate.tolist()[:2] == [-1, 1]
    assert np.isnan(found.estimate[2])
    assert np.isnan(found.variance).all()
