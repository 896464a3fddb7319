"""Duplicates in the database: a library that is stored and compared, then a small import into it.

``python -m tests.bench.library [records already there] [records that come in]`` measures on a database made for it,
under ``python -m reviews.core.embedded services --``. With ``--only-new`` what is there already is stored and not
compared.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from reviews.search.duplicates.record import Record
from tests.bench import growth

if TYPE_CHECKING:
    from tests.world import World

AT_ONCE = 100_000


class Job(NamedTuple):
    """One file: seconds it took to be stored; what the search for duplicates compared, in how many CPU and wall seconds
    of this process, and what came of it."""

    name: str
    records: int
    stored: float
    compared: int
    joined: int
    proposed: int
    cpu: float
    wall: float

    @property
    def line(self) -> str:
        speed = self.compared / self.cpu if self.cpu else 0
        return (
            f"{self.name:<40} {self.records / self.stored:>7,.0f} stored/s; compared {speed:>7,.0f} records/CPU s, "
            f"{self.cpu:>6.1f} s CPU, {self.wall:>6.1f} s wall, "
            f"{self.joined:,} joined, {self.proposed:,} to decide"
        )


def measure(world: "World", old: int, new: int, *, is_old_compared: bool = True) -> Iterator[Job]:
    """Store ``old`` made records in files of at most 100,000 and compare them, then ``new`` ones against them."""
    records = growth.made(old + new)
    for number, start in enumerate(range(0, old, AT_ONCE), start=1):
        count = min(AT_ONCE, old - start)
        name = f"{count:,} records, {start:,} there"
        yield _measured(world, list(islice(records, count)), name, f"old{number}.ris", is_old_compared)
    yield _measured(world, list(records), f"{new:,} new records into {old:,}", "new.ris", True)


def _measured(world: "World", records: Sequence[Record], name: str, file_name: str, is_compared: bool) -> Job:
    from django.core.files.base import ContentFile  # noqa: PLC0415 - models can be imported only after the set-up

    from reviews.core import jobs  # noqa: PLC0415
    from reviews.search import services  # noqa: PLC0415
    from reviews.search.models import DuplicateCheck  # noqa: PLC0415
    from tests import world as worlds  # noqa: PLC0415

    run = worlds.search_run(world, file_name)
    file = ContentFile(b"".join(_ris(records)), name=file_name)
    row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
    start = time.perf_counter()
    services.run_import(row.pk, jobs.Progress(0))
    stored = time.perf_counter() - start
    check = DuplicateCheck.objects.get(in_import=row)
    cpu, wall = time.process_time(), time.perf_counter()
    if is_compared:
        services.check_duplicates(check.pk, jobs.Progress(0))
    taken = time.process_time() - cpu, time.perf_counter() - wall
    check.refresh_from_db()
    return Job(name, len(records), stored, check.compared, check.joined, check.proposed, *taken)


def _ris(records: Iterable[Record]) -> Iterator[bytes]:
    for one in records:
        fields: list[tuple[str, Any]] = [("TI", one.title), *(("AU", name) for name in one.authors)]
        fields += [("PY", one.year or ""), ("T2", one.journal), ("VL", one.volume), ("IS", one.issue)]
        first, _, last = one.pages.partition("-")
        fields += [("SP", first), ("EP", last), ("DO", one.doi), ("C2", one.pmid), ("AB", one.abstract)]
        lines = "".join(f"{tag}  - {value}\n" for tag, value in fields if value)
        yield f"TY  - JOUR\n{lines}ER  - \n\n".encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", nargs="?", type=int, default=100_000)
    parser.add_argument("new", nargs="?", type=int, default=10_000)
    parser.add_argument("--only-new", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews.config.settings")
    with tempfile.TemporaryDirectory(prefix="tandem-library-") as folder:
        os.environ["TANDEM_VAR"] = folder
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        from tests import world as worlds  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        for one in measure(worlds.with_protocol(), given.old, given.new, is_old_compared=not given.only_new):
            print(one.line, flush=True)


if __name__ == "__main__":
    main()
