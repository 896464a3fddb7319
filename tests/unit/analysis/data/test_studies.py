import numpy as np
import pytest

from analysis import data, errors

GOOD = {
    data.BinaryStudy: {"events1": 3, "n1": 40, "events2": 9, "n2": 42},
    data.MatchedStudy: {"both": 10, "only1": 4, "only2": 7, "neither": 30},
    data.RateStudy: {"events1": 3, "time1": 40.5, "events2": 9, "time2": 42.0},
    data.SingleRateStudy: {"events": 3, "time": 40.5},
    data.ProportionStudy: {"events": 3, "n": 40},
    data.ContinuousStudy: {"n1": 40, "mean1": 9.5, "sd1": 5.0, "n2": 38, "mean2": 13.25, "sd2": 4.8},
    data.ChangeStudy: {"n1": 40, "mean1": -2.5, "sd1": 5.0, "n2": 38, "mean2": -1.25, "sd2": 4.8},
    data.MeanStudy: {"n": 40, "mean": 9.5, "sd": 5.0},
    data.PairedStudy: {"n": 40, "mean1": 9.5, "sd1": 5.0, "mean2": 13.25, "sd2": 4.8, "r": 0.6},
    data.CorrelationStudy: {"r": 0.3, "n": 40},
    data.PartialCorrelationStudy: {"r": 0.3, "n": 40, "predictors": 3},
    data.DeterminationStudy: {"r2": 0.3, "n": 40, "predictors": 3},
    data.ReliabilityStudy: {"alpha": 0.8, "items": 10, "n": 40},
    data.GenericStudy: {"estimate": 0.4, "se": 0.2},
    data.HazardStudy: {"hr": 0.7, "se": 0.2},
}
FIELDS = [(kind, field) for kind, row in GOOD.items() for field in row]


def made(kind, **changes):
    return kind(key="k", label="Bo 2021", **(GOOD[kind] | changes))


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_row_is_taken_as_it_is(kind):
    study = made(kind)
    assert {name: getattr(study, name) for name in GOOD[kind]} == GOOD[kind]
    assert study.subgroup is None


@pytest.mark.parametrize(("kind", "field"), FIELDS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "12", True])
def test_no_field_takes_what_is_not_a_finite_number(kind, field, value):
    with pytest.raises(errors.InputError, match=f"Study “Bo 2021”, field {field} ") as refused:
        made(kind, **{field: value})
    assert (refused.value.study, refused.value.field) == ("Bo 2021", field)


@pytest.mark.parametrize(
    ("kind", "field", "value", "fault"),
    [
        (data.BinaryStudy, "events1", 41, "is 41, but there are only 40 participants"),
        (data.BinaryStudy, "events2", 3.5, "a number of events must be whole"),
        (data.BinaryStudy, "events1", -1, "at least 0 events"),
        (data.BinaryStudy, "n1", 0, "at least 1 participants"),
        (data.ProportionStudy, "events", 41, "only 40 participants"),
        (data.RateStudy, "time1", 0, "greater than 0"),
        (data.SingleRateStudy, "events", 0.5, "must be whole"),
        (data.ContinuousStudy, "sd1", 0, "greater than 0"),
        (data.ContinuousStudy, "n1", 1, "at least 2 participants"),
        (data.MeanStudy, "sd", -1, "greater than 0"),
        (data.PairedStudy, "r", 1, "less than 1"),
        (data.PairedStudy, "r", -1.2, "greater than -1"),
        (data.CorrelationStudy, "r", 1.2, "less than 1"),
        (data.CorrelationStudy, "n", 3, "at least 4"),
        (data.PartialCorrelationStudy, "predictors", 38, "at least 41 participants"),
        (data.DeterminationStudy, "r2", 0, "greater than 0"),
        (data.ReliabilityStudy, "items", 1, "at least 2 items"),
        (data.ReliabilityStudy, "alpha", 1, "less than 1"),
        (data.GenericStudy, "se", 0, "greater than 0"),
        (data.GenericStudy, "se", -0.2, "greater than 0"),
        (data.HazardStudy, "hr", 0, "greater than 0"),
    ],
)
def test_bounds_are_said_by_study_and_field(kind, field, value, fault):
    with pytest.raises(errors.InputError, match=fault) as refused:
        made(kind, **{field: value})
    assert refused.value.study == "Bo 2021"


def test_a_negative_variance_is_refused():
    with pytest.raises(errors.InputError, match=r"field variance .*greater than 0"):
        data.GenericStudy("k", "Bo 2021", 0.4, variance=-1.0)


def test_pairs_need_a_pair():
    with pytest.raises(errors.InputError, match="at least one pair"):
        made(data.MatchedStudy, both=0, only1=0, only2=0, neither=0)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "give a standard error, a variance, a confidence interval or a p-value"),
        ({"se": 0.2, "p": 0.04}, "more than one of them"),
        ({"ci_low": 0.1}, "field ci_high: a confidence interval needs both limits"),
        ({"ci_low": 0.5, "ci_high": 0.1}, "less than the upper limit"),
        ({"ci_low": 0.5, "ci_high": 0.9}, "do not enclose the estimate"),
        ({"p": 1.0}, "less than 1"),
        ({"p": 0.0}, "greater than 0"),
        ({"se": 0.2, "level": 95}, "less than 1"),
    ],
)
def test_a_generic_effect_states_its_precision_once(given, fault):
    with pytest.raises(errors.InputError, match=fault):
        data.GenericStudy("k", "Bo 2021", 0.4, **given)


def test_an_estimate_of_0_has_no_standard_error_by_its_p():
    with pytest.raises(errors.InputError, match="the estimate is 0"):
        data.GenericStudy("k", "Bo 2021", 0.0, p=0.5)
    with pytest.raises(errors.InputError, match="the hazard ratio is 1"):
        data.HazardStudy("k", "Bo 2021", hr=1.0, p=0.5)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "give a hazard ratio, or O - E with V"),
        ({"o_minus_e": 3.0}, "field v: O - E and its variance V belong together"),
        ({"o_minus_e": 3.0, "v": 4.0, "hr": 0.7, "se": 0.2}, "more than one"),
        ({"hr": 0.7}, "give a standard error of the logarithm"),
        ({"hr": 0.7, "ci_low": -0.5, "ci_high": 0.9}, "greater than 0"),
    ],
)
def test_a_hazard_ratio_is_stated_once(given, fault):
    with pytest.raises(errors.InputError, match=fault):
        data.HazardStudy("k", "Bo 2021", **given)


def test_numpy_numbers_become_plain_ones():
    study = made(data.BinaryStudy, events1=np.int64(3), n1=np.float64(40))
    assert [type(study.events1), type(study.n1)] == [int, int]


def test_numbers_near_the_ends_of_a_double_are_numbers():
    study = made(data.GenericStudy, estimate=1e300, se=1e-300)
    assert (study.estimate, study.se) == (1e300, 1e-300)
