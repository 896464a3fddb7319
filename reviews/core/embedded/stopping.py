"""Ctrl-C, TERM and HUP: noted when they come, acted on where it is safe."""

import dataclasses
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end while something was still being started."""


@dataclasses.dataclass
class StopRequest:
    """How often the end was asked for: once is politely, twice is now.

    A handler that raised could interrupt between starting a process and noting it down, and leave the process behind.
    """

    times: int = 0

    def listen(self) -> None:
        for number in SIGNALS:
            signal.signal(number, self._note)

    def check(self) -> None:
        if self.times:
            raise Stopped

    def _note(self, _number: int, _frame: object) -> None:
        self.times += 1
