"""Languages and kinds of publication under the names that lists filter by."""

import pytest

from reviews.search.lookup import kinds, languages


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("eng", ("English",)),
        ("English; Chinese", ("English", "Chinese")),
        ("chi (English abstract)", ("Chinese",)),
        ("中文", ("Chinese",)),
        ("en-US", ("English",)),
        ("eng spa", ("English", "Spanish")),
        ("Klingon", ("Klingon",)),
        ("", ()),
    ],
)
def test_languages_have_one_name(said: str, expected: tuple[str, ...]) -> None:
    assert languages.named(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Journal Article; Randomized Controlled Trial", "trial"),
        ("Journal article", "article"),
        ("Retracted Publication; Randomized Controlled Trial", "retraction"),
        ("CONF", "conference"),
        ("硕士学位论文", "thesis"),
        ("Meta-Analysis; Review", "synthesis"),
        ("Systematic Review", "synthesis"),
        ("Review", "review"),
        ("UNPB", "preprint"),
        ("Something else", kinds.OTHER),
        (" ", kinds.UNKNOWN),
    ],
)
def test_the_most_telling_kind_counts(said: str, expected: str) -> None:
    assert kinds.of(said) == expected
    assert kinds.of(said) in kinds.LABELS
