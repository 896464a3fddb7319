"""Cuts the files of `static/fonts` from the installed typeface: `python -m tests.typeface`, after a new version."""

from reviews.core import typeface
from tests.typeface import cutting

if __name__ == "__main__":
    for cut in typeface.CUTS:
        (typeface.FOLDER / cut.name).write_bytes(cutting.cut_out(cut))
