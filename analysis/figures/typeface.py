"""The one typeface of pages, plots and paper, from packages that are installed with the program.

matplotlib is given exactly these faces: fonts of the machine are never used, so a figure has the same bytes everywhere.
"""

from __future__ import annotations

import dataclasses
import importlib.resources
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager

FAMILY = "Lato"
WIDE_FAMILY = "Noto Sans CJK TC"
# What a drawing names: readers of an SVG without the typeface see one as wide as it, by way of `sans-serif`.
FAMILIES = (FAMILY, WIDE_FAMILY, "sans-serif")
_SUBSTITUTES = ("Tandem Sans", "Arial", "Liberation Sans", "Helvetica")
# Its ligatures tie even "ti" together, which reads as a slip of the printer.
FEATURES = ("-liga",)
# The wide face holds the forms of every country; China's are what the labels of this program mostly need.
WIDE_LANGUAGE = "zh-Hans"

_FILES = (
    ("fontpkg_lato", "files/Lato-Regular.ttf"),
    ("fontpkg_lato", "files/Lato-Bold.ttf"),
    ("cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
)


@cache
def paths() -> tuple[Path, Path, Path]:
    """The regular face, the bold one, and the wide one, which both fall back on."""
    regular, bold, wide = (Path(str(importlib.resources.files(package) / name)) for package, name in _FILES)
    return regular, bold, wide


@cache
def install() -> None:
    """Make matplotlib draw with these faces and its own settings, whatever the machine has of either."""
    mpl.rcdefaults()
    mpl.rcParams["font.sans-serif"] = [FAMILY, WIDE_FAMILY, *_SUBSTITUTES]
    manager: Any = font_manager.fontManager
    manager.ttflist.clear()
    manager.afmlist.clear()
    for path in paths():
        manager.addfont(path)
    wide = next(face for face in manager.ttflist if face.name == WIDE_FAMILY)
    manager.ttflist.append(dataclasses.replace(wide, weight=700))
    manager.defaultFamily = {"ttf": FAMILY, "afm": FAMILY}
