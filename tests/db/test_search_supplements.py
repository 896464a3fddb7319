"""One DOI for many documents, as congress supplements have it: kept apart, and said so."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import Job
from reviews.search import rules, services
from reviews.search.models import Join, Record
from tests import world as worlds
from tests.imports import Deadly, Killed, another, groups, outcome, ris
from tests.world import World

DOI = "10.5555/supplement"
SOCKS = "Warm socks for night watchmen: a randomised pilot"
LAMPS = "Gas lamps and the price of whale oil in harbour towns"
OIL = "Knitting circles against loneliness on remote islands"


def abstract(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "author": f"Keeper{len(title)}, A.", "year": 2020, "doi": DOI, **more}


def titles_by_reference(world: World) -> list[list[str]]:
    groups(world)
    found: dict[int, list[str]] = {}
    for join in Join.objects.filter(superseded_at=None).select_related("record").order_by("record"):
        found.setdefault(join.reference_id, []).append(join.record.title)
    return list(found.values())


def test_the_abstracts_of_a_supplement_are_references_of_their_own(world: World) -> None:
    worlds.upload(world, ris([abstract(SOCKS), abstract(LAMPS)]), "one.ris")
    worlds.upload(world, ris([abstract(f"{LAMPS}"), abstract(OIL), abstract(SOCKS.upper())]), "two.ris", source="B")
    assert sorted(map(sorted, titles_by_reference(world))) == sorted(
        [sorted([SOCKS, SOCKS.upper()]), [LAMPS, LAMPS], [OIL]]
    )


def supplement() -> bytes:
    """Many documents and their repeats under three DOIs."""
    entries = []
    for number in range(60):
        entry = abstract((SOCKS, LAMPS, OIL, "Tea and rest in the long watch", SOCKS.lower())[number * 7 % 5])
        entries.append({**entry, "doi": f"10.5555/supplement.{number % 3}", "abstract": "x" * (number % 5)})
    return ris(entries)


def test_chunks_of_any_size_keep_the_same_documents_apart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for size in (7, 500):
        monkeypatch.setattr(rules, "CHUNK", size)
        review = another(world)
        row = worlds.upload(review, supplement(), "supplement.ris")
        results.append((outcome(review), row.warnings))
    assert results[0] == results[1]
    (_, merged, _, _), warnings = results[0]
    assert merged, "nothing was merged: the file tests too little"
    assert len(warnings) == 1


def test_the_import_tells_which_records_were_kept_apart(world: World) -> None:
    row = worlds.upload(world, ris([abstract(SOCKS), abstract(SOCKS.lower())]), "one.ris")
    assert not [warning for warning in row.warnings if "kept apart" in warning]
    row = worlds.upload(world, ris([{"title": "Else"}, abstract(SOCKS), abstract(LAMPS)]), "two.ris", source="B")
    lines = list(Record.objects.filter(in_import=row, doi=DOI).order_by("position").values_list("line", flat=True))
    assert row.warnings[-1] == rules.kept_apart(lines)
    assert f"lines {lines[0]} and {lines[1]}" in row.warnings[-1]


def test_a_killed_import_warns_once_and_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHUNK", 10)
    undisturbed = worlds.upload(another(world), supplement(), "supplement.ris")
    run = worlds.search_run(world, "Killed")
    row = services.receive_file(world.ada, search_run_id=run.pk, file=ContentFile(supplement(), name="supplement.ris"))
    progress = Deadly(Job.objects.get(review_id=world.review_id).pk)
    with pytest.raises(Killed):
        services.run_import(row.pk, progress)
    worlds.finish_jobs(world)
    services.run_import(row.pk, jobs.Progress(progress.job_id))
    row.refresh_from_db()
    assert row.warnings == undisturbed.warnings
    assert len(row.warnings) == 1
