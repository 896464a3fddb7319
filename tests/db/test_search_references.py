"""Finding references: by words of every script, by filters, in every order; one review at a time, and blinded."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.search import rules, selectors
from reviews.search.lookup import kinds
from reviews.search.models import RecordIndex, Reference
from reviews.search.selectors import Order, Show, Wanted
from tests import imports, records
from tests import world as worlds
from tests.world import World

ENTRIES = (
    {"title": "Sleeping aids for nurses: a randomized trial", "author": "Müller, Åsa", "year": 2019},
    {"title": "Insomnia treated with acupuncture", "abstract": "We studied sleep and β-blockers.", "year": 2020},
    {"title": "针灸治疗失眠症的随机对照试验", "author": "王小明", "year": 2021},
    {"title": "針灸與睡眠品質", "author": "林大同", "year": 2001},
    {"title": "Art in the ward", "doi": "10.5555/Ward.2020-7", "year": 2018},
    {"title": "Arthritis and pain", "pmid": "31234567", "year": 2019, "abstract": "Cost-effectiveness of a therapy."},
    {"title": "鍼灸と不眠", "author": "田中, 太郎", "year": 2015},
    {"title": "Therapy of the cognitive kind, behavioural too"},
)
COUNTED = (
    {"title": "针灸治疗头痛1例报告", "author": "单小明", "year": 2011},
    {"title": "第2型病例10例随访1次", "author": "Zhou, Li", "year": 2012},
    {"title": "病例1与β受体阻滞剂", "author": "艾青", "year": 2013},
)


@pytest.fixture
def library(world: World) -> World:
    worlds.upload(world, imports.ris(ENTRIES), "made.ris")
    return world


def numbers(world: World, order: Order = Order.NUMBER, **wanted: object) -> list[int]:
    found = selectors.references(world.rea, Wanted(**wanted), order)  # type: ignore[arg-type]
    assert found.count() == len(found)
    return [one.number for one in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("sleep", [1, 2]),
        ("sleeping", [1, 2]),
        ("SLEEP acupuncture", [2]),
        ("randomised", [1]),
        ("studies", [2]),
        ("muller", [1]),
        ("Müller", [1]),
        ("asa", [1]),
        ("beta", [2]),
        ("art", [5]),
        ("art*", [5, 6]),
        ("acup*", [2]),
        ("therapies", [6, 8]),
        ('"the ward"', [5]),
        ('"ward the"', []),
        ("cost-effective", [6]),
        ("therapy -cost", [8]),
        ("-therapy -sleep -art* -针灸 -鍼灸", []),
        ("10.5555/ward.2020-7", [5]),
        ("31234567", [6]),
        ("nothing-like-it", []),
        ("100%", []),
        ("% _ ' \\ | & ! <-> :*", []),
        ("(sleep", [1, 2]),
        ("x" * 200, []),
        ("the", [5, 8]),
    ],
)
def test_words_are_found_in_their_forms(library: World, words: str, expected: list[int]) -> None:
    assert numbers(library, words=words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("针灸", [3, 4, 7]),
        ("針灸", [3, 4, 7]),
        ("失眠", [3]),
        ("失眠症", [3]),
        ("睡眠", [4]),
        ("眠", [3, 4, 7]),
        ("验", [3]),
        ("随机 失眠", [3]),
        ("随机、失眠", [3]),
        ("失眠 睡眠", []),
        ("针灸 -睡眠", [3, 7]),
        ('"治疗失眠"', [3]),
        ("王小明", [3]),
        ("不眠", [7]),
        ("田中太郎", []),
        ("田中", [7]),
        ("眠失", []),
    ],
)
def test_chinese_and_japanese_are_found_wherever_they_stand(library: World, words: str, expected: list[int]) -> None:
    assert numbers(library, words=words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1例", [1]),
        ("10例", [2]),
        ("病例1", [3]),
        ("例1", [3]),
        ("头痛1例", [1]),
        ("1例报告", [1]),
        ('"病例10例"', [2]),
        ("第2型", [2]),
        ("-1例", [2, 3]),
        ("β受体", [3]),
    ],
)
def test_a_digit_beside_a_character_is_found_there(world: World, words: str, expected: list[int]) -> None:
    worlds.upload(world, imports.ris(COUNTED), "counted.ris")
    assert numbers(world, words=words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("acupuncture OR arthritis", [2, 6]),
        ("acupuncture | arthritis", [2, 6]),
        ("sleep acupuncture OR nurses", [1, 2]),
        ('"the ward" OR 失眠', [3, 5]),
        ("sleep AND nurses", [1]),
        ("sleep NOT nurses", [2]),
        ("OR acupuncture OR", [2]),
        ("sleep OR -nurses", [2]),
        ("OR", []),
    ],
)
def test_or_is_content_with_either(library: World, words: str, expected: list[int]) -> None:
    assert numbers(library, words=words) == expected


def test_words_are_those_of_any_record_behind_a_reference(library: World) -> None:
    more = {"title": "Art in the ward", "doi": "10.5555/ward.2020-7", "abstract": "Watercolours were hung."}
    worlds.upload(library, imports.ris([more]), "more.ris", source="Embase")
    assert numbers(library, words="watercolours") == [5]
    assert numbers(library, words="art -watercolours") == []


def test_references_are_filtered(world: World) -> None:
    worlds.upload(world, records.nbib(records.made(range(1, 31))))
    worlds.upload(world, records.ris(records.made(range(21, 41))), "made.ris", source="Scopus")
    scopus = selectors.sources(world.rea).get(name="Scopus").pk
    assert numbers(world, source_id=scopus) == [*range(21, 31), *range(41, 51)]
    assert numbers(world, year_from=2003, year_to=2003) == [3, 23]
    assert numbers(world, year_from=2018) == [18, 19, 48, 49]
    assert numbers(world, year_to=2000) == [20, 50]
    assert numbers(world, source_id=scopus, year_from=2003, year_to=2003, words="trial") == [23]
    assert numbers(world, language="English") == list(range(1, 31))
    assert numbers(world, language=selectors.NOT_GIVEN) == list(range(41, 51))
    assert numbers(world, language="Chinese") == []
    assert numbers(world, kind="article") == [*range(1, 31), *range(41, 51)]
    assert numbers(world, show=Show.DUPLICATES) == numbers(world, show=Show.SEVERAL_SOURCES) == list(range(21, 31))
    assert numbers(world, show=Show.SINGLE) == [*range(1, 21), *range(41, 51)]
    today = timezone.now().date()
    assert len(numbers(world, added_since=today - timedelta(days=1))) == 40
    assert numbers(world, added_since=today + timedelta(days=2)) == []


def test_what_is_missing_is_found(library: World) -> None:
    assert numbers(library, show=Show.NO_ABSTRACT) == [1, 3, 4, 5, 7, 8]
    assert numbers(library, show=Show.NO_DOI) == [1, 2, 3, 4, 6, 7, 8]


def test_every_order(library: World) -> None:
    assert numbers(library, Order.NEWEST) == [3, 2, 1, 6, 5, 7, 4, 8]
    assert numbers(library, Order.OLDEST) == [4, 7, 5, 1, 6, 2, 3, 8]
    assert numbers(library, Order.TITLE)[:5] == [5, 6, 2, 1, 8]
    assert numbers(library, Order.RELEVANCE, words="sleep") == [1, 2]
    assert numbers(library, Order.RELEVANCE, words="therapy") == [8, 6]
    assert numbers(library, Order.RELEVANCE) == list(range(1, 9))


def test_the_choices_are_those_of_this_review(library: World) -> None:
    other = imports.another(library)
    worlds.upload(other, records.nbib(records.made(range(1, 3))))
    found = selectors.choices(other.ada)
    assert (found.languages, found.kinds) == (("English",), ("article",))
    assert [name for _, name in found.sources] == ["PubMed"]
    found = selectors.choices(library.rea)
    # No file names one; the script of two titles does.
    assert found.languages == ("Chinese", "Japanese")
    assert set(found.kinds) <= kinds.LABELS.keys()


def test_another_review_finds_nothing_of_this_one(library: World) -> None:
    other = imports.another(library)
    for wanted in (Wanted(), Wanted(words="sleep"), Wanted(words="失眠"), Wanted(show=Show.NO_DOI)):
        assert not selectors.references(other.ada, wanted).exists()


def test_what_was_undone_is_not_found(library: World) -> None:
    row = worlds.upload(library, imports.ris([{"title": "Zeppelins over Lisbon"}]), "undone.ris")
    assert numbers(library, words="zeppelin") == [9]
    worlds.search.undo_import(library.ada, import_id=row.pk)
    worlds.finish_jobs(library)
    assert numbers(library, words="zeppelin") == []
    assert numbers(library, show=Show.NO_DOI) == [1, 2, 3, 4, 6, 7, 8]


def test_a_vote_changes_nothing_that_can_be_looked_for(library: World) -> None:
    questions = [Wanted(show=show) for show in Show] + [Wanted(words="sleep"), Wanted(added_since=date(2020, 1, 1))]
    before = [
        [(one.pk, one.number) for one in selectors.references(library.cy, wanted, order)]
        for wanted in questions
        for order in Order
    ]
    worlds.vote(library, "bo", Reference.objects.get(number=1), "exclude")
    after = [
        [(one.pk, one.number) for one in selectors.references(library.cy, wanted, order)]
        for wanted in questions
        for order in Order
    ]
    assert after == before


def test_every_record_is_indexed_once(library: World) -> None:
    assert RecordIndex.objects.count() == len(ENTRIES)
    row = RecordIndex.objects.get(record__title__startswith="針灸")
    assert (row.year, row.has_abstract, row.has_doi, row.publication_kind) == (2001, False, False, "article")


def test_a_list_is_one_query_whatever_is_asked(
    library: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    looked_for = selectors.query("sleep")
    wanted = Wanted("sleep", year_from=2000, language="English", kind="article", show=Show.NO_DOI)
    for order in Order:
        with django_assert_num_queries(1):
            list(selectors.references(library.rea, wanted, order, looked_for))
    with django_assert_num_queries(3):
        selectors.choices(library.rea)
    with django_assert_num_queries(1):
        selectors.query("sleep randomised 失眠")
    with django_assert_num_queries(0):
        selectors.query("失眠 7")


def test_a_page_of_a_large_review_is_that_of_a_small_one(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Wanted(show=Show.NO_DOI, year_from=2001)
    questions = [Wanted(words="sleep"), filters, Wanted(kind="article", words="therapy")]

    def pages() -> list[selectors.Found]:
        return [
            selectors.found(library.ada, selectors.references(library.ada, one, order), 0, 3, one, order)
            for one in questions
            for order in (Order.NUMBER, Order.NEWEST, Order.RELEVANCE)
        ]

    def looks_rows_up() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_nestloop")
            return cursor.fetchone() == ("on",)

    small = pages()
    assert looks_rows_up()
    monkeypatch.setattr(rules, "MANY", 1)
    assert pages() == small
    assert not looks_rows_up(), "the settings hold until the transaction ends"
    assert any(page.total > len(page.ids) for page in small)
