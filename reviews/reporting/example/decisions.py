"""What the example's reviewers have decided so far: about half of the screening."""

from collections.abc import Callable

from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.reporting.example import citations
from reviews.reporting.example.citations import Citation, Fate
from reviews.screening import services as screening
from reviews.screening.rules import Phase, Verdict
from reviews.search.models import Reference

Seats = dict[str, Seat]
References = dict[int, Reference]


def references(seat: Seat) -> References:
    """The review's references by the number of the made-up citation behind them."""
    by_title = {citation.title: citation.number for citation in citations.all_citations()}
    found = Reference.objects.unique_documents().filter(review_id=seat.review_id).select_related("primary_record")
    return {by_title[one.citation.title.rstrip(".")]: one for one in found}


def decide(seats: Seats, references: References) -> None:
    for citation in citations.all_citations():
        DECISIONS[citation.fate](seats, references[citation.number], citation)


def _first(seats: Seats, reference: Reference, **verdicts: Verdict) -> None:
    for name, verdict in verdicts.items():
        screening.cast_vote(seats[name], reference_id=reference.pk, phase=Phase.TITLE_ABSTRACT, verdict=verdict)


def _read(seats: Seats, reference: Reference, **reasons: int | None) -> None:
    """Votes at full text: None includes, a number is the place of the reason to exclude."""
    ranked = list(protocols.reasons(seats["ada"]))
    for name, place in reasons.items():
        screening.cast_vote(
            seats[name],
            reference_id=reference.pk,
            phase=Phase.FULL_TEXT,
            verdict=Verdict.INCLUDE if place is None else Verdict.EXCLUDE,
            reason_id=None if place is None else ranked[place].pk,
        )


def _to_full_text(seats: Seats, reference: Reference, citation: Citation) -> None:
    unsure = citation.number % 4 == 0
    _first(seats, reference, bo=Verdict.INCLUDE, cy=Verdict.MAYBE if unsure else Verdict.INCLUDE)


def _included(seats: Seats, reference: Reference, citation: Citation) -> None:
    _to_full_text(seats, reference, citation)
    _read(seats, reference, bo=None, cy=None)


def _read_and_excluded(seats: Seats, reference: Reference, citation: Citation) -> None:
    _to_full_text(seats, reference, citation)
    _read(seats, reference, bo=citation.number % 5, cy=(citation.number + citation.number % 2) % 5)


def _not_retrieved(seats: Seats, reference: Reference, citation: Citation) -> None:
    _to_full_text(seats, reference, citation)
    note = "Asked the library and the authors twice."
    screening.mark_not_retrieved(seats["ada"], reference_id=reference.pk, note=note)


def _disputed_report(seats: Seats, reference: Reference, citation: Citation) -> None:
    _to_full_text(seats, reference, citation)
    _read(seats, reference, bo=None, cy=2)


def _half_read(seats: Seats, reference: Reference, citation: Citation) -> None:
    _to_full_text(seats, reference, citation)
    _read(seats, reference, cy=None)


def _settled_out(seats: Seats, reference: Reference, citation: Citation) -> None:
    _first(seats, reference, bo=Verdict.INCLUDE, cy=Verdict.EXCLUDE)
    screening.resolve(
        seats["dee"],
        reference_id=reference.pk,
        phase=Phase.TITLE_ABSTRACT,
        verdict=Verdict.EXCLUDE,
        note="No internet-based therapy in the abstract.",
    )


def _excluded(seats: Seats, reference: Reference, citation: Citation) -> None:
    _first(seats, reference, bo=Verdict.EXCLUDE, cy=Verdict.EXCLUDE)


def _disputed(seats: Seats, reference: Reference, citation: Citation) -> None:
    _first(seats, reference, bo=Verdict.EXCLUDE, cy=Verdict.INCLUDE)


def _cy_voted(seats: Seats, reference: Reference, citation: Citation) -> None:
    _first(seats, reference, cy=Verdict.INCLUDE if citation.number % 3 else Verdict.EXCLUDE)


def _bo_voted(seats: Seats, reference: Reference, citation: Citation) -> None:
    _first(seats, reference, bo=Verdict.INCLUDE)


def _untouched(seats: Seats, reference: Reference, citation: Citation) -> None:
    """Nobody has looked at it yet."""


DECISIONS: dict[Fate, Callable[[Seats, Reference, Citation], None]] = {
    Fate.INCLUDED: _included,
    Fate.READ_AND_EXCLUDED: _read_and_excluded,
    Fate.NOT_RETRIEVED: _not_retrieved,
    Fate.DISPUTED_REPORT: _disputed_report,
    Fate.HALF_READ: _half_read,
    Fate.TO_READ: _to_full_text,
    Fate.SETTLED_OUT: _settled_out,
    Fate.EXCLUDED: _excluded,
    Fate.DISPUTED: _disputed,
    Fate.CY_VOTED: _cy_voted,
    Fate.BO_VOTED: _bo_voted,
    Fate.UNTOUCHED: _untouched,
}
