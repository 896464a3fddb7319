"""Sequences of every operation by several people, through services and selectors on PostgreSQL.

After each step everybody reads everything they may, and a model in memory notes what they were shown. No vote that
counts may have been cast after its voter had been shown somebody else's verdict on the document.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest

from reviews.core import selectors as core_selectors
from reviews.core import services as core
from reviews.core.refusals import Refusal
from reviews.core.rules import Role
from reviews.core.seats import Seat
from reviews.protocols.rules import ScreeningRule, SettledBy
from reviews.screening import rules, selectors, services
from reviews.screening.models import Completion, Proposal, Resolution, Standing, Vote
from reviews.screening.rules import Phase, exposure
from reviews.search import services as search
from reviews.search.models import DOCUMENT, JoinProposal, Pair, PairDecision, Reference
from reviews.search.rules import PairVerdict
from tests import world as worlds
from tests.duplicates import doubtful, ris, trial
from tests.thorough import examples
from tests.world import CONTENT, World

TA = Phase.TITLE_ABSTRACT
STEPS = 25


@dataclass
class Watched:
    """A review with two trials and a copy of each, and what its people were shown of it by when."""

    world: World
    random: Random
    step: int = 0
    shown: dict[tuple[int, int], int] = field(default_factory=dict)
    cast: dict[int, int] = field(default_factory=dict)

    def anybody(self) -> Seat:
        return self.random.choice(core_selectors.seats(self.world.review_id))

    def a_voter(self) -> Seat:
        seats = core_selectors.seats(self.world.review_id)
        return self.random.choice([seat for seat in seats if seat.can["vote"]])

    def reference(self) -> Reference:
        return self.random.choice(self.world.references())

    def vote(self) -> None:
        verdict = self.random.choice(["include", "maybe", "exclude"])
        services.cast_vote(self.a_voter(), reference_id=self.reference().pk, phase=TA, verdict=verdict)

    def take_back(self) -> None:
        services.take_back_vote(self.a_voter(), reference_id=self.reference().pk, phase=TA)

    def doubt(self) -> None:
        services.doubt(self.anybody(), reference_id=self.reference().pk, phase=TA)

    def decide(self) -> None:
        pair = self.random.choice(list(Pair.objects.filter(review_id=self.world.review_id)))
        search.decide_pair(self.a_voter(), pair_id=pair.pk, verdict=PairVerdict.JOINED, note="the same")

    def confirm_join(self) -> None:
        rows = list(JoinProposal.objects.filter(review_id=self.world.review_id, superseded_at=None))
        if rows:
            pair_id = self.random.choice(rows).pair_id
            search.decide_pair(self.a_voter(), pair_id=pair_id, verdict=PairVerdict.JOINED)

    def undo_decision(self) -> None:
        rows = list(PairDecision.objects.filter(review_id=self.world.review_id, superseded_at=None))
        if rows:
            search.undo_decision(self.a_voter(), decision_id=self.random.choice(rows).pk)

    def settle(self) -> None:
        seat, reference = self.anybody(), self.reference()
        way = selectors.settling(seat, [reference.pk], TA).get(reference.pk)
        if way is not None and way.way == "discussion":
            answers = way.proposal.pk if way.proposal else None
            services.propose(seat, reference_id=reference.pk, phase=TA, verdict="include", answers=answers)
        else:
            services.resolve(seat, reference_id=reference.pk, phase=TA, verdict="include", note="so it is")

    def confirm(self) -> None:
        rows = list(Proposal.objects.filter(reference__review_id=self.world.review_id, superseded_at=None))
        if rows:
            row = self.random.choice(rows)
            reference_id = row.reference.document.pk
            services.confirm(self.anybody(), reference_id=reference_id, phase=TA, proposal_id=row.pk)

    def reopen(self) -> None:
        services.reopen(self.anybody(), reference_id=self.reference().pk, phase=TA)

    def amend(self) -> None:
        needed, settled_by = self.random.choice([1, 2]), self.random.choice(list(SettledBy))
        worlds.amend(self.world, replace(CONTENT, screening=ScreeningRule(needed, settled_by)))

    def come(self) -> None:
        name = self.random.choice(["bo", "cy", "eve", "rea"])
        role = self.random.choice([Role.REVIEWER, Role.READER, Role.ADJUDICATOR])
        core.seat_person(self.world.ada, user=self.world.people[name], role=role)

    def leave(self) -> None:
        core.end_membership(self.world.ada, membership_id=self.anybody().membership_id)

    def change_role(self) -> None:
        seat = self.anybody()
        if seat.user_id != self.world.ada.user_id:
            role = self.random.choice([Role.REVIEWER, Role.READER, Role.ADJUDICATOR])
            core.change_role(self.world.ada, membership_id=seat.membership_id, role=role)

    def bring_in_again(self) -> None:
        """The same trials once more: what is certain joins what is there."""
        number = self.step
        copies = [trial(n, AB=f"Again, in step {number}") for n in (0, 1)]
        worlds.upload(self.world, ris(*copies), f"again{number}.ris", source="B")

    OPERATIONS = (
        *(vote,) * 10, take_back, take_back, doubt, decide, decide, decide, confirm_join, confirm_join, confirm_join,
        undo_decision, undo_decision, undo_decision, settle, settle, confirm, reopen, amend, come, leave, change_role,
    )  # fmt: skip

    def take_steps(self, count: int) -> None:
        for _ in range(count):
            self.take_a_step()

    def take_a_step(self) -> None:
        self.step += 1
        operation: Callable[[Watched], None] = self.random.choice(self.OPERATIONS)
        with contextlib.suppress(Refusal):
            operation(self)
            self.look()
            self.check()

    def look(self) -> None:
        """Everybody with a seat reads what the pages read: the votes that ``visible_votes`` gives away, and more."""
        review = {"reference__review_id": self.world.review_id, "phase": TA, "superseded_at": None}
        for pk in Vote.objects.filter(reference__review_id=self.world.review_id).values_list("pk", flat=True):
            self.cast.setdefault(pk, self.step)
        said: dict[int, set[int]] = {}
        for reference, votes in selectors.visible_votes([one.pk for one in self.world.references()], TA).items():
            said.setdefault(reference, set()).update(vote.person_id for vote in votes)
        for rows in (Resolution.objects, Proposal.objects):
            for reference, person in (
                rows.filter(**review).annotate(document=DOCUMENT).values_list("document", "person")
            ):
                said.setdefault(reference, set()).add(person)
        people = [seat.user_id for seat in core_selectors.seats(self.world.review_id)]
        for reference, into in self.home().items():
            for person in people:
                if said.get(into, set()) - {person}:
                    self.shown.setdefault((person, reference), self.step)
        self.open_a_page(said)

    def open_a_page(self, said: dict[int, set[int]]) -> None:
        """One person's page of one reference tells nothing that was not noted."""
        seat, reference = self.anybody(), self.reference()
        found = selectors.standpoint(seat, reference, TA)
        people = {vote.person_id for vote in found.votes} - {seat.user_id}
        assert people <= said.get(reference.pk, set())

    def home(self) -> dict[int, int]:
        of_review = Reference.objects.filter(review_id=self.world.review_id)
        return {pk: into or pk for pk, into in of_review.values_list("pk", "merged_into")}

    def check(self) -> None:
        """What counts was cast unseen; what is open waits for somebody who has seen nothing; caches are true."""
        home = self.home()
        needed = selectors.rule(self.world.ada).votes_needed
        able = {seat.user_id for seat in core_selectors.seats(self.world.review_id) if seat.can["vote"]}
        for standing in Standing.objects.filter(review_id=self.world.review_id, phase=TA):
            among = {pk for pk, into in home.items() if into == standing.reference_id}
            seen = {person for (person, reference) in self.shown if reference in among}
            if standing.is_complete:
                row = Completion.objects.get(reference=standing.reference_id, phase=TA, closed_at=None)
                assert standing.tally.votes == len(row.votes)
                for vote in Vote.objects.filter(pk__in=row.votes):
                    before = [self.shown.get((vote.person_id, one), self.step) for one in among]
                    assert self.cast[vote.pk] <= min(before), f"{vote.person} had been shown a verdict before"
                assert len(row.votes) >= min(needed, 1) or standing.lacks_votes
            elif seen:
                voted = set(
                    Vote.objects.filter(reference__in=among, phase=TA, superseded_at=None).values_list(
                        "person_id", flat=True
                    )
                )
                assert len(able - seen - voted) >= needed - standing.tally.votes
        seat = self.anybody()
        if seat.can["vote"]:
            for reference in selectors.queue(seat, TA, limit=9):
                among = {pk for pk, into in home.items() if into == reference.pk}
                assert not any((seat.user_id, one) in self.shown for one in among), "is asked for what was shown"


