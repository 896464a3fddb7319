"""Each source's table: its columns become fields, and what no field holds stays among the tags."""

import pytest

from reviews.search.formats.tabular import names
from tests.unit.formats import invented, tables


def test_pubmed_takes_volume_issue_and_pages_from_the_citation():
    found = invented.record(tables.text(tables.PUBMED, tables.pubmed_row(4)))
    assert (found.volume, found.issue, found.pages) == ("7", "4", "41-49")
    assert found.authors == ("Quill O", "Marsh BT")
    assert (found.pmid, found.accession, found.doi) == ("99000004", "99000004", "10.5555/kettle.4")
    assert found.database == "PubMed"
    assert not invented.inspected(tables.pubmed(1)).has_abstracts


@pytest.mark.parametrize(
    ("citation", "place"),
    [
        ("AMIA Proc. 2018 May 18;2017:369-378. eCollection 2018.", ("2017", "", "369-378")),
        ("Imag Med. 2022 Jan;34 Suppl 1(2):S1-5. doi: 10.5555/a.", ("34 Suppl 1", "2", "S1-5")),
        ("Imag Med. 2024 Nov 3:107714. doi: 10.5555/a. Online ahead of print.", ("", "", "")),
        ("Imag Med. 2022;13(1):e12.", ("13", "1", "e12")),
    ],
)
def test_places_in_pubmed_citations(citation, place):
    found = invented.record(tables.text(tables.PUBMED, tables.pubmed_row(1, Citation=citation)))
    assert (found.volume, found.issue, found.pages) == place


def wos(**cells: str) -> list[str]:
    usual = {"PT": "J", "AU": "Quill, O", "TI": "Kettles", "SO": "ANNALS", "UT": "WOS:000000000000001"}
    return tables.row(tables.WOS, **{**usual, **cells})


def test_web_of_science_rows_end_with_one_cell_more_than_the_header():
    row = wos(AF="Quill, Ottoline; Marsh, Barnaby", EY="2023", AR="e5", DE="kettle; steam", ID="STEAM", PM="99000001")
    text = "\t".join(tables.WOS) + "\r" + "\t".join([*row, ""]) + "\r"
    found = invented.record(text.encode("utf-16"))
    assert found.authors == ("Quill, Ottoline", "Marsh, Barnaby")
    assert (found.year, found.pages, found.pmid) == (2023, "e5", "99000001")
    assert found.keywords == ("kettle", "steam", "STEAM")
    assert found.accession == "WOS:000000000000001"


def test_web_of_science_with_long_headers():
    header = ["Publication Type", "Authors", "Author Full Names", "Article Title", "Source Title", "Start Page",
              "End Page", "UT (Unique WOS ID)", "Pubmed Id", "Publication Year"]  # fmt: skip
    row = ["J", "Q, O", "Quill, Ottoline", "Kettles", "ANNALS", "1", "9", "WOS:1", "99000001", "2020"]
    found = invented.record(tables.text(header, row, delimiter="\t").replace("Kettles", "Café").encode("cp1252"))
    assert (found.title, found.pages, found.authors, found.year) == ("Café", "1-9", ("Quill, Ottoline",), 2020)


def test_cochrane_identifiers_lose_their_prefix():
    header = ["CENTRAL ID", "Author(s)", "Title", "Source", "Year", "Abstract", "PubMed ID", "Embase ID", "Keywords"]
    row = ["CN-00000001", "Quill, O; Marsh, B", "Kettles", "Annals", "2020", "Text", "PUBMED 99000001", "EMBASE 6",
           "Steam [*therapy, prevention &amp; control]; Adult"]  # fmt: skip
    found = invented.record(tables.text(header, row))
    assert (found.pmid, found.accession) == ("99000001", "CN-00000001")
    assert found.keywords == ("Steam [*therapy, prevention & control]", "Adult")
    assert found.tags["Embase ID"] == ("EMBASE 6",)


