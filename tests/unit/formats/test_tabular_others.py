"""Tables of search engines and screening tools, and of programs that write lists, `NA` and lines of their own."""

import io

import pytest

from reviews.search.formats import detect, parsed, registry
from reviews.search.formats.tabular import names
from tests.unit.formats import invented

PLAIN = {"title": "Invented socks", "authors": ("Quill, O", "Marsh, B"), "year": 2020, "journal": "J Socks"}
# Format, header, row, fields beside title, authors, year and journal.
SOURCES = [
    (
        "covidence-csv",
        "Title,Authors,Abstract,Published Year,Journal,Covidence #,Study,Notes,Tags",
        'Invented socks,"Quill, O; Marsh, B",Warm.,2020,J Socks,#4,Quill 2020,wrong feet,pilot',
        {"abstract": "Warm.", "keywords": ()},
    ),
    (
        "dimensions-csv",
        "Rank,Publication ID,DOI,PMID,Title,Source title,Publication date,PubYear,Volume,Issue,Pagination,Authors",
        '1,pub.7,10.5555/socks,31234567,Invented socks,J Socks,2020-02-01,2020,3,1,1-9,"Quill, O; Marsh, B"',
        {"doi": "10.5555/socks", "pmid": "31234567", "pages": "1-9", "accession": "pub.7", "volume": "3"},
    ),
    (
        "openalex-csv",
        "id,doi,title,publication_year,ids.openalex,ids.pmid,authorships.author.display_name,"
        "primary_location.source.display_name,biblio.first_page,biblio.last_page",
        "https://openalex.org/W123456,https://doi.org/10.5555/socks,Invented socks,2020,x,"
        'https://pubmed.ncbi.nlm.nih.gov/31234567,"Quill, O|Marsh, B",J Socks,1,9',
        {"doi": "10.5555/socks", "pmid": "31234567", "pages": "1-9", "accession": "W123456"},
    ),
    (
        "lens-csv",
        "Lens ID,Title,Date Published,Publication Year,Source Title,ISSNs,Author/s,Abstract,Issue Number,"
        "Start Page,End Page",
        '001-002,Invented socks,2020-02-01,2020,J Socks,,"Quill, O; Marsh, B",Warm.,2,1,9',
        {"abstract": "Warm.", "issue": "2", "pages": "1-9", "accession": "001-002"},
    ),
    (
        "refworks-tsv",
        "Reference Type\tAuthors, Primary\tTitle Primary\tPeriodical Full\tPub Year\tVolume\tStart Page\tOther Pages",
        "Journal\tQuill, O; Marsh, B\tInvented socks\tJ Socks\t2020\t3\t1\t9",
        {"volume": "3", "pages": "1-9"},
    ),
    (
        "colandr-csv",
        "study_id,citation_title,citation_abstract,citation_authors,citation_journal_name,citation_pub_year",
        "4,Invented socks,Warm.,\"['Quill, O', 'Marsh, B']\",J Socks,2020",
        {"abstract": "Warm."},
    ),
    (
        "distillersr-csv",
        "Refid,Author,Title,Abstract,Journal,Year",
        '4,"Quill, O; Marsh, B",Invented socks,Warm.,J Socks,2020',
        {"abstract": "Warm."},
    ),
]


@pytest.mark.parametrize(("form", "header", "row", "more"), SOURCES, ids=[source[0] for source in SOURCES])
@pytest.mark.parametrize("before", ["", '"About the data: exported on 1 Jan 2024, for nobody."\n'])
def test_each_source_is_known_by_its_header(form, header, row, more, before):
    text = f"{before}{header}\n{row}\n"
    assert invented.inspected(text).format == form
    record = invented.record(text)
    assert {name: getattr(record, name) for name in {**PLAIN, **more}} == {**PLAIN, **more}


def test_names_of_springer_stand_against_each_other():
    header = "Item Title,Publication Title,Item DOI,Authors,Publication Year"
    assert invented.record(f"{header}\nSocks,J Socks,10.5555/s,Ottoline QuillBo Marsh,2020\n").authors == (
        "Ottoline Quill",
        "Bo Marsh",
    )


def test_notes_and_tags_of_a_screening_tool_stay_what_they_are():
    record = invented.record("Title,Covidence #,Notes,Tags\nInvented socks,#4,wrong feet,pilot\n")
    assert (record.tags["Notes"], record.tags["Tags"], record.keywords) == (("wrong feet",), ("pilot",), ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A Muster, BC Beispiel, D Vorlage", ("A Muster", "BC Beispiel", "D Vorlage")),
        ("A. Muster, B. C. Beispiel", ("A. Muster", "B. C. Beispiel")),
        ("A Muster, BC Beispiel, ...", ("A Muster", "BC Beispiel")),
        ("Anna Muster, Bernd Beispiel, Clara Vorlage", ("Anna Muster", "Bernd Beispiel", "Clara Vorlage")),
        ("Quill, Ottoline", ("Quill, Ottoline",)),
        ("Quill, Ottoline May", ("Quill, Ottoline May",)),
        ("['Kell, Ada', 'Moor, Bo']", ("Kell, Ada", "Moor, Bo")),
        ('["Kell, Ada", "O\'Moor, Bo"]', ("Kell, Ada", "O'Moor, Bo")),
        ('c("Kell, Ada", "Moor, Bo")', ("Kell, Ada", "Moor, Bo")),
        ("[]", ()),
        ("[Anonymous]", ("[Anonymous]",)),
    ],
)
def test_names_in_one_cell(value, expected):
    assert names.any_way(value) == expected


@pytest.mark.parametrize("before", ["", "Exported on 1 Jan 2024\n", "sep=;\n", '"sep=;"\n', "Exported\n\nby nobody\n"])
@pytest.mark.parametrize("end", ["", ";", ";;"])
def test_lines_before_the_header_and_delimiters_behind_rows(before, end):
    text = f"{before}title;authors;year{end}\nInvented socks;Quill O;2020{end}\nMore socks;Marsh B;2021{end}\n"
    assert [(item.title, item.authors, item.year) for item in invented.records(text)] == [
        ("Invented socks", ("Quill O",), 2020),
        ("More socks", ("Marsh B",), 2021),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [("alpha", "beta", "gamma"), ("alpha", "beta"), ("", "beta", "gamma")])
@pytest.mark.parametrize("before", ["", "Exported by nobody\n"])
def test_a_text_of_equal_cells_is_offered_for_mapping(delimiter, header, before):
    body = "".join(delimiter.join(f"cell {row}{place}" for place, _ in enumerate(header)) + "\n" for row in range(4))
    text = before + delimiter.join(header) + "\n" + body
    chosen = detect.detect(text, "upload.csv")
    assert chosen.name == "table"
    columns = registry.named("table").columns(io.BytesIO(text.encode()), "utf-8")
    assert [column.name for column in columns] == [name or "column 1" for name in header]


@pytest.mark.parametrize("text", ["Dear all, here it is.\nBest wishes\n", "31234567\n31234568\n31234569\n"])
def test_other_texts_are_no_table(text):
    with pytest.raises(parsed.FormatError):
        detect.detect(text, "letter.txt")


@pytest.mark.parametrize("nothing", ["NA", "N/A", "#N/A", "NaN", "nan", "None", "NULL"])
def test_the_words_for_no_value_are_none(nothing):
    text = f"title,authors,year,abstract,doi\nInvented socks,{nothing},{nothing},{nothing},{nothing}\n"
    record = invented.record(text)
    assert (record.authors, record.year, record.abstract, record.doi, dict(record.tags)) == ((), None, "", "", {})
    assert invented.inspected(text).fill.abstract == 0
