"""One DOI for many documents, as congress supplements have it: kept apart by their titles, and said so."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import Job
from reviews.search import rules, services
from reviews.search.models import Import, Join, Record, Reference
from tests import world as worlds
from tests.imports import Deadly, Killed, another, groups, outcome, ris
from tests.world import World

DOI = "10.5555/supplement"
SOCKS = "Warm socks for night watchmen: a randomised pilot"
LAMPS = "Gas lamps and the price of whale oil in harbour towns"
OIL = "Knitting circles against loneliness on remote islands"
CHINESE = "虚构的水壶对灯塔看守人睡眠的影响"


def abstract(title: str, **more: Any) -> dict[str, Any]:
    return {**({"title": title} if title else {"abstract": "untitled"}), "doi": DOI, **more}


def titles_by_reference(world: World) -> list[list[str]]:
    groups(world)
    found: dict[int, list[str]] = {}
    for join in Join.objects.filter(superseded_at=None).select_related("record").order_by("record"):
        found.setdefault(join.reference_id, []).append(join.record.title)
    return list(found.values())


def test_the_abstracts_of_a_supplement_are_references_of_their_own(world: World) -> None:
    worlds.upload(world, ris([abstract(SOCKS), abstract(LAMPS)]), "one.ris")
    worlds.upload(world, ris([abstract(f"{LAMPS}."), abstract(OIL), abstract(SOCKS.upper())]), "two.ris", source="B")
    assert titles_by_reference(world) == [[SOCKS, SOCKS.upper()], [LAMPS, f"{LAMPS}."], [OIL]]


def test_a_title_that_shows_the_reference_no_more_still_counts(world: World) -> None:
    """The longer abstract changes the primary record, and must not change what joins."""
    english, spanish = SOCKS, "Calcetines cálidos para vigilantes nocturnos: un ensayo"
    worlds.upload(world, ris([abstract(english, pmid="77")]), "one.ris")
    worlds.upload(world, ris([abstract(spanish, pmid="77", abstract="the longer one")]), "two.ris", source="B")
    assert Reference.objects.get().primary_record.title == spanish
    worlds.upload(world, ris([abstract(f"{english}.")]), "three.ris", source="C")
    assert titles_by_reference(world) == [[english, spanish, f"{english}."]]


def test_a_title_that_is_missing_or_in_another_script_joins_one_document_and_never_picks_of_two(world: World) -> None:
    worlds.upload(world, ris([abstract(SOCKS), abstract(CHINESE), abstract("")]), "one.ris")
    assert titles_by_reference(world) == [[SOCKS, CHINESE, ""]]
    worlds.upload(
        world,
        ris([abstract(LAMPS), abstract("", year=2020), abstract("虚构的煤气灯与鲸油价格")]),
        "two.ris",
        source="B",
    )
    assert titles_by_reference(world) == [[SOCKS, CHINESE, ""], [LAMPS], [""], ["虚构的煤气灯与鲸油价格"]]


def test_a_shared_pmid_joins_whatever_the_titles(world: World) -> None:
    worlds.upload(world, ris([abstract(SOCKS, pmid="77"), abstract(LAMPS), abstract(OIL, pmid="77")]), "one.ris")
    assert titles_by_reference(world) == [[SOCKS, OIL], [LAMPS]]


def test_the_doi_of_a_supplement_merges_nothing_that_a_pmid_names(world: World) -> None:
    """An untitled record brings the DOI to the document of its PMID; that document's title speaks for it."""
    pmid_only = {"title": LAMPS, "pmid": "77", "author": "Keeper, A.", "year": 2020}
    worlds.upload(world, ris([abstract(SOCKS), pmid_only, abstract("", pmid="77")]), "one.ris")
    assert titles_by_reference(world) == [[SOCKS], [LAMPS, ""]]


def supplement() -> bytes:
    """Many documents and their repeats under three DOIs, tied and split by PMIDs, in several scripts."""
    titles = (
        SOCKS,
        LAMPS,
        OIL,
        CHINESE,
        "",
        "虚构的煤气灯与鲸油价格",
        "Tea and rest",
        SOCKS.lower(),
        LAMPS + ": a trial",
    )
    entries = []
    for number in range(60):
        entry = abstract(titles[number * 7 % len(titles)], abstract="x" * (number % 5))
        entry["doi"] = f"10.5555/supplement.{number % 3}"
        if number % 4 == 0:
            entry["pmid"] = str(700 + number % 7)
        entries.append(entry)
    return ris(entries)


def test_chunks_of_any_size_keep_the_same_documents_apart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for size in (1, 7, 500):
        monkeypatch.setattr(rules, "CHUNK", size)
        review = another(world)
        row = worlds.upload(review, supplement(), "supplement.ris")
        results.append((outcome(review), row.warnings))
    assert results[0] == results[1] == results[2]
    (_, merged, history, _), warnings = results[0]
    assert merged, "nothing was merged: the file tests too little"
    assert {"doi", "pmid", "first"} <= {kind for _, _, kind, _ in history}
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


def test_a_real_export_of_embase_keeps_its_congress_abstracts_apart(world: World, shared: Path) -> None:
    sample = shared / "formats" / "samples" / "embase-ris-1.ris"
    row = worlds.upload(world, sample.read_bytes(), sample.name)
    apart = {
        "10.1097/HEP.0000000000001077": (7021, 7214),
        "10.47892/rgp.2023.43Supl1.1616": (18054, 18185),
        "10.1097/RHU.0000000000001070": (31843, 31895),
    }
    for doi, lines in apart.items():
        joins = Join.objects.filter(record__doi__iexact=doi, superseded_at=None)
        assert tuple(joins.order_by("record").values_list("record__line", flat=True)) == lines
        assert joins.values("reference").distinct().count() == 2, doi
    expected = sorted(line for lines in apart.values() for line in lines)
    (warning,) = [text for text in row.warnings if "DOI" in text]
    assert warning == rules.kept_apart(expected)
    assert Import.objects.get().imported == 571
    joined = Join.objects.filter(kind="doi", superseded_at=None).select_related("record")
    assert sorted(join.record.doi.lower() for join in joined) == [
        "10.1016/j.rpsm.2022.11.004",
        "10.1371/journal.pntd.0007496",
    ]
