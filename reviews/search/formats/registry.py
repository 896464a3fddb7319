"""The formats that can be read, in the order in which detection prefers them."""

from reviews.search.formats import layout, nbib, parsed, ris

FORMATS: tuple[layout.Format, ...] = (nbib.FORMAT, ris.FORMAT)
LABELS = " and ".join(item.label for item in FORMATS)


def named(name: str) -> layout.Format:
    """The format of that name. Raises `parsed.FormatError`."""
    for item in FORMATS:
        if item.name == name:
            return item
    names = ", ".join(item.name for item in FORMATS)
    raise parsed.FormatError(f"The format {name!r} cannot be read; choose one of: {names}.")
