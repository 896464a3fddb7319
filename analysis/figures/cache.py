"""Where matplotlib keeps the list of fonts it makes when it is first imported."""

from __future__ import annotations

import logging
import os
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("matplotlib", "fontpkg-lato", "cvttf-NotoSansCJK-Regular")


def prepare() -> None:
    """Name the folder to matplotlib, which reads this when it is imported; a folder that was named already stays.

    On a slow machine matplotlib tells on standard error that it makes the list. Nobody can do anything about it.
    """
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    if not os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = str(_kept() or _temporary().name)


def folder() -> Path:
    """Below TANDEM_VAR, else `var` beside the program; another one for every set of versions."""
    var = Path(os.environ.get("TANDEM_VAR") or REPOSITORY / "var").expanduser().resolve()
    return var / "matplotlib" / "-".join(metadata.version(name) for name in PACKAGES)


def _kept() -> Path | None:
    """The folder made, or none where it cannot be written."""
    wanted = folder()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return wanted if os.access(wanted, os.W_OK | os.X_OK) else None


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="tandem-matplotlib-")
