"""Fail-safe N: by the definitions, batches, edges."""

import numpy as np
import pytest
from hypothesis import given
from scipy import special

from analysis import errors
from analysis.bias import fail_safe
from analysis.pooling import batch
from tests.unit.analysis.bias import drawn_studies as drawn

STRONG = batch.Batch.of([0.5, 0.6, 0.4, 0.8, 0.55], [0.02, 0.03, 0.05, 0.04, 0.02])


def test_with_so_many_null_studies_stouffer_s_z_is_at_the_bar_and_with_one_less_above():
    z, n = STRONG.y / np.sqrt(STRONG.v), float(fail_safe.rosenthal(STRONG).number)
    bar = special.ndtri(0.95)
    assert z.sum() / np.sqrt(5 + n) <= bar < z.sum() / np.sqrt(5 + n - 1)


def test_orwin_s_studies_bring_the_average_to_the_target():
    n = float(fail_safe.orwin(STRONG, 0.1, is_weighted=False).number)
    assert STRONG.y.sum() / (5 + n) <= 0.1 < STRONG.y.sum() / (5 + n - 1)
    assert fail_safe.orwin(STRONG, 0.0).number == np.inf
    assert fail_safe.orwin(STRONG).target == fail_safe.orwin(STRONG).average / 2
    assert fail_safe.orwin(drawn.flipped(STRONG), 0.1).target == -0.1


def test_rosenberg_s_studies_bring_the_common_effect_to_the_bar():
    n, w = float(fail_safe.rosenberg(STRONG).number), 1 / STRONG.v
    z = [(w * STRONG.y).sum() / np.sqrt(w.sum() + more * w.mean()) for more in (n, n - 1)]
    assert z[0] <= special.ndtri(0.975) < z[1]


@given(drawn.STUDIES)
def test_the_general_number_is_a_crossing(rows):
    studies = drawn.one(rows)
    found = fail_safe.general(studies, method="DL")
    if found.number == 0 or found.is_capped:
        assert found.p >= 0.05 or found.is_capped
        return
    assert fail_safe.at(studies, found.number - 1, method="DL").p < 0.05 <= found.p_then


def test_general_without_heterogeneity_is_rosenberg():
    general, rosenberg = fail_safe.general(STRONG, method="EE"), fail_safe.rosenberg(STRONG)
    assert general.number == rosenberg.number
    assert general.p == pytest.approx(float(rosenberg.p))


def test_general_comes_down_to_a_target():
    found = fail_safe.general(STRONG, target=0.1)
    assert found.estimate_then <= 0.1 < fail_safe.at(STRONG, found.number - 1).estimate
    assert fail_safe.general(STRONG, target=0.0).number == np.inf
    assert fail_safe.general(STRONG, target=5.0).number == 0


@pytest.mark.parametrize(
    "of", [fail_safe.rosenthal, fail_safe.orwin, fail_safe.rosenberg, fail_safe.general], ids=fail_safe.METHODS
)
def test_a_batch_is_a_loop_and_a_flip_changes_no_number(of):
    studies = drawn.drawn()
    whole = of(studies)
    np.testing.assert_array_equal(of(drawn.flipped(studies)).number, whole.number)
    for i in range(studies.k.size):
        alone = of(drawn.row(studies, i))
        for name, value in alone._asdict().items():
            np.testing.assert_allclose(getattr(whole, name)[i], value, rtol=1e-8, err_msg=name)


@pytest.mark.parametrize("of", [fail_safe.rosenthal, fail_safe.orwin, fail_safe.rosenberg, fail_safe.general])
def test_no_study_has_no_number(of):
    assert np.isnan(of(batch.Batch.of(np.zeros(0), np.ones(0))).number)


def test_alpha_is_checked():
    with pytest.raises(errors.OptionError, match=r"between 0 and 0\.5"):
        fail_safe.rosenthal(STRONG, alpha=0.7)
