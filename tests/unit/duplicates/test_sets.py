"""The engine on whole sets: the constructed Chinese one, and the small labelled ones where they are at hand."""

import csv

import pytest

from tests.bench import chinese, duplicates, labelled

SMALL = ("tune/copper", "tune/stroke", "tune/diabetes")


def test_the_constructed_chinese_set() -> None:
    made = chinese.read()
    assert made == chinese.read()
    assert len(set(made.clusters)) > 300
    found = duplicates.measure(made)
    assert found.false_merges == 0
    assert found.recall > 0.65
    assert found.recall_with_queue > 0.99


@pytest.mark.parametrize("name", SMALL)
def test_labelled_sets_without_a_false_merge(name: str) -> None:
    if not (labelled.FOLDER / name).is_dir():
        pytest.skip(f"The labelled set {name} is not beside this checkout.")
    found = duplicates.measure(labelled.read(name))
    assert found.false_merges == 0
    assert found.recall > 0.99
    assert found.recall_with_queue > 0.995
    assert found.queue < 0.012 * found.records


def test_rows_of_sets_in_another_folder(tmp_path: object) -> None:
    assert labelled.names(labelled.Path(str(tmp_path))) == []
    assert [row.name for row in duplicates.rows(labelled.Path(str(tmp_path)))] == [chinese.NAME]
    assert csv.field_size_limit() > 10**6
