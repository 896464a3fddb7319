import pytest

from reviews.core import events
from reviews.core.double import State
from reviews.core.history import Stale
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.extraction import rules, selectors, services
from reviews.extraction.models import Entry, Study, Trait, Value
from reviews.extraction.services import ConsensusTrait
from reviews.protocols.rules import ArmRole
from tests.extracting import arm, current, decision, extract, start, the_study, two_included
from tests.world import World

ARMS = [(ArmRole.INTERVENTION, "Guided rest"), (ArmRole.COMPARATOR, "Usual watch")]


@pytest.fixture
def included(library: World) -> World:
    return two_included(library)


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
            assert line.state == State.WAITING
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
        assert page.line.state == State.DONE
        row = page.comparison.blocks[0].rows[0]
        assert [row.consensus.reported, row.a.reported, row.b.reported] == ["9.45"] * 3
        assert (row.consensus.taken_from, row.consensus.taken_from_other) == (row.a, row.b)
        assert row.a.place == "p. 5, Table 2"


class TestConsensus:
    def test_where_both_agree_a_is_taken_unasked_and_both_are_named(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.450", sd="5.1")
        sd = [decision(included, "sd", "a")]
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=sd, traits=[])
        first, second = Entry.objects.filter(study=the_study(), kind="extraction").order_by("slot")
        values = Value.objects.filter(entry=made)
        assert values.count() == 6
        assert {value.taken_from.entry_id for value in values} == {first.pk}
        agreed = values.exclude(field="sd", arm=arm())
        assert {value.taken_from_other.entry_id for value in agreed} == {second.pk}
        assert values.get(field="sd", arm=arm()).taken_from_other is None
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
        extract(included, "cy", mean="9.54")
        with pytest.raises(NotAllowed, match="extracted Keeper 2001 yourself"):
            services.make_consensus(included.ada, study_id=the_study().pk, values=[], traits=[])
        with pytest.raises(NotAllowed):
            services.make_consensus(included.bo, study_id=the_study().pk, values=[], traits=[])

    def test_a_second_consensus_is_refused_and_names_who_made_the_first(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        mean = [decision(included, "mean", "a")]
        services.make_consensus(included.dee, study_id=the_study().pk, values=mean, traits=[])
        with pytest.raises(Refusal, match=r"^Dee has made the consensus"):
            services.make_consensus(included.ada, study_id=the_study().pk, values=[], traits=[])

    def test_a_revision_changes_its_cells_and_keeps_what_was_before(self, included: World) -> None:
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        with pytest.raises(Refusal, match="no consensus"):
            services.revise_consensus(included.dee, study_id=the_study().pk, values=[], traits=[])
        mean = [decision(included, "mean", "a")]
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=mean, traits=[])
        old = Value.objects.current().get(entry=made, arm=arm(), field="mean")
        third = [decision(included, "mean", "other", "9.4", "p. 7", old.pk)]
        with pytest.raises(BadInput, match="Say why") as refusal:
            services.revise_consensus(included.dee, study_id=the_study().pk, values=third, traits=[])
        assert list(refusal.value.fields) == ["reason"]
        revised = services.revise_consensus(
            included.dee, study_id=the_study().pk, values=third, traits=[], reason="Table 3 is adjusted"
        )
        assert revised == made
        assert current(made)[("intervention", "mean")] == "9.4"
        assert Value.objects.filter(entry=made).count() == 7
        services.revise_consensus(included.dee, study_id=the_study().pk, values=third, traits=[])
        assert Value.objects.filter(entry=made).count() == 7
        line = EventLine.objects.get(type="extraction.consensus_changed")
        assert events.text(line) == "revised the consensus for Keeper 2001: Table 3 is adjusted"
        assert [one.reason for one in selectors.settlements(made)] == ["", "Table 3 is adjusted"]

    @pytest.mark.parametrize("named", ["nothing", "the one before"])
    def test_a_stale_revision_is_told_and_writes_nothing(self, included: World, named: str) -> None:
        """Two pages revise the same number: the older one does not put its own over the newer."""
        extract(included, "bo")
        extract(included, "cy", mean="9.54")
        mean = [decision(included, "mean", "a")]
        made = services.make_consensus(included.dee, study_id=the_study().pk, values=mean, traits=[])
        old = Value.objects.current().get(entry=made, arm=arm(), field="mean")
        sent = {"study_id": the_study().pk, "traits": [], "reason": "Read again"}
        newer = [decision(included, "mean", "other", "9.4", "", old.pk)]
        services.revise_consensus(included.dee, values=newer, **sent)
        late = [decision(included, "mean", "b", replaces=old.pk if named == "the one before" else None)]
        with pytest.raises(Stale) as refusal:
            services.revise_consensus(included.dee, values=[*late, decision(included, "n", "other", "99")], **sent)
        name = rules.value_name("mean", arm().pk, included.time_point().pk)
        clash = refusal.value.clashes[name]
        assert (clash.current, clash.typed) == ("9.4", "9.54")
        assert current(made)[("intervention", "mean")] == "9.4"
        assert current(made)[("intervention", "n")] == "143"
