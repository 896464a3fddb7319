"""Two people are enough: conflicts settled by discussion, by the lead, and by the lead alone."""

from dataclasses import replace

import pytest

from reviews.core import services as core
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, Refusal
from reviews.protocols.rules import ScreeningRule, SettledBy
from reviews.screening import selectors, services
from reviews.screening.models import Proposal, Settler, Vote
from reviews.screening.rules import Phase, State
from reviews.search.models import Reference
from tests import threads
from tests import world as worlds
from tests.world import CONTENT, World

TA = Phase.TITLE_ABSTRACT


def differ(world: World, settled_by: str = SettledBy.DISCUSSION, **more: bool) -> Reference:
    """Ada and Bo judge the first reference differently under the rule."""
    if (rule := ScreeningRule(2, settled_by, **more)) != CONTENT.screening:
        worlds.amend(world, replace(CONTENT, screening=rule))
    first = world.references()[0]
    worlds.vote(world, "ada", first, "include")
    worlds.vote(world, "bo", first, "exclude")
    return first


def leave(world: World, *names: str) -> None:
    for name in names:
        core.end_membership(world.ada, membership_id=world.seats[name].membership_id)


def propose(world: World, who: str, reference: Reference, verdict: str, answers: int | None = None) -> Proposal:
    return services.propose(
        world.seats[who], reference_id=reference.pk, phase=TA, verdict=verdict, note="We spoke", answers=answers
    )


def confirm(world: World, who: str, reference: Reference, proposal: Proposal) -> None:
    services.confirm(world.seats[who], reference_id=reference.pk, phase=TA, proposal_id=proposal.pk)


def state(world: World, reference: Reference) -> State:
    return selectors.standpoint(world.ada, reference, TA).state


class TestDiscussion:
    def test_one_proposes_and_the_other_confirms(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        assert state(library, first) == State.CONFLICT, "a proposal settles nothing"
        confirm(library, "ada", first, made)
        assert state(library, first) == State.INCLUDED
        names = {(row.person_id, row.part) for row in Settler.objects.all()}
        assert names == {(library.bo.user_id, "proposed"), (library.ada.user_id, "confirmed")}
        assert selectors.ways_of_resolution(library.ada, TA) == {"discussion": 1}
        assert sorted(Vote.objects.values_list("verdict", flat=True)) == ["exclude", "include"], "no vote is recast"

    def test_nobody_confirms_their_own(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        with pytest.raises(Refusal, match="your own proposal"):
            confirm(library, "bo", first, made)

    def test_a_counter_proposal_has_read_what_it_answers(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        with pytest.raises(Refusal, match="has proposed something"):
            propose(library, "ada", first, "exclude")
        counter = propose(library, "ada", first, "exclude", answers=made.pk)
        with pytest.raises(Refusal, match="has proposed something"):
            confirm(library, "ada", first, made)
        confirm(library, "bo", first, counter)
        assert state(library, first) == State.EXCLUDED

    def test_confirming_twice_settles_once(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        confirm(library, "ada", first, made)
        with pytest.raises(Refusal, match="settled already"):
            confirm(library, "ada", first, made)

    def test_the_others_do_not_take_part(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        with pytest.raises(NotAllowed, match="by discussion"):
            confirm(library, "cy", first, made)
        with pytest.raises(NotAllowed):
            services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict="include")

    def test_both_names_can_take_it_back(self, library: World) -> None:
        first = differ(library)
        confirm(library, "ada", first, propose(library, "bo", first, "include"))
        with pytest.raises(Refusal, match="no resolution of yours"):
            services.reopen(library.cy, reference_id=first.pk, phase=TA)
        services.reopen(library.bo, reference_id=first.pk, phase=TA)
        assert state(library, first) == State.CONFLICT

    def test_an_ended_membership_lapses_the_proposal(self, library: World) -> None:
        first = differ(library)
        made = propose(library, "bo", first, "include")
        leave(library, "bo")
        assert not Proposal.objects.filter(superseded_at=None).exists()
        assert EventLine.objects.filter(type="screening.proposal_lapsed").count() == 1
        with pytest.raises(Refusal):
            confirm(library, "ada", first, made)
        services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict="include")
        assert selectors.ways_of_resolution(library.ada, TA) == {"adjudicator": 1}


class TestTheLead:
    def test_who_voted_settles_only_if_the_protocol_says_so(self, library: World) -> None:
        leave(library, "dee")
        first = differ(library, SettledBy.LEAD, lead_settles_own=True)
        services.resolve(library.ada, reference_id=first.pk, phase=TA, verdict="include")
        assert selectors.ways_of_resolution(library.ada, TA) == {"lead_own": 1}

    def test_alone_it_takes_a_reason_that_the_report_can_say(self, library: World) -> None:
        leave(library, "dee")
        first = differ(library, SettledBy.ADJUDICATOR)
        with pytest.raises(BadInput, match="Write the reason") as refused:
            services.resolve(library.ada, reference_id=first.pk, phase=TA, verdict="include", note=" ")
        assert list(refused.value.fields) == ["note"]
        services.resolve(library.ada, reference_id=first.pk, phase=TA, verdict="include", note="Nobody else is left")
        assert selectors.ways_of_resolution(library.ada, TA) == {"lead_alone": 1}
        assert selectors.reasons_alone(library.ada, TA) == [("Reference 1", "Nobody else is left")]

    def test_as_long_as_somebody_can_the_lead_does_not_decide_alone(self, library: World) -> None:
        first = differ(library, SettledBy.ADJUDICATOR)
        with pytest.raises(Refusal, match="You voted on this reference"):
            services.resolve(library.ada, reference_id=first.pk, phase=TA, verdict="include", note="I know better")


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_each_other_s_proposals_at_once_settle_once() -> None:
    library = worlds.with_references(2)
    first = differ(library)
    made = propose(library, "bo", first, "include")

    def counter() -> object:
        return propose(library, "ada", first, "exclude", answers=made.pk)

    def agree() -> object:
        return confirm(library, "ada", first, made)

    answers = threads.at_once(counter, agree, agree)
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    settled = Settler.objects.count()
    assert settled == (2 if state(library, first) == State.INCLUDED else 0)
