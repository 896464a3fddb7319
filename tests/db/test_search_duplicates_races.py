"""People, votes, imports and the search for duplicates at once, on a real PostgreSQL with real threads."""

import pytest

from reviews.core import jobs
from reviews.core.models import EventLine
from reviews.core.refusals import NotFound, Refusal
from reviews.screening import selectors as screening
from reviews.screening.models import Standing, Vote
from reviews.screening.rules import Phase
from reviews.search import rules, services
from reviews.search.models import DuplicateCheck, PairDecision, Reference
from reviews.search.rules import PairVerdict
from tests import world as worlds
from tests.duplicates import decide, doubtful, held, open_pairs, ris, trial
from tests.threads import at_once
from tests.world import World

JOINED, DIFFERENT = PairVerdict.JOINED, PairVerdict.DIFFERENT


@pytest.fixture
def world(transactional_db: None) -> World:
    made = worlds.with_protocol()
    worlds.upload(made, ris(*(trial(n) for n in range(6))), "one.ris")
    worlds.upload(made, ris(*(doubtful(n) for n in range(6))), "two.ris", source="B")
    return made


def test_two_people_who_decide_the_same_pair_decide_it_once(world: World) -> None:
    for pair in open_pairs(world):
        results = at_once(
            lambda pair=pair: decide(world, pair, JOINED, "bo"), lambda pair=pair: decide(world, pair, DIFFERENT, "cy")
        )
        assert sum(isinstance(result, Refusal) for result in results) == 1
        assert PairDecision.objects.filter(pair=pair).count() == 1
        held(world)


def test_an_undo_twice_at_once_is_one(world: World) -> None:
    for pair in open_pairs(world):
        made = decide(world, pair, JOINED, "bo")
        results = at_once(
            *(
                lambda made=made, who=who: services.undo_decision(world.seats[who], decision_id=made.pk)
                for who in ("bo", "cy")
            )
        )
        assert sum(isinstance(result, Refusal) for result in results) == 1
        assert len(held(world)) == 12
    assert EventLine.objects.filter(type="search.references_parted").count() == 6


def test_a_vote_that_lands_while_a_join_is_confirmed_counts_or_is_refused(world: World) -> None:
    for pair in open_pairs(world):
        one, other = (end.joins.get(superseded_at=None).reference for end in (pair.one, pair.other))
        results = at_once(
            lambda pair=pair: decide(world, pair, JOINED, "ada"),
            lambda other=other: worlds.vote(world, "bo", other, "include"),
            lambda one=one: worlds.vote(world, "cy", one, "include"),
        )
        assert isinstance(results[0], PairDecision)
        assert results[2] is None or isinstance(results[2], NotFound)
        held(world)
        home = Reference.objects.get(pk=other.pk).document
        votes = Vote.objects.filter(superseded_at=None, reference__in=[one, other]).count()
        assert votes == sum(result is None for result in results[1:])
        standing = Standing.objects.filter(reference=home, phase=Phase.TITLE_ABSTRACT).first()
        assert (standing.includes if standing else 0) == votes
    progress = screening.progress(world.ada, Phase.TITLE_ABSTRACT)
    assert (progress.total, progress.included + progress.waiting + progress.untouched) == (6, 6)


def test_an_import_is_compared_while_a_person_decides(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "COMPARED_AT_ONCE", 2)
    run = worlds.search_run(world, "C")
    file = worlds.SimpleUploadedFile("three.ris", ris(*(trial(n, AB="") for n in range(6))))
    row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
    services.run_import(row.pk, jobs.Progress(0))
    check = DuplicateCheck.objects.get(in_import=row)
    pairs = open_pairs(world)

    def people() -> int:
        for place, pair in enumerate(pairs):
            decide(world, pair, DIFFERENT if place % 2 else JOINED, "bo")
        return len(pairs)

    results = at_once(lambda: services.check_duplicates(check.pk, jobs.Progress(0)), people)
    assert results[1] == 6
    found = held(world)
    assert sum(map(len, found.values())) == 18
    for place in range(6):
        (home,) = (set(records) for records in found.values() if place in records)
        assert 12 + place in home, "the new record joined its trial"
        assert (6 + place in home) == (place % 2 == 0), "as the person decided"


def test_two_checks_at_once_find_the_duplicates_between_their_imports(world: World) -> None:
    checks = []
    for name in ("C", "D"):
        run = worlds.search_run(world, name)
        file = worlds.SimpleUploadedFile(f"{name}.ris", ris(*(trial(n, AB=name) for n in range(6))))
        row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
        services.run_import(row.pk, jobs.Progress(0))
        checks.append(DuplicateCheck.objects.get(in_import=row))
    at_once(*(lambda one=one: services.check_duplicates(one.pk, jobs.Progress(0)) for one in checks))
    found = held(world)
    assert len(found) == 12
    assert sorted(map(len, found.values())) == [1] * 6 + [3] * 6


def test_an_import_undone_while_it_is_compared_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "COMPARED_AT_ONCE", 2)
    run = worlds.search_run(world, "C")
    file = worlds.SimpleUploadedFile("three.ris", ris(*(trial(n, AB="") for n in range(6))))
    row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
    services.run_import(row.pk, jobs.Progress(0))
    check = DuplicateCheck.objects.get(in_import=row)
    at_once(
        lambda: services.check_duplicates(check.pk, jobs.Progress(0)),
        lambda: services.undo_import(world.ada, import_id=row.pk),
    )
    assert len(held(world)) == 12
