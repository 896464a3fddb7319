"""Who makes the consensus follows the protocol's rule; two people finish by discussion, and one alone with a reason."""

from dataclasses import replace
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from reviews.core import services as core
from reviews.core.double import Step, Turn
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, Refusal
from reviews.extraction import selectors, services
from reviews.extraction.models import ConsensusProposal, Entry, Settlement, SettlementPerson, Value
from reviews.protocols.rules import ExtractionRule, SettledBy
from tests import world as worlds
from tests.extracting import arm, current, decision, extract, start, the_study, two_included
from tests.threads import at_once
from tests.world import CONTENT, World

DISCUSSION = ExtractionRule(SettledBy.DISCUSSION)


def ruled(world: World, rule: ExtractionRule) -> World:
    worlds.amend(world, replace(CONTENT, extraction=rule))
    return world


@pytest.fixture
def included(library: World) -> World:
    return two_included(library)


@pytest.fixture
def discussed(included: World) -> World:
    """Bo and Cy differ in one mean; the protocol lets them settle it by discussion."""
    ruled(included, DISCUSSION)
    extract(included, "bo")
    extract(included, "cy", mean="9.54")
    return included


def propose(
    world: World, who: str, choice: str = "a", answers: int | None = None, **options: object
) -> ConsensusProposal:
    mean = options.pop("values", [decision(world, "mean", choice)])
    return services.propose_consensus(
        world.seats[who], study_id=the_study().pk, values=mean, traits=[], answers=answers, **options
    )


def confirm(world: World, who: str, proposal: ConsensusProposal) -> Entry:
    return services.confirm_consensus(world.seats[who], study_id=the_study().pk, proposal_id=proposal.pk)


def make(world: World, who: str, **options: object) -> Entry:
    mean = [decision(world, "mean", "a")]
    return services.make_consensus(world.seats[who], study_id=the_study().pk, values=mean, traits=[], **options)


def people(settlement: Settlement) -> list[tuple[str, str]]:
    return [(one.person.name, one.part) for one in settlement.people.all()]


class TestAgreed:
    def test_two_equal_entries_are_the_consensus_without_a_click(self, included: World) -> None:
        extract(included, "bo")
        assert not Entry.objects.consensus().exists()
        extract(included, "cy", mean="9.450")
        made = Entry.objects.consensus().get()
        assert made.person is None
        first, second = Entry.objects.extractions().order_by("slot")
        for row in (*made.values.all(), *made.traits.all()):
            assert (row.taken_from.entry, row.taken_from_other.entry) == (first, second)
        (settlement,) = selectors.settlements(made)
        assert (settlement.way, people(settlement)) == ("agreed", [])
        line = EventLine.objects.get(type="extraction.consensus_agreed")
        assert line.actor is None
        assert selectors.study_page(included.rea, the_study().pk).comparison.consensus == made

    def test_somebody_looks_where_neither_found_a_planned_outcome(self, included: World) -> None:
        for who in ("bo", "cy"):
            entry = start(included, who)
            services.submit_entry(included.seats[who], entry_id=entry.pk)
        assert not Entry.objects.consensus().exists()
        found = selectors.comparison(included.dee, the_study().pk)
        assert [outcome.name for outcome in found.empty_outcomes] == ["Sleep"]
        overlooked = [
            decision(included, field, "other", text) for field, text in (("mean", "9"), ("sd", "2"), ("n", "9"))
        ]
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=overlooked, traits=[])
        assert current(made) == {("intervention", f): t for f, t in (("mean", "9"), ("sd", "2"), ("n", "9"))}

    def test_half_an_arm_that_an_amendment_retired_holds_up_neither_entry(self, included: World) -> None:
        late = [
            services.ValueInput(arm().pk, included.time_point("sleep-late").pk, "mean", "3"),
        ]
        for who in ("bo", "cy"):
            entry = start(included, who)
            services.save_values(included.seats[who], entry_id=entry.pk, values=late, traits=[])
        sleep = CONTENT.outcomes[0]
        worlds.amend(included, replace(CONTENT, outcomes=(replace(sleep, time_points=sleep.time_points[:1]),)))
        for who in ("bo", "cy"):
            services.submit_entry(included.seats[who], entry_id=start(included, who).pk)
        assert selectors.study_page(included.dee, the_study().pk).line.step == Step.COMPARE

    def test_it_is_revised_with_a_reason_by_whoever_settles(self, consensus: World) -> None:
        study = Entry.objects.consensus().first().study
        old = Value.objects.current().get(entry__study=study, entry__kind="consensus", arm__rank=1, field="mean")
        value = services.ConsensusValue(old.arm_id, old.time_point_id, "mean", "other", "9.4", "", old.pk)
        sent = {"study_id": study.pk, "values": [value], "traits": [], "reason": "Read again"}
        for who in ("bo", "ada", "sol"):
            with pytest.raises(NotAllowed):
                services.revise_consensus(consensus.seats[who], **sent)
        made = services.revise_consensus(consensus.dee, **sent)
        assert [(one.way, people(one)) for one in selectors.settlements(made)] == [
            ("agreed", []),
            ("adjudicator", [("Dee", "settled")]),
        ]
        assert selectors.ways_of_consensus(consensus.rea) == {"adjudicator": 1, "agreed": 2}


