"""What numbers may be, when two readings are the same, and what a seat can do next."""

import pytest

from reviews.core import double
from reviews.core.double import State, Step
from reviews.extraction import rules


@pytest.mark.parametrize(
    ("field", "typed", "number"),
    [
        ("mean", "9.45", 9.45),
        ("mean", "-0.3", -0.3),
        ("mean", "−0,3", -0.3),
        ("mean", "12·5", 12.5),
        ("mean", ".5", 0.5),
        ("mean", "−.25", -0.25),
        ("mean", " 1 250 ", 1250.0),
        ("sd", "4.97", 4.97),
        ("sd", "1e-3", 0.001),
        ("n", "143", 143.0),
        ("n", "2", 2.0),
    ],
)
def test_numbers_as_reports_print_them(field: str, typed: str, number: float) -> None:
    reading = rules.read(field, typed)
    assert (reading.number, reading.problem) == (number, "")
    assert reading.reported == typed.strip()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("mean", "nine", "not a number"),
        ("mean", "5.1 ± 2", "not a number"),
        ("mean", "nan", "not a number"),
        ("mean", "1e999", "too large"),
        ("sd", "-4.9", "above 0"),
        ("sd", "0", "above 0"),
        ("n", "0", "whole number of at least 2"),
        ("n", "1", "whole number of at least 2"),
        ("n", "14.5", "whole number of at least 2"),
        ("n", "1,234", "1234 or 1.234"),
        ("mean", "1,234", "1234 or 1.234"),
        ("sd", "12,500", "12500 or 12.500"),
        ("mean", "-103,275", "-103275 or -103.275"),
        ("mean", "1.234,5", "not a number"),
        ("mean", "12 5", "not a number"),
        ("n", "1 43", "not a number"),
        ("mean", "1,234.5", "not a number"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(field: str, typed: str, words: str) -> None:
    assert words in rules.read(field, typed).problem


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0,234", 0.234),
        ("1,23", 1.23),
        ("1.234", 1.234),
        ("1234,567", 1234.567),
        ("1 234", 1234),
        ("12 345 678.5", 12345678.5),
        ("− 5.1", -5.1),
    ],
)
def test_a_decimal_comma_that_can_only_be_one_is_read(typed: str, number: float) -> None:
    assert rules.read("mean", typed) == rules.Reading(typed, number)


def test_nothing_typed_is_no_number_and_no_problem() -> None:
    assert rules.read("sd", "  ") == rules.Reading("", None)


@pytest.mark.parametrize(
    ("first", "second", "is_same"), [(5.1, 5.10, True), (5.1, 5.2, False), (None, 5.1, False), (None, None, False)]
)
def test_same_number(first: float | None, second: float | None, is_same: bool) -> None:
    assert rules.is_same(first, second) is is_same


@pytest.mark.parametrize(
    ("fields", "words"),
    [(set(), ""), ({"mean", "sd", "n"}, ""), ({"mean"}, "SD and n"), ({"mean", "n"}, "SD"), ({"sd"}, "Mean and n")],
)
def test_mean_sd_and_n_come_together(fields: set[str], words: str) -> None:
    assert rules.lacking(fields) == words


@pytest.mark.parametrize(
    ("submitted", "has_consensus", "state"),
    [
        (0, False, State.OPEN),
        (1, False, State.WAITING),
        (2, False, State.COMPARE),
        (2, True, State.DONE),
    ],
)
def test_states(submitted: int, has_consensus: bool, state: State) -> None:
    assert double.state(submitted, has_consensus) == state


@pytest.mark.parametrize(
    ("state", "facts", "step"),
    [
        (State.OPEN, "", Step.LOOK),
        (State.OPEN, "claim", Step.START),
        (State.OPEN, "extractor open claim", Step.CONTINUE),
        (State.WAITING, "extractor claim", Step.LOOK),
        (State.COMPARE, "adjudicate", Step.COMPARE),
        (State.COMPARE, "extractor adjudicate", Step.COMPARE),
        (State.COMPARE, "extractor", Step.LOOK),
        (State.DONE, "adjudicate", Step.LOOK),
    ],
)
def test_next_step(state: State, facts: str, step: Step) -> None:
    found = double.next_step(
        state,
        has_slot="extractor" in facts,
        has_open_entry="open" in facts,
        may_claim="claim" in facts,
        may_settle="adjudicate" in facts,
    )
    assert found == step


@pytest.mark.parametrize(
    ("authors", "year", "taken", "label"),
    [
        (["Miller, Anna", "Novak, B"], 2021, [], "Miller 2021"),
        (["Miller AB"], 2021, [], "Miller 2021"),
        (["van der Berg J"], 2020, [], "van der Berg 2020"),
        (["Anna Miller"], 2021, ["miller 2021", "Miller 2021a"], "Miller 2021b"),
        (["张伟"], 2019, [], "张伟 2019"),
        ([], None, [], "Study"),
    ],
)
def test_suggested_labels(authors: list[str], year: int | None, taken: list[str], label: str) -> None:
    assert rules.suggested_label(authors, year, taken) == label
