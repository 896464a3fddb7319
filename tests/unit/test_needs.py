"""What runs beside a test follows from its folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from reviews.core.embedded import needs, places
from reviews.core.embedded.needs import Needs

ROOT = places.REPOSITORY


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["tests/unit"], Needs.NOTHING),
        (["tests/unit/test_screening_rules.py::test_x[a/b::c]", "tests/golden", "tests/architecture"], Needs.NOTHING),
        (["tests/runtime/test_run.py"], Needs.NOTHING),
        (["tests/db/test_core_jobs.py"], Needs.SERVERS),
        (["tests/unit", "tests/web"], Needs.SERVERS),
        (["./tests/unit/../db"], Needs.SERVERS),
        ([str(ROOT / "tests" / "unit")], Needs.NOTHING),
        (["tests/e2e", "tests/unit"], Needs.BROWSER),
        (["tests"], Needs.BROWSER),
        (["."], Needs.BROWSER),
        ([], Needs.BROWSER),
        (["tests/something-new"], Needs.BROWSER),
    ],
)
def test_the_most_that_any_path_needs(paths: list[str], expected: Needs) -> None:
    assert needs.of(paths) == expected


def test_paths_begin_where_the_person_stands() -> None:
    assert needs.of(["analysis"], ROOT / "tests" / "unit") == Needs.NOTHING
    assert needs.of(["db"], ROOT / "tests") == Needs.SERVERS


def test_every_folder_of_tests_is_known() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert folders == set(needs.FOLDERS)


def test_what_needs_nothing_runs_without_any_setting(tmp_path: Path) -> None:
    """No key, no database, no settings; and from another folder than the checkout's."""
    one = ROOT / "tests" / "unit" / "test_screening_rules.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(one)]
    answer = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