class TestDiscussion:
    def test_one_proposes_and_the_other_confirms_with_both_names_on_it(self, discussed: World) -> None:
        first = {entry.pk: current(entry) for entry in Entry.objects.extractions()}
        proposal = propose(discussed, "bo", "b", note="Cy is right: Table 3")
        assert not Entry.objects.consensus().exists()
        made = confirm(discussed, "cy", proposal)
        assert current(made)[("intervention", "mean")] == "9.54"
        (settlement,) = selectors.settlements(made)
        assert (settlement.way, settlement.reason) == ("discussion", "Cy is right: Table 3")
        assert people(settlement) == [("Bo", "proposed"), ("Cy", "confirmed")]
        assert selectors.ways_of_consensus(discussed.rea) == {"discussion": 1}
        assert {entry.pk: current(entry) for entry in Entry.objects.extractions()} == first
        assert ConsensusProposal.objects.get().ended_as == "confirmed"

    def test_whose_turn_it_is(self, discussed: World) -> None:
        def standing(who: str) -> tuple[Step, Turn, str]:
            line = selectors.study_page(discussed.seats[who], the_study().pk).line
            return line.step, line.standing.turn, line.key

        assert standing("bo") == standing("cy") == (Step.COMPARE, Turn.PROPOSE, "propose")
        propose(discussed, "bo")
        assert standing("bo") == (Step.LOOK, Turn.WAIT, "look")
        assert standing("cy") == (Step.COMPARE, Turn.CONFIRM, "confirm")
        assert selectors.next_line(discussed.cy).standing.proposed_by == "Bo"
        for who in ("ada", "dee", "rea"):
            assert standing(who) == (Step.LOOK, Turn.NONE, "look")

    def test_nobody_confirms_alone(self, discussed: World) -> None:
        proposal = propose(discussed, "bo")
        with pytest.raises(Refusal, match="You proposed this consensus yourself") as refusal:
            confirm(discussed, "bo", proposal)
        assert refusal.value.status == 409
        for who in ("ada", "dee", "rea"):
            with pytest.raises(NotAllowed):
                confirm(discussed, who, proposal)
        assert not Entry.objects.consensus().exists()
        settlement = Settlement.objects.create(
            entry=Entry.objects.create(study=the_study(), kind="consensus"), number=1, way="discussion"
        )
        SettlementPerson.objects.create(settlement=settlement, person_id=discussed.bo.user_id, part="proposed")
        with pytest.raises(IntegrityError), transaction.atomic():
            SettlementPerson.objects.create(settlement=settlement, person_id=discussed.bo.user_id, part="confirmed")

    def test_another_proposal_takes_the_place_of_the_first(self, discussed: World) -> None:
        first = propose(discussed, "bo")
        with pytest.raises(Refusal, match="Bo has proposed another consensus meanwhile"):
            propose(discussed, "cy", "b")
        second = propose(discussed, "cy", "b", answers=first.pk)
        with pytest.raises(Refusal, match="Cy has proposed another consensus meanwhile"):
            confirm(discussed, "cy", first)
        confirm(discussed, "bo", second)
        with pytest.raises(Refusal, match="does not stand any more"):
            confirm(discussed, "bo", second)
        assert [one.ended_as for one in ConsensusProposal.objects.order_by("pk")] == ["answered", "confirmed"]

    def test_a_proposal_is_whole_and_possible(self, discussed: World) -> None:
        with pytest.raises(BadInput, match="Decide which one counts"):
            propose(discussed, "bo", values=[])
        with pytest.raises(BadInput, match="not a number"):
            propose(discussed, "bo", values=[decision(discussed, "mean", "other", "nine")])
        assert not ConsensusProposal.objects.exists()

    def test_neither_makes_it_alone_nor_does_a_third_person(self, discussed: World) -> None:
        with pytest.raises(Refusal, match="settle it by discussion"):
            make(discussed, "bo")
        for who in ("ada", "dee"):
            with pytest.raises(NotAllowed, match="the two people who extracted"):
                make(discussed, who)

    def test_a_revision_is_proposed_and_confirmed_too(self, discussed: World) -> None:
        made = confirm(discussed, "cy", propose(discussed, "bo"))
        old = Value.objects.current().get(entry=made, arm=arm(), field="mean")
        anew = [decision(discussed, "mean", "other", "9.4", "", old.pk)]
        with pytest.raises(BadInput, match="Say why"):
            propose(discussed, "cy", values=anew, is_revision=True)
        with pytest.raises(BadInput, match="Nothing would change"):
            propose(discussed, "cy", values=[], is_revision=True, note="No reason")
        proposal = propose(discussed, "cy", values=anew, is_revision=True, note="Read again")
        assert current(made)[("intervention", "mean")] == "9.45"
        assert selectors.next_line(discussed.bo).key == "confirm"
        assert confirm(discussed, "bo", proposal) == made
        assert current(made)[("intervention", "mean")] == "9.4"
        assert [one.reason for one in selectors.settlements(made)] == ["", "Read again"]

    @pytest.mark.parametrize(
        "statement", ["UPDATE {0} SET note = 'x'", "UPDATE {0} SET content = '{{}}'", "DELETE FROM {0}"]
    )
    def test_the_database_refuses_to_rewrite_a_proposal(self, discussed: World, statement: str) -> None:
        propose(discussed, "bo")
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement.format("extraction_consensusproposal"))


