import pytest
from django.db import DatabaseError, connection, transaction

from reviews.core import events as trail
from reviews.core import services as core
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.extraction import rules, selectors, services
from reviews.extraction.models import Arm, Entry, Study, Trait, Value
from reviews.extraction.rules import Step, StudyState
from reviews.extraction.services import ConsensusTrait, ConsensusValue, TraitInput, ValueInput
from reviews.protocols.rules import ArmRole
from tests import world as worlds
from tests.world import CONTENT, NUMBERS, World

ARMS = [(ArmRole.INTERVENTION, "Guided rest"), (ArmRole.COMPARATOR, "Usual watch")]


@pytest.fixture
def included(library: World) -> World:
    """Two references are included at full text; a study is made of the first."""
    for reference in library.references()[:2]:
        worlds.include(library, reference)
    worlds.study(library, library.references()[0], "Keeper 2001")
    return library


def the_study() -> Study:
    return Study.objects.get()


def arm(role: str = ArmRole.INTERVENTION) -> Arm:
    return Arm.objects.get(study=the_study(), role=role)


def typed(world: World, mean: str = "9.45", sd: str = "4.97", n: str = "143") -> list[ValueInput]:
    """Values of the intervention arm after treatment; the comparator's as in the world."""
    return worlds.value_inputs(the_study(), world.time_point(), (mean, sd, n), NUMBERS[0][1])


def start(world: World, who: str) -> Entry:
    return services.start_entry(world.seats[who], study_id=the_study().pk)


def extract(world: World, who: str, level: str = "yes", **numbers: str) -> Entry:
    entry = start(world, who)
    trait = TraitInput(world.characteristic().pk, level, "p. 3")
    services.save_values(world.seats[who], entry_id=entry.pk, values=typed(world, **numbers), traits=[trait])
    return services.submit_entry(world.seats[who], entry_id=entry.pk)


def decision(world: World, field: str, choice: str, reported: str = "", place: str = "") -> ConsensusValue:
    return ConsensusValue(arm().pk, world.time_point().pk, field, choice, reported, place)


def current(entry: Entry) -> dict[tuple[str, str], str]:
    found = Value.objects.filter(entry=entry, superseded_at=None).select_related("arm")
    return {(value.arm.role, value.field): value.reported for value in found}


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
        with pytest.raises(Refusal, match="Start a new one"):
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
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included, mean=mean), traits=[])
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
        services.save_values(included.bo, entry_id=entry.pk, values=gone, traits=[TraitInput(trait, "")])
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
            trait = TraitInput(included.characteristic().pk, "yes", f"p. {mean}")
            services.save_values(included.bo, entry_id=entry.pk, values=typed(included, mean=mean), traits=[trait])
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


