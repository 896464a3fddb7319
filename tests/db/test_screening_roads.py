"""The roads by which one person could see a verdict and still cast a vote that counts: each ends in a refusal."""

from dataclasses import replace

import pytest

from reviews.core import services as core
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, Refusal
from reviews.core.rules import Role
from reviews.core.seats import Seat
from reviews.protocols.rules import ScreeningRule
from reviews.screening import selectors, services
from reviews.screening.models import Completion, Resolution, Standing
from reviews.screening.rules import Phase, State
from reviews.search import services as search
from reviews.search.models import JoinProposal, PairDecision, Reference
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates
from tests import world as worlds
from tests.duplicates import decide, open_pairs, ris, trial
from tests.world import CONTENT, World

TA = Phase.TITLE_ABSTRACT
JOINED, DIFFERENT = PairVerdict.JOINED, PairVerdict.DIFFERENT


def halves(world: World) -> tuple[Reference, Reference]:
    """Trial 0 and the copy of it that waits to be joined."""
    first, copy = (Reference.objects.get(review_id=world.review_id, number=number) for number in (1, 3))
    return first, copy


def join(world: World, who: str = "bo", note: str = "") -> PairDecision | JoinProposal:
    return search.decide_pair(world.seats[who], pair_id=open_pairs(world)[0].pk, verdict=JOINED, note=note)


def rule(world: World, **changes: object) -> None:
    worlds.amend(world, replace(CONTENT, screening=ScreeningRule(**changes)))  # type: ignore[arg-type]


def shown(world: World, who: str, reference: Reference) -> set[str]:
    reference.refresh_from_db()
    standpoint = selectors.standpoint(world.seats[who], reference.document, TA)
    return {vote.person.name for vote in standpoint.votes}


def again(world: World, name: str) -> Seat:
    seat = worlds.reseat(world, name)
    assert seat is not None
    world.seats[name] = seat
    return seat


class TestACopy:
    """Vote on a copy, join it, read the other's verdict, part the two, vote again."""

    def test_who_may_still_vote_only_proposes(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        made = join(asked)
        assert isinstance(made, JoinProposal)
        assert shown(asked, "bo", first) == set()
        assert not Completion.objects.exists()

    def test_proposing_twice_is_not_confirming(self, asked: World) -> None:
        first, _ = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        assert join(asked) == join(asked)
        assert JoinProposal.objects.count() == 1
        assert not PairDecision.objects.exists()

    def test_the_join_confirmed_and_parted_leaves_nobody_who_votes_again(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        join(asked)
        made = join(asked, "ada")
        assert isinstance(made, PairDecision)
        assert (made.person_id, made.proposed_by_id) == (asked.ada.user_id, asked.bo.user_id)
        assert shown(asked, "bo", first) == {"Bo", "Cy"}
        search.undo_decision(asked.bo, decision_id=made.pk)
        for half in (first, copy):
            for who in ("bo", "cy", "ada"):
                with pytest.raises(Refusal, match="all its votes"):
                    worlds.vote(asked, who, half, "maybe")
                with pytest.raises(Refusal):
                    services.take_back_vote(asked.seats[who], reference_id=half.pk, phase=TA)
            assert selectors.standpoint(asked.ada, half, TA).state == State.CONFLICT
            assert half.pk in {one.pk for one in selectors.in_state(asked.dee, TA, State.CONFLICT)}
        services.resolve(asked.dee, reference_id=copy.pk, phase=TA, verdict="include")
        assert selectors.standpoint(asked.ada, copy, TA).state == State.INCLUDED

    def test_somebody_new_who_saw_nothing_may_add_a_vote(self, asked: World) -> None:
        """Where an unexposed person could complete it, the reference waits for votes and not for whoever settles."""
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        join(asked)
        made = join(asked, "ada")
        assert isinstance(made, PairDecision)
        search.undo_decision(asked.bo, decision_id=made.pk)
        eve = core.seat_person(asked.ada, user=asked.people["eve"], role=Role.REVIEWER)
        with pytest.raises(Refusal, match="all its votes"):
            services.cast_vote(eve, reference_id=first.pk, phase=TA, verdict="include")
        assert first not in selectors.queue(eve, TA, limit=9), "a completion stays, whoever comes"

    def test_a_deciding_vote_cannot_be_changed_by_the_same_road(self, asked: World) -> None:
        first, _ = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", first, "include")
        made = decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="cy")
        search.undo_decision(asked.bo, decision_id=made.pk)
        with pytest.raises(Refusal, match="all its votes"):
            worlds.vote(asked, "bo", first, "exclude")
        assert selectors.standpoint(asked.dee, first, TA).state == State.CONFLICT
        assert first in selectors.in_state(asked.dee, TA, State.CONFLICT)

    def test_a_vote_on_a_copy_after_reading_the_other_never_counts_for_both(self, asked: World) -> None:
        """Bo has voted, read Cy's vote on the complete reference, and votes otherwise on the copy."""
        first, copy = halves(asked)
        worlds.vote(asked, "bo", first, "include")
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "exclude")
        decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="cy")
        votes = selectors.standpoint(asked.dee, first, TA).votes
        assert {vote.person.name: vote.verdict for vote in votes} == {"Bo": "include", "Cy": "exclude"}

    def test_what_joined_a_complete_reference_unasked_is_known_when_it_parts(self, world: World) -> None:
        worlds.upload(world, ris(trial(0)), "one.ris")
        first = Reference.objects.get(number=1)
        for who in ("bo", "cy"):
            worlds.vote(world, who, first, "include")
        worlds.upload(world, ris(trial(0, AB="")), "two.ris", source="B")
        made = PairDecision.objects.get(superseded_at=None)
        assert made.person_id is None, "joined by the engine"
        search.undo_decision(world.bo, decision_id=made.pk)
        copy = Reference.objects.get(number=2, merged_into=None)
        with pytest.raises(Refusal):
            worlds.vote(world, "bo", copy, "include")
        assert selectors.standpoint(world.ada, first, TA).state == State.INCLUDED
        assert selectors.standpoint(world.ada, copy, TA).state == State.CONFLICT
        services.resolve(world.dee, reference_id=copy.pk, phase=TA, verdict="exclude")
        assert selectors.standpoint(world.ada, copy, TA).state == State.EXCLUDED


