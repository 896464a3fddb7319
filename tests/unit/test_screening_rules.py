import pytest

from reviews.screening import rules
from reviews.screening.rules import Phase, State, Tally, Verdict


def done(**counts: int | bool | str | None) -> Tally:
    return Tally(**{"is_complete": True, **counts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(), State.UNTOUCHED),
        (Tally(includes=1), State.WAITING),
        (Tally(excludes=1), State.WAITING),
        (Tally(includes=2), State.WAITING),
        (done(includes=1), State.INCLUDED),
        (done(excludes=1), State.EXCLUDED),
        (done(includes=2), State.INCLUDED),
        (done(excludes=2), State.EXCLUDED),
        (done(includes=1, excludes=1), State.CONFLICT),
        (done(includes=1, maybes=1), State.INCLUDED),
        (done(maybes=2), State.INCLUDED),
        (done(maybes=1, excludes=1), State.CONFLICT),
        (done(includes=2, is_contested=True), State.CONFLICT),
        (done(includes=1, lacks_votes=True), State.CONFLICT),
        (done(lacks_votes=True), State.CONFLICT),
        (done(includes=1, excludes=1, resolution=Verdict.EXCLUDE), State.EXCLUDED),
        (done(includes=1, excludes=1, resolution=Verdict.INCLUDE), State.INCLUDED),
        (done(lacks_votes=True, resolution=Verdict.INCLUDE), State.INCLUDED),
    ],
)
def test_where_a_reference_stands(tally: Tally, expected: State) -> None:
    assert rules.state(tally) == expected


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