def begin(world: World, seed: int) -> Watched:
    """One trial and its copy, where every road crosses every other; in a third of the reviews two of each."""
    numbers = (0, 1) if seed % 3 == 0 else (0,)
    worlds.upload(world, ris(*(trial(n) for n in numbers)), "one.ris")
    worlds.upload(world, ris(*(doubtful(n) for n in numbers)), "two.ris", source="B")
    return Watched(world, Random(seed))


@pytest.mark.parametrize("seed", range(examples(150, 2000)))
def test_no_sequence_of_operations_unblinds(world: World, seed: int) -> None:
    watched = begin(world, seed)
    for step in range(STEPS):
        watched.take_a_step()
        if step == STEPS // 2 and seed % 10 == 0:
            watched.bring_in_again()
    assert not _differs_when_rebuilt(world)


def test_without_exposure_a_sequence_unblinds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sequences are worth: without the one rule that remembers who has seen what, this one finds it."""
    for module in (exposure, rules):
        monkeypatch.setattr(module, "exposed_since", lambda person, document: None)
    watched = begin(world, 148)
    with pytest.raises(AssertionError):
        watched.take_steps(STEPS)


def _differs_when_rebuilt(world: World) -> list[tuple[object, ...]]:
    """The cached tallies are what the rows say, and every document has one open completion or none."""
    columns = ("reference", "phase", "includes", "maybes", "excludes", "is_complete", "lacks_votes", "resolution")
    before = set(Standing.objects.filter(review_id=world.review_id).values_list(*columns))
    services.rebuild_standings(world.review_id)
    after = set(Standing.objects.filter(review_id=world.review_id).values_list(*columns))
    return sorted(before ^ after, key=str)
