"""What is made of the fields before they are compared: one case for each trap seen in real exports."""

import pytest

from reviews.search.duplicates import identity, people, places, prepare, text, titles
from reviews.search.duplicates.prepare import Flag
from reviews.search.duplicates.record import Record


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café <i>in vitro</i> &amp; in vivo", "CAFE in vitro & in vivo"),
        ("TNFα in Crohn’s disease", "TNFalpha in Crohn's disease"),
        ("ＡＢＣ １２３", "abc 123"),
        ("針灸治療偏頭痛", "针灸治疗偏头痛"),
        ("針刺治療失眠（二）", "针刺治疗失眠(二)"),
        ("SociÃ©tÃ© franÃ§aise", "Société française"),
        ("Ischemia â€“ a review", "Ischemia – a review"),
    ],
)
def test_words_agree_whatever_the_database_did_to_them(one: str, other: str) -> None:
    assert text.words(one) == text.words(other)


def test_words_of_every_script_are_kept() -> None:
    assert (
        text.words("Платформенная занятость, 플랫폼 노동시장, 针灸") == "платформенная занятость 플랫폼 노동시장 针灸"
    )


@pytest.mark.parametrize(
    "title",
    [
        "Zinc in children. [Review] [33 refs]",
        "[Zinc in children]",
        "Zinc in children. [Chinese]",
        "Zinc in children. Russian",
        "Zinc in children (author's transl)",
        "Zinc in children.[Erratum appears in J Nutr. 2009 Jun 4;360(23):2487]",
        "Zinc in children ; [Zink bei Kindern]",
    ],
)
def test_what_databases_add_to_a_title_is_cut(title: str) -> None:
    assert titles.read(title).words == "zinc in children"


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Zinc in type 2 diabetes, part III", "2 3"),
        ("Zinc in type II diabetes: part three", "2 3"),
        ("Vitamins, part A", "a"),
        ("针灸治疗失眠（上）", "1"),
        ("针灸治疗失眠(第二部分)", "2"),
        ("Zinc 007 in 1,000 people", "7 1 0"),
    ],
)
def test_numbers_of_a_title(title: str, numbers: str) -> None:
    assert titles.read(title).numbers == numbers


@pytest.mark.parametrize(
    ("title", "flag"),
    [
        ("Erratum: Zinc in children", "is_erratum"),
        ("Zinc in children (vol 360, pg 542, 2009)", "is_erratum"),
        ("Zinc in children (N Engl J Med (2009) 360 (542-544))", "is_erratum"),
        ("《针灸治疗失眠》一文更正", "is_erratum"),
        ("Zinc in children - Reply", "is_comment"),
        ("Comment on: Zinc in children", "is_comment"),
        ("Zinc in children: study protocol for a trial", "is_protocol"),
        ("针灸治疗失眠的研究方案", "is_protocol"),
        ("Editorial", "is_generic"),
        ("#NAME?", "is_generic"),
        ("编者按", "is_generic"),
    ],
)
def test_a_title_says_what_kind_of_document_it_is(title: str, flag: str) -> None:
    assert getattr(titles.read(title), flag)
    plain = titles.read("Zinc supplementation in undernourished children of Bangladesh")
    assert not any((plain.is_erratum, plain.is_comment, plain.is_protocol, plain.is_generic))


@pytest.mark.parametrize(
    "authors",
    [
        ("Feldman, G. M.", "Kloner, R. A."),
        ("Feldman GM", "Kloner RA"),
        ("FeldmanG.M.KlonerR.A.",),
        ("Feldman G.M.Kloner R. A.",),
        ("Feldman, G. M. and Kloner, R. A.",),
        ("Feldman G M; Kloner R A",),
        ("FELDMAN GM, KLONER RA",),
    ],
)
def test_surnames_are_found_whatever_separates_them(authors: tuple[str, ...]) -> None:
    found = people.read(authors)
    assert [name for name in found.latin.split() if len(name) > 2] == ["feldman", "kloner"]
    assert found.first == "feldman"


@pytest.mark.parametrize(
    "authors", [("张仲景", "李时珍"), ("张仲景；李时珍",), ("张仲景, 李时珍",), ("张仲景 李时珍",), ("張仲景、李時珍",)]
)
def test_chinese_names_are_split_and_romanised(authors: tuple[str, ...]) -> None:
    found = people.read(authors)
    assert (found.han, found.latin, found.first) == ("张仲景 李时珍", "zhang li", "zhang")


