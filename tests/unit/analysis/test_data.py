from decimal import Decimal

import numpy as np
import pytest

from analysis import data, errors
from tests.unit.analysis import samples


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("n1", 0, "at least 2"),
        ("n2", 1, "at least 2"),
        ("n1", 12.5, "must be whole"),
        ("n2", "12", "is not a number"),
        ("n1", True, "is not a number"),
        ("mean1", float("nan"), "not a finite number"),
        ("mean2", float("inf"), "not a finite number"),
        ("mean1", None, "is not a number"),
        ("sd1", 0, "greater than 0"),
        ("sd2", -4.8, "greater than 0"),
        ("sd1", float("-inf"), "not a finite number"),
    ],
)
def test_a_bad_value_is_refused_by_study_and_field(field, value, fault):
    with pytest.raises(errors.InputError, match=fault) as refused:
        samples.study(label="Bo 2021", **{field: value})
    assert (refused.value.study, refused.value.field) == ("Bo 2021", field)
    assert "“Bo 2021”" in str(refused.value)
    assert field in str(refused.value)


def test_numbers_of_any_kind_become_plain_ones():
    study = samples.study(n1=np.int64(40), n2=38.0, mean1=Decimal("9.5"), sd1=np.float64(5))
    assert study == samples.study()
    assert [type(study.n1), type(study.n2), type(study.mean1), type(study.sd1)] == [int, int, float, float]


@pytest.mark.parametrize("name", ["key", "label"])
def test_a_study_needs_key_and_label(name):
    with pytest.raises(errors.InputError, match=f"has no {name}"):
        samples.study(**{name: "  "})


def test_an_empty_subgroup_name_is_refused():
    with pytest.raises(errors.InputError, match="field subgroup"):
        samples.study(subgroup="")


def test_a_data_set_needs_studies():
    with pytest.raises(errors.InputError, match="no studies"):
        data.ContinuousData.of([])


def test_a_study_enters_once():
    twice = [samples.study("a", "Ada 2020"), samples.study("a", "Bo 2021")]
    with pytest.raises(errors.InputError, match="“Ada 2020” and “Bo 2021” have the same key “a”"):
        data.ContinuousData.of(twice)


def test_subgroups_are_for_all_or_for_none():
    mixed = [samples.study("a", subgroup="Adults"), samples.study("b", "Bo 2021")]
    with pytest.raises(errors.InputError, match="“Bo 2021” has no subgroup"):
        data.ContinuousData.of(mixed)


def test_subgroups_keep_the_order_of_appearance():
    given = data.ContinuousData.of(samples.studies(5, subgroups=("Z", "A")))
    assert given.subgroups == ("Z", "A")
    assert given.members("A").tolist() == [False, True, False, True, False]
