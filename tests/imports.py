"""Files for the tests of imports, and everything that storing them has come to."""

from collections.abc import Iterable
from typing import Any

from reviews.core import jobs
from reviews.search import rules
from reviews.search.models import Join, Record, Reference
from reviews.search.rules import JoinKind
from tests import world as worlds
from tests.world import World


def ris(entries: Iterable[dict[str, Any]]) -> bytes:
    """A RIS file of entries with any of title, author, year, doi, pmid, abstract."""
    tags = {"title": "TI", "author": "AU", "year": "PY", "doi": "DO", "pmid": "C2", "abstract": "AB"}
    rows = []
    for entry in entries:
        rows += [
            "TY  - JOUR",
            *(f"{tags[name]}  - {value}" for name, value in entry.items()),
            "DB  - Scopus",
            "ER  - ",
            "",
        ]
    return "\n".join(rows).encode()


def keeper(number: int, **more: Any) -> dict[str, Any]:
    return {"title": f"Invented trial of rest number {number}", "author": "Keeper, A.", "year": 2020, **more}


def another(world: World) -> World:
    """A further, empty review of Ada's."""
    seat = worlds.core.create_review(world.people["ada"], title="Another")
    return World(seat.review_id, world.people, {"ada": seat})


def groups(world: World) -> dict[int, list[str]]:
    """Reference number to file name and position of its records; and every invariant of the tables."""
    found: dict[int, list[str]] = {}
    current = Join.objects.filter(superseded_at=None, record__review_id=world.review_id)
    for join in current.select_related("reference", "record__in_import").order_by("record"):
        assert join.reference.merged_into_id is None, "a current join leads to a merged reference"
        record = join.record
        found.setdefault(join.reference.number, []).append(f"{record.in_import.file_name} {record.position}")
    unique = Reference.objects.unique_documents().filter(review_id=world.review_id)
    assert sorted(found) == sorted(unique.values_list("number", flat=True))
    assert sum(map(len, found.values())) == Record.objects.filter(review_id=world.review_id).count()
    numbers = Reference.objects.filter(review_id=world.review_id).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1)), "numbers are contiguous"
    assert not Reference.objects.exclude(merged_into__merged_into=None).exists()
    firsts = current.filter(kind=JoinKind.FIRST)
    assert firsts.values("reference").distinct().count() == firsts.count() == unique.count()
    return found


def outcome(world: World) -> tuple[Any, ...]:
    references = Reference.objects.filter(review_id=world.review_id)
    merged = references.exclude(merged_into=None).values_list("number", "merged_into__number")
    joins = Join.objects.filter(record__review_id=world.review_id).select_related("record", "reference")
    joins = joins.order_by("record__position", "pk")
    history = [(one.record.position, one.reference.number, one.kind, one.superseded_at is None) for one in joins]
    primaries = {one.number: one.primary_record.position for one in world.references()}
    return groups(world), sorted(merged), history, primaries


class Killed(Exception):
    pass


class Deadly(jobs.Progress):
    """Progress that kills the work after it was told of ``lives`` chunks."""

    lives = 2

    def tell(self, done: int, total: int, message: str = "") -> None:
        if done >= self.lives * rules.CHUNK:
            raise Killed
        super().tell(done, total, message)
