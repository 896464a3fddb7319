"""BibTeX: fields of each source, LaTeX, braces that do not match, entries that are cut or glued together."""

import pytest

from reviews.search.formats.bibtex import latex
from tests.unit.formats import invented

WOS = """@article{ WOS:000000000000001,
Author = {Quill, Ottoline and Marsh,
   Barnaby T.},
Title = {{Kettles \\& steam: a
   trial}},
Journal = {ANNALS},
Year = {2023},
Volume = {66},
Number = {3},
Pages = {71-74},
Abstract = {{First half
   second half.}},
DOI = {10.5555/k},
ISSN = {0272-7714},
Keywords = {kettle; steam
   engine},
Keywords-Plus = {STEAM},
Unique-ID = {WOS:000000000000001},
}
"""
SCOPUS = """@ARTICLE{da Rosa2024,
	author = {da Rosa, Iris and Quill, O.},
	title = {Kettles; [Bouilloires]},
	year = {2024},
	journal = {Annals of Steam},
	art_number = {e7},
	pmid = {99000001},
	url = {https://www.scopus.com/x?eid=2-s2.0-99&doi=10.5555%2Fk},
	funding_details = {A},
	funding_details = {B},
	funding_text\u00a01 = {C & D},
	author_keywords = {kettle; steam},
	keywords = {Noise},
	source = {Scopus},
}
"""
ZOTERO = """@article{quill_2020,
	title = {The {Kettle} of {\\"O}sterg{\\aa}rd},
	author = {{Kettle and Steam Group} and Quill, Ottoline},
	journal = {Annals},
	year = {2020},
	month = aug,
	pages = {134--137},
	abstract = {One.
Two.},
	keywords = {kettle, steam},
	note = {PMID: 99000002},
}
"""


def test_web_of_science_wraps_lines_and_capitalises_names():
    found = invented.record("\ufeff\n" + WOS)
    assert (found.title, found.authors) == ("Kettles & steam: a trial", ("Quill, Ottoline", "Marsh, Barnaby T."))
    assert (found.year, found.volume, found.issue, found.pages) == (2023, "66", "3", "71-74")
    assert found.keywords == ("kettle", "steam engine", "STEAM")
    assert found.abstract == "First half second half."
    assert (found.accession, found.database, found.issn) == ("WOS:000000000000001", "Web of Science", ("0272-7714",))


def test_scopus_has_a_preamble_keys_with_spaces_and_fields_twice():
    found = invented.inspected("Scopus\nEXPORT DATE: 22 March 2026\n\n" + SCOPUS + SCOPUS)
    assert (found.readable, found.warnings[1:]) == (2, ())
    record = found.preview[0]
    assert (record.pages, record.pmid, record.accession) == ("e7", "99000001", "2-s2.0-99")
    assert record.original_title == "Bouilloires"
    assert record.keywords == ("kettle", "steam", "Noise")
    assert record.tags["funding_details"] == ("A", "B")
    assert record.tags["funding_text\u00a01"] == ("C & D",)


def test_zotero_protects_capitals_and_keeps_paragraphs():
    found = invented.record(ZOTERO)
    assert found.title == "The Kettle of Östergård"
    assert found.authors == ("Kettle and Steam Group", "Quill, Ottoline")
    assert (found.pages, found.abstract, found.keywords) == ("134-137", "One.\nTwo.", ("kettle", "steam"))
    assert (found.pmid, found.tags["month"]) == ("99000002", ("aug",))


def test_quotes_numbers_and_abbreviations():
    text = (
        '@string{ann = "Annals of Steam"}\n@comment{x}\n'
        '@Book(k1, title = "A {"}quote{"} in", year = 2020, journal = ann # {, B})\n'
    )
    found = invented.record(text)
    assert (found.title, found.year, found.journal, found.publication_type) == (
        'A "quote" in',
        2020,
        "Annals of Steam, B",
        "Book",
    )


def test_an_entry_without_a_key():
    assert invented.record("@article{\n  title = {Kettles},\n  year = {2020}\n}").title == "Kettles"


def test_ebsco_puts_braces_that_do_not_match_into_keywords():
    junk = "Price, a @type:Person}, @type:Person}, function() { return, author:{name:Nowag"
    text = "@article{1,\nKeywords = {" + junk + "},\nTitle = {Kettles},\nYear = {2020},\n}\n"
    found = invented.inspected(text + WOS)
    assert found.readable == 2
    assert (found.preview[0].title, found.preview[0].year) == ("Kettles", 2020)
    assert any("braces that do not match" in warning and "line 2" in warning for warning in found.warnings)


def test_web_of_science_wraps_between_a_backslash_and_its_brace():
    text = WOS.replace("second half.", "\\textbackslash{}begin\\{document\\\n   } second half.")
    found = invented.record(text)
    assert found.doi == "10.5555/k"
    assert found.abstract.startswith("First half \\begin{document")


def test_an_open_entry_does_not_swallow_the_next():
    cut = WOS[: WOS.index("Keywords-Plus")]
    found = invented.inspected(cut + SCOPUS + ZOTERO)
    assert (found.starts, found.readable) == (3, 3)
    assert any("no closing brace" in warning for warning in found.warnings)


@pytest.mark.parametrize("between", ["", "\ufeff"])
def test_entries_glued_together(between):
    assert len(invented.records(WOS.rstrip("\n") + between + WOS)) == 2
    assert len(invented.records(WOS[:-90] + between + WOS)) == 2


def test_the_last_entry_cut_off():
    found = invented.inspected(WOS + WOS[:-40])
    assert (found.readable, found.refused_count) == (1, 1)
    assert found.incomplete[0].line == WOS.count("\n") + 1


def test_text_between_the_entries_is_told():
    found = invented.inspected(WOS + "\nsome junk\n" + ZOTERO)
    assert found.readable == 2
    assert any("between the entries" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("{\\'e}t{\\'{e}} \\\"{u} \\~n \\c{c} \\v{S} \\'{\\i}", "été ü ñ ç Š í"),
        ("{\\o}rsted, Stra{\\ss}e, \\L{}\\'od\\'z", "ørsted, Straße, Łódź"),
        ("$\\alpha$-helix and {$\\beta$}", "α-helix and β"),
        ("5\\% \\& \\$3 \\#1 a\\_b \\{x\\}", "5% & $3 #1 a_b {x}"),
        ("{\\textless}0.05, H\\textsubscript{2}O, \\textit{in vitro}", "<0.05, H2O, in vitro"),
        ("costs $5 and $6", "costs $5 and $6"),
        ("about ~50% of D.~Knuth", "about ~50% of D. Knuth"),
        ("\\unknownmacro stays", "\\unknownmacro stays"),
    ],
)
def test_latex(written, plain):
    assert latex.decode(written) == plain


@pytest.mark.parametrize("text", ["a{b}c", "50% & $3_x^2~#", "\\alpha \\textbf{x}", "}{", "naïve 水壶"])
def test_latex_there_and_back(text):
    assert latex.decode(latex.encode(text)) == text


def test_control_characters_in_an_abbreviation_are_taken_out_and_reported():
    text = "@string{ann = {Ann\x02als}}\n@article{a,\n title = {Kettles},\n journal = ann\n}\n"
    found = invented.inspected(text)
    assert found.preview[0].journal == "Annals"
    assert found.warnings[-1] == "1 × control characters, taken out of the fields; the first at line 1."
