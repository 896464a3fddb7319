"""The people and the review of the tests, built through the services as users build theirs.

Ada leads, Bo and Cy review, Dee adjudicates, Sol computes, Rea reads, Eve is a stranger.
"""

from dataclasses import dataclass, field
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.module_loading import import_string

from reviews.core import selectors as core_selectors
from reviews.core import services as core
from reviews.core.models import Job, User
from reviews.core.rules import JobState, Role
from reviews.core.seats import Seat
from reviews.extraction import services as extraction
from reviews.extraction.models import Arm, Study
from reviews.protocols import rules as protocol_rules
from reviews.protocols import selectors as protocol_selectors
from reviews.protocols import services as protocols
from reviews.protocols.models import ExclusionReason, PlannedCharacteristic, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.screening import services as screening
from reviews.screening.rules import Phase, Verdict
from reviews.search import services as search
from reviews.search.models import Import, Reference, SearchRun
from tests import records

PASSWORD = "only-in-the-tests"
ROLES = {
    "ada": Role.LEAD,
    "bo": Role.REVIEWER,
    "cy": Role.REVIEWER,
    "dee": Role.ADJUDICATOR,
    "sol": Role.STATISTICIAN,
    "rea": Role.READER,
}

CONTENT = protocol_rules.Content(
    title="Guided rest for lighthouse keepers",
    registration="CRD42025000001",
    question=protocol_rules.Question("Tired lighthouse keepers", "Guided rest", "Usual watch", "Sleep, pain"),
    inclusion=("Randomised trials", "Adults"),
    exclusion=("Animals",),
    databases=("PubMed", "Scopus"),
    reasons=(
        protocol_rules.Reason("r1", "Wrong population"),
        protocol_rules.Reason("r2", "Wrong intervention"),
        protocol_rules.Reason("r3", "No outcome of interest"),
    ),
    outcomes=(
        protocol_rules.Outcome(
            "sleep",
            "Sleep",
            measure="ISI",
            time_points=(
                protocol_rules.TimePoint("sleep-post", "Post-treatment"),
                protocol_rules.TimePoint("sleep-late", "Follow-up"),
            ),
        ),
    ),
    characteristics=(protocol_rules.Characteristic("insomnia", "Insomnia diagnosed", ("yes", "no")),),
)


@dataclass
class World:
    review_id: int
    people: dict[str, User]
    seats: dict[str, Seat] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Seat:
        """``world.bo`` is Bo's seat."""
        if name in ROLES:
            return self.seats[name]
        raise AttributeError(name)

    def reasons(self) -> list[ExclusionReason]:
        return list(protocol_selectors.reasons(self.ada))

    def references(self) -> list[Reference]:
        return list(Reference.objects.unique_documents().filter(review_id=self.review_id).order_by("number"))

    def time_point(self, key: str = "sleep-post") -> PlannedTimePoint:
        return PlannedTimePoint.objects.get(review_id=self.review_id, key=key)

    def characteristic(self) -> PlannedCharacteristic:
        return PlannedCharacteristic.objects.get(review_id=self.review_id, key="insomnia")


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title())


def review(title: str = "Guided rest for lighthouse keepers") -> World:
    """The review with everybody seated, before any protocol."""
    people = {name: person(name) for name in (*ROLES, "eve")}
    lead = core.create_review(people["ada"], title=title)
    world = World(lead.review_id, people, {"ada": lead})
    for name, role in ROLES.items():
        if name != "ada":
            world.seats[name] = core.seat_person(lead, user=people[name], role=role)
    return world


def with_protocol(content: protocol_rules.Content = CONTENT) -> World:
    world = review()
    revision = protocols.save_draft(world.ada, content=content, revision=0)
    protocols.approve(world.ada, revision=revision)
    return world


def amend(world: World, content: protocol_rules.Content, reason: str = "We thought again") -> None:
    _, revision = protocol_selectors.draft(world.ada)
    revision = protocols.save_draft(world.ada, content=content, revision=revision)
    protocols.approve(world.ada, revision=revision, reason=reason)


