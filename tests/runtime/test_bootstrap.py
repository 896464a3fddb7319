"""From nothing to `.venv`: what `make` does before Tandem's own code can run."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.runtime import installation

pytestmark = [pytest.mark.runtime, pytest.mark.enable_socket]

MISSING = f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of a clone that the first step needs, with requirements that ask for nothing."""
    folder = tmp_path_factory.mktemp("clone")
    embedded = folder / "reviews" / "core" / "embedded"
    embedded.mkdir(parents=True)
    shutil.copy(installation.REPOSITORY / "reviews" / "core" / "embedded" / "bootstrap.py", embedded)
    shutil.copy(installation.REPOSITORY / "Makefile", folder)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "base.txt").write_text("# nothing\n")
    (folder / "requirements" / "dev.txt").write_text("# nothing\n")
    return folder


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=os.environ | {"PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_installing_once_is_enough(clone: Path) -> None:
    first = make(clone, "install")
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["making", "installing", "installing"]
    second = make(clone, "install")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_an_install_that_failed_is_tried_again(clone: Path) -> None:
    """Runs after the first test: the old stamp must not stand for the new requirements."""
    lock = clone / "requirements" / "base.txt"
    lock.write_text(MISSING)
    failed = make(clone, "install")
    assert failed.returncode != 0
    assert "the packages could not be installed" in failed.stderr
    assert not (clone / ".venv" / ".tandem-base").exists()
    lock.write_text("# nothing\n")
    assert "installing" in make(clone, "install").stdout


def test_a_broken_venv_is_made_anew(clone: Path) -> None:
    (clone / ".venv" / "bin" / "python").unlink()
    again = make(clone, "install")
    assert again.returncode == 0, again.stderr
    assert "making .venv" in again.stdout


def test_without_a_suitable_python_there_is_a_sentence(clone: Path) -> None:
    answer = make(clone, "run", "PYTHON=/bin/false")
    assert answer.returncode != 0
    assert "no Python 3.11 or newer was found" in answer.stderr


def test_make_alone_lists_the_targets() -> None:
    answer = make(installation.REPOSITORY)
    names = [line.split()[1] for line in answer.stdout.splitlines()]
    assert {"help", "run", "test", "shell", "bench", "lock"} <= set(names)


def test_ci_runs_what_make_test_runs() -> None:
    script = installation.REPOSITORY / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text().splitlines()[-1] == "exec make test"