def test_cochrane_reviews_begin_their_abstracts_with_the_word():
    header = ["Cochrane Review ID", "Author(s)", "Title", "Source", "Year", "Abstract", "Issue", "ISSN"]
    row = ["CD000001.PUB2", "Quill, O", "Kettles", "CDSR", "2014", "Abstract - Background Kettles", "5", "1465-1858"]
    found = invented.record(tables.text(header, row))
    assert (found.abstract, found.accession, found.issn) == ("Background Kettles", "CD000001.PUB2", ("1465-1858",))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Annals (2014) 3:3 (152-160). Date of Publication: 2014", ("Annals", 2014, "3", "3", "152-160")),
        ("Steam (United Kingdom) (2017) 68 (A12). Date", ("Steam (United Kingdom)", 2017, "68", "", "A12")),
        ("Steam (2020) Article Number: 123456. Date of Publication: 2020", ("Steam", 2020, "", "", "123456")),
    ],
)  # fmt: skip
def test_embase_has_everything_inside_source(source, place):
    header = ["Title", "Original Title", "Author Names", "Source", "Abstract", "keywords"]
    row = ["", "Bouilloires", "Quill O., Marsh B.T.", source, "Text", "steam (diagnosis, therapy), human"]
    found = invented.record(tables.text(header, row))
    assert (found.journal, found.year, found.volume, found.issue, found.pages) == place
    assert found.title == "Bouilloires"
    assert found.authors == ("Quill O.", "Marsh B.T.")
    assert found.keywords == ("steam (diagnosis, therapy)", "human")
    assert found.tags["Source"] == (source,)


def test_embase_with_columns_for_everything():
    header = ["Title", "Original Title", "Author Names", "Source title", "Publication year", "Volume", "First page",
              "Last page", "DOI", "Medline PMID", "PUI", "Language of Article"]  # fmt: skip
    row = ["Kettles", "Bouilloires", "Quill, O., Marsh, B.T.", "Annals", "2021", "3", "5", "9", "10.5555/k", "99000001",
           "L600000001", "English, French"]  # fmt: skip
    found = invented.record(tables.text(header, row))
    assert (found.title, found.original_title) == ("Kettles", "Bouilloires")
    assert found.authors == ("Quill, O.", "Marsh, B.T.")
    assert (found.year, found.pages, found.accession) == (2021, "5-9", "L600000001")
    assert found.language == "English; French"


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Quill O., Marsh B.T., Gustafsson J.-T.", ("Quill O.", "Marsh B.T.", "Gustafsson J.-T.")),
        ("Quill O.; Marsh B.T.", ("Quill O.", "Marsh B.T.")),
        ("O., Quill, Ottoline; B.T., Marsh, Barnaby", ("Quill, Ottoline", "Marsh, Barnaby")),
        ("[No author name available]", ()),
    ],
)
def test_scopus_writes_authors_in_three_ways(cell, authors):
    row = tables.row(tables.SCOPUS, Title="Kettles", Authors=cell, EID="2-s2.0-1")
    assert invented.record(tables.text(tables.SCOPUS, row)).authors == authors


def test_scopus_full_names_come_without_their_numbers():
    header = ["Author full names", *tables.SCOPUS]
    row = ["Quill, Ottoline (57200000001); Marsh, Barnaby (57200000002)"]
    row += tables.row(tables.SCOPUS, Title="Kettles; [Bouilloires]", Authors="O., Quill, Ottoline", Year="2025")
    found = invented.record(tables.text(header, row))
    assert found.authors == ("Quill, Ottoline", "Marsh, Barnaby")
    assert found.original_title == "Bouilloires"
    assert found.tags["Authors"] == ("O., Quill, Ottoline",)


