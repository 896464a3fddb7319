"""The typeface of pages: which files it has, how style sheets name them, and how they are cut.

They are cut from the faces that figures are drawn with, where they are first needed: the letters pages need, with
their kerning. The licence reserves the name Lato for the whole typeface, so what is cut has a name of its own.
Ideographs stay with the reader's system.
"""

import base64
import dataclasses
import functools
import io
import os
import tempfile
from importlib import metadata, resources
from pathlib import Path

from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Tandem Sans"
FACES = {"regular": "Lato-Regular.ttf", "bold": "Lato-SemiBold.ttf"}
# No ligatures: the face ties even "ti" together.
FEATURES = ["kern"]
POSTSCRIPT_NAME = 6
NAMES = {1: FAMILY, 4: FAMILY, POSTSCRIPT_NAME: "TandemSans"}
# Copyright, version and licence stay with the letters.
KEPT_NAMES = [0, 2, 5, 13, 14, *NAMES]
WEIGHTS = {"regular": "100 450", "bold": "451 900"}
# A reader's browser asks for a file when a page has one of its characters; `common` has all of our own words.
SCRIPTS = {
    "common": (
        (0x20, 0x7E),
        (0xA0, 0xFF),
        (0x391, 0x3C9),
        (0x2010, 0x2027),
        (0x2030, 0x203A),
        (0x2070, 0x209C),
        (0x20AC, 0x20AC),
        (0x2190, 0x2193),
        (0x2202, 0x2265),
    ),
    "latin": (
        (0x100, 0x17F),
        (0x192, 0x192),
        (0x1A0, 0x1A1),
        (0x1AF, 0x1B0),
        (0x1CD, 0x1DC),
        (0x1E6, 0x1E7),
        (0x218, 0x21B),
        (0x259, 0x259),
        (0x2BB, 0x2BC),
        (0x2C6, 0x2DD),
        (0x1E80, 0x1E85),
        (0x1EA0, 0x1EF9),
    ),
    "cyrillic": ((0x400, 0x45F), (0x490, 0x491)),
}


@dataclasses.dataclass(frozen=True)
class Cut:
    """One file: a weight, and the characters it has."""

    weight: str
    script: str

    @property
    def name(self) -> str:
        return f"{self.weight}-{self.script}.woff2"

    @property
    def characters(self) -> list[int]:
        return [code for first, last in SCRIPTS[self.script] for code in range(first, last + 1)]

    def rule(self, source: str) -> str:
        """The style sheet's rule that loads it from an address."""
        spans = (f"U+{first:X}" + (f"-{last:X}" if last > first else "") for first, last in SCRIPTS[self.script])
        return (
            f'@font-face {{\n  font-family: "{FAMILY}"; font-weight: {WEIGHTS[self.weight]}; font-display: swap;\n'
            f'  src: url("{source}") format("woff2");\n  unicode-range: {", ".join(spans)};\n}}\n'
        )


CUTS = tuple(Cut(weight, script) for script in SCRIPTS for weight in WEIGHTS)


def linked() -> str:
    """The rules at the head of `static/css/base.css`."""
    return "".join(cut.rule(f"../fonts/{cut.name}") for cut in CUTS)


def embedded() -> str:
    """The rules with the files inside, for a document that is read without a server."""
    return "".join(map(_inside, CUTS))


def in_svg(drawing: bytes) -> bytes:
    """A drawing with the files of its letters inside: a picture does not see the typeface of the page it stands on."""
    letters = set(map(ord, drawing.decode()))
    rules = "".join(_inside(cut) for cut in CUTS if letters.intersection(cut.characters))
    return drawing.replace(b"<defs>", f"<defs>\n<style>\n{rules}</style>".encode(), 1)


@functools.cache
def _inside(cut: Cut) -> str:
    return cut.rule(f"data:font/woff2;base64,{base64.b64encode(file(cut).read_bytes()).decode()}")


def file(cut: Cut) -> Path:
    """The file, cut now if it is not there yet; another process that cuts it at the same time writes the same bytes."""
    path = folder() / cut.name
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent)
        with open(handle, "wb") as target:
            target.write(cut_out(cut))
        os.chmod(name, 0o644)
        os.replace(name, path)
    return path


@functools.cache
def folder() -> Path:
    """Beside the program, for cutting takes seconds; else where the data lie; else one for this process.

    Another one for every version of the face and of what cuts it.
    """
    versions = "-".join(metadata.version(name) for name in ("fontpkg-lato", "fonttools", "brotli"))
    for root in (settings.BASE_DIR / "var", Path(settings.VAR_DIR)):
        wanted = root / "typeface" / versions
        try:
            wanted.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(wanted, os.W_OK | os.X_OK):
            return wanted
    return Path(_temporary().name)


@functools.cache
def _temporary() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="tandem-typeface-")


def face_of(cut: Cut) -> Path:
    """The whole face, in its package."""
    return Path(str(resources.files("fontpkg_lato") / "files" / FACES[cut.weight]))


def cut_out(cut: Cut) -> bytes:
    """The file's bytes; the same whenever they are made."""
    with TTFont(face_of(cut), recalcTimestamp=False) as face:
        options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=KEPT_NAMES)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=cut.characters)
        subsetter.subset(face)
        for record in face["name"].names:
            record.string = NAMES.get(record.nameID, record.string)
        face.flavor = "woff2"
        target = io.BytesIO()
        face.save(target)
    return target.getvalue()