class TestBlinding:
    def test_until_both_have_submitted_nobody_but_the_author_sees_an_entry(self, included: World) -> None:
        entry = extract(included, "bo", mean="77.7")
        start(included, "cy")
        for who in ("cy", "ada", "dee", "rea", "sol"):
            seat = included.seats[who]
            page = selectors.study_page(seat, the_study().pk)
            assert page.comparison is None
            assert [(place.person, place.is_submitted) for place in page.places] == [("Bo", True), ("Cy", False)]
            with pytest.raises(Refusal, match="once two extractors have submitted"):
                selectors.comparison(seat, the_study().pk)
            with pytest.raises(NotFound):
                selectors.entry_table(seat, entry.pk)
            (line,) = selectors.lines(seat, selectors.studies(seat))
            assert line.state == StudyState.WAITING
        assert "77.7" not in str(list(EventLine.objects.values()))

    def test_then_both_authors_and_who_adjudicates_see_both(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        for who in ("bo", "cy", "dee", "ada"):
            assert selectors.comparison(included.seats[who], the_study().pk).differences == 1
        for who in ("rea", "sol"):
            assert selectors.study_page(included.seats[who], the_study().pk).comparison is None
            with pytest.raises(NotAllowed):
                selectors.comparison(included.seats[who], the_study().pk)

    def test_once_the_consensus_is_made_the_team_sees_the_whole_chain(self, consensus: World) -> None:
        study = Study.objects.order_by("number").first()
        page = selectors.study_page(consensus.rea, study.pk)
        assert page.line.state == StudyState.DONE
        row = page.comparison.blocks[0].rows[0]
        assert [row.consensus.reported, row.a.reported, row.b.reported] == ["9.45"] * 3
        assert row.consensus.taken_from == row.a
        assert row.a.place == "p. 5, Table 2"


class TestConsensus:
    def test_where_both_agree_a_is_taken_unasked(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.450")
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])
        first = Entry.objects.get(study=the_study(), slot=1)
        values = Value.objects.filter(entry=made)
        assert values.count() == 6
        assert {value.taken_from.entry_id for value in values} == {first.pk}
        assert Value.objects.get(entry=made, arm=arm(), field="mean").reported == "9.45"
        assert Trait.objects.get(entry=made).taken_from == Trait.objects.get(entry=first)

    def test_an_undecided_difference_is_named(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", level="no", sd="5.1")
        with pytest.raises(BadInput) as refusal:
            services.make_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])
        assert refusal.value.fields == {
            rules.value_name("sd", arm().pk, included.time_point().pk): (
                "Sleep, Post-treatment, Guided rest, SD: Bo has 4.97, Cy has 5.1. Decide which one counts."
            ),
            rules.trait_name(included.characteristic().pk): (
                "Insomnia diagnosed: Bo has yes, Cy has no. Decide which one counts."
            ),
        }
        assert not Entry.objects.filter(kind="consensus").exists()

    def test_take_a_take_b_or_a_third_value(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", level="no", mean="9.54", sd="5.1", n="134")
        decided = [
            decision(included, "mean", "a"),
            decision(included, "sd", "b"),
            decision(included, "n", "other", "144", "p. 9"),
        ]
        level = ConsensusTrait(included.characteristic().pk, "b")
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=decided, traits=[level])
        mine = {value.field: value for value in Value.objects.filter(entry=made, arm=arm())}
        assert [mine[field].reported for field in ("mean", "sd", "n")] == ["9.45", "5.1", "144"]
        assert [value.taken_from and value.taken_from.entry.person.name for value in mine.values()].count(None) == 1
        assert mine["mean"].taken_from.entry.person == included.people["bo"]
        assert mine["sd"].taken_from.entry.person == included.people["cy"]
        assert (mine["n"].taken_from, mine["n"].place) == (None, "p. 9")
        assert Trait.objects.get(entry=made).level == "no"

    def test_what_only_one_extracted_can_be_taken_or_left(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="", sd="", n="")
        taken = [decision(included, field, "b") for field in rules.Field.values]
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=taken, traits=[])
        assert {value.arm.role for value in Value.objects.filter(entry=made)} == {"comparator"}

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ([("sd", "other", "-1")], "has to be above 0"),
            ([("sd", "other", "")], "write the other value, or NR"),
            ([("sd", "other", "NR")], "Guided rest: SD is missing"),
            ([("sd", "neither", "")], "choose A, B or other"),
        ],
    )
    def test_a_decision_that_cannot_be_is_refused(
        self, included: World, values: list[tuple[str, str, str]], words: str
    ) -> None:
        extract(included, "bo")
        extract(included, "cy", sd="5.1")
        decided = [decision(included, *value) for value in values]
        with pytest.raises(BadInput, match=words):
            services.make_consensus(included.dee, study_id=the_study().pk, values=decided, traits=[])
        assert not Entry.objects.filter(kind="consensus").exists()

    def test_not_before_both_are_submitted(self, included: World) -> None:
        extract(included, "bo")
        start(included, "cy")
        with pytest.raises(Refusal, match="waits until two extractors"):
            services.make_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])

    def test_not_by_an_extractor_of_the_study_nor_by_who_may_not(self, included: World) -> None:
        extract(included, "ada")
        extract(included, "cy")
        with pytest.raises(NotAllowed, match="extracted Keeper 2001 yourself"):
            services.make_consensus(included.ada, study_id=the_study().pk, values=[], traits=[])
        with pytest.raises(NotAllowed):
            services.make_consensus(included.bo, study_id=the_study().pk, values=[], traits=[])

    def test_a_second_consensus_is_refused_and_names_who_made_the_first(self, consensus: World) -> None:
        study = Study.objects.first()
        with pytest.raises(Refusal, match=r"^Dee has made the consensus"):
            services.make_consensus(consensus.ada, study_id=study.pk, values=[], traits=[])

    def test_a_revision_changes_its_cells_and_keeps_what_was_before(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy")
        with pytest.raises(Refusal, match="no consensus"):
            services.revise_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])
        third = [decision(included, "mean", "other", "9.4", "p. 7")]
        revised = services.revise_consensus(included.dee, study_id=the_study().pk, values=third, traits=[])
        assert revised == made
        assert current(made)[("intervention", "mean")] == "9.4"
        assert Value.objects.filter(entry=made).count() == 7
        services.revise_consensus(included.dee, study_id=the_study().pk, values=third, traits=[])
        assert Value.objects.filter(entry=made).count() == 7
        assert EventLine.objects.filter(type="extraction.consensus_revised").count() == 1
