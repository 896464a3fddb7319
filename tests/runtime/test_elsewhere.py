"""What only one machine has (a locale, a time zone, a home, root, a path without blanks) is needed nowhere."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime import installation
from tests.runtime.installation import Installation

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="changes users, and looks at processes in /proc"),
    pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="as root, this needs setpriv"),
]

# A locale that knows ASCII only, with Python's own ways round it switched off.
PLAIN = {"LC_ALL": "POSIX", "LANG": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
# Half an hour off and without a home; the day before, and with a home that cannot be written.
ST_JOHNS = {**PLAIN, "TZ": "America/St_Johns", "HOME": "/nonexistent"}
SHANGHAI = {**PLAIN, "TZ": "Asia/Shanghai", "HOME": "/proc"}
TESTS = (
    "tests/unit/formats/test_chinese_files.py tests/unit/test_screening_rules.py tests/db/test_search_sources.py "
    "tests/web/test_search_exports.py -q -p no:cacheprovider"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with blanks and Chinese in its name that belongs to the ordinary user."""
    outer = Path(tempfile.mkdtemp(prefix="tandem-test-", dir="/tmp"))
    outer.chmod(0o755)
    inner = outer / "my reviews 综述"
    inner.mkdir()
    if os.geteuid() == 0:
        os.chown(inner, installation.NOBODY, installation.NOBODY)
    yield inner
    shutil.rmtree(outer)


def test_an_ordinary_user_starts_it_anywhere(folder: Path) -> None:
    elsewhere = Installation(folder / "var", variables=ST_JOHNS, is_ordinary=True)
    elsewhere.start()
    try:
        assert elsewhere.health()[0] == 200
        assert "ada@example.org" in elsewhere.terminal
    finally:
        assert elsewhere.end() == 0


def test_the_tests_pass_for_an_ordinary_user_anywhere(folder: Path) -> None:
    command = installation.as_nobody(installation.embedded("check", f"{TESTS} --basetemp='{folder}/tests'"))
    answer = subprocess.run(
        command,
        cwd=installation.REPOSITORY,
        env=installation.environment(TMPDIR=str(folder), **SHANGHAI),
        capture_output=True,
        check=False,
        timeout=400,
        start_new_session=True,
    )
    assert answer.returncode == 0, answer.stdout[-3000:].decode() + answer.stderr[-2000:].decode()
