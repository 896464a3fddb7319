"""Measure the budgets in one run and print them as a table: ``make bench`` (``-- --small`` for a quick look)."""

import argparse
import os
import platform
import tempfile
import timeit
from pathlib import Path

import django

from tests.bench import duplicates, growth, labelled
from tests.bench.engine import table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the size, to see that it works")
    parser.add_argument("--engine", action="store_true", help="the engine alone, which needs no database")
    parser.add_argument("--duplicates", action="store_true", help="the finding of duplicates alone, likewise")
    parser.add_argument("--million", action="store_true", help="duplicates among a million made records too")
    given = parser.parse_args()
    size = 10_000 if given.small else 100_000
    is_whole = not (given.engine or given.duplicates)
    print(_machine())
    if is_whole:
        _application(size)
    if is_whole or given.engine:
        _engine()
    if is_whole or given.duplicates:
        _duplicates([size, 1_000_000] if given.million else [size])


def _machine() -> str:
    """What the figures below were measured on: a core that others use too may run at a quarter of its speed."""
    loop = min(timeit.repeat("for _ in range(1_000_000): pass", number=1, repeat=3))
    busy = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {busy}; a million empty turns {loop * 1e3:.0f} ms"
    )


def _engine() -> None:
    for line in table.lines():
        print(line, flush=True)


def _duplicates(sizes: list[int]) -> None:
    """The labelled sets where they stand beside the project, the constructed one, and how time and memory grow."""
    print(f"\nDuplicates, on labelled sets\n{duplicates.heading()}")
    if not labelled.FOLDER.is_dir():
        print("the labelled sets are not beside the project; only the constructed one is measured")
    for row in duplicates.rows():
        print(duplicates.line(row), flush=True)
    print("\nDuplicates among made records")
    for size in sizes:
        print(growth.line(growth.measure(size, workers=min(2, os.cpu_count() or 1))), flush=True)


def _application(size: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews.config.settings")
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        os.environ["TANDEM_VAR"] = folder
        os.environ["TANDEM_STATIC_ROOT"] = f"{folder}/static"
        Path(folder, "static").mkdir()
        django.setup()
        from tests.bench import measures  # noqa: PLC0415 - models can be imported only after the set-up

        measures.print_table(measures.everything(Path(folder), size))


if __name__ == "__main__":
    main()