class TestSomebodyIsGone:
    @pytest.mark.parametrize("who", ["bo", "cy"])
    def test_an_ended_membership_lapses_the_proposal_and_the_adjudicator_settles(
        self, discussed: World, who: str
    ) -> None:
        proposal = propose(discussed, "bo")
        core.end_membership(discussed.ada, membership_id=discussed.seats[who].membership_id)
        proposal.refresh_from_db()
        assert proposal.ended_as == "lapsed"
        assert EventLine.objects.filter(type="extraction.proposal_lapsed").count() == 1
        left = "cy" if who == "bo" else "bo"
        with pytest.raises(NotAllowed):
            propose(discussed, left)
        made = make(discussed, "dee")
        assert selectors.settlements(made)[0].way == "adjudicator"

    def test_a_role_that_extracts_no_more_lapses_it_and_one_that_does_keeps_it(self, discussed: World) -> None:
        propose(discussed, "bo")
        core.change_role(discussed.ada, membership_id=discussed.cy.membership_id, role="lead")
        assert ConsensusProposal.objects.current().exists()
        core.change_role(discussed.ada, membership_id=discussed.cy.membership_id, role="reader")
        assert not ConsensusProposal.objects.current().exists()

    def test_another_rule_lapses_it(self, discussed: World) -> None:
        propose(discussed, "bo")
        ruled(discussed, ExtractionRule(SettledBy.ADJUDICATOR))
        assert not ConsensusProposal.objects.current().exists()
        make(discussed, "dee")

    def test_the_lead_alone_gives_a_reason_that_is_kept(self, discussed: World) -> None:
        for who in ("bo", "dee"):
            core.end_membership(discussed.ada, membership_id=discussed.seats[who].membership_id)
        core.change_role(discussed.ada, membership_id=discussed.cy.membership_id, role="lead")
        core.end_membership(discussed.ada, membership_id=discussed.ada.membership_id)
        cy = worlds.reseat(discussed, "cy")
        discussed.seats["cy"] = cy
        with pytest.raises(BadInput, match="Say why") as refusal:
            make(discussed, "cy")
        assert list(refusal.value.fields) == ["reason"]
        made = make(discussed, "cy", reason="Bo has left and nobody else is here")
        (settlement,) = selectors.settlements(made)
        assert (settlement.way, settlement.reason) == ("lead_alone", "Bo has left and nobody else is here")
        assert selectors.ways_of_consensus(cy) == {"lead_alone": 1}

    def test_the_database_asks_for_the_reason_too(self, consensus: World) -> None:
        entry = Entry.objects.consensus().first()
        for number, way in ((2, "adjudicator"), (1, "lead_alone"), (3, "agreed")):
            with pytest.raises(IntegrityError), transaction.atomic():
                Settlement.objects.create(entry=entry, number=number, way=way)