class TestProposals:
    def test_alone_it_takes_a_note(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        for name in ("bo", "cy"):
            core.end_membership(asked.ada, membership_id=asked.seats[name].membership_id)
        with pytest.raises(BadInput, match="Write a note") as refused:
            join(asked, "ada")
        assert list(refused.value.fields) == ["note"]
        made = join(asked, "ada", note="The same pages, the same numbers")
        assert isinstance(made, PairDecision)
        assert made.note == "The same pages, the same numbers"
        assert EventLine.objects.get(type="search.joined_alone").data["note"] == made.note
        with pytest.raises(Refusal):
            worlds.vote(asked, "ada", first, "include")

    def test_the_proposer_sees_no_pair_any_more_and_the_others_see_it_first(self, asked: World) -> None:
        first, _ = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        join(asked)
        assert duplicates.waiting(asked.bo) == []
        page = duplicates.pairs(asked.ada, [one.pair_id for one in duplicates.waiting(asked.ada)])[0]
        assert page.proposal is not None
        assert page.proposal.person_id == asked.bo.user_id

    def test_a_proposal_is_taken_back_by_its_author_once(self, asked: World) -> None:
        first, _ = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        made = join(asked)
        with pytest.raises(Refusal, match="somebody else's"):
            search.withdraw_proposal(asked.ada, proposal_id=made.pk)
        search.withdraw_proposal(asked.bo, proposal_id=made.pk)
        assert len(duplicates.waiting(asked.bo)) == 1
        with pytest.raises(Refusal, match="already"):
            search.withdraw_proposal(asked.bo, proposal_id=made.pk)

    def test_saying_that_they_differ_ends_the_proposal(self, asked: World) -> None:
        first, _ = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        join(asked)
        search.decide_pair(asked.ada, pair_id=open_pairs(asked)[0].pk, verdict=DIFFERENT)
        assert not JoinProposal.objects.filter(superseded_at=None).exists()

    def test_without_votes_one_person_is_enough(self, asked: World) -> None:
        assert isinstance(join(asked), PairDecision)

    def test_one_s_own_votes_need_nobody_else(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "bo", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        assert isinstance(join(asked), PairDecision)
        assert Standing.objects.get().tally.includes == 1


class TestAmendments:
    def test_fewer_votes_complete_what_waits_and_more_reopen_nothing(self, library: World) -> None:
        first, second = library.references()[:2]
        worlds.vote(library, "bo", first, "include")
        rule(library, votes_needed=1)
        assert selectors.standpoint(library.cy, first, TA).state == State.INCLUDED
        assert shown(library, "cy", first) == {"Bo"}
        rule(library, votes_needed=2)
        assert selectors.standpoint(library.cy, first, TA).state == State.INCLUDED
        assert first not in selectors.queue(library.cy, TA, limit=9)
        with pytest.raises(Refusal, match="all its votes"):
            worlds.vote(library, "cy", first, "exclude")
        worlds.vote(library, "bo", second, "include")
        assert selectors.standpoint(library.cy, second, TA).state == State.WAITING

    def test_the_only_voter_takes_it_back_and_the_others_know_it_for_ever(self, library: World) -> None:
        first = library.references()[0]
        rule(library, votes_needed=1)
        worlds.vote(library, "bo", first, "include")
        services.take_back_vote(library.bo, reference_id=first.pk, phase=TA)
        assert selectors.standpoint(library.cy, first, TA).state == State.UNTOUCHED
        assert first not in selectors.queue(library.cy, TA, limit=9)
        with pytest.raises(Refusal, match="would not be independent"):
            worlds.vote(library, "cy", first, "include")
        worlds.vote(library, "bo", first, "exclude")
        assert selectors.standpoint(library.cy, first, TA).state == State.EXCLUDED

    def test_what_nobody_can_complete_unseen_goes_to_who_settles(self, library: World) -> None:
        first = library.references()[0]
        rule(library, votes_needed=1)
        worlds.vote(library, "bo", first, "include")
        services.take_back_vote(library.bo, reference_id=first.pk, phase=TA)
        core.end_membership(library.ada, membership_id=library.bo.membership_id)
        assert first in selectors.in_state(library.dee, TA, State.CONFLICT)
        services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict="exclude")
        assert selectors.standpoint(library.cy, first, TA).state == State.EXCLUDED

    def test_a_second_look_freezes_the_only_vote(self, library: World) -> None:
        first = library.references()[0]
        rule(library, votes_needed=1)
        worlds.vote(library, "bo", first, "include")
        services.doubt(library.bo, reference_id=first.pk, phase=TA)
        services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict="exclude")
        services.reopen(library.dee, reference_id=first.pk, phase=TA)
        with pytest.raises(Refusal):
            services.take_back_vote(library.bo, reference_id=first.pk, phase=TA)


