"""What a source's table looks like: the header by which it is known, and how a row becomes a record's fields."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviews.search.formats import cleaning

_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7});")
_NOTHING: frozenset[str] = frozenset()
_ISSN_COLUMN = re.compile(r"\S+")


def folded(name: str) -> str:
    """A column's name as names are compared: small letters, no spaces around it."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


class Cells:
    """The filled cells of one row by their columns' folded names; it remembers which were taken."""

    def __init__(self, names: list[str], values: list[str], *, is_exact: bool = False) -> None:
        missing = _NOTHING if is_exact else cleaning.MISSING
        self._values: dict[str, str] = {}
        for name, value in zip(names, values, strict=False):
            if (bare := value.strip()) and bare not in missing:
                self._values[name] = bare
        self._taken: set[str] = set()

    def take(self, *names: str) -> str:
        """The first filled cell of these columns; empty when none is."""
        for name in names:
            if value := self._values.get(name):
                self._taken.add(name)
                return value
        return ""

    def peek(self, name: str) -> str:
        """A cell that stays among the tags."""
        return self._values.get(name, "")

    def year(self, *names: str) -> int | None:
        """The year in the first of these columns that has one; a column without one stays among the tags."""
        for name in names:
            if (found := cleaning.year([self.peek(name)])) is not None:
                self._taken.add(name)
                return found
        return None

    def doi(self, *names: str) -> str:
        """The first DOI in these columns; what is none stays among the tags."""
        for name in names:
            if found := cleaning.doi(self.peek(name)):
                self._taken.add(name)
                return found
        return ""

    def pmid(self, *names: str) -> str:
        """The first PMID in these columns, with or without the word in front of it."""
        for name in names:
            value = re.sub(r"^(?:PUBMED|PMID)[:\s]*", "", self.peek(name), flags=re.IGNORECASE)
            if found := cleaning.pmid(value) or cleaning.linked_pmid(value):
                self._taken.add(name)
                return found
        return ""

    def issns(self, *names: str) -> tuple[str, ...]:
        """Every ISSN in these columns, which stay among the tags where they hold anything else."""
        values = [self.peek(name) for name in names]
        found = cleaning.issns(values)
        if found and sum(len(_ISSN_COLUMN.findall(value)) for value in values) == len(found):
            self._taken.update(names)
        return found

    def words(self, pattern: str, *names: str) -> tuple[str, ...]:
        """The values in these columns cut at a pattern, each once."""
        # "&amp;" ends with a semicolon that separates nothing.
        plain = (_ENTITY.sub(lambda found: html.unescape(found[0]), self.take(name)) for name in names)
        parts = (part.strip() for value in plain for part in re.split(pattern, value))
        return tuple(cleaning.unique(parts))

    def rest(self) -> Iterator[tuple[str, str]]:
        """The columns that nobody took, with their cells."""
        return ((name, value) for name, value in self._values.items() if name not in self._taken)


def is_date(value: str) -> bool:
    """Whether a cell is a date, as a spreadsheet writes it where it took "1-5" for one."""
    return _DATE.fullmatch(value) is not None


Fields = dict[str, object]
Make = Callable[[Cells], Fields]


@dataclass(frozen=True, slots=True)
class Profile:
    """One source's table.

    A row is its header when it has all of `required` and one of `any_of` (if there are any), as folded names.
    `make` turns the cells of a row into fields of `parsed.ParsedRecord`. Where the table `is_exact`, a word such as
    `NA` is that word, elsewhere no value.
    """

    name: str
    label: str
    make: Make
    required: frozenset[str]
    any_of: frozenset[str] = frozenset()
    has_abstracts: bool = True
    family: str = ""
    is_exact: bool = False

    def matches(self, names: frozenset[str]) -> bool:
        """Whether a row with these folded names is this source's header."""
        return self.required <= names and (not self.any_of or bool(self.any_of & names))


def columns(cells: list[str]) -> list[str]:
    """The folded names of a header row, each once: a second "title" becomes "title (2)"."""
    return list(unique([folded(cell) for cell in cells]))


def unique(names: list[str]) -> Iterator[str]:
    """The names with a number behind those that were there before; nameless columns get their place."""
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        name = name or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def of(*names: str) -> frozenset[str]:
    """A set of names for `required` and `any_of`."""
    return frozenset(names)
