import pytest

from reviews.protocols.rules import ScreeningRule
from reviews.screening import rules
from reviews.screening.rules import Phase, State, Tally, Verdict

TWO, ONE = ScreeningRule(votes_needed=2), ScreeningRule(votes_needed=1)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(), State.UNTOUCHED),
        (Tally(includes=1), State.WAITING),
        (Tally(excludes=1), State.WAITING),
        (Tally(includes=2), State.INCLUDED),
        (Tally(excludes=2), State.EXCLUDED),
        (Tally(includes=1, excludes=1), State.CONFLICT),
        (Tally(includes=1, maybes=1), State.INCLUDED),
        (Tally(maybes=2), State.INCLUDED),
        (Tally(maybes=1, excludes=1), State.CONFLICT),
        (Tally(includes=2, is_contested=True), State.CONFLICT),
        (Tally(includes=1, excludes=1, resolution=Verdict.EXCLUDE), State.EXCLUDED),
        (Tally(includes=1, excludes=1, resolution=Verdict.INCLUDE), State.INCLUDED),
    ],
)
def test_two_votes_agree_or_are_a_conflict(tally: Tally, expected: State) -> None:
    assert rules.state(tally, TWO) == expected


@pytest.mark.parametrize(
    ("tally", "expected"),
    [(Tally(), State.UNTOUCHED), (Tally(includes=1), State.INCLUDED), (Tally(excludes=1), State.EXCLUDED)],
)
def test_one_vote_settles_where_the_protocol_asks_for_one(tally: Tally, expected: State) -> None:
    assert rules.state(tally, ONE) == expected


@pytest.mark.parametrize(
    ("phase", "verdict", "has_reason", "word"),
    [
        (Phase.FULL_TEXT, Verdict.EXCLUDE, False, "Choose the reason"),
        (Phase.FULL_TEXT, Verdict.MAYBE, False, "include, exclude"),
        (Phase.FULL_TEXT, Verdict.INCLUDE, True, "only with excluding"),
        (Phase.TITLE_ABSTRACT, Verdict.EXCLUDE, True, "only with excluding"),
        ("abstract", Verdict.INCLUDE, False, "no phase"),
        (Phase.TITLE_ABSTRACT, "perhaps", False, "include, maybe, exclude"),
    ],
)
def test_what_does_not_fit_the_phase_is_refused(phase: str, verdict: str, has_reason: bool, word: str) -> None:
    assert word in rules.allowed(phase, verdict, has_reason)


@pytest.mark.parametrize(
    ("phase", "verdict", "has_reason"),
    [
        (Phase.TITLE_ABSTRACT, Verdict.INCLUDE, False),
        (Phase.TITLE_ABSTRACT, Verdict.MAYBE, False),
        (Phase.TITLE_ABSTRACT, Verdict.EXCLUDE, False),
        (Phase.FULL_TEXT, Verdict.INCLUDE, False),
        (Phase.FULL_TEXT, Verdict.EXCLUDE, True),
    ],
)
def test_what_fits_the_phase_is_allowed(phase: str, verdict: str, has_reason: bool) -> None:
    assert rules.allowed(phase, verdict, has_reason) == ""
