"""Words as the index holds them, and the vectors PostgreSQL is given."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.search.lookup import words

LEXEME = re.compile(r"[^\W_]+:[1-9]\d*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sleep-onset  latency (PSQI)", "sleep onset latency psqi"),
        ("Café naïveté", "cafe naivete"),
        ("睡眠质量", "睡眠 眠质 质量 量"),
        ("失眠 CBT-I 治疗", "失眠 眠 cbt i 治疗 疗"),
        ("", ""),
    ],
)
def test_texts_are_folded_and_scripts_without_word_breaks_are_cut_into_pairs(text: str, expected: str) -> None:
    assert words.indexed([text]).split() == expected.split()


def test_a_vector_gives_each_word_its_place() -> None:
    assert words.vector("sleep and sleep") == "sleep:1 and:2 sleep:3"
    assert words.vector("") == ""


def test_a_vector_is_never_more_than_postgresql_takes() -> None:
    long = words.vector("a" * 5000)
    assert long == f"{'a' * words.LONGEST}:1"
    places = [int(lexeme.rpartition(":")[2]) for lexeme in words.vector("x " * 20_000).split()]
    assert len(places) == 20_000
    assert max(places) == 16_383


@given(st.text(max_size=300))
def test_no_text_breaks_the_form_of_a_vector(text: str) -> None:
    assert all(LEXEME.fullmatch(lexeme) for lexeme in words.vector(words.indexed([text])).split(" ") if lexeme)


def test_titles_are_sorted_without_accents_and_signs() -> None:
    assert words.sort_key("“Écoute” in sleep") == "ecoute in sleep"
    assert len(words.sort_key("word " * 100)) <= 80
