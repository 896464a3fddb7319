"""Measure the budgets in one run and print them as a table: ``make bench`` (``-- --small`` for a quick look)."""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.bench.engine import table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the size, to see that it works")
    parser.add_argument("--engine", action="store_true", help="the engine alone, which needs no database")
    given = parser.parse_args()
    if not given.engine:
        _application(10_000 if given.small else 100_000)
    for line in table.lines():
        print(line, flush=True)


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
