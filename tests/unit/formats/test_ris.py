"""RIS: one invented record per trap of real exports."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented


def test_every_field_is_read():
    text = invented.ris(1, LA="English", UR="https://example.org/1", AN="rayyan-1", DB="Imaginary Index")
    record = invented.record(text)
    assert record.title == "Warm socks for night watchmen: invented trial 1"
    assert record.authors == ("Marsh, Barnaby T",)
    assert (record.journal, record.year) == ("Annals of Fictional Medicine", 2022)
    assert (record.volume, record.issue, record.pages) == ("3", "1", "10-18")
    assert (record.doi, record.accession) == ("10.5555/socks.1", "rayyan-1")
    assert record.abstract == "Thirty invented watchmen wore invented socks."
    assert (record.keywords, record.language) == (("socks",), "English")
    assert (record.url, record.database) == ("https://example.org/1", "Imaginary Index")
    assert record.publication_type == "Journal article"
    assert record.raw == text.rstrip()
    assert (record.position, record.line, record.flaws) == (1, 1, ())


@pytest.mark.parametrize(
    "mangle",
    [
        pytest.param(lambda text: text.replace("  - ", " - "), id="one space before the dash"),
        pytest.param(lambda text: text.replace("  - ", "  -  "), id="two spaces after the dash"),
        pytest.param(lambda text: text.replace("ER  - ", "er  - "), id="lower-case er"),
        pytest.param(lambda text: "".join(f"  {line}" for line in text.splitlines(True)), id="indented"),
        pytest.param(lambda text: text.replace("ER  - ", "ER"), id="bare ER"),
        pytest.param(lambda text: text.replace("\n", "\r"), id="lone CR"),
        pytest.param(lambda text: text.replace("\n", "\r\n\n\r"), id="CRLF LF CR"),
        pytest.param(lambda text: text.replace("\nTY", "\n\ufeffTY"), id="BOM inside"),
        pytest.param(lambda text: text.replace("JOUR\n", "JOUR\n\n"), id="blank line behind TY"),
    ],
)
def test_layouts_that_real_files_have_lose_nothing(mangle):
    plain = "".join(map(invented.ris, (1, 2, 3)))
    found = invented.records(mangle(plain))
    expected = invented.records(plain)
    assert [(r.title, r.authors, r.year, r.doi, r.abstract, r.keywords) for r in found] == [
        (r.title, r.authors, r.year, r.doi, r.abstract, r.keywords) for r in expected
    ]


def test_small_letters_in_tags_are_read():
    lines = [f"{line[:2].lower()}{line[2:]}" for line in invented.ris(1).splitlines(True)]
    assert invented.record("".join(lines)).doi == "10.5555/socks.1"


def test_tags_behind_a_lone_cr_are_seen():
    record = invented.record(invented.ris(1, WE="Index One\rWE  - Index Two\rAN  - WOS:0001"))
    assert (record.accession, record.database) == ("WOS:0001", "Web of Science")
    assert record.tags["WE"] == ("Index One", "Index Two")


def test_cochrane_puts_the_journal_in_ja_and_the_pmid_in_c3():
    head = 'Record #{} of 2\nProvider: John Wiley &amp; Sons, Ltd.\nContent: text/plain; charset="UTF-8"\n\n'
    fields = {"T2": "", "EP": "", "JA": "Fictional Lancet", "AN": "CN-00000001", "M3": "Journal article"}
    fields["C3"] = "PUBMED 99000123,EMBASE 600000000,CTgov NCT00000000"
    text = "".join(head.format(n) + invented.ris(n, **fields) + "\n\n" for n in (1, 2))
    first, second = invented.records(text.replace("  - ", "  -  "))
    assert (first.journal, first.pmid, first.accession) == ("Fictional Lancet", "99000123", "CN-00000001")
    assert (first.pages, first.publication_type) == ("10", "Journal article")
    assert (first.flaws, second.flaws) == ((), ())
    assert "Record #2" not in first.raw
    assert invented.inspected(text).warnings == ()


def test_an_export_that_announces_more_records_than_it_holds_is_reported():
    text = "Record #1 of 3\nProvider: Nobody\n\n" + invented.ris(1) + "\nRecord #2 of 3\n\n" + invented.ris(2)
    assert invented.inspected(text).warnings == ("The file says that it holds 3 records, and 2 were found in it.",)


def test_embase_puts_the_original_title_in_t2():
    fields = {"TI": "", "AU": "", "AB": "", "PY": "", "T1": "Warm socks", "A1": "Quill O.", "N2": "Socks."}
    fields |= {"Y1": "2024", "T2": "Calcetines", "JF": "Fict. Med. Full", "JO": "Fict Med", "U2": "L600"}
    fields |= {"C5": "99000456", "DB": "Embase\nDB  - Medline", "M3": "Review", "LA": "English\nLA  - Spanish"}
    record = invented.record(invented.ris(1, **fields))
    assert (record.title, record.original_title) == ("Warm socks", "Calcetines")
    assert (record.journal, record.authors, record.abstract) == ("Fict. Med. Full", ("Quill O.",), "Socks.")
    assert (record.accession, record.pmid, record.year) == ("L600", "99000456", 2024)
    assert (record.database, record.language) == ("Embase; Medline", "English; Spanish")
    assert record.publication_type == "Review"


def test_ebsco_repeats_abstracts_and_hides_the_doi_in_l3():
    text = invented.ris(
        1,
        T2="Meias quentes",
        JF="Exacta Ficta",
        DO="",
        L3="10.5555/l3",
        PY="2018/04//abr-jun2018",
        AB="In English.\nAB  - Em português.\nAB  - Copyright of Exacta Ficta is the property of Nobody.",
        N1="Accession Number: 134; Authors: x",
        DP="EBSCOhost",
        DB="Fonte",
    )
    record = invented.record(text)
    assert (record.journal, record.original_title) == ("Exacta Ficta", "Meias quentes")
    assert (record.abstract, record.tags["AB"]) == ("In English.", ("Em português.",))
    assert (record.doi, record.accession, record.year) == ("10.5555/l3", "134", 2018)


def test_ovid_writes_no_specified_pages_and_tags_behind_er():
    tail = "ER  - \nNL  - Fict Med J\n\nLink to the Ovid Full Text or citation: https://example.org/x\n\n"
    fields = {"SP": "No", "EP": "Specified", "DO": "http://dx.doi.org/10.5555/ovid", "ID": "2019-0", "PY": ""}
    text = "1.\n" + invented.ris(1, **fields, Y1="2019//", end=tail) + "2.\n" + invented.ris(2)
    first, second = invented.records(text)
    assert (first.pages, first.doi, first.year, first.accession) == ("", "10.5555/ovid", 2019, "2019-0")
    assert first.tags["NL"] == ("Fict Med J",)
    assert (second.doi, first.flaws, second.flaws) == ("10.5555/socks.2", (), ())


def test_scopus_keeps_its_number_in_the_link_and_the_pmid_in_c2():
    record = invented.record(
        invented.ris(
            1, DB="Scopus", C2="99000789", SP="", EP="", C7="e12", UR="https://www.scopus.com/x?eid=2-s2.0-1&y=2"
        )
    )
    assert (record.accession, record.pmid, record.pages) == ("2-s2.0-1", "99000789", "e12")


def test_c2_elsewhere_is_no_pmid():
    assert invented.record(invented.ris(1, C2="15344782")).pmid == ""


def test_endnote_keywords_and_notes_go_on_without_a_tag():
    record = invented.record(invented.ris(1, KW="socks\nwool\nnight", N1="First note\nSecond note", ID="369"))
    assert record.keywords == ("socks", "wool", "night")
    assert record.tags["N1"] == ("First note Second note",)
    assert (record.accession, record.flaws) == ("", ())


def test_an_abstract_keeps_its_paragraphs():
    record = invented.record(invented.ris(1, AB="Aim: socks.\nResults: warm.\n   Very warm."))
    assert record.abstract == "Aim: socks.\nResults: warm. Very warm."


def test_prose_that_looks_like_a_tag_stays_prose():
    record = invented.record(invented.ris(1, AB="Tumours were\nER - positive or not, the question\nIS - open."))
    assert record.abstract == "Tumours were\nER - positive or not, the question\nIS - open."
    assert record.issue == "1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://doi.org/10.5555/Ab.1", "10.5555/Ab.1"),
        ("doi:10.5555/ab.1.", "10.5555/ab.1"),
        ("10.5555/a(b)c", "10.5555/a(b)c"),
        ("(doi:10.5555/ab)", "10.5555/ab"),
        ("https://doi.org/10.5555%2Fab", "10.5555/ab"),
        ("10.5555/a&lt;b", "10.5555/a<b"),
        ("not known", ""),
    ],
)
def test_dois_are_cleaned(written, read):
    assert invented.record(invented.ris(1, DO=written)).doi == read


def test_no_year_is_taken_from_the_date_of_access():
    assert invented.record(invented.ris(1, PY="", Y2="2020/01/01", N1="Export Date: 2024")).year is None


def test_a_missing_er_between_two_records_is_reported_and_loses_nothing():
    text = invented.ris(1, end="") + invented.ris(2)
    assert [record.doi for record in invented.records(text)] == ["10.5555/socks.1", "10.5555/socks.2"]
    assert invented.inspected(text).warnings == ("1 × no end-of-record line (ER); the first at line 1.",)


def test_a_file_that_never_writes_er_is_read_whole():
    text = "".join(invented.ris(n, end="") for n in (1, 2, 3))
    assert len(invented.records(text)) == 3


def test_a_record_without_ty_behind_an_er_is_still_a_record():
    text = invented.ris(1) + invented.ris(2, TY="") + invented.ris(3)
    found = invented.records(text)
    assert [record.doi for record in found] == [f"10.5555/socks.{n}" for n in (1, 2, 3)]
    assert "no type line (TY)" in found[1].flaws[0].text


def test_text_behind_ty_and_between_records_is_kept_and_reported():
    text = invented.ris(1).replace("JOUR\n", "JOUR\nsomething\n") + "@@@ junk @@@\n" + invented.ris(2)
    first, second = invented.records(text)
    assert first.tags[parsed.STRAY] == ("something", "@@@ junk @@@")
    assert (second.title, second.flaws) == ("Warm socks for night watchmen: invented trial 2", ())
    assert invented.inspected(text).warnings == (
        "2 × a line without a tag, kept with the record; the first at line 2.",
    )


def test_an_empty_record_is_refused_and_its_neighbours_are_not():
    text = invented.ris(1) + "TY  - JOUR\nER  - \n" + invented.ris(2)
    found = invented.inspected(text)
    assert (found.starts, found.readable, found.refused_count) == (3, 2, 1)
    assert "Record 2 at line 14" in found.refused[0].reason


def test_an_nbib_export_glued_behind_is_refused_with_its_line():
    with pytest.raises(parsed.FormatError, match=r"Line 15 begins a MEDLINE/nbib record inside a RIS file"):
        invented.inspected(invented.ris(1) + "\n" + invented.nbib(1))


@pytest.mark.parametrize(
    "source", [{"DP": "EBSCOhost"}, {"DB": "Embase"}, {"UR": "https://search.ebscohost.com/x"}, {}]
)
@pytest.mark.parametrize("abbreviated", [{}, {"J2": "Ann Fict Med"}, {"JA": "Ann Fict Med"}])
def test_t2_is_the_journal_where_no_jf_or_jo_says_otherwise(source, abbreviated):
    record = invented.record(invented.ris(1, **{**source, **abbreviated}))
    assert (record.journal, record.original_title) == ("Annals of Fictional Medicine", "")


@pytest.mark.parametrize("second", ["Annals of Fictional Medicine", "Annals of Fictional Medicine: the Yearbook"])
@pytest.mark.parametrize("journal", ["Ann Fict Med", "Ann. Fict. Med.", "Annals of fictional medicine"])
def test_a_variant_of_the_journal_is_no_other_title(second, journal):
    record = invented.record(invented.ris(1, T2=second, JO=journal, DP="EBSCOhost"))
    assert (record.journal, record.original_title) == (journal, "")


def test_tags_before_the_type_line_belong_to_the_record_that_the_next_er_ends():
    first = "DB  - Invented\nC8  - \nTI  - Socks in the canyon\nTY  - JOUR\nAU  - Marsh, A\nPY  - 2006\nER  - \n\n"
    second = "DB  - Invented\nTI  - Newbury socks\nTY  - JOUR\nAU  - Quill, O\nPY  - 2004\nER  - \n"
    found = invented.records(first + second + "\n" + first)
    assert [(item.title, item.authors, item.year) for item in found] == [
        ("Socks in the canyon", ("Marsh, A",), 2006),
        ("Newbury socks", ("Quill, O",), 2004),
        ("Socks in the canyon", ("Marsh, A",), 2006),
    ]
    assert [item.line for item in found] == [1, 9, 16]
    assert all(item.tags["DB"] == ("Invented",) for item in found)


def test_a_record_without_a_type_line_stays_one_beside_the_next():
    headless = invented.ris(2, TY="")
    assert [item.title[-1] for item in invented.records(invented.ris(1) + headless + invented.ris(3))] == [
        "1",
        "2",
        "3",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_whole_last_record_without_er_is_read_and_the_file_said_to_be_perhaps_cut_off(count):
    text = "".join(invented.ris(n) for n in range(1, count + 1)).removesuffix("ER  - \n")
    found = invented.inspected(text)
    assert (found.readable, found.refused_count) == (count, 0)
    assert any("no end-of-record line" in warning for warning in found.warnings)
    assert any("cut off" in warning for warning in found.warnings)


@pytest.mark.parametrize("nothing", ["NA", "N/A", "NaN", "None", "NULL"])
def test_the_word_for_no_value_is_none(nothing):
    record = invented.record(
        invented.ris(1, AU=nothing, AB=nothing, DO=nothing, PY=nothing, VL=nothing, SP=nothing, EP="")
    )
    assert (record.authors, record.abstract, record.doi, record.year, record.volume, record.pages) == (
        (),
        "",
        "",
        None,
        "",
        "",
    )
    assert nothing in record.raw


def test_a_title_that_begins_with_such_a_word_is_kept():
    assert invented.record(invented.ris(1, TI="NA levels in socks")).title == "NA levels in socks"


def test_a_reference_without_a_title_is_kept_and_marked():
    found = invented.inspected(invented.ris(1, TI="", AB="", DO=""))
    assert (found.readable, found.refused_count) == (1, 0)
    assert any("without a title, kept" in warning for warning in found.warnings)


def test_what_has_neither_title_nor_place_is_refused():
    assert (
        invented.inspected(invented.ris(1) + invented.ris(2, TI="", AB="", DO="", AU="", T2="", PY="")).refused_count
        == 1
    )


@pytest.mark.parametrize(
    ("fields", "pmid"),
    [
        ({"U1": "31234567[pmid]"}, "31234567"),
        ({"U1": "PMID: 31234567"}, "31234567"),
        ({"U1": "31234567", "DB": "PubMed"}, "31234567"),
        ({"U1": "31234567"}, ""),
    ],
)
def test_the_pmid_in_u1(fields, pmid):
    assert invented.record(invented.ris(1, **fields)).pmid == pmid
