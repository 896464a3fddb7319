"""What a synthesis freezes, and what is told when it no longer holds."""

from dataclasses import replace
from typing import Any

import pytest

from reviews.synthesis import rules
from reviews.synthesis.rules import FIELDS, Inputs, Row, Texts

TEXTS = Texts("Sleep", "Sleep", "ISI", "lower", "iCBT", "Control", "", "")


def row(study_id: int = 1, **changed: Any) -> Row:
    given: dict[str, Any] = {
        "label": f"Study {study_id}",
        "n1": 20,
        "mean1": 9.5,
        "sd1": 4.0,
        "n2": 21,
        "mean2": 12.25,
        "sd2": 4.5,
        "level": "",
        "value_ids": {name: study_id * 10 + place for place, name in enumerate(FIELDS)},
    }
    return Row(study_id=study_id, **(given | changed))


def inputs(*rows: Row, **texts: str) -> Inputs:
    return Inputs(rows, replace(TEXTS, **texts))


def test_inputs_survive_their_json() -> None:
    given = inputs(row(), row(2, level="yes"), notice="Made up.")
    assert rules.inputs(given.to_dict()) == given


def test_a_row_is_made_of_values_and_their_ids() -> None:
    numbers = {name: (100 + place, float(place + 2)) for place, name in enumerate(FIELDS)}
    made = rules.row(7, "Study 7", "", numbers)
    assert (made.n1, made.mean1, made.sd1, made.n2, made.mean2, made.sd2) == (2, 3.0, 4.0, 5, 6.0, 7.0)
    assert isinstance(made.n1, int)
    assert made.value_ids == {name: 100 + place for place, name in enumerate(FIELDS)}


def test_equal_inputs_do_not_differ() -> None:
    assert rules.differences(inputs(row(), row(2)), inputs(row(), row(2))) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ([row(), row(2), row(3)], ["Study 3 is new."]),
        ([row()], ["Study 2 is no longer there."]),
        ([row(mean1=9.75), row(2)], ["Study 1: mean of group 1 was 9.5, now 9.75."]),
        ([row(n2=22), row(2)], ["Study 1: n of group 2 was 21, now 22."]),
        ([row(sd1=0.1 + 0.2), row(2)], ["Study 1: SD of group 1 was 4, now 0.3."]),
        ([row(label="Okabe 2011"), row(2)], ["Study 1 is now called Okabe 2011."]),
        ([row(level="yes"), row(2)], ["Study 1: the subgroup was not given, now yes."]),
        (
            [row(value_ids={**row().value_ids, "sd2": 999}), row(2)],
            ["Study 1: SD of group 2 was entered again, with the same number."],
        ),
        ([row(2), row()], ["The studies stand in another order."]),
    ],
)
def test_each_difference_is_told(after: list[Row], told: list[str]) -> None:
    assert rules.differences(inputs(row(), row(2)), inputs(*after)) == told


def test_changed_words_are_named() -> None:
    told = rules.differences(inputs(row()), inputs(row(), direction="higher", group_1="Guided rest"))
    assert told == ["The words of the figure have changed: direction of benefit, name of group 1."]


def test_every_word_has_a_name_for_people() -> None:
    for name in TEXTS.__dataclass_fields__:
        assert rules.differences(inputs(row()), inputs(row(), **{name: "something else"}))


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("lower", ("Favours iCBT", "Favours Control")), ("higher", ("Favours Control", "Favours iCBT"))],
)
def test_what_the_axis_favours(direction: str, expected: tuple[str, str]) -> None:
    assert rules.favours(replace(TEXTS, direction=direction)) == expected


def test_groups_are_named_by_arms_that_agree() -> None:
    names = rules.common_names([("intervention", "iCBT"), ("comparator", "Waiting list"), ("comparator", "Usual care")])
    assert names == {"intervention": "iCBT"}
    assert rules.group_names("intervention", "Post", "comparator", "Post", names) == ("iCBT", "Comparator")
    assert rules.group_names("intervention", "Post", "intervention", "Late", names) == ("iCBT, Post", "iCBT, Late")


def test_subgroups_stand_in_the_protocols_order() -> None:
    rows = [row(1, level="no"), row(2, level="yes"), row(3, level="no"), row(4, level="retired"), row(5, level="yes")]
    assert [one.study_id for one in rules.in_order(rows, ("yes", "no"))] == [2, 5, 1, 3, 4]
    assert [one.study_id for one in rules.in_order(rows, ())] == [1, 2, 3, 4, 5]


def test_studies_without_a_level_are_named() -> None:
    assert rules.without_level([row(level="yes")]) == ""
    told = rules.without_level([row(1), row(2, level="yes"), row(3)])
    assert told.startswith("“Study 1”, “Study 3” have no subgroup in the consensus yet.")


def test_every_choice_is_explained_and_every_format_has_a_type() -> None:
    for choices in (rules.Measure, rules.Model, rules.Tau2Method, rules.Convention):
        for value in choices.values:
            assert rules.EXPLANATIONS[value].endswith(".")
    assert set(rules.MEDIA_TYPES) == set(rules.Format.values)
