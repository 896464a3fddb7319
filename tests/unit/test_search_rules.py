"""Weights, missing records, and the plan of joins, without a database."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.search import matching, rules, wording
from reviews.search.matching import MatchKey
from reviews.search.rules import JoinKind
from reviews.search.services import joining
from reviews.search.services.joining import Incoming, Joined, Plan, Shelf
from reviews.search.wording import Likeness
from tests.unit.formats import invented, samples

A, B = MatchKey("doi", "10.5/a"), MatchKey("doi", "10.5/b")
ONE, TWO = MatchKey("pmid", "1"), MatchKey("pmid", "2")
SAME = MatchKey("title", "same|2020|keeper")
SOCKS, LAMPS = "Warm socks for night watchmen: a pilot", "Gas lamps and the price of whale oil"
SPANISH = "Calcetines cálidos para vigilantes nocturnos"
WIDE, WIDER = "虚构的水壶对灯塔看守人睡眠的影响", "煤气灯与鲸油价格的关系研究"


def incoming(record_id: int, *keys: MatchKey, abstract: int = 0, has_doi: bool = False, title: str = "") -> Incoming:
    return Incoming(record_id, rules.weight(abstract, has_doi, record_id), keys, matching.wordings(title))


def plan(records: Sequence[Incoming], shelves: Sequence[Shelf] = (), next_number: int = 1) -> Plan:
    return joining.plan(shelves, next_number, records)


def groups(*plans: Plan) -> dict[int, set[int]]:
    """Number to the records it holds in the end."""
    held: dict[int, set[int]] = {}
    for one in plans:
        for step in one.steps:
            if isinstance(step, Joined):
                held.setdefault(step.number, set()).add(step.record_id)
            else:
                held.setdefault(step.survivor, set()).update(held.pop(step.loser, set()))
    return held


def decided(number: int, *keys: MatchKey) -> Shelf:
    return Shelf(number, 900 + number, rules.weight(0, False, 900 + number), set(keys), True, False, set(keys))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (rules.weight(100, False, 9), rules.weight(99, True, 1)),
        (rules.weight(100, True, 9), rules.weight(100, False, 1)),
        (rules.weight(100, True, 1), rules.weight(100, True, 2)),
    ],
)
def test_the_longest_abstract_shows_a_reference_then_a_doi_then_the_earliest(
    better: rules.Weight, worse: rules.Weight
) -> None:
    assert better > worse


@pytest.mark.parametrize(
    ("hits", "records", "refused", "expected"),
    [
        (290, 290, 0, None),
        (290, 288, 2, None),
        (290, 280, 2, (8, False)),
        (290, 300, 0, (10, True)),
        (None, 300, 0, None),
        (0, 0, 0, None),
    ],
)
def test_missing_records(hits: int | None, records: int, refused: int, expected: tuple[int, bool] | None) -> None:
    assert rules.missing(hits, records, refused) == expected


def test_each_key_joins_and_says_why() -> None:
    made = plan(
        [incoming(1, A, ONE, SAME), incoming(2, A), incoming(3, ONE), incoming(4, SAME), incoming(5, B, TWO, SAME)]
    )
    kinds = {step.record_id: step.kind for step in made.steps if isinstance(step, Joined)}
    assert kinds == {
        1: JoinKind.FIRST,
        2: JoinKind.DOI,
        3: JoinKind.PMID,
        4: JoinKind.TITLE,
        5: JoinKind.FIRST,
    }
    assert groups(made) == {1: {1, 2, 3, 4}, 2: {5}}


def test_records_without_any_key_stay_alone() -> None:
    assert groups(plan([incoming(1), incoming(2)])) == {1: {1}, 2: {2}}


def test_a_title_of_two_different_documents_is_not_guessed() -> None:
    assert groups(plan([incoming(1, A, SAME), incoming(2, B, SAME), incoming(3, SAME)])) == {1: {1}, 2: {2}, 3: {3}}


def test_a_bridge_merges_into_the_smaller_number_and_moves_the_keys() -> None:
    made = plan([incoming(1, A), incoming(2, TWO), incoming(3, A, TWO), incoming(4, TWO)])
    assert groups(made) == {1: {1, 2, 3, 4}}
    assert [(step.loser, step.survivor, step.kind) for step in made.merges] == [(2, 1, JoinKind.PMID)]
    assert made.shelves[1].keys == {A, TWO}
    assert made.next_number == 3


def test_the_final_survivor_is_followed_through_two_merges() -> None:
    made = plan([incoming(1, SAME), incoming(2, A), incoming(3, TWO), incoming(4, A, TWO), incoming(5, A, SAME)])
    assert made.final_survivors() == {2: 1, 3: 1}
    assert groups(made) == {1: {1, 2, 3, 4, 5}}


def test_a_decided_reference_survives_whatever_its_number() -> None:
    undecided = Shelf(1, 901, rules.weight(5, False, 901), {A}, False, False, {A})
    made = plan([incoming(1, A, TWO)], [undecided, decided(2, TWO)], 3)
    assert [(step.loser, step.survivor) for step in made.merges] == [(1, 2)]
    assert made.shelves[2].primary_id == 901, "the better record comes along"


def test_two_decided_references_stay_apart_and_the_record_goes_where_its_doi_says() -> None:
    made = plan([incoming(1, A, TWO)], [decided(1, TWO), decided(2, A)], 3)
    assert made.merges == []
    assert groups(made) == {2: {1}}


def titled(*titles: str) -> list[Incoming]:
    """Records that share nothing but one DOI."""
    return [incoming(place, A, title=title) for place, title in enumerate(titles, 1)]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ((SOCKS, LAMPS, SOCKS.upper(), f"{LAMPS}."), [{1, 3}, {2, 4}]),
        ((SOCKS, "", WIDE), [{1, 2, 3}]),
        (("", SOCKS, LAMPS), [{1, 2}, {3}]),
        ((SOCKS, LAMPS, "", ""), [{1}, {2}, {3}, {4}]),
        ((SOCKS, LAMPS, WIDE, WIDE), [{1}, {2}, {3, 4}]),
        ((SOCKS, WIDE, LAMPS, WIDER), [{1, 2}, {3}, {4}]),
        ((SOCKS, LAMPS, f"{SOCKS}; {LAMPS}"), [{1}, {2}, {3}]),
    ],
)
def test_a_doi_alone_joins_what_titles_do_not_keep_apart(titles: Sequence[str], expected: list[set[int]]) -> None:
    made = plan(titled(*titles))
    assert list(groups(made).values()) == expected
    assert made.merges == []


def test_a_doi_of_two_documents_picks_none_for_a_title_that_comes_third() -> None:
    """The untitled record may be either; a third document says nothing about which."""
    assert list(groups(plan(titled(SOCKS, LAMPS, "", SPANISH))).values()) == [{1}, {2}, {3}, {4}]


def test_under_the_doi_of_a_whole_volume_only_equal_titles_join() -> None:
    abstracts = [" ".join(letter * 6 for letter in letters) for letters in combinations("abcdefgh", 3)]
    assert len(abstracts) == 56 > joining.MOST_COMPARED
    repeats = [abstracts[-1].upper(), f"{abstracts[-1]} once more", "", WIDE, LAMPS]
    assert matching.alike(abstracts[-1], repeats[1])
    assert list(groups(plan(titled(*abstracts, *repeats))).values())[55:] == [{56, 57}, {58}, {59}, {60}, {61}]


def test_a_shared_pmid_joins_whatever_the_titles_and_each_of_them_counts() -> None:
    records = [
        incoming(1, A, ONE, title=SOCKS),
        incoming(2, ONE, title=SPANISH, abstract=9),
        incoming(3, A, title=SPANISH.upper()),
        incoming(4, A, title=SOCKS.upper()),
        incoming(5, A, title=LAMPS),
    ]
    made = plan(records)
    assert groups(made) == {1: {1, 2, 3, 4}, 2: {5}}
    assert made.shelves[1].primary_id == 2


def test_the_titles_of_the_document_that_a_pmid_names_speak_for_an_untitled_record() -> None:
    records = [incoming(1, A, title=SOCKS), incoming(2, ONE, title=LAMPS), incoming(3, A, ONE)]
    assert groups(plan(records)) == {1: {1}, 2: {2, 3}}


def test_a_merge_brings_the_titles_along() -> None:
    records = [
        incoming(1, ONE, title=SOCKS),
        incoming(2, A, title=SPANISH),
        incoming(3, A, ONE, title=SPANISH),
        incoming(4, A, title=SOCKS),
    ]
    assert groups(plan(records)) == {1: {1, 2, 3, 4}}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ((SOCKS,), (SOCKS.upper(),), Likeness.ALIKE),
        ((SOCKS,), (LAMPS,), Likeness.DIFFERENT),
        ((SOCKS,), (LAMPS, SOCKS), Likeness.ALIKE),
        ((SOCKS,), (WIDE,), Likeness.UNKNOWN),
        ((SOCKS,), (WIDE, LAMPS), Likeness.DIFFERENT),
        ((SOCKS, WIDE), (LAMPS, WIDE), Likeness.ALIKE),
        ((SOCKS,), (), Likeness.UNKNOWN),
        ((), (), Likeness.UNKNOWN),
    ],
)
def test_what_titles_say_about_two_documents(ours: Sequence[str], theirs: Sequence[str], expected: Likeness) -> None:
    one, other = (frozenset().union(*map(matching.wordings, titles)) for titles in (ours, theirs))
    assert wording.likeness(one, other) is wording.likeness(other, one) is expected


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([7], ("1 record shares a DOI", "it was kept apart (line 7).")),
        ([7, 30], ("2 records share a DOI", "they were kept apart (lines 7 and 30).")),
        ([1, 2, 3], ("3 records", "(lines 1, 2 and 3).")),
        (list(range(1, 11)), ("10 records", "8, 9 and 10).")),
        (list(range(1, 12)), ("11 records", "8, 9, 10 and 1 more).")),
        (list(range(1, 2011)), ("2,010 records", "9, 10 and 2,000 more).")),
    ],
)
def test_the_warning_about_records_kept_apart(lines: list[int], words: tuple[str, ...]) -> None:
    for word in words:
        assert word in rules.kept_apart(lines)


KEYS = st.sampled_from([A, B, MatchKey("doi", "10.5/c"), ONE, TWO, MatchKey("pmid", "3"), SAME])
TITLES = st.sampled_from(["", SOCKS, LAMPS, SPANISH, WIDE, WIDER, f"{SOCKS} and {LAMPS}"])
RECORDS = st.lists(st.tuples(st.frozensets(KEYS, max_size=3), st.integers(0, 2), TITLES), max_size=14)


def one_of_a_kind(keys: frozenset[MatchKey]) -> tuple[MatchKey, ...]:
    return tuple({key.kind: key for key in sorted(keys)}.values())


@pytest.mark.parametrize("most_compared", [1, joining.MOST_COMPARED])
@given(drawn=RECORDS, size=st.integers(1, 5))
def test_the_result_does_not_depend_on_where_chunks_end(
    most_compared: int, drawn: list[tuple[frozenset[MatchKey], int, str]], size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "MOST_COMPARED", most_compared)
        chunks_are_as_good_as_one(drawn, size)


def chunks_are_as_good_as_one(drawn: list[tuple[frozenset[MatchKey], int, str]], size: int) -> None:
    records = [
        incoming(place, *one_of_a_kind(keys), abstract=long, title=title)
        for place, (keys, long, title) in enumerate(drawn, 1)
    ]
    whole = plan(records)
    shelves: list[Shelf] = []
    number = 1
    parts = []
    for start in range(0, len(records), size):
        part = plan(records[start : start + size], shelves, number)
        gone = part.final_survivors()
        shelves = [
            Shelf(one.number, one.primary_id, one.weight, set(one.keys), False, False, set(one.keys), set(one.wordings))
            for one in part.shelves.values()
            if one.number not in gone
        ]
        number = part.next_number
        parts.append(part)
    assert groups(*parts) == groups(whole)
    assert number == whole.next_number
    primaries = {one.number: one.primary_id for one in shelves}
    assert primaries == {number: whole.shelves[number].primary_id for number in groups(whole)}


@given(st.lists(st.sampled_from(["", SOCKS, SOCKS.upper(), LAMPS, SPANISH, WIDE, WIDER]), max_size=12))
def test_a_doi_alone_never_joins_two_titles_of_one_script_that_differ(titles: list[str]) -> None:
    made = plan(titled(*titles))
    for held in groups(made).values():
        kept = {one for place in held for one in matching.wordings(titles[place - 1])}
        assert all(one.compared(other) is not Likeness.DIFFERENT for one in kept for other in kept)
    assert made.merges == []


@pytest.mark.parametrize("name", ["embase-ris-1.ris", "endnote-ris-1.txt", "zotero-ris-1.ris"])
def test_record_by_record_comes_to_the_same_as_all_at_once_on_real_exports(name: str) -> None:
    samples.need()
    found = invented.records((samples.FOLDER / name).read_bytes())
    records = [(place, matching.match_keys(record)) for place, record in enumerate(found)]
    made = plan([incoming(place, *keys, title=found[place].title) for place, keys in records])
    assert {frozenset(held) for held in groups(made).values()} == set(map(frozenset, matching.components(records)))
    assert len(groups(made)) < len(found)
