"""Votes on records that turn out to be one document: none is lost, none counts twice."""

import pytest

from reviews.core.refusals import NotFound, Refusal
from reviews.screening import selectors as screening
from reviews.screening import services as voting
from reviews.screening.models import Standing, Vote
from reviews.screening.rules import Phase, State
from reviews.search import services
from reviews.search.models import Reference
from reviews.search.rules import PairVerdict
from tests import world as worlds
from tests.duplicates import decide, doubtful, held, open_pairs, ris, trial
from tests.world import World

TA = Phase.TITLE_ABSTRACT
JOINED = PairVerdict.JOINED


class TestVotes:
    def vote_both(self, world: World, one: str, other: str) -> tuple[Reference, Reference]:
        first, second = (Reference.objects.get(number=number) for number in (1, 3))
        worlds.vote(world, "bo", first, one)
        worlds.vote(world, "cy", second, other)
        return first, second

    def test_votes_on_both_count_for_what_they_become_and_part_again(self, asked: World) -> None:
        first, second = self.vote_both(asked, "include", "include")
        assert screening.progress(asked.ada, TA).waiting == 2
        made = decide(asked, open_pairs(asked)[0], JOINED)
        assert screening.standpoint(asked.ada, first, TA).state == State.INCLUDED
        progress = screening.progress(asked.ada, TA)
        assert (progress.included, progress.waiting, progress.untouched, progress.total) == (1, 0, 1, 2)
        assert {vote.person.name for vote in screening.standpoint(asked.ada, first, TA).votes} == {"Bo", "Cy"}
        assert [one.number for one in screening.queue(asked.cy, TA, limit=9)] == [2]
        assert Vote.objects.filter(superseded_at=None).count() == 2, "no row of a vote was touched"
        assert [one.reference.document.pk for one in screening.my_votes(asked.cy, TA)] == [first.pk]
        services.undo_decision(asked.ada, decision_id=made.pk)
        second.refresh_from_db()
        for half in (first, second):
            found = screening.standpoint(asked.ada, half, TA)
            assert found.state == State.CONFLICT, "everybody has seen both verdicts: whoever settles decides"
            assert len(found.votes) == 1

    def test_votes_that_disagree_are_a_conflict_for_the_adjudicator(self, asked: World) -> None:
        first, _ = self.vote_both(asked, "include", "exclude")
        decide(asked, open_pairs(asked)[0], JOINED)
        assert screening.progress(asked.ada, TA).conflicts == 1
        voting.resolve(asked.dee, reference_id=first.pk, phase=TA, verdict="exclude")
        assert screening.progress(asked.ada, TA).excluded == 1

    def test_one_person_s_two_votes_are_one_the_newest(self, asked: World) -> None:
        first, second = (Reference.objects.get(number=number) for number in (1, 3))
        worlds.vote(asked, "bo", first, "exclude")
        worlds.vote(asked, "bo", second, "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        standing = Standing.objects.get()
        assert (standing.reference_id, standing.includes, standing.excludes) == (first.pk, 1, 0)
        assert screening.progress(asked.bo, TA).mine == 1
        voting.take_back_vote(asked.bo, reference_id=first.pk, phase=TA)
        assert not Vote.objects.filter(superseded_at=None).exists()
        assert screening.progress(asked.ada, TA).untouched == 2

    def test_a_change_of_mind_after_the_join_counts_once(self, asked: World) -> None:
        first, _ = self.vote_both(asked, "include", "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(Refusal, match="has all its votes"):
            worlds.vote(asked, "cy", first, "exclude")
        voting.doubt(asked.cy, reference_id=first.pk, phase=TA)
        assert screening.progress(asked.ada, TA).conflicts == 1

    def test_tallies_can_be_rebuilt(self, asked: World) -> None:
        self.vote_both(asked, "include", "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        before = list(Standing.objects.order_by("reference", "phase").values())
        voting.rebuild_standings(asked.review_id)
        assert [{**row, "id": 0} for row in Standing.objects.order_by("reference", "phase").values()] == [
            {**row, "id": 0} for row in before
        ]

    def test_two_references_with_a_vote_are_never_joined_unasked(self, world: World) -> None:
        services.set_thresholds(world.ada, join=0.999, propose=0.05, revision=0)
        worlds.upload(world, ris(trial(0), {**doubtful(0), "T2": "J Made Up"}), "one.ris")
        worlds.vote(world, "bo", Reference.objects.get(number=1), "include")
        before = held(world)
        worlds.upload(world, ris(trial(0, AB=""), doubtful(0)), "two.ris", source="B")
        assert all(not {0, 1} <= set(records) for records in held(world).values()), before

    def test_a_vote_on_a_merged_reference_finds_nothing(self, asked: World) -> None:
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(NotFound):
            worlds.vote(asked, "bo", Reference.objects.get(number=3), "include")
