"""Which system user a server runs as, and how it is started as that user.

PostgreSQL refuses to run as root. It then runs as the owner of its data, else as the system user `tandem`,
else as `nobody`. No permission of any folder is widened for it: where that user could not pass through the
folders above the installation, the server gets the one capability that lets it, through util-linux's `setpriv`.
"""

import dataclasses
import os
import pathlib
import pwd
import shutil
import subprocess

from reviews.core.embedded import places, refusals

SYSTEM_USER = "tandem"
# From harmless to strong: pass and read any folder; write too, for containers that lack the first.
CAPABILITIES = ("", "dac_read_search", "dac_override")


@dataclasses.dataclass(frozen=True)
class Account:
    """Somebody to run a server as: numbers of user and group, and the capability it needs ("" for none)."""

    uid: int
    gid: int
    capability: str = ""

    @property
    def is_self(self) -> bool:
        return self.uid == os.geteuid()

    def command(self, command: list[str], *, death_signal: str = "") -> list[str]:
        """The command line that runs `command` as this account.

        `death_signal` ("INT", "TERM") reaches the command when the supervisor is killed, where setpriv exists.
        """
        setpriv = _setpriv()
        if not setpriv:
            return command
        options = [f"--pdeathsig={death_signal}"] if death_signal else []
        if not self.is_self:
            options += [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if self.capability:
            options += [f"--inh-caps=+{self.capability}", f"--ambient-caps=+{self.capability}"]
            # Otherwise access(2), with which PostgreSQL finds its own files, takes no notice of capabilities.
            options += ["--securebits=+no_setuid_fixup"]
        return [setpriv, *options, "--", *command] if options else command

    def start(self, command: list[str], *, death_signal: str = "", **options: object) -> "subprocess.Popen[bytes]":
        """Start a process in a session of its own, so that the terminal's Ctrl-C spares it."""
        user = self._user_options()
        full = self.command(command, death_signal=death_signal)
        return subprocess.Popen(full, start_new_session=True, **user, **options)  # type: ignore[call-overload,no-any-return]

    def run(self, command: list[str], **options: object) -> "subprocess.CompletedProcess[str]":
        """Run to the end and capture the output as text."""
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            self.command(command),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **self._user_options(),
            **options,
        )

    def _user_options(self) -> dict[str, object]:
        if self.is_self or _setpriv():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _setpriv() -> str:
    """The path of util-linux's setpriv; BusyBox has one of the same name that cannot change the user."""
    path = shutil.which("setpriv") or ""
    return "" if path and os.path.basename(os.path.realpath(path)) == "busybox" else path


def myself() -> Account:
    """The account this process runs as."""
    return Account(os.geteuid(), os.getegid())


def has_name(account: Account) -> bool:
    """Whether the system knows the user by a name; a container may run as a bare number."""
    try:
        return bool(pwd.getpwuid(account.uid))
    except KeyError:
        return False


def for_data(data: pathlib.Path, binary: pathlib.Path) -> Account:
    """The account that runs `binary` on the folder `data`, which is created and given to it.

    Raises Refusal when, as root, no unprivileged user can be made to reach both.
    """
    data.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        data.chmod(0o700)
        return myself()
    owner = data.stat()
    account = Account(owner.st_uid, owner.st_gid) if owner.st_uid != 0 else _unprivileged()
    os.chown(data, account.uid, account.gid)
    data.chmod(0o700)
    return _reaching(account, data, binary)


def _unprivileged() -> Account:
    for name in (SYSTEM_USER, "nobody"):
        if name == SYSTEM_USER:
            _create_system_user()
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise refusals.Refusal(
        "PostgreSQL does not run as root and there is no other user to run it as: create one "
        "(useradd --system tandem) or run make as an ordinary user."
    )


def _create_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        if useradd := shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            nowhere = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
            subprocess.run([useradd, "--system", *nowhere, SYSTEM_USER], capture_output=True, check=False)


def _reaching(account: Account, data: pathlib.Path, binary: pathlib.Path) -> Account:
    """The account with the least capability that lets it start the binary and write the data."""
    for capability in CAPABILITIES if _setpriv() else CAPABILITIES[:1]:
        candidate = dataclasses.replace(account, capability=capability)
        if _can(candidate, [str(binary), "--version"]) and _can(candidate, ["test", "-w", str(data)]):
            return candidate
    raise refusals.Refusal(
        f"Servers do not run as root, and their user cannot enter {places.REPOSITORY} or {data.parent}: run make "
        "as an ordinary user, or move the folder to where every user may enter (for example /srv)."
    )


def _can(account: Account, command: list[str]) -> bool:
    try:
        return account.run(command, cwd="/").returncode == 0
    except OSError:
        return False
