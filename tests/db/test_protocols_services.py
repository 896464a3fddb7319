from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from reviews.core import events as trail
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.protocols import rules, selectors, services
from reviews.protocols.models import (
    ExclusionReason,
    PlannedOutcome,
    PlannedTimePoint,
    ProtocolDraft,
    ProtocolVersion,
)
from tests import world as worlds
from tests.world import CONTENT, World


@pytest.fixture
def fresh(db: None) -> World:
    """The review before any protocol."""
    return worlds.review()


def save(world: World, content: rules.Content, who: str = "ada") -> int:
    _, revision = selectors.draft(world.ada)
    return services.save_draft(world.seats[who], content=content, revision=revision)


def test_a_new_review_has_an_empty_draft_with_its_title(fresh: World) -> None:
    content, revision = selectors.draft(fresh.bo)
    assert (content.title, revision) == ("Guided rest for lighthouse keepers", 0)
    assert selectors.current(fresh.review_id) is None
    with pytest.raises(Refusal, match="Approve the protocol first"):
        selectors.in_force(fresh.review_id)


def test_a_saved_draft_is_read_back_and_is_not_in_force(fresh: World) -> None:
    assert save(fresh, CONTENT, "bo") == 1
    assert selectors.draft(fresh.cy) == (CONTENT, 1)
    assert selectors.current(fresh.review_id) is None
    assert not selectors.reasons(fresh.ada).exists()
    assert EventLine.objects.get(type="protocols.draft_saved").actor == fresh.people["bo"]


def test_saving_what_is_saved_already_changes_nothing(fresh: World) -> None:
    save(fresh, CONTENT)
    assert save(fresh, CONTENT) == 1
    assert EventLine.objects.filter(type="protocols.draft_saved").count() == 1


def test_a_stale_draft_is_refused_and_what_was_saved_stays(fresh: World) -> None:
    save(fresh, CONTENT, "bo")
    with pytest.raises(Refusal, match=r"^Bo saved the protocol at \d\d:\d\d, after you opened it") as refusal:
        services.save_draft(fresh.cy, content=replace(CONTENT, title="Mine"), revision=0)
    assert refusal.value.status == 409
    assert selectors.draft(fresh.ada) == (CONTENT, 1)


