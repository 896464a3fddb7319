"""What the person at the terminal sees."""

import contextlib
import sys


def say(text: str) -> None:
    """Print a line; a terminal that has been closed is no reason to die before the database is stopped."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def step(text: str) -> None:
    say(f"tandem  {text}")


def complain(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(f"tandem: {text}", file=sys.stderr, flush=True)
