import pytest
from django.db import DatabaseError, connection, transaction

from reviews.core import events as trail
from reviews.core import services as core
from reviews.core.double import Step
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.extraction import rules, selectors, services
from reviews.extraction.models import Entry, Study, Trait, Value
from reviews.extraction.services import TraitInput, ValueInput
from reviews.protocols.rules import ArmRole
from tests import world as worlds
from tests.extracting import against, arm, current, extract, start, the_study, two_included, typed
from tests.world import CONTENT, World

ARMS = [(ArmRole.INTERVENTION, "Guided rest"), (ArmRole.COMPARATOR, "Usual watch")]


@pytest.fixture
def included(library: World) -> World:
    return two_included(library)


class TestStudies:
    def test_made_of_included_references_with_two_arms(self, included: World) -> None:
        study = the_study()
        assert (study.number, study.label) == (1, "Keeper 2001")
        assert [(one.role, one.name) for one in study.arms.all()] == [(role.value, name) for role, name in ARMS]
        assert [report.reference for report in study.reports.all()] == included.references()[:1]
        assert list(selectors.free_references(included.bo)) == included.references()[1:2]
        assert EventLine.objects.get(type="extraction.study_created").actor == included.people["ada"]

    @pytest.mark.parametrize(
        ("field", "change"),
        [
            ("label", {"label": "  "}),
            ("label", {"label": "keeper 2001"}),
            ("intervention", {"arms": ARMS[:1]}),
            ("comparator", {"arms": [ARMS[0], (ArmRole.COMPARATOR, " ")]}),
            ("comparator", {"arms": [ARMS[0], (ArmRole.COMPARATOR, "guided rest")]}),
            ("references", {"reference_ids": []}),
            ("references", {"reference_ids": [0]}),
        ],
    )
    def test_what_is_wrong_is_named(self, included: World, field: str, change: dict[str, object]) -> None:
        good = {"label": "Keeper 2002", "reference_ids": [included.references()[1].pk], "arms": ARMS}
        with pytest.raises(BadInput) as refusal:
            services.create_study(included.bo, **{**good, **change})
        assert list(refusal.value.fields) == [field]
        assert Study.objects.count() == 1

    def test_a_reference_that_is_not_included_makes_no_study(self, included: World) -> None:
        with pytest.raises(BadInput, match="included at full text"):
            worlds.study(included, included.references()[3], "Keeper 2004")

    @pytest.mark.parametrize("who", ["dee", "sol", "rea"])
    def test_only_who_extracts_makes_one(self, included: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            services.create_study(included.seats[who], label="X", reference_ids=[], arms=ARMS)


class TestPlaces:
    def test_two_people_hold_the_two_places_and_a_third_hears_who(self, included: World) -> None:
        assert [start(included, who).slot for who in ("bo", "cy")] == [1, 2]
        with pytest.raises(Refusal, match=r"^Bo and Cy extract Keeper 2001 already"):
            start(included, "ada")

    def test_starting_again_gives_the_same_place(self, included: World) -> None:
        assert start(included, "bo") == start(included, "bo")
        assert EventLine.objects.filter(type="extraction.entry_started").count() == 1

    def test_a_place_left_before_submitting_is_free(self, included: World) -> None:
        left = start(included, "bo")
        start(included, "cy")
        core.end_membership(included.ada, membership_id=included.bo.membership_id)
        assert selectors.study_page(included.ada, the_study().pk).line.step == Step.START
        taken = start(included, "ada")
        assert taken.slot == 1
        assert Entry.objects.get(pk=left.pk).abandoned_at is not None

    def test_who_comes_back_starts_a_new_entry(self, included: World) -> None:
        left = start(included, "bo")
        core.end_membership(included.ada, membership_id=included.bo.membership_id)
        start(included, "cy")
        bo = core.seat_person(included.ada, user=included.people["bo"], role="reviewer")
        again = services.start_entry(bo, study_id=the_study().pk)
        assert again.pk != left.pk
        with pytest.raises(Refusal, match="put away or handed over"):
            services.save_values(bo, entry_id=left.pk, values=[], traits=[])

    def test_a_submitted_entry_stays_when_its_author_leaves(self, included: World) -> None:
        extract(included, "bo")
        core.end_membership(included.ada, membership_id=included.bo.membership_id)
        assert start(included, "cy").slot == 2
        with pytest.raises(Refusal, match=r"^Bo and Cy extract"):
            start(included, "ada")

    def test_a_study_of_another_review_does_not_exist(self, included: World) -> None:
        other = core.create_review(included.people["eve"], title="Elsewhere")
        with pytest.raises(NotFound):
            services.start_entry(other, study_id=the_study().pk)


class TestValues:
    def test_a_changed_value_supersedes_and_nothing_is_overwritten(self, included: World) -> None:
        entry = start(included, "bo")
        for mean in ("9.45", "9.54"):
            values = against(entry, typed(included, mean=mean))
            services.save_values(included.bo, entry_id=entry.pk, values=values, traits=[])
        means = Value.objects.filter(entry=entry, arm=arm(), field="mean").order_by("pk")
        assert [(value.reported, value.superseded_at is None) for value in means] == [("9.45", False), ("9.54", True)]
        assert Value.objects.filter(entry=entry).count() == 7
        assert means[1].place == "p. 5, Table 2"

    def test_saving_the_same_again_writes_nothing(self, included: World) -> None:
        entry = start(included, "bo")
        for _ in range(2):
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[])
        assert Value.objects.count() == 6
        assert EventLine.objects.filter(type="extraction.entry_saved").count() == 1

    def test_an_emptied_field_is_taken_back(self, included: World) -> None:
        entry = start(included, "bo")
        trait = included.characteristic().pk
        services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[TraitInput(trait, "yes")])
        gone = [ValueInput(arm().pk, included.time_point().pk, field, "") for field in rules.Field.values]
        level = TraitInput(trait, "", replaces=Trait.objects.get().pk)
        services.save_values(included.bo, entry_id=entry.pk, values=against(entry, gone), traits=[level])
        assert set(current(entry)) == {("comparator", field) for field in rules.Field.values}
        assert not Trait.objects.filter(superseded_at=None).exists()
        assert Value.objects.count() == 6

    @pytest.mark.parametrize(
        ("field", "text", "words"),
        [
            ("sd", "-4.97", "has to be above 0"),
            ("n", "0", "whole number of at least 2"),
            ("mean", "nine", "not a number"),
        ],
    )
    def test_a_number_that_cannot_be_is_refused_and_nothing_is_stored(
        self, included: World, field: str, text: str, words: str
    ) -> None:
        entry = start(included, "bo")
        with pytest.raises(BadInput, match=words) as refusal:
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included, **{field: text}), traits=[])
        name = rules.value_name(field, arm().pk, included.time_point().pk)
        assert list(refusal.value.fields) == [name]
        label = rules.Field(field).label
        assert refusal.value.message.startswith(f"Sleep, Post-treatment, Guided rest, {label}: ")
        assert not Value.objects.exists()

    def test_a_level_that_is_not_planned_is_refused(self, included: World) -> None:
        entry = start(included, "bo")
        with pytest.raises(BadInput, match=r"“perhaps” is not one of its levels \(yes, no\)"):
            services.save_values(
                included.bo,
                entry_id=entry.pk,
                values=typed(included),
                traits=[TraitInput(included.characteristic().pk, "perhaps")],
            )
        assert not Value.objects.exists()

    def test_what_is_not_in_the_study_or_the_protocol_is_refused(self, included: World) -> None:
        entry = start(included, "bo")
        point = included.time_point().pk
        wrong = [
            ([ValueInput(0, point, "mean", "1")], []),
            ([ValueInput(arm().pk, 0, "mean", "1")], []),
            ([ValueInput(arm().pk, point, "median", "1")], []),
            ([], [TraitInput(0, "yes")]),
        ]
        for values, traits in wrong:
            with pytest.raises(BadInput):
                services.save_values(included.bo, entry_id=entry.pk, values=values, traits=traits)

    def test_nobody_writes_in_the_entry_of_another(self, included: World) -> None:
        entry = start(included, "bo")
        for who in ("cy", "ada"):
            with pytest.raises(NotFound):
                services.save_values(included.seats[who], entry_id=entry.pk, values=[], traits=[])
            with pytest.raises(NotFound):
                services.submit_entry(included.seats[who], entry_id=entry.pk)

    def test_half_an_arm_can_be_saved_but_not_submitted(self, included: World) -> None:
        entry = start(included, "bo")
        services.save_values(included.bo, entry_id=entry.pk, values=typed(included, sd="", n=""), traits=[])
        with pytest.raises(BadInput, match="SD and n are missing") as refusal:
            services.submit_entry(included.bo, entry_id=entry.pk)
        assert list(refusal.value.fields) == [rules.value_name("sd", arm().pk, included.time_point().pk)]
        assert Entry.objects.get(pk=entry.pk).submitted_at is None

    def test_a_submitted_entry_can_no_longer_change(self, included: World) -> None:
        entry = extract(included, "bo")
        with pytest.raises(Refusal, match=r"^You have submitted your entry"):
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included, mean="1"), traits=[])
        with pytest.raises(Refusal, match=r"^You have submitted your entry"):
            services.submit_entry(included.bo, entry_id=entry.pk)

    def test_a_report_without_any_outcome_can_be_submitted_empty(self, included: World) -> None:
        entry = start(included, "bo")
        assert services.submit_entry(included.bo, entry_id=entry.pk).submitted_at is not None

    def test_what_an_amendment_retired_does_not_hold_an_entry_up(self, included: World) -> None:
        entry = start(included, "bo")
        late = [ValueInput(arm().pk, included.time_point("sleep-late").pk, "mean", "3")]
        services.save_values(included.bo, entry_id=entry.pk, values=late, traits=[])
        sleep = CONTENT.outcomes[0]
        shorter = worlds.protocol_rules.Outcome("sleep", "Sleep", measure="ISI", time_points=sleep.time_points[:1])
        worlds.amend(included, worlds.protocol_rules.Content(**{**vars(CONTENT), "outcomes": (shorter,)}))
        with pytest.raises(BadInput, match="does not plan"):
            services.save_values(included.bo, entry_id=entry.pk, values=late, traits=[])
        services.submit_entry(included.bo, entry_id=entry.pk)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE extraction_value SET number = 1",
            "UPDATE extraction_value SET place = 'elsewhere'",
            "UPDATE extraction_value SET superseded_at = NULL WHERE superseded_at IS NOT NULL",
            "DELETE FROM extraction_value",
            "UPDATE extraction_trait SET level = 'no'",
            "DELETE FROM extraction_trait",
        ],
    )
    def test_the_database_refuses_to_rewrite_values(self, included: World, statement: str) -> None:
        entry = start(included, "bo")
        for mean in ("1", "2"):
            stands = Trait.objects.current().first()
            trait = TraitInput(included.characteristic().pk, "yes", f"p. {mean}", stands.pk if stands else None)
            values = against(entry, typed(included, mean=mean))
            services.save_values(included.bo, entry_id=entry.pk, values=values, traits=[trait])
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
        assert current(entry)[("intervention", "mean")] == "2"

    @pytest.mark.parametrize("column", [("sd", -1.0), ("sd", 0.0), ("n", 1.0), ("n", 2.5)])
    def test_the_database_refuses_numbers_that_cannot_be(self, included: World, column: tuple[str, float]) -> None:
        field, number = column
        entry = start(included, "bo")
        with pytest.raises(DatabaseError, match="value_"), transaction.atomic():
            Value.objects.create(
                entry=entry, arm=arm(), time_point=included.time_point(), field=field, reported="x", number=number
            )

    def test_nothing_is_saved_when_the_trail_cannot_be_written(
        self, included: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = start(included, "bo")

        def fail(*args: object, **kwargs: object) -> None:
            raise DatabaseError("the trail is full")

        monkeypatch.setattr(trail, "record", fail)
        with pytest.raises(DatabaseError):
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[])
        assert not Value.objects.exists()
