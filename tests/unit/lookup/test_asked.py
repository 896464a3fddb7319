"""What people type, as PostgreSQL's query and as marks in what was found."""

import pytest

from reviews.search.lookup import asked, marking

STEMS = {"studies": "studi", "therapies": "therapi", "randomised": "randomis", "randomized": "random"}


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("sleep", "(('sleep':*))", ""),
        ("art", "('art')", ""),
        ("random*", "('random':*)", ""),
        ('"sleep therapy"', "('sleep' <-> 'therapy')", ""),
        ("sleep -animal", "(('sleep':*))", "(('animal':*))"),
        ("cost-effective", "(('cost':*) <-> ('effective':*))", ""),
        ("睡眠质量", "(('睡眠' & '眠质' & '质量'))", ""),
        ("药", "('药':*)", ""),
        ("studies", "(('studi':* | 'study':*))", ""),
        ("-", "", ""),
        ("", "", ""),
    ],
)
def test_what_is_typed_becomes_a_query(typed: str, wanted: str, unwanted: str) -> None:
    found = asked.read(typed)
    assert (found.wanted(STEMS), found.unwanted(STEMS)) == (wanted, unwanted)


def test_both_spellings_are_looked_for() -> None:
    found = asked.read("randomised")
    assert set(found.stemmed) == {"randomised", "randomized"}
    assert found.wanted(STEMS) == "(('random':*))"


@pytest.mark.parametrize("typed", ["'); DROP TABLE x", "a:b & !c | (d", "\\'", "<->", '"', '-"', "*", "_ _"])
def test_signs_of_the_query_language_are_only_signs(typed: str) -> None:
    query = asked.read(typed).wanted({})
    bare = query.replace(" <-> ", "").replace(":*", "")
    assert not set(bare.replace("'", "")) & set('\\!;<>":')
    assert query.count("'") % 2 == 0


def test_what_was_found_is_marked_and_the_parts_are_the_text_again() -> None:
    marks = asked.read("studies 睡眠 -trial").marks(STEMS)
    text = "A Study of studying: 睡眠质量, one trial"
    parts = marking.marked(text, marks)
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.is_marked] == ["Study", "studying", "睡眠"]


def test_an_excerpt_is_the_surroundings_of_the_first_word_found() -> None:
    marks = asked.read("melatonin").marks({})
    text = f"{'before ' * 40}melatonin {'behind ' * 60}"
    parts = marking.excerpt(text, marks)
    whole = "".join(part.text for part in parts)
    assert whole.startswith("… before")
    assert whole.endswith(" …")
    assert len(whole) < 260
    assert [part.text for part in parts if part.is_marked] == ["melatonin"]
    assert marking.excerpt("nothing of it", marks) == []
