"""Layouts that Tandem reads by their descriptions and the code of front ends, not yet proven on a real file.

VIP (CQVIP) writes NoteExpress, EndNote %0 and RefWorks in ways of its own, Wanfang RefWorks: the readers are the
common ones, the names tell people to compare the preview with the source.
"""

import dataclasses
import re
from collections.abc import Callable

from reviews.search.formats import layout, noteexpress, refer, refworks

_VIP = re.compile(r"维普|cqvip|lngid=", re.IGNORECASE)
_WANFANG = re.compile(r"万方|wanfangdata", re.IGNORECASE)


def _variant(base: layout.Format, source: str, words: re.Pattern[str]) -> layout.Format:
    return dataclasses.replace(
        base,
        name=f"{base.name}-{source.lower()}",
        label=f"{base.label} of {source}",
        begins=None,
        finds=_finder(base, words),
        is_unverified=True,
        family="Chinese databases",
        aliases=(),
    )


def _finder(base: layout.Format, words: re.Pattern[str]) -> Callable[[str], int | None]:
    def finds(head: str) -> int | None:
        return base.place(head) if words.search(head) else None

    return finds


FORMATS = (
    _variant(noteexpress.FORMAT, "VIP", _VIP),
    _variant(refer.FORMAT, "VIP", _VIP),
    _variant(refworks.FORMAT, "VIP", _VIP),
    _variant(refworks.FORMAT, "Wanfang", _WANFANG),
)