def search_run(world: World, source: str = "PubMed") -> SearchRun:
    made = search.add_source(world.ada, name=source, kind="database")
    return search.add_search_run(world.ada, source_id=made.pk, run_on=date(2024, 12, 2), strategy="rest AND keepers")


def upload(world: World, content: bytes, name: str = "made.nbib", *, source: str = "PubMed") -> Import:
    """Bring a file in and let its job run, as the worker would."""
    run = SearchRun.objects.filter(source__review_id=world.review_id, source__name=source).first()
    run = run or search_run(world, source)
    received = search.receive_file(world.ada, search_run_id=run.pk, file=SimpleUploadedFile(name, content))
    finish_jobs(world)
    return Import.objects.get(pk=received.pk)


def finish_jobs(world: World) -> None:
    """Run every unfinished job's task, and what these queue, in this process: the tasks' own code, no broker."""
    unfinished = Job.objects.filter(review_id=world.review_id, state__in=[JobState.QUEUED, JobState.RUNNING])
    ran: list[int] = []
    while job := unfinished.exclude(pk__in=ran).order_by("pk").first():
        ran.append(job.pk)
        import_string(job.task)(job.pk)


def with_references(count: int = 6) -> World:
    world = with_protocol()
    upload(world, records.nbib(records.made(range(1, count + 1))))
    return world


def vote(world: World, who: str, reference: Reference, verdict: str, phase: str = Phase.TITLE_ABSTRACT) -> None:
    needs_reason = phase == Phase.FULL_TEXT and verdict == Verdict.EXCLUDE
    reason_id = world.reasons()[0].pk if needs_reason else None
    screening.cast_vote(world.seats[who], reference_id=reference.pk, phase=phase, verdict=verdict, reason_id=reason_id)


def include(world: World, reference: Reference) -> None:
    """Both reviewers include it at both phases."""
    for phase in (Phase.TITLE_ABSTRACT, Phase.FULL_TEXT):
        for who in ("bo", "cy"):
            vote(world, who, reference, Verdict.INCLUDE, phase)


def study(world: World, reference: Reference, label: str) -> Study:
    arms = [(ArmRole.INTERVENTION, "Guided rest"), (ArmRole.COMPARATOR, "Usual watch")]
    return extraction.create_study(world.ada, label=label, reference_ids=[reference.pk], arms=arms)


def value_inputs(
    made: Study, point: PlannedTimePoint, first: tuple[str, str, str], second: tuple[str, str, str]
) -> list[extraction.ValueInput]:
    """Mean, SD and n of the intervention arm and of the comparator, as typed."""
    arms = Arm.objects.filter(study=made).order_by("rank")
    return [
        extraction.ValueInput(arm.pk, point.pk, name, reported, "p. 5, Table 2" if reported else "")
        for arm, numbers in zip(arms, (first, second), strict=True)
        for name, reported in zip(("mean", "sd", "n"), numbers, strict=True)
    ]


NUMBERS = (
    (("9.45", "4.97", "143"), ("13.59", "4.83", "143")),
    (("11.91", "5.10", "23"), ("13.31", "5.75", "23")),
    (("8.08", "4.81", "38"), ("13.23", "5.59", "37")),
)


def with_consensus(count: int = 3) -> World:
    """Studies whose values two extractors entered alike, so that the consensus is made."""
    world = with_references(max(count, 6))
    for place, reference in enumerate(world.references()[:count]):
        include(world, reference)
        made = study(world, reference, f"Keeper {place + 1} 20{place:02d}")
        values = value_inputs(made, world.time_point(), *NUMBERS[place % len(NUMBERS)])
        level = "yes" if place < 2 else "no"
        trait = extraction.TraitInput(world.characteristic().pk, level, "p. 3")
        for who in ("bo", "cy"):
            entry = extraction.start_entry(world.seats[who], study_id=made.pk)
            extraction.save_values(world.seats[who], entry_id=entry.pk, values=values, traits=[trait])
            extraction.submit_entry(world.seats[who], entry_id=entry.pk)
    return world


def reseat(world: World, name: str) -> Seat | None:
    return core_selectors.seat(world.people[name].pk, world.review_id)
