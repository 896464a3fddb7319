"""What is the same on every count is joined; poor twins and preprints are at least shown; a journal is no title."""

import itertools

import pytest

from reviews.search.duplicates import finding, identity, keys, prepare
from reviews.search.duplicates.record import Record

TITLE = "Annual report on lighthouse lamps and their keepers"
PEOPLE = ("Muster, Anna", "Beispiel, Bernd")


def _twins(**fields: object) -> list[Record]:
    one = Record(1, TITLE)._replace(**fields)  # type: ignore[arg-type]
    return [one, one._replace(id=2)]


@pytest.mark.parametrize(
    "fields",
    [
        {"authors": PEOPLE},
        {"authors": PEOPLE, "year": 2010},
        {"pages": "7-9"},
        {"authors": ("Muster, Anna",), "year": 2012, "publication_type": "Doctoral thesis", "journal": "Invented Univ"},
        {
            "title": "灯塔照明与看守人年度报告研究",
            "authors": ("张三",),
            "year": 2012,
            "publication_type": "博士学位论文",
        },
        {"accession": "CN101234567A"},
        {"accession": "GB/T 7714-2015"},
        {"title": "Lamps", "authors": PEOPLE, "year": 2010, "pages": "7-9", "volume": "3"},
    ],
)
def test_what_is_equal_on_every_count_is_joined(fields: dict[str, object]) -> None:
    assert len(finding.find(_twins(**fields)).joins) == 1


def test_equal_titles_alone_are_proposed() -> None:
    found = finding.find(_twins())
    assert len(found.joins) + len(found.proposals) == 1
    assert not finding.find(_twins(title="Editorial")).proposals


@pytest.mark.parametrize("size", [2, 3, 6])
def test_a_group_of_n_proposes_one_less(size: int) -> None:
    rows = [Record(place, TITLE) for place in range(size)]
    assert len(finding.find(rows).proposals) == size - 1


def test_a_preprint_is_proposed_beside_its_article() -> None:
    one = Record(1, TITLE, "", PEOPLE, (), 2021, "medRxiv", "", "", "", "10.1101/2021.01.02.21250000")
    two = Record(2, TITLE, "", PEOPLE, (), 2022, "Invented Lamps", "4", "2", "11-19", "10.9999/lamps.4.2.11")
    found = finding.find([one, two])
    assert not found.joins
    assert len(found.proposals) == 1


@pytest.mark.parametrize(
    "original",
    ["Invented Journal of Gambling Research", "Acta Inventa Lampadum", "虚构医学杂志", "虚构大学学报(医学版)"],
)
def test_a_journal_is_no_original_title(original: str) -> None:
    fields = ((*PEOPLE, "Vorlage, Clara"), (), 2021, "", "18")
    one = Record(1, "Women who gamble on the weekend: a survey of choices", original, *fields)
    two = Record(2, "Attitudes towards venues in the neighbourhood: an interview study", original, *fields)
    assert not finding.find([one, two]).joins
    assert not prepare.record(one).other_title


def test_an_original_title_shared_by_unlike_titles_joins_nothing() -> None:
    fields = ("Invented Letters", PEOPLE, (), 2021, "", "18")
    one, two = Record(1, "Women who gamble on weekends in Oslo", *fields), Record(2, "Lamps and their keepers", *fields)
    assert not finding.find([one, two]).joins


SPELLINGS = ("Behaviour of haemophilic keepers: a randomised comparison of colour lamps in tumour centres",
             "Behavior of hemophilic keepers: a randomized comparison of color lamps in tumor centers")  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "names"), list(itertools.product(["", "1", "1-9", "12-19"], [PEOPLE, ("Muster A",)]))
)
def test_spelling_names_and_page_one_keep_nothing_from_being_compared(pages: str, names: tuple[str, ...]) -> None:
    one = Record(1, SPELLINGS[0], "", PEOPLE, (), 2010, "Lamp J", "3", "1", pages)
    two = Record(2, SPELLINGS[1], "", names, (), 2010, "Lamp Journal", "3", "1", pages)
    shared = {key.hash for key in keys.of(prepare.record(one))} & {key.hash for key in keys.of(prepare.record(two))}
    assert shared
    assert finding.find([one, two]).joins


def test_numbers_of_patents_and_standards_are_numbers_but_sentences_are_not() -> None:
    assert identity.accession("CN 101234567 A") == identity.accession("cn101234567a") != ""
    assert identity.accession("GB/T 7714-2015") == identity.accession("GBT7714-2015") != ""
    assert identity.accession("see number 123456 in the box of lamps") == ""
