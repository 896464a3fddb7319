"""Exact keys, vetoes and grouping, on invented records; and on two real exports of one question."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.search import matching
from reviews.search.matching import MatchKey
from tests.unit.formats import invented, samples


@dataclass(frozen=True)
class Cited:
    title: str = "Whistling kettles and sleep in lighthouse keepers"
    year: int | None = 2021
    authors: Sequence[str] = ("Quill, Ottoline",)
    doi: str = ""
    pmid: str = ""


def groups(*records: Cited) -> list[tuple[int, ...]]:
    return matching.components([(at, matching.match_keys(record)) for at, record in enumerate(records)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kettles in sleep.", "[Kettles in sleep]."),
        ("Kettles in sleep", "KETTLES  IN\nSLEEP"),
        ("Kettles <i>in</i> sleep", "Kettles in sleep"),
        ("Kettles &amp; sleep", "Kettles & sleep"),
        ("Post-operative kettles", "Postoperative kettles"),
        ("El sueño del farero", "El sueno del farero"),
        ("Søvn og Łódź", "Sovn og Lodz"),
        ("（虚构）水壶：对睡眠的影响", "(虚构)水壶:对睡眠的影响"),
        ("ＡＢＣ水壶１２", "abc水壶12"),
        ("H₂O and m² of kettle", "H2O and m2 of kettle"),
        ("Straße der Kessel", "STRASSE DER KESSEL"),
        ("Kettles in sleep; [Teteras y sueño]", "Kettles in sleep"),
        ("Zo\u0065\u0308 sleeps", "Zoë sleeps"),
    ],
)
def test_titles_that_are_the_same(one, other):
    assert matching.normalise_title(one) == matching.normalise_title(other) != ""


@pytest.mark.parametrize(
    "title",
    [
        "虚构的水壶对睡眠的影响",
        "Чайники и сон",
        "やかんと睡眠",
        "주전자와 수면",
        "الغلايات والنوم",
        "केतली और नींद",
        "กาน้ำกับการนอน",
    ],
)
def test_titles_in_every_script_keep_their_letters(title):
    letters = [char for char in title if char.isalpha()]
    assert len(matching.normalise_title(title)) >= len(letters)


def test_vowel_signs_are_letters():
    # Hindi "din" (day) and "dīn" (poor) differ by their vowel sign only.
    assert matching.normalise_title("दिन") != matching.normalise_title("दीन")


def test_voiced_kana_stay_voiced():
    assert matching.normalise_title("かき") != matching.normalise_title("がき")


@pytest.mark.parametrize(
    ("doi", "bare"),
    [
        ("https://doi.org/10.5555/ABC.1", "10.5555/abc.1"),
        ("http://dx.doi.org/10.5555/abc.1", "10.5555/abc.1"),
        ("doi: 10.5555/abc.1.", "10.5555/abc.1"),
        ("10.5555/abc.1 [doi]", "10.5555/abc.1"),
        ("CNKI:0", ""),
        ("", ""),
    ],
)
def test_dois(doi, bare):
    assert matching.normalise_doi(doi) == bare


@pytest.mark.parametrize(
    ("pmid", "bare"),
    [
        ("99000001", "99000001"),
        ("PMID: 99000001", "99000001"),
        ("PMC123", ""),
        ("0", ""),
        ("12345678901", ""),
        ("", ""),
    ],
)
def test_pmids(pmid, bare):
    assert matching.normalise_pmid(pmid) == bare


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("Smith, Anna", "smith"),
        ("Smith A", "smith"),
        ("Smith AB", "smith"),
        ("Smith A.B.", "smith"),
        ("Smith, A.B.", "smith"),
        ("A. B. Smith", "smith"),
        ("Anna Smith", "smith"),
        ("SMITH, A", "smith"),
        ("Smith Jr, A", "smith"),
        ("Smith, Jr., A", "smith"),
        ("Acosta, Julián N", "acosta"),
        ("Acosta, J.N.", "acosta"),
        ("van der Berg, J", "berg"),
        ("van der Berg J", "berg"),
        ("Berg, J. van der", "berg"),
        ("Ludwig van Beethoven", "beethoven"),
        ("de Medeiros LM", "medeiros"),
        ("de Medeiros, Luana Moreira", "medeiros"),
        ("De, S.", "de"),
        ("Li X", "li"),
        ("LI X", "li"),
        ("Liu R.", "liu"),
        ("El-Rashidy, Nora", "elrashidy"),
        ("Abdel Hadi, Loubna", "abdelhadi"),
        ("Turpo-Pequeña, A.G.", "turpopequena"),
        ("Turpo Pequena AG", "turpopequena"),
        ("O'Brien, K", "obrien"),
        ("Øst, L-G", "ost"),
        ("P. C. Kamble", "kamble"),
        ("王小明", "王小明"),
        ("王 小明", "王小明"),
        ("NCT00000000,", "nct00000000"),
        ("", ""),
        (",", ""),
    ],
)
def test_first_authors(author, key):
    assert matching.first_author_key(author) == key


def test_keys_of_a_full_record():
    assert matching.match_keys(Cited(doi="10.5555/K.1", pmid="99000001")) == (
        MatchKey("doi", "10.5555/k.1"),
        MatchKey("pmid", "99000001"),
        MatchKey("title", "whistlingkettlesandsleepinlighthousekeepers|2021|quill"),
    )


@pytest.mark.parametrize("lacking", [{"title": ""}, {"year": None}, {"authors": ()}, {"authors": ("",)}])
def test_a_title_key_needs_title_year_and_author(lacking):
    assert matching.match_keys(Cited(**lacking)) == ()


@pytest.mark.parametrize(
    "title",
    [
        "[Not Available].",
        "Editorial",
        "Reply.",
        "Author reply",
        "Editor's Comments",
        "Letter to the Editor",
        "失眠",
        "Sleep",
    ],
)
def test_titles_that_many_documents_share_are_no_key(title):
    assert matching.match_keys(Cited(title=title)) == ()


@pytest.mark.parametrize("title", ["虚构的水壶与睡眠", "Generative kettles", "Reply to kettles: a randomised trial"])
def test_short_titles_that_say_something_are_a_key(title):
    assert len(matching.match_keys(Cited(title=title))) == 1


def test_keys_are_short_and_long_titles_still_differ():
    one, other = (matching.match_keys(Cited(title="水壶" * 3000 + end)) for end in "甲乙")
    assert one != other
    assert all(len(key.value) <= matching.LONGEST_KEY for key in one + other)
    assert matching.match_keys(Cited(title="", doi="10.5555/" + "x" * 300)) == ()


def test_the_same_identifier_joins():
    assert groups(Cited(doi="10.5555/k"), Cited(year=2022, doi="https://doi.org/10.5555/K"), Cited(year=1999)) == [
        (0, 1),
        (2,),
    ]
    translated = Cited(title="Teteras que silban", authors=("Pluma, O",), pmid="99000001")
    assert groups(Cited(pmid="99000001"), translated) == [(0, 1)]


def test_title_year_and_author_join():
    assert groups(Cited(), Cited(title="Whistling Kettles and sleep in lighthouse-keepers.", authors=("Quill O",))) == [
        (0, 1)
    ]
    assert len(groups(Cited(), Cited(year=2022), Cited(authors=("Marsh, B",)))) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [({"doi": "10.5555/a"}, {"doi": "10.5555/b"}), ({"pmid": "99000001"}, {"pmid": "99000002"})],
)
def test_different_identifiers_veto_a_shared_title(one, other):
    assert matching.contradicts(matching.match_keys(Cited(**one)), matching.match_keys(Cited(**other)))
    assert groups(Cited(**one), Cited(**other)) == [(0,), (1,)]


def test_identifiers_of_different_kinds_do_not_contradict():
    one, other = Cited(doi="10.5555/a"), Cited(pmid="99000001")
    assert not matching.contradicts(matching.match_keys(one), matching.match_keys(other))
    assert groups(one, other) == [(0, 1)]


def test_a_shared_identifier_outweighs_one_that_differs():
    one, other = Cited(doi="10.5555/a", pmid="99000001"), Cited(doi="10.5555/b", pmid="99000001")
    assert not matching.contradicts(matching.match_keys(one), matching.match_keys(other))
    assert groups(one, other) == [(0, 1)]


def test_the_abstracts_of_a_supplement_share_a_doi_and_stay_apart():
    one = Cited(title="Warm socks for night watchmen: a pilot", doi="10.5555/supplement")
    other = Cited(title="Gas lamps and the price of whale oil", doi="10.5555/supplement")
    assert matching.contradicts(matching.match_keys(one), matching.match_keys(other))
    assert not matching.alike(one.title, other.title)
    nameless = Cited(title="", doi="10.5555/supplement")
    assert groups(one, other, one, nameless) == [(0, 2), (1,), (3,)]
    assert groups(one, nameless) == [(0, 1)]


def test_a_doi_joins_titles_that_are_alike_or_in_different_scripts():
    english = Cited(title="Effect of kettles on the sleep of lighthouse keepers", doi="10.5555/k")
    longer = Cited(title="Effect of kettles on the sleep of lighthouse keepers: a trial", year=2020, doi="10.5555/k")
    chinese = Cited(title="虚构的水壶对灯塔看守人睡眠的影响", authors=("王小明",), doi="10.5555/k")
    assert groups(english, longer, chinese) == [(0, 1, 2)]
    assert matching.alike(english.title, chinese.title)
    assert matching.alike(english.title, "")


def test_hashed_keys_still_contradict_by_identifier_and_never_by_wording():
    one = (MatchKey("doi", "d1"), MatchKey("title", "0a1b"))
    assert matching.contradicts(one, (MatchKey("doi", "d2"), MatchKey("title", "0a1b")))
    assert not matching.contradicts(one, (MatchKey("doi", "d1"), MatchKey("title", "ffff")))


def test_a_record_between_two_documents_is_not_guessed():
    assert groups(Cited(doi="10.5555/a"), Cited(), Cited(doi="10.5555/b")) == [(0,), (1,), (2,)]
    assert groups(Cited(), Cited(doi="10.5555/a"), Cited()) == [(0, 1, 2)]


KEYS = st.builds(MatchKey, st.sampled_from(["doi", "pmid"]), st.sampled_from("abcdef"))
TITLES = st.sampled_from("uvw").map(lambda letter: MatchKey("title", f"{letter * 20}|2020|quill"))
RECORDS = st.tuples(st.lists(KEYS, max_size=2, unique_by=lambda key: key.kind), st.lists(TITLES, max_size=1))


@given(st.lists(RECORDS.map(lambda parts: tuple(parts[0] + parts[1])), max_size=12))
def test_groups_do_not_depend_on_order_and_hold_everything_once(records):
    items = list(enumerate(records))
    found = matching.components(items)
    assert sorted(itertools.chain.from_iterable(found)) == list(range(len(records)))
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    shuffled = items[:]
    random.Random(1).shuffle(shuffled)
    again = matching.components(shuffled)
    assert {frozenset(group) for group in found} == {frozenset(group) for group in again}


def test_two_real_exports_of_one_question():
    samples.need()
    records = [
        *invented.records((samples.FOLDER / "pubmed-nbib-1.nbib").read_bytes()),
        *invented.records((samples.FOLDER / "scopus-ris-2.ris").read_bytes()),
    ]
    assert (len(records), len(groups(*records))) == (470, 461)
