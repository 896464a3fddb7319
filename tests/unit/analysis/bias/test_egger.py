"""Regression tests of asymmetry: the classical line by hand, kinships between tests, batches, edges."""

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from analysis import errors
from analysis.bias import counts, egger
from analysis.pooling import batch
from tests.unit.analysis.bias import drawn_studies as drawn


def test_the_classical_test_is_egger_s_regression_of_standard_normal_deviates_on_precision():
    studies = drawn.row(drawn.drawn(), 0)
    se = np.sqrt(studies.v)
    plain = stats.linregress(1 / se, studies.y / se)
    found = egger.regress(studies)
    assert found.bias == pytest.approx(plain.intercept, rel=1e-10)
    assert found.se == pytest.approx(plain.intercept_stderr, rel=1e-10)
    assert found.limit == pytest.approx(plain.slope, rel=1e-10)
    assert found.df == studies.k - 2
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.bias / found.se), found.df), rel=1e-10)


@given(drawn.STUDIES)
def test_a_flip_of_all_signs_flips_the_slope_and_nothing_else(rows):
    studies = drawn.one(rows)
    for method in ("WLS", "DL"):
        here, there = (egger.regress(each, method=method) for each in (studies, drawn.flipped(studies)))
        np.testing.assert_allclose(there.bias, -here.bias, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(there.p, here.p, rtol=1e-7, atol=1e-14)


@given(drawn.STUDIES)
def test_the_order_of_studies_does_not_matter(rows):
    studies = drawn.one(rows)
    other, _ = drawn.shuffled(studies)
    np.testing.assert_allclose(egger.regress(other).bias, egger.regress(studies).bias, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("method", ["WLS", "EE", "DL", "REML", "PM"])
def test_a_batch_is_a_loop(method):
    studies = drawn.drawn()
    whole = egger.regress(studies, method=method, test="t")
    for i in range(studies.k.size):
        alone = egger.regress(drawn.row(studies, i), method=method, test="t")
        for name in ("bias", "se", "df", "p", "limit", "low", "high"):
            np.testing.assert_allclose(getattr(whole, name)[i], getattr(alone, name), rtol=1e-8, err_msg=name)


def test_predictors_of_sample_size_are_functions_of_n():
    studies, n = drawn.row(drawn.drawn(), 1), None
    n = np.arange(studies.y.size) * 10.0 + 20
    made = {"n": n, "1/n": 1 / n, "sqrt(n)": np.sqrt(n), "1/sqrt(n)": 1 / np.sqrt(n)}
    for name, values in made.items():
        found = egger.regress(studies, by=name, n=n)
        assert found.bias == pytest.approx(float(egger.line(studies, values).bias))
        assert np.isnan(found.limit) == (name not in egger.WITH_LIMIT)


def test_pustejovsky_with_equal_groups_is_the_test_on_one_over_root_n():
    studies = drawn.row(drawn.drawn(), 2)
    n = np.arange(studies.y.size) * 10.0 + 20
    by_root, own = egger.regress(studies, by="1/sqrt(n)", n=2 * n), egger.pustejovsky(studies, n, n)
    assert own.statistic == pytest.approx(float(by_root.statistic))
    assert own.bias * 2 == pytest.approx(float(by_root.bias))


@pytest.mark.parametrize("k", [0, 1, 2])
def test_too_few_studies_have_no_test(k):
    studies = batch.Batch.of(np.linspace(0, 1, k), np.linspace(1, 2, k))
    assert np.isnan(egger.regress(studies).p)


def test_equal_variances_have_no_slope():
    studies = batch.Batch.of([0.1, 0.5, 0.9], [0.2, 0.2, 0.2])
    assert np.isnan(egger.regress(studies).bias)


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1e20, 1e150])
@pytest.mark.parametrize("by", ["se", "variance"])
def test_the_unit_of_the_effects_does_not_matter(scale, by):
    studies = drawn.row(drawn.drawn(), 4)
    scaled = batch.Batch.of(studies.y * scale, studies.v * scale * scale)
    for method in ("WLS", "REML"):
        here, there = (egger.regress(each, by=by, method=method) for each in (studies, scaled))
        assert there.statistic == pytest.approx(float(here.statistic), rel=1e-7)
        assert there.limit == pytest.approx(float(here.limit) * scale, rel=1e-7)


def test_unknown_choices_are_named():
    studies = drawn.row(drawn.drawn(), 0)
    with pytest.raises(errors.OptionError, match="choose one of “se”, “variance”"):
        egger.regress(studies, by="weight")
    with pytest.raises(errors.OptionError, match="needs the number of participants"):
        egger.regress(studies, by="1/n")


@pytest.mark.parametrize("test", [counts.harbord, counts.peters, counts.deeks, counts.macaskill, counts.schwarzer])
@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_tests_of_counts_are_loops_in_a_batch(test, measure):
    cells = drawn.cells()
    whole = test(counts.read(*cells, measure=measure))
    for i in range(len(cells[0])):
        alone = test(counts.read(*(each[i] for each in cells), measure=measure))
        np.testing.assert_allclose(whole.statistic[i], alone.statistic, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(whole.p[i], alone.p, rtol=1e-8)


@pytest.mark.parametrize("test", [counts.harbord, counts.peters, counts.deeks])
def test_groups_that_change_places_turn_the_slope(test):
    events1, n1, events2, n2 = drawn.cells()
    here = test(counts.read(events1, n1, events2, n2))
    there = test(counts.read(events2, n2, events1, n1))
    np.testing.assert_allclose(there.bias, -here.bias, rtol=1e-8)


def test_a_study_without_events_does_not_count():
    events1, n1, events2, n2 = (each[0].copy() for each in drawn.cells())
    events1[0] = events2[0] = 0
    assert counts.harbord(counts.read(events1, n1, events2, n2)).k == n1.size - 1
