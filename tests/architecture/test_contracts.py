"""The house is held by the machine: import contracts that have been seen to fail, and rules a grep can check."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
PLANTS = [
    (
        "reviews/search/selectors/planted.py",
        "from reviews.screening import services as planted\n",
        "Data flows downward",
    ),
    ("reviews/core/rules.py", "from reviews.protocols import models as planted\n", "Data flows downward"),
    ("analysis/options.py", "import django as planted\n", "The engine knows nothing of the web"),
    ("analysis/options.py", "from reviews.core import rules as planted\n", "The engine knows nothing of the web"),
    ("reviews/extraction/selectors/planted.py", "import analysis\n", "Only synthesis and reporting"),
    ("reviews/search/formats/ris.py", "from django.db import models as planted\n", "File readers are plain Python"),
    ("reviews/screening/rules.py", "from reviews.screening import models as planted\n", "Rules are pure"),
]

# A view asks whether it is a POST: what is no GET may be a HEAD or OPTIONS, which write nothing either.
METHODS = r"\.method\b.*([=!]=|\bin\b).*[\"'](GET|HEAD|OPTIONS)[\"']|SAFE_METHODS"
# The report holds the engine's own drawings and style sheets inside one file.
ALLOWED = {
    r"mark_safe|format_html": ("reviews/reporting/document.py",),
    METHODS: ("reviews/core/middleware.py",),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [str(LINT), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in ("reviews", "analysis"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("path", "line", "contract"), PLANTS)
def test_a_planted_import_is_caught(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    before = file.read_text() if file.exists() else None
    file.write_text((before or "") + "\n" + line)
    try:
        result = lint(copy)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    assert result.returncode != 0, f"{line} in {path} went unnoticed"
    verdicts = " ".join(result.stdout.split("Contracts:")[0].split())
    assert re.search(rf"{re.escape(contract)}(?:(?!KEPT|BROKEN).)*BROKEN", verdicts), result.stdout


def sources(*folders: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in endings and "migrations" not in path.parts and "__pycache__" not in path.parts
    ]


@pytest.mark.parametrize(
    ("pattern", "folders", "endings"),
    [
        (r"except (Exception|BaseException)\b|except:", ("reviews", "analysis"), (".py",)),
        (r"\bpandas\b", ("analysis",), (".py",)),
        (r"django\.dispatch|@receiver|\.connect\(.*sender", ("reviews",), (".py",)),
        (r"sqlite", ("reviews",), (".py",)),
        (r"style=\"|\son[a-z]+=\"|<script>|javascript:|https?://(cdn|unpkg)", ("templates",), (".html",)),
        (r"mark_safe|format_html", ("reviews",), (".py",)),
        (METHODS, ("reviews",), (".py",)),
    ],
)
def test_what_the_house_forbids_is_not_there(pattern: str, folders: tuple[str, ...], endings: tuple[str, ...]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources(*folders, endings=endings)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line) and str(path.relative_to(ROOT)) not in ALLOWED.get(pattern, ())
    ]
    assert not found, "\n".join(found)
