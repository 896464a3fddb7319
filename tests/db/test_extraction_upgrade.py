"""A database of 0.2.0, in the middle of extraction, upgraded in place."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reviews.core import ownership
from reviews.core.double import State
from reviews.extraction import selectors
from reviews.extraction.models import Completion, Entry, Settlement, Submission
from tests import world as worlds
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, NOW = [("extraction", "0003_no_truncate")], [("extraction", "0005_consensus_by_two")]
INSERT = (
    "INSERT INTO extraction_entry (study_id, kind, slot, person_id, started_at, submitted_at, abandoned_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id"
)


def migrate(target: list[tuple[str, str]]) -> None:
    """As the tables' owner, who then lets the application at what is new."""
    role = connection.settings_dict["USER"]
    with ownership.owning(connection):
        MigrationExecutor(connection).migrate(target)
        ownership.give_rights(connection, role)


@pytest.fixture
def old(transactional_db: None) -> Iterator[World]:
    """Three studies and no entries yet, in tables as 0.2.0 had them."""
    world = worlds.with_references(6)
    for place, reference in enumerate(world.references()[:3]):
        worlds.include(world, reference)
        worlds.study(world, reference, f"Keeper {place}")
    migrate(BEFORE)
    yield world
    migrate(NOW)


def at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def test_submissions_completions_and_settlements_are_made_of_what_was_there(old: World) -> None:
    done, half, made_by_lead = (old_study for (old_study,) in _rows("SELECT id FROM extraction_study ORDER BY number"))
    bo, cy, ada, dee = (old.people[who].pk for who in ("bo", "cy", "ada", "dee"))
    _insert(done, "extraction", 1, cy, at(1), at(2), None)
    _insert(done, "extraction", 2, bo, at(1), at(3), None)
    by_dee = _insert(done, "consensus", None, dee, at(4), at(4), None)
    _insert(half, "extraction", 1, ada, at(1), None, at(2))
    _insert(half, "extraction", 1, bo, at(2), at(5), None)
    _insert(half, "extraction", 2, cy, at(3), None, None)
    _insert(made_by_lead, "extraction", 1, bo, at(1), at(2), None)
    _insert(made_by_lead, "extraction", 2, cy, at(1), at(2), None)
    by_lead = _insert(made_by_lead, "consensus", None, ada, at(6), at(6), None)
    migrate(NOW)
    assert list(Submission.objects.order_by("pk").values_list("entry__person", "number", "at", "superseded_at")) == [
        (cy, 1, at(2), None),
        (bo, 1, at(2), None),
        (cy, 1, at(2), None),
        (bo, 1, at(3), None),
        (bo, 1, at(5), None),
    ]
    assert dict(Completion.objects.values_list("study", "at")) == {done: at(3), made_by_lead: at(2)}
    assert list(Settlement.objects.order_by("pk").values_list("entry", "number", "way", "at", "people__person")) == [
        (by_dee, 1, "adjudicator", at(4), dee),
        (by_lead, 1, "lead", at(6), ada),
    ]
    assert [line.state for line in selectors.lines(old.rea, selectors.studies(old.rea))] == [
        State.DONE,
        State.WAITING,
        State.DONE,
    ]
    assert Entry.objects.get(study=half, slot=1, abandoned_at=None).submitted_at == at(5)
    assert selectors.ways_of_consensus(old.rea) == {"adjudicator": 1, "lead": 1}


def _rows(statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _insert(*row: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
        return int(cursor.fetchone()[0])
