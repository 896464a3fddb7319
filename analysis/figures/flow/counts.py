"""The numbers of a flow diagram and the sums they must satisfy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from analysis import errors

Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCounts:
    """What became of every record and report.

    Units change along the way: records are identified, removed, screened and excluded; reports are sought, retrieved
    and assessed; studies and their reports are included. `screened` and `assessed` count what has been decided;
    what still waits is in `awaiting_screening` (records) and `awaiting_full_text` (reports). The arm of other
    methods, from `websites` to `other_reasons`, is drawn when any of its numbers is not 0; `included_studies` and
    `included_reports` are of both arms; `without_study` counts the included reports that are in
    no study yet.

    Raises InputError for a number that is negative or not whole.
    """

    databases: Named = ()
    registers: Named = ()
    duplicates: int = 0
    automation: int = 0
    other_removed: int = 0
    screened: int = 0
    awaiting_screening: int = 0
    excluded: int = 0
    sought: int = 0
    not_retrieved: int = 0
    assessed: int = 0
    awaiting_full_text: int = 0
    reasons: Named = ()
    included_studies: int = 0
    included_reports: int = 0
    without_study: int = 0
    websites: int = 0
    organisations: int = 0
    citations: int = 0
    other_sought: int = 0
    other_not_retrieved: int = 0
    other_assessed: int = 0
    other_awaiting: int = 0
    other_reasons: Named = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            named = value if isinstance(value, tuple) else ((field.name, value),)
            for name, number in named:
                _require_count(name.replace("_", " "), number)

    @property
    def identified(self) -> int:
        """Records from databases and registers."""
        return total(self.databases) + total(self.registers)

    @property
    def identified_otherwise(self) -> int:
        """Records from websites, organisations and citation searching."""
        return self.websites + self.organisations + self.citations

    @property
    def has_other_methods(self) -> bool:
        """Whether anything was found or followed by other methods."""
        followed = self.other_sought + self.other_assessed + self.other_awaiting + total(self.other_reasons)
        return self.identified_otherwise + followed > 0


def total(named: Named) -> int:
    """The sum of named numbers."""
    return sum(number for _, number in named)


def problems(counts: FlowCounts) -> tuple[str, ...]:
    """A sentence for every sum that does not come out; empty when the diagram adds up."""
    return tuple(
        f"{left_name} should equal {right_name}, but they are {left} and {right}."
        for left_name, left, right_name, right in _sums(counts)
        if left != right
    )


def _sums(counts: FlowCounts) -> Iterator[tuple[str, int, str, int]]:
    c = counts
    yield (
        "Records screened or awaiting screening",
        c.screened + c.awaiting_screening,
        "records identified less those removed",
        c.identified - c.duplicates - c.automation - c.other_removed,
    )
    yield "Records screened", c.screened, "records excluded plus reports sought", c.excluded + c.sought
    yield (
        "Reports assessed or awaiting a decision",
        c.assessed + c.awaiting_full_text,
        "reports sought less those not retrieved",
        c.sought - c.not_retrieved,
    )
    yield (
        "Reports from other methods assessed or awaiting a decision",
        c.other_assessed + c.other_awaiting,
        "those sought less those not retrieved",
        c.other_sought - c.other_not_retrieved,
    )
    yield (
        "Reports of included studies",
        c.included_reports,
        "reports assessed less those excluded",
        c.assessed - total(c.reasons) + c.other_assessed - total(c.other_reasons),
    )


def _require_count(name: str, number: object) -> None:
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    if not is_whole or int(str(number)) < 0:
        raise errors.InputError(
            f"Flow diagram, {name}: “{number}” is not a count; give a whole number, 0 or more.", field=name
        )