@pytest.mark.parametrize("who", ["dee", "rea"])
def test_who_may_not_write_is_refused(fresh: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.save_draft(fresh.seats[who], content=CONTENT, revision=0)
    assert not ProtocolDraft.objects.exists()


def test_what_no_draft_may_hold_is_refused_by_field(fresh: World) -> None:
    with pytest.raises(BadInput) as refusal:
        save(fresh, replace(CONTENT, registration="CRD1", title="x" * 301))
    assert set(refusal.value.fields) == {"registration", "title"}
    assert not ProtocolDraft.objects.exists()


def test_approving_makes_version_1_and_puts_its_lines_in_force(fresh: World) -> None:
    version = services.approve(fresh.ada, revision=save(fresh, CONTENT, "bo"))
    assert (version.number, version.parsed, version.reason) == (1, CONTENT, "")
    assert selectors.in_force(fresh.review_id) == version
    assert [reason.text for reason in selectors.reasons(fresh.cy)] == [reason.text for reason in CONTENT.reasons]
    assert [str(outcome) for outcome in selectors.outcomes(fresh.cy)] == ["Sleep"]
    points = selectors.time_points(fresh.cy)
    assert [(str(point.outcome), point.name) for point in points] == [
        ("Sleep", "Post-treatment"),
        ("Sleep", "Follow-up"),
    ]
    assert [item.levels for item in selectors.characteristics(fresh.cy)] == [["yes", "no"]]
    line = EventLine.objects.get(type="protocols.approved")
    assert trail.text(line) == "approved version 1 of the protocol"


def test_an_incomplete_draft_is_not_approved(fresh: World) -> None:
    revision = save(fresh, replace(CONTENT, inclusion=(), outcomes=()))
    with pytest.raises(BadInput) as refusal:
        services.approve(fresh.ada, revision=revision)
    assert set(refusal.value.fields) == {"inclusion", "outcomes"}
    assert not ProtocolVersion.objects.exists()
    assert not ExclusionReason.objects.exists()


def test_only_the_lead_approves_and_only_what_they_read(fresh: World) -> None:
    revision = save(fresh, CONTENT)
    with pytest.raises(NotAllowed):
        services.approve(fresh.bo, revision=revision)
    save(fresh, replace(CONTENT, title="Another"), "bo")
    with pytest.raises(Refusal, match=r"^Bo saved the protocol at"):
        services.approve(fresh.ada, revision=revision)
    assert not ProtocolVersion.objects.exists()


def test_there_is_nothing_to_approve_before_anybody_wrote(fresh: World) -> None:
    with pytest.raises(Refusal, match="no draft"):
        services.approve(fresh.ada, revision=0)


def test_the_first_version_takes_no_reason(fresh: World) -> None:
    with pytest.raises(BadInput) as refusal:
        services.approve(fresh.ada, revision=save(fresh, CONTENT), reason="Because")
    assert list(refusal.value.fields) == ["reason"]


def test_an_amendment_needs_a_reason_and_a_change(world: World) -> None:
    _, revision = selectors.draft(world.ada)
    with pytest.raises(Refusal, match=r"^Ada approved version 1 of the protocol at \d\d:\d\d .*nothing has changed"):
        services.approve(world.ada, revision=revision, reason="For fun")
    revision = save(world, replace(CONTENT, title="Another"))
    with pytest.raises(BadInput) as refusal:
        services.approve(world.ada, revision=revision, reason="  ")
    assert list(refusal.value.fields) == ["reason"]
    version = services.approve(world.ada, revision=revision, reason=" We thought again ")
    assert (version.number, version.reason) == (2, "We thought again")
    assert [change.part for change in selectors.amended(world.rea, version)] == ["Title"]
    assert selectors.amended(world.rea, selectors.version(world.rea, 1)) == ()


def test_lines_that_go_are_retired_and_come_back_as_themselves(world: World) -> None:
    before = dict(ExclusionReason.objects.values_list("key", "pk"))
    worlds.amend(world, replace(CONTENT, reasons=CONTENT.reasons[1:]))
    assert [reason.key for reason in selectors.reasons(world.ada)] == ["r2", "r3"]
    assert ExclusionReason.objects.get(key="r1").retired_at is not None
    again = (rules.Reason("", "No outcome of interest"), rules.Reason("", "Wrong population"))
    worlds.amend(world, replace(CONTENT, reasons=again))
    assert [(reason.key, reason.rank) for reason in selectors.reasons(world.ada)] == [("r3", 1), ("r1", 2)]
    assert dict(ExclusionReason.objects.values_list("key", "pk")) == before


def test_renaming_an_outcome_keeps_its_row_and_a_new_line_gets_a_key(world: World) -> None:
    before = PlannedOutcome.objects.get()
    sleep = replace(CONTENT.outcomes[0], name="Sleep quality", time_points=(rules.TimePoint("", "post treatment"),))
    pain = rules.Outcome("", "Pain", time_points=(rules.TimePoint("", "Post-treatment"),))
    worlds.amend(world, replace(CONTENT, outcomes=(pain, sleep)))
    assert [str(outcome) for outcome in selectors.outcomes(world.ada)] == ["Pain", "Sleep quality"]
    assert selectors.outcomes(world.ada)[1].pk == before.pk
    points = {point.key: point for point in PlannedTimePoint.objects.in_force()}
    assert points["sleep-post"].name == "post treatment"
    assert len(points) == 2
    assert PlannedTimePoint.objects.get(key="sleep-late").retired_at is not None


def test_a_time_point_cannot_move_to_another_outcome(world: World) -> None:
    moved = rules.Outcome("pain", "Pain", time_points=(rules.TimePoint("sleep-post", "Post-treatment"),))
    with pytest.raises(BadInput, match="belongs to another outcome"):
        save(world, replace(CONTENT, outcomes=(moved,)))


def test_an_unknown_version_does_not_exist(world: World) -> None:
    with pytest.raises(NotFound):
        selectors.version(world.ada, 7)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE protocols_protocolversion SET reason = 'another'",
        "UPDATE protocols_protocolversion SET content = '{}'",
        "DELETE FROM protocols_protocolversion",
    ],
)
def test_the_database_refuses_to_rewrite_a_version(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert selectors.in_force(world.review_id).parsed == CONTENT


def test_nothing_is_approved_when_the_trail_cannot_be_written(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = save(fresh, CONTENT)

    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(trail, "record", fail)
    with pytest.raises(DatabaseError):
        services.approve(fresh.ada, revision=revision)
    assert not ProtocolVersion.objects.exists()
    assert not ExclusionReason.objects.exists()
