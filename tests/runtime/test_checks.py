"""The closing table of `make test`, made from what pytest really writes."""

import os
import subprocess
from pathlib import Path

import pytest

from reviews.core.embedded import checks, tallies
from tests.runtime import installation

pytestmark = pytest.mark.runtime

MIXED = """
import pytest
def test_passes(): pass
def test_fails(): assert 0
@pytest.mark.skip(reason="the samples are not here")
def test_is_skipped(): pass
@pytest.fixture
def broken(): raise RuntimeError
def test_has_a_broken_fixture(broken): pass
@pytest.fixture
def breaks_afterwards():
    yield
    raise RuntimeError
def test_passes_and_cannot_clean_up(breaks_afterwards): pass
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tallies.Report:
    folder = tmp_path_factory.mktemp("tests")
    for kind, text in (("unit", MIXED), ("db", "def test_passes(): pass\n")):
        (folder / "tests" / kind).mkdir(parents=True)
        (folder / "tests" / kind / f"test_{kind}.py").write_text(text)
    xml = folder / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:django", "--rootdir=.", "--import-mode=importlib"]
    subprocess.run(
        [installation.PYTHON, "-m", "pytest", *options, f"--junitxml={xml}", "tests"],
        cwd=folder,
        env=installation.environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    return tallies.read([xml, folder / "never-written.xml"])


def test_kinds_are_told_apart(report: tallies.Report) -> None:
    assert report.by_kind["unit"] == tallies.Tally(passed=1, failed=3, skipped=1)
    assert report.by_kind["db"] == tallies.Tally(passed=1)
    assert report.total == tallies.Tally(passed=2, failed=3, skipped=1)
    assert list(report.by_kind) == list(tallies.KINDS)


def test_reasons_of_skips_are_kept(report: tallies.Report) -> None:
    assert list(report.skips) == ["the samples are not here"]


def summary(
    outcomes: list[checks.Outcome], report: tallies.Report, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    code = checks.summarise(outcomes, report, 1.0)
    return code, capsys.readouterr().out.splitlines()[-1]


def test_the_last_line_counts(report: tallies.Report, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [checks.Outcome("mypy", True, 1), checks.Outcome("pytest unit", False, 1)]
    assert summary(outcomes, report, capsys) == (1, "3 passed, 3 failed, 1 skipped")


@pytest.mark.parametrize(
    ("name", "line"), [("mypy", "0 passed, 1 failed, 0 skipped"), ("pytest unit", "0 passed, 1 failed, 0 skipped")]
)
def test_no_failed_step_ends_with_zero_failed(name: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Also when pytest itself broke and left no failed test behind."""
    assert summary([checks.Outcome(name, False, 1)], tallies.read([]), capsys) == (1, line)


def test_a_step_beside_the_others_does_not_make_them_wait(tmp_path: Path) -> None:
    """The one beside ends only when it sees what the last of the others leaves behind."""
    left = tmp_path / "left"
    waits = ["sh", "-c", f"while [ ! -e '{left}' ]; do sleep 0.05; done"]
    steps = [
        checks.Step("beside", waits, is_beside=True, limit=60),
        checks.Step("fails", ["sh", "-c", "exit 3"]),
        checks.Step("last", ["touch", str(left)]),
    ]
    outcomes = checks.carry_out_all(steps, dict(os.environ))
    assert [(one.name, one.is_good) for one in outcomes] == [("fails", False), ("last", True), ("beside", True)]


def test_all_good_ends_with_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    good = [checks.Outcome("mypy", True, 1), checks.Outcome("pytest unit", True, 1)]
    assert summary(good, tallies.read([]), capsys) == (0, "1 passed, 0 failed, 0 skipped")


def test_a_step_that_fails_shows_why_and_one_that_cannot_start_too(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    variables = installation.environment()
    bad = checks.carry_out(checks.Step("bad", ["sh", "-c", "echo because; exit 3"]), variables)
    good = checks.carry_out(checks.Step("good", ["sh", "-c", "echo chatter"]), variables)
    missing = checks.carry_out(checks.Step("missing", [str(tmp_path / "tool")]), variables)
    assert [bad.is_good, good.is_good, missing.is_good] == [False, True, False]
    output = capfd.readouterr().out
    assert "because" in output
    assert "chatter" not in output
    assert "tool cannot be started: No such file or directory" in output


DEAD = "postgresql://nobody@127.0.0.1:9/none"


@pytest.mark.parametrize(
    "words", ["-q tests/unit/test_needs.py -k person", "'tests/unit/test_needs.py' -q -x -k person"]
)
def test_a_path_that_needs_no_server_starts_none(words: str) -> None:
    answer = installation.run(installation.embedded("check", words), DATABASE_URL=DEAD)
    assert "1 passed" in answer.stdout, answer.stdout + answer.stderr
    assert answer.returncode == 0


@pytest.mark.parametrize("words", ["tests/db/test_core_bulk.py", "tests/unit tests/web -x", "-k anything"])
def test_one_that_needs_servers_starts_them_first(words: str) -> None:
    answer = installation.run(installation.embedded("check", words), DATABASE_URL=DEAD)
    assert f"The database of DATABASE_URL ({DEAD}) cannot be reached" in answer.stderr
    assert answer.returncode == 1


def test_tests_run_beside_a_database_and_their_exit_code_comes_back() -> None:
    words = "-q tests/db/test_core_append_only.py -k 'work or [DROP' --deselect tests/unit"
    answer = installation.run(installation.embedded("check", words), seconds=120)
    assert "3 passed" in answer.stdout, answer.stdout + answer.stderr
    nothing = installation.run(installation.embedded("check", "-q tests/unit/test_needs.py -k no-such-test"))
    assert nothing.returncode == 5


def test_a_path_that_leads_nowhere_is_told_before_anything_starts() -> None:
    answer = installation.run(installation.embedded("check", "tests/unti/test_x.py::test_y"))
    assert answer.stderr == "tandem: There is no tests/unti/test_x.py: T takes pytest's paths and options.\n"
