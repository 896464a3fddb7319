"""XML and JSON: fields, damaged records, and what is never parsed."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">9900000{n}</PMID>
<Article><Journal><ISSN IssnType="Print">0272-7714</ISSN><JournalIssue><Volume>7</Volume><Issue>3</Issue>
<PubDate><MedlineDate>2020 Nov-Dec</MedlineDate></PubDate></JournalIssue><Title>Annals</Title></Journal>
<ArticleTitle>Kettles and <i>steam</i>, trial {n}{title}</ArticleTitle>
<Pagination><MedlinePgn>5-9</MedlinePgn></Pagination>
<Abstract><AbstractText Label="AIM">To see H<sub>2</sub>O.</AbstractText>
<AbstractText Label="RESULTS">Steam.</AbstractText></Abstract>
<AuthorList><Author><LastName>Quill</LastName><ForeName>Ottoline</ForeName></Author>
<Author><CollectiveName>Kettle Group</CollectiveName></Author></AuthorList>
<Language>fre</Language><VernacularTitle>Bouilloires</VernacularTitle></Article>
<KeywordList><Keyword>steam</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">9900000{n}</ArticleId>
<ArticleId IdType="doi">10.5555/k.{n}</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.5555/other</ArticleId></ArticleIdList>
</Reference></ReferenceList>
</PubmedData></PubmedArticle>
"""
RECORD = (
    '<record><source-app name="{app}">{app}</source-app><ref-type name="Journal Article">17</ref-type>'
    "<contributors><authors><author>{open}Quill, O{close}</author><author>Marsh, B</author></authors></contributors>"
    "<titles><title>{open}Kettles {close}{open}and steam {n}{close}</title>"
    "<secondary-title>Annals</secondary-title></titles>"
    "<volume>7</volume><number>3</number><pages>5-9</pages><dates><year>{open}2020{close}</year></dates>"
    "<isbn>0272-7714&#13;1096-0015</isbn><electronic-resource-num>https://doi.org/10.5555/k.{n}</electronic-resource-num>"
    "<accession-num>9900000{n}</accession-num><abstract>One.&#xD;Two.</abstract><label>mine</label>"
    "<remote-database-provider>NLM</remote-database-provider></record>"
)


def article(number: int, title: str = "") -> str:
    return ARTICLE.replace("{n}", str(number)).replace("{title}", title)


def pubmed(*articles: str, head: str = '<?xml version="1.0"?>\n') -> str:
    return f"{head}<PubmedArticleSet>\n{''.join(articles)}</PubmedArticleSet>\n"


def endnote(*numbers: int, app: str = "EndNote") -> str:
    style = ('<style face="normal" font="default">', "</style>") if app == "EndNote" else ("", "")
    records = (RECORD.format(n=n, app=app, open=style[0], close=style[1]) for n in numbers)
    return f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{"".join(records)}</records></xml>'


def study(number: int, **more: str) -> str:
    summary = more.get("summary", "Kettles are heard.")
    return (
        f'{{"protocolSection":{{"identificationModule":{{"nctId":"NCT0000000{number}",'
        f'"briefTitle":"Kettles {number}"}},'
        f'"statusModule":{{"startDateStruct":{{"date":"2021-03"}},"overallStatus":"COMPLETED"}},'
        f'"sponsorCollaboratorsModule":{{"leadSponsor":{{"name":"Steam Inc"}}}},'
        f'"descriptionModule":{{"briefSummary":"{summary}"}},"conditionsModule":{{"conditions":["Sleep","Noise"]}}}},'
        f'"hasResults":false}}'
    )


def test_pubmed_fields():
    found = invented.record(pubmed(article(1)))
    assert found.title == "Kettles and steam, trial 1"
    assert found.original_title == "Bouilloires"
    assert found.abstract == "AIM: To see H2O.\nRESULTS: Steam."
    assert found.authors == ("Quill, Ottoline", "Kettle Group")
    assert (found.year, found.volume, found.issue, found.pages) == (2020, "7", "3", "5-9")
    assert (found.doi, found.pmid, found.language, found.issn) == ("10.5555/k.1", "99000001", "fre", ("0272-7714",))
    assert found.raw.startswith("<PubmedArticle>")
    assert found.raw.endswith("</PubmedArticle>")


def test_line_numbers_are_those_of_the_file():
    found = invented.records(pubmed(article(1), article(2)))
    assert [record.line for record in found] == [3, 3 + ARTICLE.count("\n")]


def test_books():
    book = (
        "<PubmedBookArticle><BookDocument><PMID>99000009</PMID><Book><BookTitle>Steam book</BookTitle>"
        "<PubDate><Year>2019</Year></PubDate></Book><ArticleTitle>Kettles</ArticleTitle>"
        "<AuthorList Type='editors'><Author><LastName>Ed</LastName></Author></AuthorList>"
        "<AuthorList Type='authors'><Author><LastName>Quill</LastName><Initials>O</Initials></Author></AuthorList>"
        "</BookDocument></PubmedBookArticle>"
    )
    found = invented.record(pubmed(book))
    assert (found.title, found.journal, found.year, found.authors) == ("Kettles", "Steam book", 2019, ("Quill, O",))


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE PubmedArticleSet SYSTEM "http://example.org/x.dtd" [ %x; ]>',
    ],
)
def test_entities_are_refused_with_a_sentence(head):
    with pytest.raises(parsed.FormatError, match="Line 1 declares a document type"):
        invented.inspected(pubmed(article(1, "&x;"), head=head))


