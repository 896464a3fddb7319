"""The front door: results that can be stored, notices, refusals; PET-PEESE and the funnel's contours."""

import json

import numpy as np
import pytest

from analysis import errors
from analysis.bias import egger, funnel, pet_peese, results, small_study
from analysis.pooling import batch
from tests.unit.analysis.bias import drawn_studies as drawn

Y = [-2.6, -0.5, -0.3, 0.06, -3.1, -1.4, -1.7, -0.6, -0.8, -2.0]
V = [1.5, 0.12, 0.17, 0.21, 0.37, 0.6, 0.5, 0.53, 0.29, 0.42]
SIZES = {"n1": [10.0 + i for i in range(10)], "n2": [12.0 + 2 * i for i in range(10)]}
COUNTS = tuple(each[0] for each in drawn.cells())


def all_results():
    yield from (small_study.asymmetry(name, Y, V, **SIZES) for name in small_study.EFFECT_TESTS)
    yield from (small_study.asymmetry_of_counts(name, *COUNTS) for name in small_study.COUNT_TESTS)
    yield from (small_study.trim_fill(Y, V, estimator=each, convention="meta") for each in ("L0", "R0"))
    yield from (small_study.fail_safe_n(Y, V, method=each) for each in ("Rosenthal", "Orwin", "Rosenberg", "General"))
    yield small_study.adjust(Y, V)
    yield small_study.adjust(Y, V, method="REML", test="knha")
    yield small_study.excess_significance(Y, V, tau2_method="DL")


def test_every_result_is_stored_as_json_and_read_back_unchanged():
    for result in all_results():
        stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert type(result).from_dict(stored) == result
        with pytest.raises(errors.InputError, match="schema 0"):
            type(result).from_dict({**stored, "schema": 0})


def codes(result: results.Result) -> list[str]:
    return [each.code for each in result.notices]


def test_few_studies_are_told():
    assert codes(small_study.asymmetry("egger", Y, V)) == []
    found = small_study.asymmetry("egger", Y[:5], V[:5])
    assert codes(found) == ["few_studies"]
    assert found.notices[0].text.startswith("5 studies are too few")


@pytest.mark.parametrize(
    ("measure", "advice"), [("SMD", "Pustejovsky"), ("OR", "Harbord"), ("RR", "Peters"), ("MD", None)]
)
def test_a_measure_that_does_not_suit_the_test_is_told(measure, advice):
    for name in ("egger", "begg", "thompson_sharp"):
        found = small_study.asymmetry(name, Y, V, measure=measure)
        assert codes(found) == (["unsuitable_measure"] if advice else [])
        assert advice is None or advice in found.notices[0].text
    assert codes(small_study.asymmetry("pustejovsky", Y, V, measure="SMD", **SIZES)) == []


def test_equal_variances_are_told_and_leave_the_test_undefined():
    found = small_study.asymmetry("egger", Y, [0.2] * 10)
    assert (codes(found), found.p) == (["equal_variances"], None)
    with pytest.raises(errors.InputError, match="choose a side"):
        small_study.trim_fill(Y, [0.2] * 10)
    assert small_study.trim_fill(Y, [0.2] * 10, side="left").k == 10


def test_refusals_name_the_study_and_the_field():
    with pytest.raises(errors.InputError, match=r"“study 2” has the variance -1\.0"):
        small_study.asymmetry("egger", [0.1, 0.2, 0.3], [0.1, -1.0, 0.2])
    with pytest.raises(errors.InputError, match="at least 3"):
        small_study.asymmetry("begg", [0.1, 0.2, None], [0.1, 0.3, None])
    with pytest.raises(errors.InputError, match="n1 is missing"):
        small_study.asymmetry("pustejovsky", Y, V)
    with pytest.raises(errors.InputError, match="group size n2 above 0"):
        small_study.asymmetry("macaskill", Y, V, n1=SIZES["n1"], n2=[0.0] * 10)
    with pytest.raises(errors.OptionError, match="“egger”, “thompson_sharp”"):
        small_study.asymmetry("begger", Y, V)


def test_images_are_named_by_the_studies_they_mirror():
    found = small_study.trim_fill(Y, V, studies=[f"S{i}" for i in range(10)])
    assert (found.side, found.missing) == ("right", 4)
    assert found.mirrored == ("S0", "S4", "S6", "S9")
    assert found.estimate > found.observed_estimate


def test_pet_peese_follows_its_rule():
    studies = drawn.drawn()
    found = pet_peese.adjust(studies)
    pet, peese = egger.regress(studies), egger.regress(studies, by="variance")
    expected = np.where(found.pet.p_values[..., 0] < 0.10, peese.limit, pet.limit)
    np.testing.assert_allclose(found.estimate, expected)
    everything, nothing = (pet_peese.adjust(studies, alpha=each) for each in (1 - 1e-12, 1e-12))
    assert everything.uses_peese.all()
    assert not nothing.uses_peese.any()
    assert small_study.adjust(Y, V, alpha=0.05).rule.startswith("PEESE if PET’s intercept has two-sided p < 0.05")
    with pytest.raises(errors.OptionError, match="between 0 and 1"):
        pet_peese.adjust(studies, alpha=0)


def test_a_study_on_a_contour_has_the_p_of_its_level():
    studies = batch.Batch.of(Y, V)
    made = funnel.contours(studies, null=0.1, estimate=-1.0)
    for contour, z in zip(made.regions, (1.6448536, 1.9599640, 2.5758293), strict=True):
        assert (np.array(contour.high) - 0.1) / made.errors[-1] == pytest.approx([0, z], abs=1e-6)
    assert made.errors[-1] > np.sqrt(max(V))
    assert made.pseudo_limits is not None
    assert made.pseudo_limits.low[0] == made.pseudo_limits.high[0] == -1.0
    assert json.loads(json.dumps(made.to_dict()))["null"] == 0.1


def test_regions_count_the_contours_passed():
    studies = batch.Batch.of([0.0, 1.7, 2.0, -3.0, 9.0], 1.0, [True, True, True, True, False])
    np.testing.assert_array_equal(funnel.region(studies), [0, 1, 2, 3, np.nan])


def test_contours_of_a_random_effects_model_are_as_wide_at_the_top_as_tau():
    made = funnel.contours(batch.Batch.of(Y, V), estimate=0.0, tau2=0.25, points=30)
    assert made.pseudo_limits is not None
    assert made.pseudo_limits.high[0] == pytest.approx(1.959964 * 0.5, rel=1e-6)
    for choice in ({"levels": (95,)}, {"points": 1}):
        with pytest.raises(errors.OptionError):
            funnel.contours(batch.Batch.of(Y, V), **choice)
