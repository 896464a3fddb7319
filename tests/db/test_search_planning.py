"""Which references become one: votes and declared differences are respected, whatever the order of links."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reviews.search.duplicates.bands import Band
from reviews.search.duplicates.finding import Pair
from reviews.search.services.duplicates import planning
from reviews.search.services.duplicates.planning import Group


def group(number: int, *records: int, voted: bool = False, fresh: bool = False) -> Group:
    return Group(100 + number, number, voted, fresh, set(records))


def link(one: int, other: int, score: float = 0.9) -> Pair:
    return Pair(one, other, score, Band.JOIN, ())


def unions(found: planning.Plan) -> list[tuple[int, int]]:
    return [(union.loser - 100, union.survivor - 100) for union in found.unions]


def test_the_smaller_number_survives_and_takes_what_was_merged_before() -> None:
    groups = [group(1, 10), group(2, 20), group(3, 30)]
    assert unions(planning.plan([link(20, 30), link(10, 30)], groups, ())) == [(3, 2), (2, 1)]


def test_a_second_link_between_what_is_one_already_is_no_join() -> None:
    groups = [group(1, 10, 11), group(2, 20)]
    assert unions(planning.plan([link(10, 20), link(11, 20)], groups, ())) == [(2, 1)]


def test_a_new_record_joins_what_was_voted_on_whatever_its_number() -> None:
    groups = [group(1, 10, fresh=True), group(2, 20, voted=True)]
    assert unions(planning.plan([link(10, 20)], groups, ())) == [(1, 2)]


def test_an_older_reference_is_asked_for_when_there_is_a_vote() -> None:
    for one, other in ((group(1, 10), group(2, 20, voted=True)), (group(1, 10, voted=True), group(2, 20, voted=True))):
        found = planning.plan([link(10, 20)], [one, other], ())
        assert (found.unions, found.asked) == ([], [link(10, 20)])


def test_a_new_record_does_not_bring_an_older_reference_to_a_vote() -> None:
    groups = [group(1, 10), group(2, 20, voted=True), group(3, 30, fresh=True)]
    found = planning.plan([link(10, 30), link(20, 30)], groups, ())
    assert (unions(found), found.asked) == ([(3, 1)], [link(20, 30)])


def test_declared_different_is_kept_apart_also_through_a_third_record() -> None:
    groups = [group(1, 10), group(2, 20), group(3, 30)]
    assert unions(planning.plan([link(10, 30, 0.99), link(20, 30)], groups, [(10, 20)])) == [(3, 1)]
    assert unions(planning.plan([link(20, 10)], groups, [(10, 20)])) == []


def test_a_side_is_all_that_the_joins_reach() -> None:
    assert planning.side([(1, 2), (2, 3), (4, 5)], 3) == {1, 2, 3}
    assert planning.side([], 7) == {7}


LINKS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=20)


@given(LINKS, LINKS, st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_no_plan_ever_unites_votes_or_what_was_declared_different(
    links: list[tuple[int, int]], apart: list[tuple[int, int]], voted: set[int], fresh: set[int]
) -> None:
    groups = [group(n, n, voted=n in voted, fresh=n in fresh - voted) for n in range(8)]
    found = planning.plan([link(a, b) for a, b in links], groups, apart)
    home = {n: n for n in range(8)}
    for loser, survivor in unions(found):
        assert home[loser] == loser
        home = {n: survivor if at == loser else at for n, at in home.items()}
    assert not [pair for pair in apart if home[pair[0]] == home[pair[1]]]
    for one, other in combinations(sorted(voted), 2):
        assert home[one] != home[other]
    assert all(home[n] == n for n in voted), "what was voted on survives"
