"""Trim and fill: mirrors, symmetric data, batches, conventions, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import errors
from analysis.bias import trim_and_fill as tf
from analysis.pooling import batch, common
from tests.unit.analysis.bias import drawn_studies as drawn

LOPSIDED = batch.Batch.of([-0.1, 0.0, 0.1, 0.3, 0.9, 1.2, 1.4], [0.01, 0.02, 0.02, 0.05, 0.3, 0.4, 0.5])
MIRROR = {"left": "right", "right": "left"}


@given(drawn.STUDIES, st.sampled_from(tf.ESTIMATORS), st.sampled_from(["left", "right"]))
def test_the_mirror_of_the_data_lacks_as_many_on_the_other_side(rows, estimator, side):
    studies = drawn.one(rows)
    here = tf.trim_and_fill(studies, estimator=estimator, side=side)
    there = tf.trim_and_fill(drawn.flipped(studies), estimator=estimator, side=MIRROR[side])
    np.testing.assert_array_equal(there.missing, here.missing)
    np.testing.assert_allclose(there.filled.y, -here.filled.y, atol=1e-12)
    np.testing.assert_array_equal(there.filled.mask, here.filled.mask)


PAIRS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 20)), min_size=1, max_size=5, unique_by=lambda each: each[0]
)


@given(PAIRS, st.sampled_from(["L0", "R0"]))
def test_symmetric_data_fill_nothing(pairs, estimator):
    y = np.array([sign * size / 8 for size, _ in pairs for sign in (-1, 1)] + [0.0])
    v = np.array([each / 16 for _, each in pairs for _ in range(2)] + [0.25])
    for convention in tf.CONVENTIONS:
        found = tf.trim_and_fill(batch.Batch.of(y, v), estimator=estimator, side="left", convention=convention)
        assert found.missing == 0
        assert not found.filled.mask.any()


@pytest.mark.parametrize("estimator", tf.ESTIMATORS)
@pytest.mark.parametrize("trimming", ["EE", "DL", "REML"])
@pytest.mark.parametrize("convention", tf.CONVENTIONS)
def test_a_batch_is_a_loop(estimator, trimming, convention):
    studies = drawn.drawn(rows=12)
    whole = tf.trim_and_fill(studies, estimator=estimator, trimming=trimming, convention=convention)
    for i in range(12):
        alone = tf.trim_and_fill(drawn.row(studies, i), estimator=estimator, trimming=trimming, convention=convention)
        for name in ("missing", "missing_se", "p", "is_left", "centre", "is_converged"):
            np.testing.assert_allclose(getattr(whole, name)[i], getattr(alone, name), rtol=1e-8, err_msg=name)
        counted = studies.mask[i]
        np.testing.assert_array_equal(whole.filled.mask[i][counted], alone.filled.mask)
        np.testing.assert_allclose(whole.filled.y[i][counted], alone.filled.y, rtol=1e-8)
        assert not whole.filled.mask[i][~counted].any()


def test_images_lie_as_far_on_the_other_side_and_pull_the_estimate_there():
    found = tf.trim_and_fill(LOPSIDED)
    assert found.is_left
    assert found.missing == found.filled.mask.sum() > 0
    mirrored = found.filled.mask
    np.testing.assert_allclose(found.filled.y[mirrored] - found.centre, found.centre - LOPSIDED.y[mirrored])
    np.testing.assert_array_equal(found.filled.v[mirrored], LOPSIDED.v[mirrored])
    assert common.pool(tf.completed(LOPSIDED, found)).estimate < common.pool(LOPSIDED).estimate


def test_the_order_of_studies_does_not_matter():
    other, order = drawn.shuffled(LOPSIDED)
    here, there = tf.trim_and_fill(LOPSIDED), tf.trim_and_fill(other)
    np.testing.assert_array_equal(there.filled.mask, here.filled.mask[order])
    np.testing.assert_allclose(there.filled.y, here.filled.y[order])


def test_r0_has_a_probability_and_the_others_none():
    found = tf.trim_and_fill(LOPSIDED, estimator="R0")
    assert found.p == 0.5 ** (found.missing + 1)
    assert np.isnan(tf.trim_and_fill(LOPSIDED, estimator="L0").p)


def test_a_study_left_alone_is_its_own_centre():
    found = tf.trim_and_fill(batch.Batch.of([-0.2, 0.4, 0.8], [0.02, 0.03, 0.01]))
    assert (float(found.missing), float(found.centre)) == (2.0, 0.8)


def test_identical_studies_lack_none():
    for estimator in ("L0", "R0"):
        found = tf.trim_and_fill(batch.Batch.of([0.5] * 4, [1.0, 2.0, 3.0, 4.0]), estimator=estimator, side="left")
        assert found.missing == 0


def test_equal_variances_tell_no_side_and_the_refusal_says_what_to_do():
    studies = batch.Batch.of([0.1, 0.2, 0.9, 1.4], [0.1] * 4)
    found = tf.trim_and_fill(studies)
    assert np.isnan(found.missing)
    with pytest.raises(errors.InputError, match="choose a side"):
        tf.require_defined(found, "L0")
    tf.require_defined(tf.trim_and_fill(studies, side="left"), "L0")


def test_q0_without_a_root_is_refused_with_the_other_estimators():
    studies = batch.Batch.of([-2.0, 1.0, 1.1, 1.2, 1.3, 1.4], [1e-4, 1.0, 1.0, 1.0, 1.0, 1.0])
    found = tf.trim_and_fill(studies, estimator="Q0", side="left")
    assert np.isnan(found.missing)
    with pytest.raises(errors.InputError, match="choose L0 or R0"):
        tf.require_defined(found, "Q0")


@pytest.mark.parametrize("k", [0, 1])
def test_too_few_studies_have_no_answer(k):
    assert np.isnan(tf.trim_and_fill(batch.Batch.of(np.zeros(k), np.ones(k)), side="left").missing)


def test_a_bad_variance_spoils_its_own_row_only():
    y, v = np.array([[0.1, 0.4, 0.2, 0.9]] * 2), np.array([[0.1, 0.2, 0.3, 0.5], [0.1, -0.2, 0.3, 0.5]])
    found = tf.trim_and_fill(batch.Batch.of(y, v), side="left")
    np.testing.assert_array_equal(np.isnan(found.missing), [False, True])


@pytest.mark.parametrize("choice", [{"estimator": "S0"}, {"side": "up"}, {"trimming": "XX"}, {"convention": "Stata"}])
def test_unknown_choices_are_named(choice):
    with pytest.raises(errors.OptionError, match="choose one of"):
        tf.trim_and_fill(LOPSIDED, **choice)
