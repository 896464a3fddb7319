"""Which format a text file is in, by its content: the extensions .txt and .ris are used for everything."""

import re
from typing import BinaryIO

from reviews.search.formats import layout, parsed, registry

# Formats that are recognised so that the refusal can name them, in the order of looking.
_FOREIGN: tuple[tuple[str, str], ...] = (
    ("NoteFirst XML", r"<Bibliographies>"),
    ("VIP XML", r"<ResourceList>"),
    ("VIP RefMan", r"^\{(?:T1|A1|TY|JF|JO)\}: ?\S"),
    ("MODS XML", r"<(?:mods:)?mods(?:Collection)?\b"),
    ("RefWorks XML", r"<refworks\b"),
    ("PubMed abstract text", r"\A\s*1\. \S[^\n]*\b(?:19|20)\d\d\b[^\n]*\n(?:[^\n]*\n){1,60}?PMID: \d+ +\["),
)
# Shapes that some line in front of the first record could have too.
_SHAPES: tuple[tuple[str, str], ...] = (
    ("XML", r"\A\s*<\?xml"),
    ("JSON", r"\A\s*[\[{]\s*[\[{\"]"),
    ("comma- or tab-separated", r"\A(?:[^,\n]*,){4}[^\n]*\n|\A(?:[^\t\n]*\t){4}[^\n]*\n"),
)


def _compiled(signatures: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((label, re.compile(pattern, re.MULTILINE)) for label, pattern in signatures)


_FOREIGN_SIGNATURES = _compiled(_FOREIGN)
_SHAPE_SIGNATURES = _compiled(_SHAPES)
_RIS_TAGS = re.compile(r"^(?:AU|A1|TI|T1|PY|JO|JF|T2|AB|N2|ER|Provider:|Record #\d+ of)(?:  - ?| |$)", re.MULTILINE)


def detect(head: str, filename: str) -> layout.Format:
    """The format of the file whose first lines are `head`.

    Raises `parsed.FormatError`: nothing in it, a known format that cannot be read, or no export at all.
    """
    if not head.strip():
        raise parsed.FormatError(f"{filename} is empty. Export the references again and upload that file.")
    begins, nearest = _nearest(head, is_fallback=False)
    label = _foreign(head, begins, _FOREIGN_SIGNATURES)
    if not nearest and not label:
        begins, nearest = _nearest(head, is_fallback=True)
        label = _foreign(head, begins, _SHAPE_SIGNATURES)
    if nearest and not label:
        return nearest
    if label:
        article = "an" if label[0] in "EOX" else "a"
        raise parsed.FormatError(
            f"{filename} looks like {article} {label} file; Tandem reads {registry.READS}. "
            "Export the references in one of these and upload that file."
        )
    if _RIS_TAGS.search(head):
        raise parsed.FormatError(
            f"{filename} looks like an RIS file but holds no record (no line begins with TY). "
            "Export the references again and upload that file."
        )
    raise parsed.FormatError(
        f"{filename} is not an export of references that Tandem knows; it reads {registry.READS}. "
        "Export the references in one of these and upload that file."
    )


def _nearest(head: str, *, is_fallback: bool) -> tuple[int, layout.Format | None]:
    """The format whose first record begins first; of several there, the first in the registry."""
    best: tuple[int, layout.Format | None] = (len(head) + 1, None)
    for item in registry.FORMATS:
        place = item.place(head) if item.is_fallback is is_fallback else None
        if place is not None and place < best[0]:
            best = (place, item)
    return best


def binary(stream: BinaryIO) -> layout.Format | None:
    """The binary format (a workbook) that the file is in, if any."""
    for item in registry.FORMATS:
        if item.opens and item.opens(stream):
            return item
    return None


def _foreign(head: str, before: int, signatures: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    """The foreign format that begins before that place, if any."""
    found = ((label, pattern.search(head)) for label, pattern in signatures)
    return next((label for label, match in found if match and match.start() < before), "")
