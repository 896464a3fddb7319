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
        (invented.ris(1, AB="as follows\n@article{x, title}\n%0 x\nPMID- 1"), "ris"),
    ],
)
def test_the_content_decides(head, name):
    assert detect.detect(head, "upload.csv").name == name


@pytest.mark.parametrize(
    ("head", "article_and_label"),
    [
        ("<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet>", "a PubMed XML"),
        ("<?xml version='1.0'?><xml><records><record>", "an EndNote XML"),
        ("<?xml version='1.0'?><feed>", "an XML"),
        ('[\n {"protocolSection": {}}]', "a JSON"),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Quill, O\n", "a Web of Science tagged"),
        ("{Reference Type}: Journal Article\n{Title}: 水壶\n", "a NoteExpress"),
        ("%0 Journal Article\n%T Kettles\n", "an EndNote (%0)"),
        ("DataType: 1\nTitle-题名: 水壶\n", "a CNKI E-Study"),
        ("RT Journal Article\nSR 1\nA1 王小明\n", "a RefWorks tagged"),
        ("<3001. >\nVN  - Ovid\nTI  - TY  - x\n", "an Ovid tagged"),
        ("Record #1 of 2\nID: CD000000\nTI: Kettles\n", "a Cochrane citation text"),
        ("RECORD 1\n\nTITLE\n  Kettles\n", "an Embase plain text"),
        ("Scopus\nEXPORT DATE: x\n\n@ARTICLE{Quill2020,\n author = {Quill}}", "a BibTeX"),
        ("[1]王小明.水壶[J].虚构杂志,2020,35(02):12-15.\n", "a GB/T 7714 reference list"),
        ("1: Quill O. Kettles. J Imag.\n2020. PMID: 99000001.\n", "a PubMed summary text"),
        ("PMID,Title,Authors,Citation\n1,x,y,z\n", "a PubMed csv"),
        ("Authors,Author full names,Title,EID\n", "a Scopus csv"),
        ("Cochrane Review ID,Author(s),Title\n", "a Cochrane csv"),
        ('"Key","Item Type","Title"\n', "a Zotero csv"),
        ("NCT Number,Study Title\n", "a ClinicalTrials.gov csv"),
        ("PT\tAU\tTI\n", "a Web of Science tab-delimited"),
        ("a,b,c,d,e\n1,2,3,4,5\n", "a comma- or tab-separated"),
    ],
)
def test_a_format_that_cannot_be_read_yet_is_named(head, article_and_label):
    with pytest.raises(parsed.FormatError) as refusal:
        detect.detect(head, "export.txt")
    assert str(refusal.value) == (
        f"export.txt looks like {article_and_label} file; Tandem reads MEDLINE/nbib and RIS for now. "
        "Export the references in one of these and upload that file."
    )


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
    with pytest.raises(parsed.FormatError, match=r"'endnote' cannot be read; choose one of: nbib, ris"):
        invented.inspected(invented.ris(1), format="endnote")