def test_entities_behind_the_first_root_are_refused_too():
    with pytest.raises(parsed.FormatError, match="declares a document type"):
        invented.inspected(pubmed(article(1)) + '<!DOCTYPE x [<!ENTITY a "b">]>' + pubmed(article(2)))


def test_a_document_type_elsewhere_is_not_fetched_and_told():
    found = invented.inspected(pubmed(article(1), head='<!DOCTYPE PubmedArticleSet SYSTEM "http://example.org/x.dtd">'))
    assert any("not fetched" in warning for warning in found.warnings)
    ours = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">'
    assert invented.inspected(pubmed(article(1), head=ours)).warnings == ()


def test_undeclared_entities_and_ampersands():
    found = invented.record(pubmed(article(1, " caf&eacute; R&D &unknown; &lt;1")))
    assert found.title == "Kettles and steam, trial 1 café R&D &unknown; <1"


def test_control_characters_are_left_out_and_told():
    found = invented.inspected(pubmed(article(1, "a\x03b&#2;c")))
    assert found.preview[0].title.endswith("trial 1abc")
    assert any("control characters" in warning for warning in found.warnings)


def test_a_damaged_record_costs_itself_only():
    damaged = article(2).replace("</ArticleTitle>", "")
    found = invented.inspected(pubmed(article(1), damaged, article(3)))
    assert (found.starts, found.readable) == (3, 3)
    assert any("damaged" in warning for warning in found.warnings)


def test_a_cut_off_record_is_refused():
    found = invented.inspected(pubmed(article(1), article(2))[:-400])
    assert (found.readable, found.refused_count) == (1, 1)
    assert "no end tag" in found.incomplete[0].reason


def test_text_between_the_records_is_told_with_its_line():
    found = invented.inspected(pubmed(article(1), "junk\n", article(2)))
    assert found.readable == 2
    assert any(
        "between the records" in warning and f"line {3 + ARTICLE.count(chr(10))}" in warning
        for warning in found.warnings
    )


@pytest.mark.parametrize("app", ["EndNote", "Zotero"])
def test_endnote_with_and_without_styles(app):
    found = invented.record(endnote(1, app=app))
    assert (found.title, found.authors, found.year) == ("Kettles and steam 1", ("Quill, O", "Marsh, B"), 2020)
    assert (found.journal, found.volume, found.issue, found.pages) == ("Annals", "7", "3", "5-9")
    assert (found.doi, found.pmid, found.accession) == ("10.5555/k.1", "99000001", "99000001")
    assert (found.abstract, found.issn) == ("One.\nTwo.", ("0272-7714", "1096-0015"))
    assert found.tags["label"] == ("mine",)


def test_a_library_on_one_line_that_is_longer_than_lines_may_be():
    text = endnote(*[1] * 4) + " " * 11_000_000 + endnote(2)
    assert len(invented.records(text)) == 5


@pytest.mark.parametrize("make", [lambda: pubmed(article(1), article(2)), lambda: endnote(1, 2)])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_two_roots_in_any_encoding(make, encoding):
    text = make().replace("Marsh, B", "王小明").replace("Kettle Group", "王小明李华张伟")
    assert len(invented.records((text + text).encode(encoding))) == 4


def test_a_trial_in_json():
    found = invented.record(f"[\n{study(1)}\n]")
    assert (found.title, found.accession, found.authors) == ("Kettles 1", "NCT00000001", ("Steam Inc",))
    assert (found.year, found.abstract, found.keywords) == (2021, "Kettles are heard.", ("Sleep", "Noise"))
    assert found.tags["overallStatus"] == ("COMPLETED",)
    assert found.line == 2


@pytest.mark.parametrize(
    "frame", ['{{"studies":[{}],"nextPageToken":"x"}}', '{{"totalCount":2,"studies":[{}]}}', "[{}]\n[]", "{}"]
)
def test_answers_of_the_api(frame):
    found = invented.inspected(frame.format(f"{study(1)},{study(2)}"))
    assert (found.readable, found.warnings) == (2, ())


def test_two_arrays_and_junk_between():
    found = invented.inspected(f"[{study(1)}]\n[{study(2)},\njunk\n{study(3)}]")
    assert found.readable == 3
    assert any("between the studies" in warning and "line 2" in warning for warning in found.warnings)


def test_a_damaged_study_costs_itself_only():
    found = invented.inspected("[" + ",\n".join([study(1), study(2, summary='a " b'), study(3)]) + "]")
    assert (found.readable, found.refused_count) == (2, 1)
    assert found.refused[0].line == 2


def test_a_study_that_is_cut_off_or_too_deep_is_refused():
    assert invented.inspected(f"[{study(1)},{study(2)[:-30]}").refused_count == 1
    assert invented.inspected('[{"protocolSection":{"a":' + "[" * 200_000).refused_count == 1


def test_escapes_that_no_database_stores_are_taken_out():
    found = invented.record(f"[{study(1, summary='a' + chr(92) + 'u0000b' + chr(92) + 'ud800c')}]")
    assert found.abstract == "abc"
