"""BibTeX: references between entries, LaTeX's spaces; and theses in every export."""

import dataclasses
import json

import pytest

from reviews.search.formats import parsed
from reviews.search.formats.bibtex import latex
from reviews.search.formats.writing import formats
from tests.unit.formats import invented

PAPER = (
    "@inproceedings{one,\n  title = {Warm socks},\n  author = {Quill, O},\n  pages = {1--9},\n"
    "  CROSSREF = {Socks20}\n}\n"
)
PARENT = (
    "@proceedings{socks20,\n  title = {Proceedings on Socks},\n  year = {2020},\n  volume = 3,\n"
    "  doi = {10.5555/all}\n}\n"
)


@pytest.mark.parametrize("text", [PAPER + "\n" + PARENT, PARENT + "\n" + PAPER])
def test_an_entry_takes_what_it_lacks_from_the_one_it_refers_to(text):
    record = next(record for record in invented.records(text) if record.title == "Warm socks")
    assert (record.journal, record.year, record.volume) == ("Proceedings on Socks", 2020, "3")
    assert (record.pages, record.authors, record.doi) == ("1-9", ("Quill, O",), "")


def test_a_reference_to_nothing_costs_nothing():
    assert invented.record(PAPER).title == "Warm socks"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (r"Warm\ socks", "Warm socks"),
        (r"Warm\,socks\;and\:tea", "Warm socks and tea"),
        (r"Warm \quad socks", "Warm socks"),
        (r"Warm\hspace{1em}socks", "Warm socks"),
        (r"Lamp\-light", "Lamplight"),
        (r"50\,\% of socks", "50 % of socks"),
        ("Warm\tsocks", "Warm socks"),
        ("Warm \t socks", "Warm socks"),
        (r"Warm~socks", "Warm socks"),
        (r"A \textbackslash{} B", "A \\ B"),
    ],
)
def test_spaces_of_latex_and_tabs_are_spaces(written, plain):
    assert latex.decode(written) == plain


@pytest.mark.parametrize("text", ["TY  - JOUR\nTI  - Warm\tsocks\nER  - \n", "title,year\nWarm\tsocks,2020\n"])
def test_no_title_keeps_a_tab(text):
    assert invented.record(text).title == "Warm socks"


def thesis(kind: str = "Thesis", **changed: object) -> parsed.ParsedRecord:
    record = parsed.ParsedRecord(
        position=1,
        line=1,
        raw="",
        title="Socks of keepers",
        authors=("欧阳小明",),
        journal="Invented University",
        year=2020,
        publication_type=kind,
    )
    return dataclasses.replace(record, **changed)


@pytest.mark.parametrize("kind", ["Thesis", "Master's thesis", "Doctoral thesis", "Dissertation/Thesis", "学位论文"])
def test_theses_are_theses_with_the_university_as_publisher(kind):
    ris, bibtex, csl = (
        b"".join(formats.write(name, [thesis(kind)])).decode() for name in ("ris", "bibtex", "csl-json")
    )
    assert "TY  - THES" in ris
    assert "PB  - Invented University" in ris
    assert "JF" not in ris
    assert bibtex.startswith("@phdthesis{")
    assert "publisher = {Invented University}" in bibtex
    (item,) = json.loads(csl)
    assert (item["type"], item["publisher"]) == ("thesis", "Invented University")


@pytest.mark.parametrize("name", ["ris", "bibtex", "endnote-xml", "csl-json", "csv"])
def test_a_thesis_comes_back_with_its_university(name):
    data = b"".join(formats.write(name, [thesis()]))
    record = invented.record(data)
    assert (record.title, record.journal, record.year) == ("Socks of keepers", "Invented University", 2020)


@pytest.mark.parametrize(
    ("author", "key"), [("欧阳小明", "ouyang2020_1"), ("王小明", "wang2020_1"), ("Quill, O", "quill2020_1")]
)
def test_keys_are_in_pinyin(author, key):
    assert f"{{{key}," in b"".join(formats.write("bibtex", [thesis(authors=(author,))])).decode()
