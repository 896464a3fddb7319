"""Agreement against published examples and by its properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis import errors
from analysis.agreement import krippendorff, two_raters

# Gwet 2014, table 4.1.
GWET = [[13, 0, 0], [0, 20, 4], [0, 7, 56]]
# Krippendorff 2011: twelve units, four observers.
UNITS = np.array(
    [
        [1, 1, np.nan, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [np.nan, 5, 5, 5],
        [np.nan, np.nan, 1, 1],
        [np.nan, 3, np.nan, np.nan],
    ]
)
TABLES = arrays.arrays(np.int64, (3, 3), elements=st.integers(0, 50)).filter(lambda table: table.sum() > 1)


def test_published_three_by_three_table():
    assert two_raters.percent_agreement(GWET).estimate == pytest.approx(0.89)
    found = two_raters.kappa(GWET)
    assert (found.estimate, found.se) == (pytest.approx(0.79641, abs=5e-6), pytest.approx(0.05891, abs=5e-6))
    assert two_raters.pabak(GWET).estimate == pytest.approx(0.835)
    gwet = two_raters.ac1(GWET)
    assert (gwet.estimate, gwet.se) == (pytest.approx(0.84933, abs=5e-6), pytest.approx(0.04322, abs=5e-6))
    assert gwet.low < gwet.estimate < gwet.high <= 1


def test_screening_with_few_inclusions():
    table = [[22, 9], [26, 1244]]
    assert two_raters.kappa(table).estimate == pytest.approx(0.5438, abs=5e-5)
    assert two_raters.pabak(table).estimate == pytest.approx(0.9462, abs=5e-5)
    assert two_raters.ac1(table).estimate == pytest.approx(0.9714, abs=5e-5)


def test_weighted_kappa_of_two_categories_is_kappa():
    table = [[20, 5], [10, 15]]
    for weights in ("linear", "quadratic"):
        np.testing.assert_allclose(two_raters.kappa(table, weights=weights), two_raters.kappa(table))
    assert two_raters.kappa(table).estimate == pytest.approx(0.4)


def test_quadratic_kappa_of_ordered_categories():
    # A disagreement by one step counts less than one by two.
    near, far = [[10, 5, 0], [5, 10, 5], [0, 5, 10]], [[10, 0, 5], [5, 10, 5], [5, 0, 10]]
    assert two_raters.kappa(near, weights="quadratic").estimate > two_raters.kappa(far, weights="quadratic").estimate
    assert two_raters.kappa(near).estimate == pytest.approx(two_raters.kappa(far).estimate, abs=0.05)


def test_one_category_only_is_not_estimable():
    assert np.isnan(two_raters.kappa([[30, 0], [0, 0]]).estimate)
    assert two_raters.ac1([[30, 0], [0, 0]]).estimate == 1


@given(TABLES)
def test_raters_may_change_places(table):
    for measure in (two_raters.kappa, two_raters.pabak, two_raters.ac1):
        np.testing.assert_allclose(measure(table), measure(table.T), atol=1e-9)


@given(st.lists(TABLES, min_size=2, max_size=4))
def test_batch_equals_loop(tables):
    for measure in (two_raters.kappa, two_raters.ac1):
        together = np.stack(measure(np.stack(tables)))
        np.testing.assert_allclose(together.T, [np.stack(measure(table)) for table in tables], atol=1e-12)


@pytest.mark.parametrize(
    ("metric", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_published_alpha(metric, expected):
    found = krippendorff.alpha(UNITS, metric=metric)
    assert found.estimate == pytest.approx(expected, abs=5e-4)
    assert found.units == 11
    assert found.low < found.estimate <= found.high <= 1
    assert found == krippendorff.alpha(UNITS, metric=metric)


def test_refusals_name_what_is_wrong():
    with pytest.raises(errors.OptionError, match="nominal"):
        krippendorff.alpha(UNITS, metric="cosine")
    with pytest.raises(errors.InputError, match="two raters"):
        krippendorff.alpha([[1, np.nan], [np.nan, 2]])
    with pytest.raises(errors.OptionError, match="linear"):
        two_raters.kappa(GWET, weights="cubic")
    with pytest.raises(errors.InputError, match="negative"):
        two_raters.kappa([[1, -1], [0, 2]])
