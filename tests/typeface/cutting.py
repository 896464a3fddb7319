import io
from importlib import resources
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from reviews.core import typeface

FACES = {"regular": "Lato-Regular.ttf", "bold": "Lato-SemiBold.ttf"}
# No ligatures: the face ties even "ti" together.
FEATURES = ["kern"]
POSTSCRIPT_NAME = 6
NAMES = {1: typeface.FAMILY, 4: typeface.FAMILY, POSTSCRIPT_NAME: "TandemSans"}
# Copyright, version and licence stay with the letters.
KEPT_NAMES = [0, 2, 5, 13, 14, *NAMES]


def face_of(cut):
    """The whole face, in its package."""
    return Path(str(resources.files("fontpkg_lato") / "files" / FACES[cut.weight]))


def cut_out(cut):
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
