"""Follows the programs' logs and picks what belongs on the terminal: e-mails and errors."""

import pathlib
import re
import shutil

from reviews.core.embedded import children

ERROR = re.compile(r"^.{0,60}\b(ERROR|CRITICAL)\b")
# Asked for by the supervisor itself until the worker has started.
UNREMARKABLE = "Service Unavailable: /healthz"
TRACEBACK = "Traceback (most recent call last):"
# Django's console e-mail backend: the message begins with this header and ends with a line of 79 dashes.
MAIL_BEGINS = "Content-Type: "
MAIL_ENDS = "-" * 79


class Picker:
    """Decides line by line; knows whether it is inside an e-mail or a traceback."""

    def __init__(self) -> None:
        self._inside = ""

    def wants(self, line: str) -> bool:
        if self._inside == "mail":
            if line == MAIL_ENDS:
                self._inside = ""
            return True
        if line.startswith(MAIL_BEGINS):
            self._inside = "mail"
        elif line.startswith(TRACEBACK):
            self._inside = "traceback"
        elif self._inside == "traceback":
            # The first line that is not indented is the exception itself.
            self._inside = "traceback" if line.startswith(" ") or not line else ""
            return True
        elif not ERROR.match(line) or UNREMARKABLE in line:
            return False
        return True


class Follower:
    """Reads what is new in one log since the last look, and keeps the log from growing without end."""

    def __init__(self, name: str, log: pathlib.Path) -> None:
        self.name = name
        self.log = log
        self._offset = log.stat().st_size if log.exists() else 0
        self._rest = b""
        self._picker = Picker()

    def news(self) -> list[str]:
        """The new lines that belong on the terminal, with the program's name before each."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read(1_000_000)
        self._offset += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        if self._offset > children.LARGEST_LOG:
            self._start_over()
        shown = (line.decode(errors="replace").rstrip("\r") for line in lines)
        return [f"{self.name:<7} | {line}" for line in shown if self._picker.wants(line)]

    def _start_over(self) -> None:
        """Keep one older copy; the program goes on writing to the same file, now empty."""
        shutil.copyfile(self.log, children.older(self.log))
        with self.log.open("r+b") as file:
            file.truncate(0)
        self._offset = 0
