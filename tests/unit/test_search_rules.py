"""What counts of records say, without a database."""

import pytest

from reviews.search import rules


@pytest.mark.parametrize(
    ("hits", "records", "refused", "expected"),
    [
        (290, 290, 0, None),
        (290, 288, 2, None),
        (290, 280, 2, (8, False)),
        (290, 300, 0, (10, True)),
        (None, 300, 0, None),
        (0, 0, 0, None),
    ],
)
def test_missing_records(hits: int | None, records: int, refused: int, expected: tuple[int, bool] | None) -> None:
    assert rules.missing(hits, records, refused) == expected


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([7], ("1 record shares a DOI", "it was kept apart (line 7).")),
        ([7, 30], ("2 records share a DOI", "they were kept apart (lines 7 and 30).")),
        ([1, 2, 3], ("3 records", "(lines 1, 2 and 3).")),
        (list(range(1, 11)), ("10 records", "8, 9 and 10).")),
        (list(range(1, 12)), ("11 records", "8, 9, 10 and 1 more).")),
        (list(range(1, 2011)), ("2,010 records", "9, 10 and 2,000 more).")),
    ],
)
def test_the_warning_about_records_kept_apart(lines: list[int], words: tuple[str, ...]) -> None:
    for word in words:
        assert word in rules.kept_apart(lines)
