"""What is measured, and how. Every figure is of this run on this machine; compare ratios, not machines."""

import gzip
import re
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from reviews.core import jobs, ownership
from reviews.core.models import Job
from reviews.search import services as search
from reviews.search.formats import reading
from tests import imports, records
from tests import world as worlds
from tests.bench import library, load
from tests.world import World


@dataclass(frozen=True)
class Measure:
    job: str
    found: str
    budget: str


def everything(folder: Path, size: int) -> Iterator[Measure]:
    content = records.ris(records.made(range(1, size + 1)))
    yield from _reading(content, size)
    call_command("migrate", verbosity=0)
    world = worlds.with_protocol()
    yield from _storing(world, content, size)
    yield from _comparing(world, size)
    # As the server does by itself within minutes of an import, and not while pages are timed.
    with ownership.owning(connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    yield from _pages(world, size)
    yield from load.voting(folder, world, size)


def print_table(measures: Iterator[Measure]) -> None:
    print(f"{'job':<58} {'measured':>34}   budget")
    for one in measures:
        print(f"{one.job:<58} {one.found:>34}   {one.budget}", flush=True)


def timed(work: Callable[[], object], times: int = 1) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def p95(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    high = ordered[max(0, int(len(ordered) * 0.95) - 1)]
    return f"p95 {high * 1000:.1f} ms, median {statistics.median(seconds) * 1000:.1f} ms"


def _reading(content: bytes, size: int) -> Iterator[Measure]:
    found = reading.inspect(BytesIO(content), "bench.ris")
    taken = timed(lambda: sum(1 for _ in reading.read(BytesIO(content), found.format, found.encoding)))[0]
    yield Measure(f"parse {size:,} RIS records", f"{size / taken:,.0f} records/s", "20,000/s")
    peaks = []
    for part in (content[: len(content) // 10], content):
        tracemalloc.start()
        for _ in reading.read(BytesIO(part), found.format, found.encoding):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    yield Measure("parse: memory of a tenth of the file, of all of it", f"{peaks[0]:.1f} MB, {peaks[1]:.1f} MB", "flat")


def _storing(world: World, content: bytes, size: int) -> Iterator[Measure]:
    run = worlds.search_run(world, "Bench")
    start = time.perf_counter()
    file = ContentFile(content, name="bench.ris")
    received = search.receive_file(world.ada, search_run_id=run.pk, file=file)
    job = Job.objects.get(subject_id=received.pk, review_id=world.review_id)
    jobs.run(job.pk, search.run_import)
    taken = time.perf_counter() - start
    job.refresh_from_db()
    assert job.error == "", job.error
    yield Measure(f"store {size:,} records", f"{size / taken:,.0f} records/s", "2,000/s")


def _comparing(world: World, size: int) -> Iterator[Measure]:
    """In a review of its own, on records that differ as those of real databases do; a third of them are copies."""
    for one in library.measure(imports.another(world), size, size // 10):
        yield Measure(f"store {one.name}", f"{one.records / one.stored:,.0f} records/s", "2,000/s")
        found = f"{one.compared / one.cpu:,.0f} records/CPU s, {one.wall:.1f} s wall"
        yield Measure(f"search them for duplicates: {one.joined:,} joined", found, "100,000 in a minute")


def _pages(world: World, size: int) -> Iterator[Measure]:
    base = f"/reviews/{world.review_id}"
    pages = {
        "dashboard": f"{base}/",
        "search overview": f"{base}/search/",
        **_reference_lists(f"{base}/search/references/"),
        "screening queue": f"{base}/screening/",
        "screening list": f"{base}/screening/references/",
        "conflicts": f"{base}/screening/conflicts/",
    }
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.people["bo"], backend="django.contrib.auth.backends.ModelBackend")
    plain = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=plain):
        for name, path in pages.items():
            with CaptureQueriesContext(connection) as queries:
                response = client.get(path)
                count = len(queries)
            assert response.status_code == 200, (path, response.status_code)
            taken = timed(lambda path=path: client.get(path), 20)
            found = f"{p95(taken)}, {count} queries, {_weight(response.content):.0f} kB"
            yield Measure(f"{name}, {size:,} references", found, "200 ms, page 150 kB")


def _reference_lists(base: str) -> dict[str, str]:
    """The list as it is, and under the dearest questions: a word that all have, filters that read every record."""
    return {
        "references, page 1": base,
        "references, by title, last page": f"{base}?sort=title&page=99999",
        "references, a word that all have": f"{base}?words=trial",
        "references, a word that few have": f"{base}?words=keeper77",
        "references, every filter": f"{base}?words=trial&year_from=2004&year_to=2016&kind=article&show=single",
    }


def _weight(page: bytes) -> float:
    """Kilobytes over the wire: the page with its style sheets and scripts, compressed."""
    files = {finders.find(name) for name in re.findall(r'="/static/([^"]+\.(?:css|js))"', page.decode())}
    parts = [page, *(Path(file).read_bytes() for file in files if file)]
    return sum(len(gzip.compress(part)) for part in parts) / 1000
