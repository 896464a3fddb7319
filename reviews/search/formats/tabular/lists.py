"""Lists that a program wrote into one cell: Python's `['a', 'b']`, JSON's `["a"]`, R's `c("a", "b")`."""

import ast
import re
from collections.abc import Iterable

_LIST = re.compile(r"\s*(?:c(?=\()|list(?=\())?[\[(](?P<inside>\s*(?:[\"'].*[\"'])?\s*,?\s*)[\])]\s*", re.DOTALL)
_LONGEST = 200_000


def parted(value: str) -> tuple[str, ...] | None:
    """The items of such a list; None when the cell is no list."""
    found = _LIST.fullmatch(value) if value[-1:] in ("]", ")") and len(value) < _LONGEST else None
    if not found:
        return None
    try:
        items = ast.literal_eval(f"[{found['inside'].strip()}]")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return tuple(_plain(items))


def _plain(items: Iterable[object]) -> Iterable[str]:
    return (item.strip() for item in items if isinstance(item, str) and item.strip())
