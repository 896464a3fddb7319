"""Where the runtime keeps things."""

import dataclasses
import os
import pathlib
import pwd
import tempfile

from reviews.core.embedded import refusals

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


@dataclasses.dataclass(frozen=True)
class Places:
    """The folders below `var`, which hold everything that belongs to one installation."""

    var: pathlib.Path

    @property
    def postgres(self) -> pathlib.Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> pathlib.Path:
        return self.var / "valkey"

    @property
    def logs(self) -> pathlib.Path:
        return self.var / "logs"

    @property
    def files(self) -> pathlib.Path:
        return self.var / "files"

    @property
    def lock(self) -> pathlib.Path:
        return self.var / "run.lock"

    @property
    def processes(self) -> pathlib.Path:
        return self.var / "run.json"

    @property
    def secret_key(self) -> pathlib.Path:
        return self.var / "secret_key"

    @property
    def static_stamp(self) -> pathlib.Path:
        return self.var / "static.stamp"


def chosen() -> Places:
    """The folder named by TANDEM_VAR, else `var` in the repository."""
    return Places(pathlib.Path(os.environ.get("TANDEM_VAR") or REPOSITORY / "var").expanduser().resolve())


def prepare(places: Places) -> None:
    """Create the folders; raises Refusal when one of them cannot be written.

    Uploaded files and logs (which hold the links of password resets) are closed to other users of the machine.
    """
    for folder, mode in ((places.var, 0o755), (places.logs, 0o700), (places.files, 0o700)):
        try:
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as problem:
            raise refusals.Refusal(_unwritable(folder, problem)) from problem


def _unwritable(folder: pathlib.Path, problem: OSError) -> str:
    return (
        f"The folder {folder} cannot be written by {current_user()} ({problem.strerror}): give it to that user "
        f"(sudo chown -R {current_user()} {folder}) or choose another one: TANDEM_VAR=/some/folder make run"
    )


def current_user() -> str:
    """The name of the user this process runs as, or its number when it has no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
