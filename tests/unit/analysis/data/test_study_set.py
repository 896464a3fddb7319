import numpy as np
import pytest

from analysis import data, errors


def study(key="a", label="Ada 2020", **changes):
    return data.ProportionStudy(key=key, label=label, **({"events": 3, "n": 40} | changes))


def test_columns_follow_the_order_of_the_studies():
    given = data.StudySet.of([study("a", "Ada", n=30), study("b", "Bo", n=50)])
    assert given.column("n").tolist() == [30, 50]
    assert given.column("n").dtype == np.float64
    assert given.labels == ("Ada", "Bo")
    assert len(given) == 2


def test_an_empty_field_is_nan():
    given = data.StudySet.of(
        [data.GenericStudy("a", "Ada", 0.1, se=0.2), data.GenericStudy("b", "Bo", 0.1, variance=0.2)]
    )
    assert np.isnan(given.column("se")).tolist() == [False, True]


def test_a_set_needs_studies():
    with pytest.raises(errors.InputError, match="no studies"):
        data.StudySet.of([])


def test_several_results_of_one_study_are_refused():
    with pytest.raises(errors.InputError, match=r"“Ada 2020”.*multilevel model") as refused:
        data.StudySet.of([study("a"), study("b")])
    assert refused.value.field == "label"
    with pytest.raises(errors.InputError, match="same key “a”"):
        data.StudySet.of([study("a"), study("a", "Bo")])


def test_ten_thousand_studies_are_a_set():
    given = data.StudySet.of(study(str(i), f"Study {i}") for i in range(10_000))
    assert given.column("events").shape == (10_000,)


def test_subgroups_are_for_all_or_for_none():
    with pytest.raises(errors.InputError, match="“Bo” has no subgroup"):
        data.StudySet.of([study("a", "Ada", subgroup="X"), study("b", "Bo")])
    given = data.StudySet.of([study("a", "Ada", subgroup="X"), study("b", "Bo", subgroup="Y")])
    assert given.subgroups == ("X", "Y")
    assert given.members("Y").tolist() == [False, True]


def test_rows_from_columns():
    table = data.rows(["Ada", "Bo"], {"events": np.array([3, 4]), "n": [40, 50]})
    given = data.StudySet.of(data.ProportionStudy(**row) for row in table)
    assert given.column("events").tolist() == [3, 4]


def test_columns_of_unequal_length_are_refused_by_name():
    with pytest.raises(errors.InputError, match="Column n has 1 values, but there are 2 studies") as refused:
        data.rows(["Ada", "Bo"], {"events": [3, 4], "n": [40]})
    assert refused.value.field == "n"