class TestLead:
    def test_a_lead_who_extracted_settles_only_where_the_protocol_says_so(self, included: World) -> None:
        ruled(included, ExtractionRule(SettledBy.LEAD))
        extract(included, "ada")
        extract(included, "cy", mean="9.54")
        with pytest.raises(NotAllowed, match="extracted Keeper 2001 yourself"):
            make(included, "ada")
        ruled(included, ExtractionRule(SettledBy.LEAD, lead_settles_own=True))
        made = make(included, "ada")
        assert selectors.settlements(made)[0].way == "lead_own"

    def test_a_lead_who_did_not_extract(self, included: World) -> None:
        ruled(included, ExtractionRule(SettledBy.LEAD))
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        with pytest.raises(NotAllowed, match="By the protocol the lead makes the consensus"):
            make(included, "dee")
        assert selectors.settlements(make(included, "ada"))[0].way == "lead"


@pytest.fixture
def racing(transactional_db: None) -> World:
    world = ruled(two_included(worlds.with_references()), DISCUSSION)
    extract(world, "bo")
    extract(world, "cy", mean="9.54")
    return world


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_confirming_and_proposing_another_at_once_one_happens(racing: World, attempt: int) -> None:
    proposal = propose(racing, "bo")
    results = at_once(
        partial(confirm, racing, "cy", proposal), partial(propose, racing, "bo", "b", answers=proposal.pk)
    )
    assert [isinstance(one, Refusal) for one in results].count(True) == 1
    assert Entry.objects.consensus().exists() is isinstance(results[0], Entry)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_proposal_is_confirmed_before_somebody_leaves_or_not_at_all(racing: World, attempt: int) -> None:
    proposal = propose(racing, "bo")
    confirmed, _ = at_once(
        partial(confirm, racing, "cy", proposal),
        partial(core.end_membership, racing.ada, membership_id=racing.bo.membership_id),
    )
    proposal.refresh_from_db()
    assert proposal.ended_as == ("confirmed" if isinstance(confirmed, Entry) else "lapsed")
    assert Entry.objects.consensus().exists() is isinstance(confirmed, Entry)
