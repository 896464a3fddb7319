"""Duplicates in the database: a library that is stored and compared, then a small import into it.

``python -m tests.bench.library [records already there] [records that come in]`` measures on a database made for it,
under ``python -m reviews.core.embedded services --``.
"""

import os
import sys
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
    """One search for duplicates: what it compared, CPU and wall seconds of this process, and what came of it."""

    name: str
    compared: int
    joined: int
    proposed: int
    cpu: float
    wall: float

    @property
    def line(self) -> str:
        speed = self.compared / self.cpu if self.cpu else 0
        return (
            f"{self.name:<52} {speed:>8,.0f} records/CPU s, {self.cpu:>6.1f} s CPU, {self.wall:>6.1f} s wall, "
            f"{self.joined:,} joined, {self.proposed:,} to decide"
        )


def measure(world: "World", old: int, new: int) -> Iterator[Job]:
    """Store ``old`` made records in files of at most 100,000 and compare them, then ``new`` ones against them."""
    records = growth.made(old + new)
    for number, start in enumerate(range(0, old, AT_ONCE), start=1):
        count = min(AT_ONCE, old - start)
        yield _compared(world, list(islice(records, count)), f"{count:,} records, {start:,} there", f"old{number}.ris")
    yield _compared(world, list(records), f"{new:,} new records into {old:,}", "new.ris")


def _compared(world: "World", records: Sequence[Record], name: str, file_name: str) -> Job:
    from django.core.files.base import ContentFile  # noqa: PLC0415 - models can be imported only after the set-up

    from reviews.core import jobs  # noqa: PLC0415
    from reviews.search import services  # noqa: PLC0415
    from reviews.search.models import DuplicateCheck  # noqa: PLC0415
    from tests import world as worlds  # noqa: PLC0415

    run = worlds.search_run(world, file_name)
    file = ContentFile(b"".join(_ris(records)), name=file_name)
    row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
    services.run_import(row.pk, jobs.Progress(0))
    check = DuplicateCheck.objects.get(in_import=row)
    cpu, wall = time.process_time(), time.perf_counter()
    services.check_duplicates(check.pk, jobs.Progress(0))
    taken = time.process_time() - cpu, time.perf_counter() - wall
    check.refresh_from_db()
    return Job(name, check.compared, check.joined, check.proposed, *taken)


def _ris(records: Iterable[Record]) -> Iterator[bytes]:
    for one in records:
        fields: list[tuple[str, Any]] = [("TI", one.title), *(("AU", name) for name in one.authors)]
        fields += [("PY", one.year or ""), ("T2", one.journal), ("VL", one.volume), ("IS", one.issue)]
        first, _, last = one.pages.partition("-")
        fields += [("SP", first), ("EP", last), ("DO", one.doi), ("C2", one.pmid), ("AB", one.abstract)]
        lines = "".join(f"{tag}  - {value}\n" for tag, value in fields if value)
        yield f"TY  - JOUR\n{lines}ER  - \n\n".encode()


def main() -> None:
    old, new = (int(given) for given in (sys.argv[1:] + ["100000", "10000"][len(sys.argv) - 1 :])[:2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews.config.settings")
    with tempfile.TemporaryDirectory(prefix="tandem-library-") as folder:
        os.environ["TANDEM_VAR"] = folder
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        from tests import world as worlds  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        for one in measure(worlds.with_protocol(), old, new):
            print(one.line, flush=True)


if __name__ == "__main__":
    main()