def test_scopus_takes_the_number_from_the_link_and_the_article_number_for_pages():
    cells = {"Link": "https://www.scopus.com/x?eid=2-s2.0-99&doi=1", "Art._No.": "e77", "Title": "K", "DOI": "none"}
    found = invented.record(tables.text(tables.SCOPUS, tables.row(tables.SCOPUS, **cells)))
    assert (found.accession, found.pages, found.doi) == ("2-s2.0-99", "e77", "")
    assert found.tags["DOI"] == ("none",)


def test_zotero_keeps_pmids_in_extra():
    header = [
        "Key",
        "Item Type",
        "Publication Year",
        "Author",
        "Title",
        "Publication Title",
        "Date",
        "Extra",
        "Manual Tags",
    ]
    row = [
        "ABCD1234",
        "journalArticle",
        "",
        "Quill, O; Marsh, B",
        "Kettles",
        "Annals",
        "1999/08//",
        "PMID: 99000001",
        "a; b",
    ]
    found = invented.record(tables.text(header, row))
    assert (found.pmid, found.year, found.publication_type) == ("99000001", 1999, "Journal article")
    assert found.keywords == ("a", "b")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["NCT Number", "Study Title", "Sponsor", "Conditions", "Start Date"],
         ["NCT00000001", "Kettles", "Steam Inc", "Sleep|Noise", "2021-03"]),
        (["Rank", "NCT Number", "Title", "Sponsor/Collaborators", "Conditions", "Start Date", "URL"],
         ["1", "NCT00000001", "Kettles", "Steam Inc|Others", "Sleep|Noise", "March 2021", "https://example.org"]),
    ],
)  # fmt: skip
def test_trials_with_any_columns(header, row):
    found = invented.record(tables.text(header, row))
    assert (found.accession, found.title, found.authors, found.year) == ("NCT00000001", "Kettles", ("Steam Inc",), 2021)
    assert found.keywords == ("Sleep", "Noise")


def test_cnki_columns_with_both_names():
    header = ["SrcDatabase-来源库", "Title-题名", "Author-作者", "Source-刊名", "Year-年", "Period-期", "Page-页码",
              "Keyword-关键词", "Summary-摘要"]  # fmt: skip
    row = [
        "中国学术期刊网络出版总库",
        "水壶与睡眠",
        "王小明;李华",
        "虚构医学",
        "2021",
        "03",
        "12-15+18",
        "水壶;;睡眠",
        "<正>目的:无",
    ]
    found = invented.record(tables.text(header, row))
    assert (found.title, found.authors, found.year) == ("水壶与睡眠", ("王小明", "李华"), 2021)
    assert (found.pages, found.keywords, found.abstract) == ("12-15+18", ("水壶", "睡眠"), "目的:无")
    assert (found.database, found.language) == ("CNKI", "chi")


def test_a_table_with_chinese_names_only():
    found = invented.record(
        tables.text(["题名", "作者", "刊名", "年份"], ["水壶", "王小明,李华", "虚构", "2020"]).encode("gb18030")
    )
    assert (found.title, found.authors, found.year) == ("水壶", ("王小明", "李华"), 2020)


def test_a_year_column_without_a_year_is_kept():
    found = invented.record(tables.text(tables.SCOPUS, tables.row(tables.SCOPUS, Title="K", Year="in press")))
    assert (found.year, found.tags["Year"]) == (None, ("in press",))


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("Quill, Ottoline", ("Quill, Ottoline",)),
        ("Quill O, Marsh BT", ("Quill O", "Marsh BT")),
        ("Quill, O., Marsh, B.", ("Quill, O.", "Marsh, B.")),
        ("Ottoline Quill and Barnaby Marsh", ("Ottoline Quill", "Barnaby Marsh")),
        ("Quill, Ottoline|Marsh, Barnaby", ("Quill, Ottoline", "Marsh, Barnaby")),
        ("王小明，李华", ("王小明", "李华")),
        ("", ()),
    ],
)
def test_names_that_nobody_knows_the_style_of(cell, people):
    assert names.any_way(cell) == people
