"""Makes `.venv` and installs the locked requirements: `python3 -I bootstrap.py base|dev`.

Runs on the machine's own Python, before anything is installed, and so uses the standard library only and imports
nothing from the project.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
SETS = {"base": ["base"], "dev": ["base", "dev"]}


def main(wanted: str) -> int:
    """Install what `wanted` needs and is not there yet; 0 when everything is in place."""
    os.umask(0o022)  # the database runs as another user when Tandem is started by root, and reads these files
    try:
        with _alone():
            if not _has_working_venv():
                _create_venv()
            for name in SETS[wanted]:
                _install(name)
    except subprocess.CalledProcessError as problem:
        print(f"tandem: {_advice(problem)}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(
            f"tandem: {VENV} cannot be written ({problem.strerror}): give the folder to your user.",
            file=sys.stderr,
        )
        return 1
    return 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two terminals must not install into the same folder at once."""
    descriptor = os.open(REPOSITORY, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _has_working_venv() -> bool:
    """Whether .venv runs, has pip, and is at least 3.11; one copied from elsewhere or half made is not."""
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11) or sys.prefix != sys.argv[1])"
    try:
        return subprocess.run([PYTHON, "-I", "-c", check, VENV], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _create_venv() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        print(
            f"tandem: {sys.executable} cannot make virtual environments: install that part of Python with "
            "`apt-get install python3-venv` (as root), or choose another Python: PYTHON=/path/to/python3 make run",
            file=sys.stderr,
        )
        raise SystemExit(1)
    version = ".".join(map(str, sys.version_info[:3]))
    _say(f"making .venv with Python {version}")
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True, stdout=subprocess.DEVNULL)


def _install(name: str) -> None:
    """Install one locked set unless its stamp says that exactly this set is installed in exactly this .venv."""
    lock = REPOSITORY / "requirements" / f"{name}.txt"
    stamp = VENV / f".tandem-{name}"
    identity = hashlib.sha256(lock.read_bytes() + os.fsencode(VENV) + _version()).hexdigest()
    if stamp.exists() and stamp.read_text() == identity:
        return
    stamp.unlink(missing_ok=True)
    _say(f"installing {_size(lock)} packages (requirements/{name}.txt; a minute or two the first time)")
    options = ["--disable-pip-version-check", "--no-input", "-qq", "--require-hashes"]
    subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", lock], check=True)
    fresh = stamp.with_suffix(".new")
    fresh.write_text(identity)
    fresh.replace(stamp)


def _version() -> bytes:
    return subprocess.run([PYTHON, "-VV"], capture_output=True, check=True).stdout


def _size(lock: pathlib.Path) -> int:
    return sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))


def _advice(problem: subprocess.CalledProcessError) -> str:
    if "pip" in map(str, problem.cmd):
        return (
            "the packages could not be installed (pip's reason stands above): check the network connection and start "
            "again; what is already downloaded is not fetched twice."
        )
    return f"making {VENV} failed (the reason stands above): remove the folder and start again."


def _say(text: str) -> None:
    print(f"tandem  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
