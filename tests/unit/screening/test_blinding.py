"""Whoever has been shown another's verdict on a document never casts a vote on it that counts, whatever happens."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from reviews.screening import rules
from reviews.screening.rules import exposure
from tests.thorough import examples
from tests.unit.screening.ledger import Paper, Refused, Shown

PEOPLE, REFERENCES = st.integers(0, 4), st.integers(0, 3)
VERDICTS = st.sampled_from(["include", "maybe", "exclude"])


class Reviewing(RuleBasedStateMachine):
    """Up to five people, four references, every operation; refused ones change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.paper, self.shown, self.steps = Paper(4), Shown(), 0
        self.complete_before: list[tuple[frozenset[int], frozenset[int]]] = []

    @initialize(team=st.integers(2, 4), needed=st.sampled_from([2, 2, 1]))
    def begin(self, team: int, needed: int) -> None:
        for person in range(team):
            self.paper.seat(person)
        self.paper.needed = needed

    def _try(self, operation: object, *arguments: object) -> None:
        self.steps += 1
        try:
            operation(*arguments)  # type: ignore[operator]
        except Refused:
            return

    @rule(person=PEOPLE, reference=REFERENCES, verdict=VERDICTS)
    def vote(self, person: int, reference: int, verdict: str) -> None:
        self._try(self.paper.vote, person, reference, verdict)

    @rule(person=PEOPLE, reference=REFERENCES)
    def take_back(self, person: int, reference: int) -> None:
        self._try(self.paper.take_back, person, reference)

    @rule(person=PEOPLE, reference=REFERENCES)
    def second_look(self, person: int, reference: int) -> None:
        self._try(self.paper.second_look, person, reference)

    @rule(person=PEOPLE, one=REFERENCES, other=REFERENCES)
    def join(self, person: int, one: int, other: int) -> None:
        self._try(self.paper.join, person, one, other)

    @rule(one=REFERENCES, other=REFERENCES)
    def join_unasked(self, one: int, other: int) -> None:
        self._try(self.paper.join_unasked, one, other)

    @rule(data=st.integers(0, 9))
    def part(self, data: int) -> None:
        edges = sorted(self.paper.edges)
        if edges:
            self._try(self.paper.part, edges[data % len(edges)])

    @rule(needed=st.sampled_from([1, 2]))
    def amend(self, needed: int) -> None:
        before = [one for one in self.paper.documents() if self.paper.is_complete(one)]
        self._try(self.paper.amend, needed)
        assert all(self.paper.is_complete(one) for one in before), "a later rule has unmade a completion"

    @rule(person=PEOPLE, may_vote=st.booleans())
    def seat(self, person: int, may_vote: bool) -> None:
        self._try(self.paper.seat, person, may_vote)

    @rule(person=PEOPLE, may_vote=st.booleans())
    def change_role(self, person: int, may_vote: bool) -> None:
        self._try(self.paper.change_role, person, may_vote)

    @rule(person=PEOPLE)
    def leave(self, person: int) -> None:
        self._try(self.paper.leave, person)

    @invariant()
    def nobody_votes_on_what_they_have_seen(self) -> None:
        self.shown.look(self.paper, self.steps)
        assert self.shown.violations(self.paper) == []

    @invariant()
    def nothing_waits_for_a_vote_that_nobody_may_cast(self) -> None:
        for references in self.paper.documents():
            if self.paper.is_complete(references):
                continue
            seen = {person for person, reference in self.shown.since if reference in references}
            counted = rules.counted(self.paper.read(references))
            able = {one.person for one in self.paper.seatings if one.ended is None and one.may_vote}
            assert not seen or len(able - seen - counted.keys()) >= self.paper.needed - len(counted)

    @invariant()
    def a_document_is_complete_as_a_whole_or_not_at_all(self) -> None:
        for references in self.paper.documents():
            rows = [one for one in self.paper.read(references).completions if one.closed is None]
            assert len(rows) in (0, len(references))
            assert len({(row.votes, row.lacks_votes) for row in rows}) < 2


@pytest.mark.parametrize("part", range(4))
def test_no_sequence_of_operations_unblinds(part: int) -> None:
    machine = seed(part)(type(f"Reviewing{part}", (Reviewing,), {}))
    run_state_machine_as_test(machine, settings=settings(**HOW, max_examples=examples(2500, 25_000)))


HOW: dict[str, Any] = {
    "stateful_step_count": 20,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("exposed_since", lambda person, document: None),
        ("shows", lambda completion, person: completion.closed is None and not completion.voters <= {person}),
        ("may_complete", lambda document, votes: 9),
        ("counted", lambda document: {one.person: one for one in sorted(document.ballots, key=lambda one: one.at)}),
    ],
)
def test_the_machine_finds_a_broken_rule(name: str, broken: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of these rules some short sequence unblinds, or leaves a reference that nobody can finish."""
    monkeypatch.setattr(exposure, name, broken)
    if hasattr(rules, name):
        monkeypatch.setattr(rules, name, broken)
    machine = seed(1)(type(f"Without_{name}", (Reviewing,), {}))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(**HOW, max_examples=2000, phases=[Phase.generate]))
