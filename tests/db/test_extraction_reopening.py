"""Submissions are rows; until the other entry is submitted one's own can be reopened, and never after."""

from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from reviews.core import services as core
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.extraction import selectors, services
from reviews.extraction.models import Completion, Entry, Study, Submission, Value
from reviews.extraction.services import TraitInput
from tests import world as worlds
from tests.extracting import against, current, extract, start, the_study, two_included, typed
from tests.threads import at_once
from tests.world import World


@pytest.fixture
def included(library: World) -> World:
    return two_included(library)


def reopen(world: World, who: str, entry: Entry) -> Entry:
    return services.reopen_entry(world.seats[who], entry_id=entry.pk)


def leave(world: World, who: str) -> None:
    core.end_membership(world.ada, membership_id=world.seats[who].membership_id)


class TestReopening:
    def test_an_entry_is_reopened_changed_and_submitted_again(self, included: World) -> None:
        entry = extract(included, "bo")
        start(included, "cy")
        assert selectors.study_page(included.bo, the_study().pk).line.may_reopen
        assert reopen(included, "bo", entry).submitted_at is None
        values = against(entry, typed(included, mean="9.5"))
        services.save_values(included.bo, entry_id=entry.pk, values=values, traits=[])
        services.submit_entry(included.bo, entry_id=entry.pk)
        first, second = Submission.objects.order_by("number")
        assert (first.number, second.number) == (1, 2)
        assert first.superseded_at is not None
        assert Entry.objects.get(pk=entry.pk).submitted_at == second.at
        assert EventLine.objects.filter(type="extraction.entry_reopened").count() == 1

    def test_while_it_is_open_nobody_sees_it_though_the_other_is_submitted(self, included: World) -> None:
        entry = extract(included, "bo", mean="77.7")
        reopen(included, "bo", entry)
        extract(included, "cy", mean="66.6")
        for who in ("ada", "bo", "cy", "dee"):
            assert selectors.study_page(included.seats[who], the_study().pk).comparison is None
        services.submit_entry(included.bo, entry_id=entry.pk)
        assert selectors.study_page(included.bo, the_study().pk).comparison is not None

    def test_not_once_both_are_submitted_whatever_happens_to_the_team(self, included: World) -> None:
        mine, theirs = extract(included, "bo"), extract(included, "cy", mean="9.54")
        assert not selectors.study_page(included.cy, the_study().pk).line.may_reopen
        leave(included, "bo")
        with pytest.raises(Refusal, match="can be seen, so yours stays as it is"):
            reopen(included, "cy", theirs)
        with pytest.raises(Refusal, match="it is finished and stays"):
            services.free_entry(included.ada, entry_id=mine.pk, reason="Bo left")
        with pytest.raises(Refusal, match="it is finished and stays"):
            services.hand_over_entry(included.ada, entry_id=mine.pk, person_id=included.ada.user_id, reason="Bo left")
        with pytest.raises(Refusal, match=r"^Bo and Cy extract Keeper 2001 already"):
            start(included, "ada")
        assert selectors.study_page(included.ada, the_study().pk).line.step == "look"

    def test_only_ones_own_and_only_what_is_submitted(self, included: World) -> None:
        entry = start(included, "bo")
        with pytest.raises(Refusal, match="is open already"):
            reopen(included, "bo", entry)
        services.submit_entry(included.bo, entry_id=entry.pk)
        for who in ("cy", "ada"):
            with pytest.raises(NotFound):
                reopen(included, who, entry)
        core.change_role(included.ada, membership_id=included.bo.membership_id, role="reader")
        with pytest.raises(NotAllowed):
            services.reopen_entry(worlds.reseat(included, "bo"), entry_id=entry.pk)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE extraction_submission SET superseded_at = now()",
            "DELETE FROM extraction_submission",
            "UPDATE extraction_entry SET abandoned_at = now() WHERE kind = 'extraction'",
            "UPDATE extraction_entry SET person_id = NULL",
            "DELETE FROM extraction_completion",
            "UPDATE extraction_value SET superseded_at = now() "
            "WHERE entry_id IN (SELECT id FROM extraction_entry WHERE kind = 'extraction')",
            "INSERT INTO extraction_entry (study_id, kind, slot, person_id, started_at, abandoned_at) "
            "SELECT study_id, kind, slot, person_id, now(), now() FROM extraction_entry WHERE slot = 1",
        ],
    )
    def test_the_database_keeps_what_both_could_see(self, included: World, statement: str) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        with pytest.raises(DatabaseError, match=r"stays|changes hands|keeps history"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def test_what_is_submitted_is_not_written_to(self, included: World) -> None:
        entry = extract(included, "bo")
        old = Value.objects.filter(entry=entry).first()
        with pytest.raises(DatabaseError, match="what is in it stays"), transaction.atomic():
            Value.objects.create(
                entry=entry,
                arm=old.arm,
                time_point=included.time_point("sleep-late"),
                field="n",
                reported="5",
                number=5,
            )


class TestHandingOver:
    def test_somebody_goes_on_in_the_same_place_with_what_was_typed(self, included: World) -> None:
        left = start(included, "bo")
        services.save_values(included.bo, entry_id=left.pk, values=typed(included, sd=""), traits=[])
        leave(included, "bo")
        page = selectors.study_page(included.ada, the_study().pk)
        assert (page.places[0].has_left, page.places[0].may_pass_on) == (True, True)
        assert dict(page.heirs) == {included.ada.user_id: "Ada", included.cy.user_id: "Cy"}
        mine = services.hand_over_entry(included.ada, entry_id=left.pk, person_id=included.cy.user_id)
        assert (mine.slot, mine.person_id, mine.continues_id) == (left.slot, included.cy.user_id, left.pk)
        assert current(mine) == current(left)
        assert {value.taken_from.entry_id for value in Value.objects.filter(entry=mine)} == {left.pk}
        assert Entry.objects.get(pk=left.pk).abandoned_at is not None
        with pytest.raises(BadInput, match="SD is missing"):
            services.submit_entry(included.cy, entry_id=mine.pk)
        line = EventLine.objects.get(type="extraction.entry_handed_over")
        assert (line.data["from_name"], line.data["to_name"]) == ("Bo", "Cy")
        assert "9.45" not in str(line.data)

    def test_who_may_still_go_on_is_passed_over_with_a_reason_only(self, included: World) -> None:
        entry = start(included, "bo")
        heir = included.cy.user_id
        with pytest.raises(BadInput, match="Say why") as refusal:
            services.hand_over_entry(included.ada, entry_id=entry.pk, person_id=heir)
        assert list(refusal.value.fields) == ["reason"]
        with pytest.raises(BadInput, match="Say why"):
            services.free_entry(included.ada, entry_id=entry.pk)
        services.hand_over_entry(included.ada, entry_id=entry.pk, person_id=heir, reason="On leave")
        with pytest.raises(Refusal, match="put away or handed over"):
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[])

    def test_both_entries_never_come_from_one_person(self, included: World) -> None:
        """Neither who holds the other place, nor who held it and passed it on, directly or two steps ago."""
        entry, theirs = start(included, "bo"), start(included, "cy")
        with pytest.raises(Refusal, match="both would come from one person"):
            services.hand_over_entry(included.ada, entry_id=entry.pk, person_id=included.cy.user_id, reason="On leave")
        services.hand_over_entry(included.ada, entry_id=entry.pk, person_id=included.ada.user_id, reason="On leave")
        services.free_entry(included.ada, entry_id=theirs.pk, reason="On leave")
        with pytest.raises(Refusal, match="would not be independent"):
            start(included, "bo")
        line = selectors.study_page(included.bo, the_study().pk).line
        assert line.step == "look"
        assert start(included, "cy").slot == 2

    def test_only_the_lead_and_only_to_who_extracts_here(self, included: World) -> None:
        entry = start(included, "bo")
        for who in ("bo", "cy", "dee"):
            with pytest.raises(NotAllowed):
                services.hand_over_entry(
                    included.seats[who], entry_id=entry.pk, person_id=included.cy.user_id, reason="x"
                )
            with pytest.raises(NotAllowed):
                services.free_entry(included.seats[who], entry_id=entry.pk, reason="x")
        for heir in (included.dee.user_id, included.people["eve"].pk, included.bo.user_id):
            with pytest.raises(BadInput):
                services.hand_over_entry(included.ada, entry_id=entry.pk, person_id=heir, reason="x")

    def test_a_freed_place_is_started_anew(self, included: World) -> None:
        entry = start(included, "bo")
        trait = TraitInput(included.characteristic().pk, "yes")
        services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[trait])
        services.free_entry(included.ada, entry_id=entry.pk, reason="On leave")
        again = start(included, "ada")
        assert (again.slot, current(again)) == (1, {})
        assert Value.objects.filter(entry=entry, superseded_at=None).count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_reopening_and_the_other_submission_at_once_exactly_one_happens(transactional_db: None) -> None:
    world = worlds.with_references(6)
    for place, reference in enumerate(world.references()):
        worlds.include(world, reference)
        study = worlds.study(world, reference, f"Keeper {place}")
        mine = services.start_entry(world.bo, study_id=study.pk)
        theirs = services.start_entry(world.cy, study_id=study.pk)
        services.submit_entry(world.bo, entry_id=mine.pk)
        reopened, submitted = at_once(
            partial(services.reopen_entry, world.bo, entry_id=mine.pk),
            partial(services.submit_entry, world.cy, entry_id=theirs.pk),
        )
        assert isinstance(submitted, Entry)
        is_complete = Completion.objects.filter(study=study).exists()
        assert is_complete is isinstance(reopened, Refusal)
        is_seen = selectors.study_page(world.cy, study.pk).comparison is not None
        assert is_seen is is_complete
        assert (Entry.objects.get(pk=mine.pk).submitted_at is None) is not is_complete


@pytest.mark.django_db(transaction=True)
def test_of_handing_over_and_submitting_at_once_exactly_one_happens(transactional_db: None) -> None:
    world = worlds.with_references(6)
    for place, reference in enumerate(world.references()):
        worlds.include(world, reference)
        study = worlds.study(world, reference, f"Keeper {place}")
        entry = services.start_entry(world.bo, study_id=study.pk)
        results = at_once(
            partial(services.submit_entry, world.bo, entry_id=entry.pk),
            partial(
                services.hand_over_entry, world.ada, entry_id=entry.pk, person_id=world.cy.user_id, reason="On leave"
            ),
        )
        assert [isinstance(one, Refusal) for one in results].count(True) == 1
        assert Study.objects.get(pk=study.pk).entries.filter(abandoned_at=None).count() == 1
