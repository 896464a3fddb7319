"""Detection by content; the refusals name what was uploaded instead."""

import pytest

from reviews.search.formats import detect, parsed
from tests.unit.formats import invented


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (invented.nbib(1), "nbib"),
        ("\n\n" + invented.nbib(1), "nbib"),
        ("OWN - ERIC\nTI  - x\n", "nbib"),
        (invented.ris(1), "ris"),
        (invented.ris(1).replace("  - ", " - "), "ris"),
        ("1.\n" + invented.ris(1), "ris"),
        ("Record #1 of 2\nProvider: x\n\n" + invented.ris(1), "ris"),
        ("a search with kettles, socks, sleep, and, keepers\n\n" + invented.ris(1), "ris"),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Quill, O\n", "wos"),
        ("PT J\nAU 王小明,\n", "wos"),
        ("<3001. >\nVN  - Ovid\nTI  - TY  - x\n", "ovid"),
        ("<8>\nScore\n  *****\n", "ovid"),
        ("<1. >\n" + invented.ris(1), "ris"),
        ("RECORD 1\n\nTITLE\n  Kettles\n", "embase-text"),
        ("Record #1 of 2\nID: CD000000\nTI: Kettles\n", "cochrane-text"),
        ("1: Quill O. Kettles. J Imag.\n2020. PMID: 99000001.\n", "pubmed-summary"),
        ("{Reference Type}: Journal Article\n{Title}: 水壶\n", "noteexpress"),
        ("%0 Journal Article\n%T Kettles\n", "refer"),
        ("DataType: 1\nTitle-题名: 水壶\n", "estudy"),
        ("RT Journal Article\nSR 1\nA1 王小明\n", "refworks"),
        ("[1]王小明.水壶[J].虚构杂志,2020,35(02):12-15.\n", "gbt7714"),
        ("Scopus\nEXPORT DATE: x\n\n@ARTICLE{Quill2020,\n author = {Quill}}", "bibtex"),
        ("<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet>\n<PubmedArticleSet><PubmedArticle>", "pubmed-xml"),
        ("<?xml version='1.0'?><xml><records><record>", "endnote-xml"),
        ('[\n {"protocolSection": {}}]', "ctgov-json"),
        ("Authors,Author full names,Title,Year,Source title,EID\n", "scopus-csv"),
        ("NCT Number,Study Title\nNCT1,x\n", "ctgov-csv"),
        ("a,b,c,d,e\n1,2,3,4,5\n", "table"),
        (invented.ris(1, AB="as follows\n@article{x, title}\n%0 x\nPMID- 1"), "ris"),
    ],
)
def test_the_content_decides(head, name):
    assert detect.detect(head, "upload.csv").name == name


@pytest.mark.parametrize(
    ("head", "article_and_label"),
    [
        ("<?xml version='1.0'?><feed>", "an XML"),
        ('["kettles", "socks"]', "a JSON"),
        ("<?xml version='1.0'?>\n<Bibliographies><Bibliography>", "a NoteFirst XML"),
        ("<?xml version='1.0'?>\n<ResourceList><PeriodicalPaper>", "a VIP XML"),
        ("<?xml version='1.0'?>\n<modsCollection>", "a MODS XML"),
        (
            "1. J Imag. 2020 Mar;7(1):1-9. doi: 10.5555/x.\n\nKettles.\n\nQuill O(1).\n\nPMID: 99000001  [Indexed]\n",
            "a PubMed abstract text",
        ),
    ],
)
def test_a_format_that_cannot_be_read_is_named(head, article_and_label):
    with pytest.raises(parsed.FormatError) as refusal:
        detect.detect(head, "export.txt")
    sentence = str(refusal.value)
    assert sentence.startswith(f"export.txt looks like {article_and_label} file; Tandem reads RIS, MEDLINE/nbib, ")
    assert sentence.endswith("Export the references in one of these and upload that file.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "upload.txt is empty."),
        (" \n\t\r\n", "upload.txt is empty."),
        ("\ufeff", "upload.txt is empty."),
        ("Provider: Nobody\nContent: text/plain\n", "holds no record (no line begins with TY)"),
        ("AU  - Quill\nTI  - Kettles\n", "holds no record (no line begins with TY)"),
        ("Dear colleague,\nplease find the references attached.\n", "not an export of references that Tandem knows"),
    ],
)
def test_what_holds_no_record_is_refused(text, sentence):
    with pytest.raises(parsed.FormatError) as refusal:
        invented.inspected(text)
    assert sentence in str(refusal.value)


def test_a_forced_format_that_finds_nothing_is_refused():
    with pytest.raises(parsed.FormatError, match=r"holds no record in MEDLINE/nbib"):
        invented.inspected(invented.ris(1), format="nbib")


def test_an_unknown_format_name_is_refused():
    with pytest.raises(parsed.FormatError, match=r"'endnotes' cannot be read; choose one of: nbib, ris, wos, "):
        invented.inspected(invented.ris(1), format="endnotes")