class TestPeople:
    def test_leaving_and_coming_back_forgets_nothing(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="ada")
        core.end_membership(asked.ada, membership_id=asked.bo.membership_id)
        search.undo_decision(asked.ada, decision_id=PairDecision.objects.get(superseded_at=None).pk)
        core.seat_person(asked.ada, user=asked.people["bo"], role=Role.REVIEWER)
        bo = again(asked, "bo")
        with pytest.raises(Refusal):
            services.cast_vote(bo, reference_id=first.pk, phase=TA, verdict="exclude")

    def test_whoever_read_as_something_else_has_read(self, asked: World) -> None:
        """Rea reads everything that is complete, and becomes a reviewer after the two have parted."""
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        made = decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="ada")
        search.undo_decision(asked.bo, decision_id=made.pk)
        core.change_role(asked.ada, membership_id=asked.rea.membership_id, role=Role.REVIEWER)
        rea = again(asked, "rea")
        with pytest.raises(Refusal):
            services.cast_vote(rea, reference_id=first.pk, phase=TA, verdict="exclude")
        assert first not in selectors.queue(rea, TA, limit=9)

    def test_a_seat_that_was_taken_away_while_the_page_was_open_does_not_vote(self, library: World) -> None:
        core.end_membership(library.ada, membership_id=library.bo.membership_id)
        with pytest.raises(NotAllowed, match="has changed meanwhile"):
            worlds.vote(library, "bo", library.references()[0], "include")


class TestResolutions:
    def settled(self, asked: World) -> tuple[Reference, Reference, PairDecision]:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", copy, "include")
        made = decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="ada")
        services.resolve(asked.dee, reference_id=first.pk, phase=TA, verdict="include")
        return first, copy, made

    def test_it_names_the_votes_it_settled_and_ends_when_they_part(self, asked: World) -> None:
        first, copy, made = self.settled(asked)
        assert len(Resolution.objects.get().votes) == 2
        search.undo_decision(asked.bo, decision_id=made.pk)
        assert not Resolution.objects.filter(superseded_at=None).exists()
        for half in (first, copy):
            assert selectors.standpoint(asked.ada, half, TA).state == State.CONFLICT
        assert EventLine.objects.filter(type="screening.resolution_lapsed").count() == 1

    def test_it_stays_where_all_votes_it_settled_stay(self, asked: World) -> None:
        first, copy = halves(asked)
        worlds.vote(asked, "cy", first, "exclude")
        worlds.vote(asked, "bo", first, "include")
        made = decide(asked, open_pairs(asked)[0], JOINED, who="bo", confirms="ada")
        services.resolve(asked.dee, reference_id=first.pk, phase=TA, verdict="include")
        search.undo_decision(asked.bo, decision_id=made.pk)
        assert selectors.standpoint(asked.ada, first, TA).state == State.INCLUDED
        assert selectors.standpoint(asked.ada, copy, TA).state == State.CONFLICT


def test_votes_by_title_and_abstract_are_hidden_from_who_reads_the_report_if_the_protocol_says_so(
    library: World,
) -> None:
    first = library.references()[0]
    rule(library, hides_earlier_votes=True)
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, "include")
    assert shown(library, "ada", first) == set()
    assert shown(library, "bo", first) == {"Bo"}
    assert shown(library, "dee", first) == {"Bo", "Cy"}
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, "include", Phase.FULL_TEXT)
    assert shown(library, "ada", first) == {"Bo", "Cy"}
