"""Joins that rest on "another title" which may be a journal are to be looked at again; nothing is undone in silence."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client

from reviews.search import services
from reviews.search.duplicates import finding
from reviews.search.models import Pair, PairDecision, Record
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates
from reviews.search.services.duplicates import uniting
from reviews.search.services.duplicates.planning import Union
from tests import world as worlds
from tests.duplicates import held, ris, trial
from tests.world import World

MIGRATION = import_module("reviews.search.migrations.0014_journals_taken_for_titles")
JOURNAL = "Invented Letters on Lamps"


def _joined(world: World, first: dict[str, object], second: dict[str, object]) -> Pair:
    """Two records that the engine of an earlier release made one reference."""
    worlds.upload(world, ris(first, second), "two.ris", source="C")
    one, other = Record.objects.filter(review_id=world.review_id).order_by("-pk")[:2][::-1]
    homes = [record.joins.get(superseded_at=None).reference_id for record in (one, other)]
    found = finding.Pair(one.pk, other.pk, 0.9, finding.Band.JOIN, ())
    if homes[0] != homes[1]:
        uniting.unite(
            world.review_id, [Union(found, homes[1], homes[0])], how=uniting.ENGINE, now=one.in_import.created_at
        )
    return Pair.objects.get(one=one, other=other)


def _upgrade() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.MARK)


@pytest.mark.parametrize(
    ("first", "second", "is_doubtful"),
    [
        ({"TT": JOURNAL, "DO": ""}, {"TT": JOURNAL.upper(), "DO": ""}, True),
        ({"TT": JOURNAL, "DO": ""}, {"TT": "Another Title", "DO": ""}, False),
        ({"DO": ""}, {"DO": ""}, False),
        ({"TT": JOURNAL, "DO": "10.5555/x"}, {"TT": JOURNAL, "DO": "10.5555/X"}, False),
    ],
)
def test_only_joins_for_another_title_are_looked_at_again(
    world: World, first: dict[str, object], second: dict[str, object], is_doubtful: bool
) -> None:
    pair = _joined(world, trial(0, **first), trial(1, **second))
    before = held(world)
    _upgrade()
    _upgrade()
    assert held(world) == before, "nothing is undone"
    pair.refresh_from_db()
    assert (pair.vetoes == [finding.JOURNAL_AS_TITLE]) is is_doubtful
    assert duplicates.counts(world.ada, []).doubtful == is_doubtful
    assert [one.pair_id for one in duplicates.made(world.ada, "doubtful")] == [pair.pk] * is_doubtful


def test_it_is_shown_and_undone_by_a_person(world: World, client_of: Callable[..., Client]) -> None:
    pair = _joined(world, trial(0, TT=JOURNAL, DO=""), trial(1, TT=JOURNAL, DO=""))
    _upgrade()
    page = client_of(world, "ada").get(f"/reviews/{world.review_id}/search/duplicates/joins/").content.decode()
    assert "1 automatic join of an earlier version rests on" in page
    decision = PairDecision.objects.get(pair=pair, superseded_at=None, verdict=PairVerdict.JOINED)
    services.undo_decision(world.ada, decision_id=decision.pk)
    assert duplicates.counts(world.ada, []).doubtful == 0
