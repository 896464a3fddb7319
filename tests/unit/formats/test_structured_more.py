"""JSON and XML of search engines, registers and screening tools."""

import io
import json

import pytest

from reviews.search.formats import parsed, reading
from tests.unit.formats import invented

CSL = {
    "id": "a1",
    "type": "article-journal",
    "title": "Invented socks",
    "author": [{"family": "Quill", "given": "Ottoline"}, {"literal": "The Sock Group"}],
    "container-title": "J Socks",
    "issued": {"date-parts": [[2020, 3]]},
    "DOI": "10.5555/socks",
    "volume": 3,
    "page": "1-9",
    "abstract": 'Warm, "really"; } ] and so on.',
}
OPENALEX = {
    "id": "https://openalex.org/W123456",
    "doi": "https://doi.org/10.5555/socks",
    "title": "Invented socks",
    "publication_year": 2020,
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/31234567"},
    "primary_location": {"source": {"display_name": "J Socks"}},
    "authorships": [{"author": {"display_name": "Ottoline Quill"}}],
    "biblio": {"volume": "3", "issue": None, "first_page": "1", "last_page": "9"},
    "abstract_inverted_index": {"socks": [1, 3], "Warm": [0], "are": [2]},
}
SCHOLAR = {
    "paperId": "abc",
    "title": "Invented socks",
    "year": 2020,
    "journal": {"name": "J Socks", "volume": "3", "pages": "1-9"},
    "authors": [{"name": "Ottoline Quill"}],
    "externalIds": {"DOI": "10.5555/socks", "PubMed": "31234567"},
}
EPPI = {
    "ItemId": 7,
    "Title": "Invented socks",
    "ParentTitle": "J Socks",
    "Authors": "Quill, Ottoline; Marsh, B;",
    "Year": "2020",
    "Volume": "3",
    "Pages": "1-9",
    "DOI": "10.5555/socks",
}
CODES = {"CodeSets": [{"SetId": 1, "SetName": "Socks", "Attributes": {"AttributesList": [{"AttributeId": 2}]}}]}
CASES = [
    ("csl-json", CSL, lambda items: items),
    ("csl-json", CSL, lambda items: {"items": items}),
    ("openalex-json", OPENALEX, lambda items: {"meta": {"count": 3}, "results": items}),
    ("openalex-json", OPENALEX, lambda items: items),
    ("semantic-scholar-json", SCHOLAR, lambda items: {"total": 3, "offset": 0, "data": items}),
    ("semantic-scholar-json", SCHOLAR, lambda items: items),
    ("eppi-json", EPPI, lambda items: {**CODES, "References": items}),
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(("form", "item", "framed"), CASES)
def test_lists_of_objects(form, item, framed, indent):
    text = json.dumps(framed([item, item, item]), indent=indent)
    found = invented.inspected(text)
    assert (found.format, found.readable, found.refused_count) == (form, 3, 0)
    record = invented.records(text)[2]
    assert (record.title, record.journal, record.year, record.volume) == ("Invented socks", "J Socks", 2020, "3")
    assert (record.pages, record.doi) == ("1-9", "10.5555/socks")
    assert "Quill" in record.authors[0]
    stream = io.BytesIO(text.encode())
    assert [item.position for item in reading.read(stream, form, "utf-8", start_after=2)] == [3]


def test_an_abstract_that_is_an_index_becomes_text():
    assert invented.records(json.dumps([OPENALEX]))[0].abstract == "Warm socks are socks"


@pytest.mark.parametrize(("form", "item", "framed"), CASES)
@pytest.mark.parametrize("kept", [0.55, 0.7, 0.95])
def test_a_file_that_breaks_off_says_so(form, item, framed, kept):
    text = json.dumps(framed([item, item, item]))
    found = invented.inspected(text[: int(len(text) * kept)])
    assert found.incomplete or any("cut off" in warning for warning in found.warnings)


def test_a_damaged_object_costs_itself_and_not_the_file():
    whole = json.dumps(CSL)
    damaged = whole.replace('"volume": 3', '"volume": 3 3')
    found = invented.items(f"[{whole},\n{damaged},\n{whole}]" + " " * 400)
    assert [isinstance(item, parsed.Refused) for item in found] == [False, True, False]
    assert "line 2" in found[1].reason


def test_a_large_file_is_read_whole():
    text = json.dumps([{**CSL, "id": str(number), "title": f"Socks {number}"} for number in range(2000)])
    records = invented.records(text)
    assert [record.title for record in records] == [f"Socks {number}" for number in range(2000)]


TRIAL = (
    "<Trial><TrialID>NCT9999999{0}</TrialID><Public_title>Tea {0}</Public_title><Condition>Cough; Cold</Condition>"
    "<Primary_sponsor>Invented University</Primary_sponsor><Date_registration>01/02/2020</Date_registration>"
    "<web_address>https://example.org/{0}</web_address><Phase>2</Phase></Trial>"
)


def test_trials_of_the_register_portal():
    text = "<?xml version='1.0'?><Trials_downloaded_from_ICTRP>" + TRIAL.format(1) + "\n" + TRIAL.format(2)
    first, second = invented.records(text + "</Trials_downloaded_from_ICTRP>")
    assert (first.title, first.accession, first.year, first.url) == (
        "Tea 1",
        "NCT99999991",
        2020,
        "https://example.org/1",
    )
    assert (second.keywords, second.tags["Phase"], second.publication_type) == (
        ("Cough", "Cold"),
        ("2",),
        "Trial registration",
    )


def test_the_same_trials_as_csv():
    record = invented.record(
        "TrialID,Public title,Scientific title,Primary sponsor,Date registration,web address\n"
        'NCT99999999,"Tea; a trial",Tea for cough,Invented University,01/02/2020,https://example.org\n'
    )
    assert (record.title, record.accession, record.year) == ("Tea; a trial", "NCT99999999", 2020)
    assert (record.authors, record.database) == (("Invented University",), "ICTRP")


def test_records_of_ebsco():
    record = (
        '<rec resultID="{0}"><header longDbName="CINAHL" uiTerm="{0}"><controlInfo><jinfo><jtl>J Socks</jtl></jinfo>'
        '<pubinfo><dt year="2020"/><vid>3</vid><iid>1</iid></pubinfo><artinfo>'
        '<ui type="doi">10.5555/{0}</ui><ppf>1</ppf>'
        "<ppct>9</ppct><tig><atl>Socks &amp; tea</atl></tig><aug><au>Quill, O</au><au>Marsh, B</au></aug><ab>Warm.</ab>"
        "</artinfo></controlInfo></header></rec>"
    )
    first, second = invented.records(f"<records>{record.format(1)}\n{record.format(2)}</records>")
    assert (first.title, first.journal, first.year, first.pages) == ("Socks & tea", "J Socks", 2020, "1-9")
    assert (second.authors, second.doi, second.accession) == (("Quill, O", "Marsh, B"), "10.5555/2", "2")


def test_records_of_ovid_in_xml():
    def field(tag: str, *values: str) -> str:
        return f'<F C="{tag}" L="x">' + "".join(f'<D type="c">{value}</D>' for value in values) + "</F>"

    body = field("TI", "Invented socks") + field("AU", "Quill O", "Marsh B") + field("AB", "Warm.")
    body += field("SO", "J Socks. 8(6):1048-1064, 2015 Jun.") + field("DO", "10.5555/socks")
    text = (
        f'<?xml version="1.0"?><records><record index="1">{body}</record>\n<record index="2">{body}</record></records>'
    )
    first, second = invented.records(text)
    assert (first.title, first.authors, first.abstract) == ("Invented socks", ("Quill O", "Marsh B"), "Warm.")
    assert (second.journal, second.volume, second.pages, second.year) == ("J Socks", "8", "1048-1064", 2015)