def test_surnames_with_their_own_sound_and_spaced_names() -> None:
    assert people.read(("曾国藩", "欧阳修", "吕布", "王 伟")).latin == "zeng ouyang lu wang"
    assert people.read(("LU Bu", "Lv B", "Lyu Bu")).latin.split().count("lu") == 3


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("123-9", "123", 129),
        ("S528–S529", "s528", 529),
        ("e001469", "e1469", 1469),
        ("06-Oct", "6", 10),
        ("Oct-16", "10", 16),
        ("376 -- 383", "376", 383),
        ("Art. no. 24770", "24770", 24770),
        ("pp. 45~51", "45", 51),
        ("12-14,33", "12", 14),
        ("Suppl-87", "", 0),
        ("UNKNOWN", "", 0),
        ("1-17", "", 17),
    ],
)
def test_pages(value: str, start: str, end: int) -> None:
    found = places.pages(value)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    ("value", "number"), [("31 (Supplement 1)", 31), ("第3期", 3), ("XIV", 14), ("3)", 0), ("UNKNOWN", 0), ("０５", 5)]
)
def test_volumes_and_issues(value: str, number: int) -> None:
    assert places.number(value) == number


@pytest.mark.parametrize(
    ("journal", "found"),
    [
        ("J Clin Psychol. 2015 Mar;71(3):200-10. doi: 10.1/x", ("J Clin Psychol", "71", "3", "200-10")),
        ("Stroke 12 (3): 34-56", ("Stroke", "12", "3", "34-56")),
        (
            "Journal of Affective Disorders, 2012. 136(3): p. 1053-61",
            ("Journal of Affective Disorders", "136", "3", "1053-61"),
        ),
        ("The Lancet", ("The Lancet", "", "", "")),
        ("Vascul Pharmacol 2017; 96-98: 19-25", ("Vascul Pharmacol", "96-98", "", "19-25")),
        ("Proceedings of the 2016 CHI Conference", ("Proceedings of the 2016 CHI Conference", "", "", "")),
        ("Anesthesiology. 2012 Suppl", ("Anesthesiology. 2012 Suppl", "", "", "")),
    ],
)
def test_a_citation_glued_into_the_journal(journal: str, found: tuple[str, ...]) -> None:
    assert places.unglued(journal) == found


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("http://dx.doi.org/10.1016/S0008-6363%2896%2900240-4", "10.1016/s0008-6363(96)00240-4"),
        ("doi:10.1000/ABC.", "10.1000/abc"),
        ("10.1000/abc [pii]", "10.1000/abc"),
        ("10.1371/journal.pone.0012345.g001", "10.1371/journal.pone.0012345"),
        ("10.1000/abc/abstract", "10.1000/abc"),
        ("link.cnki.net/urlid/11.1", ""),
    ],
)
def test_dois(value: str, bare: str) -> None:
    assert identity.doi(value) == bare


@pytest.mark.parametrize("value", ["CNKI:0", "0", "12345", "WOS:000000000", "see the library"])
def test_accession_numbers_that_identify_nothing(value: str) -> None:
    assert identity.accession(value) == ""


def test_register_numbers_and_cochrane_versions() -> None:
    assert identity.registry("Zinc trial NCT01234567", "") == "NCT01234567"
    assert identity.registry("Zinc, ChiCTR-TRC-12345678 and NCT01234567") == ""
    assert identity.cochrane("10.1002/14651858.CD004746.pub2", "CD004746") == (4746, 2)
    assert identity.cochrane("10.1002/14651858.CD004746") == (4746, 1)
    assert identity.cochrane("CD004746") == (4746, 0)


def test_abstracts_begin_after_their_heading() -> None:
    sentence = "Zinc is given to children who do not grow, and nobody knows whether it helps."
    heads = ("", "BACKGROUND: ", "Abstract: Background. ", "<b>Objective:</b> ")
    assert len({prepare.abstract(head + sentence) for head in heads}) == 1
    assert prepare.abstract("No abstract available for this article, sorry about that.") == ""


def test_a_record_of_nothing_is_prepared() -> None:
    found = prepare.record(Record(1))
    assert found.flags == Flag.GENERIC
    assert found._replace(id=0, flags=0) == prepare.Prepared(0, *[""] * 14, *[0] * 9)
