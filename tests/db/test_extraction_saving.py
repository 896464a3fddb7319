"""Each field is saved alone, names what it replaces, and is never put over something newer."""

from dataclasses import replace

import pytest

from reviews.core.history import Stale
from reviews.core.models import EventLine
from reviews.extraction import rules, services
from reviews.extraction.models import Trait, Value
from reviews.extraction.services import TraitInput, ValueInput
from tests.extracting import against, arm, current, start, two_included, typed
from tests.world import World

MEAN, SD = ("intervention", "mean"), ("intervention", "sd")


@pytest.fixture
def included(library: World) -> World:
    return two_included(library)


@pytest.fixture
def entered(included: World) -> World:
    """Bo has typed both arms."""
    entry = start(included, "bo")
    services.save_values(included.bo, entry_id=entry.pk, values=typed(included), traits=[])
    return included


def name(world: World, field: str) -> str:
    return rules.value_name(field, arm().pk, world.time_point().pk)


def cell(
    world: World, field: str, text: str | None, replaces: int | None = None, place: str | None = None
) -> ValueInput:
    return ValueInput(arm().pk, world.time_point().pk, field, text, place, replaces)


def stands(world: World, field: str) -> Value:
    return Value.objects.current().get(arm=arm(), field=field, entry__person=world.people["bo"])


def save(
    world: World, *values: ValueInput, traits: tuple[TraitInput, ...] = (), keeps_good: bool = True
) -> services.Saved:
    entry = start(world, "bo")
    return services.save_values(world.bo, entry_id=entry.pk, values=values, traits=traits, keeps_good=keeps_good)


class TestNamed:
    def test_a_field_alone_leaves_every_other_as_it_is(self, entered: World) -> None:
        before = current(start(entered, "bo"))
        saved = save(entered, cell(entered, "mean", "9.5", stands(entered, "mean").pk))
        assert saved.written == [name(entered, "mean")]
        assert current(start(entered, "bo")) == {**before, MEAN: "9.5"}
        assert stands(entered, "mean").place == "p. 5, Table 2"

    def test_nothing_named_changes_nothing(self, entered: World) -> None:
        lines = EventLine.objects.count()
        assert save(entered).written == []
        assert (Value.objects.count(), EventLine.objects.count()) == (6, lines)

    def test_a_new_number_takes_the_place_of_its_row(self, included: World) -> None:
        save(included, cell(included, "mean", "9.5", place="p. 7"))
        save(included, cell(included, "sd", "4"))
        assert stands(included, "sd").place == "p. 7"

    def test_a_place_alone_goes_to_every_number_of_its_row(self, entered: World) -> None:
        rows = [cell(entered, field, None, stands(entered, field).pk, "p. 9") for field in rules.Field.values]
        assert save(entered, *rows).is_whole
        assert {stands(entered, field).place for field in rules.Field.values} == {"p. 9"}
        assert current(start(entered, "bo"))[MEAN] == "9.45"

    def test_a_place_without_a_number_is_told_instead_of_lost(self, included: World) -> None:
        saved = save(included, cell(included, "mean", "", place="p. 9"))
        place = rules.place_name(arm().pk, included.time_point().pk)
        assert list(saved.problems) == [place]
        assert "the place is kept with its numbers" in saved.problems[place]


class TestEachAlone:
    def test_a_bad_number_does_not_keep_its_neighbours_back(self, included: World) -> None:
        saved = save(included, *typed(included, sd="-1"), traits=(TraitInput(included.characteristic().pk, "perhaps"),))
        assert set(saved.problems) == {name(included, "sd"), rules.trait_name(included.characteristic().pk)}
        assert len(saved.written) == 5
        assert SD not in current(start(included, "bo"))
        assert not Trait.objects.exists()

    def test_a_stale_number_does_not_either(self, entered: World) -> None:
        first = stands(entered, "mean").pk
        save(entered, cell(entered, "mean", "9.5", first))
        saved = save(entered, cell(entered, "mean", "9.6", first), cell(entered, "sd", "5", stands(entered, "sd").pk))
        assert saved.written == [name(entered, "sd")]
        clash = saved.clashes[name(entered, "mean")]
        assert (clash.current_id, clash.current, clash.typed) == (stands(entered, "mean").pk, "9.5", "9.6")
        found = current(start(entered, "bo"))
        assert (found[MEAN], found[SD]) == ("9.5", "5")

    def test_asked_for_as_a_whole_nothing_is_kept_of_it(self, entered: World) -> None:
        first = stands(entered, "mean").pk
        save(entered, cell(entered, "mean", "9.5", first))
        late = [cell(entered, "mean", "9.6", first), cell(entered, "sd", "5", stands(entered, "sd").pk)]
        with pytest.raises(Stale, match="Nothing was overwritten"):
            save(entered, *late, keeps_good=False)
        assert current(start(entered, "bo"))[SD] == "4.97"


class TestStale:
    @pytest.mark.parametrize("replaces", [None, 0, 10**9])
    def test_who_does_not_name_what_stands_does_not_overwrite_it(self, entered: World, replaces: int | None) -> None:
        for text in ("9.6", ""):
            saved = save(entered, cell(entered, "mean", text, replaces))
            assert list(saved.clashes) == [name(entered, "mean")]
        assert current(start(entered, "bo"))[MEAN] == "9.45"

    def test_an_emptied_field_is_not_filled_again_by_an_old_page(self, entered: World) -> None:
        first = stands(entered, "mean").pk
        save(entered, cell(entered, "mean", "", first))
        saved = save(entered, cell(entered, "mean", "9.6", first))
        assert saved.clashes[name(entered, "mean")].current_id is None
        assert MEAN not in current(start(entered, "bo"))

    def test_a_save_whose_answer_was_lost_can_be_sent_again(self, entered: World) -> None:
        first = stands(entered, "mean").pk
        for _ in range(2):
            assert save(entered, cell(entered, "mean", "9.5", first)).is_whole
        assert Value.objects.filter(arm=arm(), field="mean").count() == 2

    def test_a_whole_old_page_puts_back_nothing(self, entered: World) -> None:
        old = against(start(entered, "bo"), typed(entered))
        newer = [cell(entered, field, text, stands(entered, field).pk) for field, text in (("mean", "1"), ("n", "99"))]
        save(entered, *newer)
        saved = save(entered, *old)
        assert set(saved.clashes) == {name(entered, "mean"), name(entered, "n")}
        found = current(start(entered, "bo"))
        assert (found[MEAN], found[("intervention", "n")]) == ("1", "99")

    def test_a_level_names_what_it_replaces_too(self, included: World) -> None:
        pk = included.characteristic().pk
        save(included, traits=(TraitInput(pk, "yes", "p. 3"),))
        first = Trait.objects.get()
        late = TraitInput(pk, "no", None)
        assert list(save(included, traits=(late,)).clashes) == [rules.trait_name(pk)]
        assert save(included, traits=(replace(late, replaces=first.pk),)).is_whole
        level = Trait.objects.current().get()
        assert (level.level, level.place) == ("no", "p. 3")
        assert list(save(included, traits=(TraitInput(pk, None, "p. 4", first.pk),)).clashes) == [
            rules.trait_place_name(pk)
        ]
