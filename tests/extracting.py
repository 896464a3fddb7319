"""Steps of an extraction that several tests take."""

from dataclasses import replace

from reviews.extraction import services
from reviews.extraction.models import Arm, Entry, Study, Value
from reviews.extraction.services import ConsensusValue, TraitInput, ValueInput
from reviews.protocols.rules import ArmRole
from tests import world as worlds
from tests.world import NUMBERS, World


def two_included(library: World) -> World:
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


def decision(
    world: World, field: str, choice: str, reported: str = "", place: str = "", replaces: int | None = None
) -> ConsensusValue:
    return ConsensusValue(arm().pk, world.time_point().pk, field, choice, reported, place, replaces)


def against(entry: Entry, values: list[ValueInput]) -> list[ValueInput]:
    """The same inputs as a page made now would send them: each names the value that stands."""
    stands = {(v.arm_id, v.time_point_id, v.field): v.pk for v in Value.objects.current().filter(entry=entry)}
    return [replace(one, replaces=stands.get((one.arm_id, one.time_point_id, one.field))) for one in values]


def current(entry: Entry) -> dict[tuple[str, str], str]:
    found = Value.objects.filter(entry=entry, superseded_at=None).select_related("arm")
    return {(value.arm.role, value.field): value.reported for value in found}
