"""The numbers of the PRISMA 2020 flow diagram, computed from what the team did."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from analysis.figures.flow import FlowCounts
from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.extraction.models import StudyReport
from reviews.protocols import selectors as protocols
from reviews.screening import selectors as screening
from reviews.screening.models import Retrieval
from reviews.screening.rules import Phase, State
from reviews.search import selectors as search
from reviews.search.models import DOCUMENT, Join, Reference
from reviews.search.rules import SourceKind
from reviews.synthesis import selectors as synthesis

MAIN = (SourceKind.DATABASE, SourceKind.REGISTER)
OTHER = (SourceKind.WEBSITE, SourceKind.ORGANISATION, SourceKind.CITATIONS)


def flow(seat: Seat) -> FlowCounts:
    """What became of every record and report of the review, as it stands.

    References that only websites, organisations or citation searching brought make the diagram's second arm; all
    others, also those found in both ways, the first.
    """
    found = search.identification(seat)
    databases = tuple((one.name, one.records) for one in found.sources if one.kind == SourceKind.DATABASE)
    registers = tuple((one.name, one.records) for one in found.sources if one.kind == SourceKind.REGISTER)
    other_ids = _found_otherwise(seat) if any(one.kind in OTHER for one in found.sources) else []
    identified: dict[str, Any] = {
        "databases": databases,
        "registers": registers,
        "websites": found.records_from(SourceKind.WEBSITE),
        "organisations": found.records_from(SourceKind.ORGANISATION),
        "citations": found.records_from(SourceKind.CITATIONS),
        "duplicates": found.records_from(*MAIN) - (found.references - len(other_ids)),
    }
    if protocols.current(seat.review_id) is None:
        return FlowCounts(**identified, awaiting_screening=found.references - len(other_ids))
    return FlowCounts(**identified, **_screened(seat, other_ids))


def _found_otherwise(seat: Seat) -> list[int]:
    """References without a record of a database or register."""
    joins = Join.objects.filter(
        reference=OuterRef("pk"), superseded_at=None, record__in_import__search_run__source__kind__in=MAIN
    )
    rows = Reference.objects.unique_documents().filter(~Exists(joins), review_id=seat.review_id)
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True)
class _Arm:
    """What became of some of the references at both phases; ``awaiting`` counts those without a decision yet."""

    awaiting_screening: int
    excluded: int
    sought: int
    not_retrieved: int
    awaiting: int
    reasons: Counter[str]

    @property
    def screened(self) -> int:
        return self.excluded + self.sought

    @property
    def assessed(self) -> int:
        return self.sought - self.not_retrieved - self.awaiting

    @property
    def named_reasons(self) -> tuple[tuple[str, int], ...]:
        return tuple((text, number) for text, number in self.reasons.items() if number)

    def without(self, other: "_Arm") -> "_Arm":
        return _Arm(
            awaiting_screening=self.awaiting_screening - other.awaiting_screening,
            excluded=self.excluded - other.excluded,
            sought=self.sought - other.sought,
            not_retrieved=self.not_retrieved - other.not_retrieved,
            awaiting=self.awaiting - other.awaiting,
            reasons=Counter({text: number - other.reasons[text] for text, number in self.reasons.items()}),
        )


def _screened(seat: Seat, other_ids: Collection[int]) -> dict[str, Any]:
    """Both arms: the whole screening less the second arm, and the second arm."""
    whole = screening.flow(seat)
    other = _other_arm(seat, other_ids)
    main = _Arm(
        awaiting_screening=whole.awaiting_title_abstract,
        excluded=whole.excluded,
        sought=whole.sought,
        not_retrieved=whole.not_retrieved,
        awaiting=whole.awaiting_full_text,
        reasons=Counter({reason.text: reason.number for reason in whole.reasons}),
    ).without(other)
    return {
        "screened": main.screened,
        "awaiting_screening": main.awaiting_screening,
        "excluded": main.excluded,
        "sought": main.sought,
        "not_retrieved": main.not_retrieved,
        "assessed": main.assessed,
        "awaiting_full_text": main.awaiting,
        "reasons": main.named_reasons,
        "included_studies": _included_studies(seat),
        "included_reports": whole.included,
        "without_study": extraction.free_references(seat).count(),
        "other_sought": other.sought,
        "other_not_retrieved": other.not_retrieved,
        "other_assessed": other.assessed,
        "other_awaiting": other.awaiting,
        "other_reasons": other.named_reasons,
    }


def _included_studies(seat: Seat) -> int:
    """Studies with a report that is included as things stand; one whose only report is disputed again is not."""
    reports = StudyReport.objects.filter(study=OuterRef("pk")).annotate(document=DOCUMENT)
    reports = reports.filter(document__in=screening.included_references(seat).values("pk"))
    return extraction.studies(seat).filter(Exists(reports)).count()


def pooled(seat: Seat) -> tuple[int, int] | None:
    """Studies in any synthesis' newest finished run, and their reports; None before there is a run."""
    runs = synthesis.latest_runs(seat, list(synthesis.syntheses(seat))).values()
    ids = {row.study_id for run in runs for row in synthesis.studies(run)}
    if not runs:
        return None
    reports = StudyReport.objects.filter(study__in=ids).annotate(document=DOCUMENT)
    return len(ids), reports.values("document").distinct().count()


def _other_arm(seat: Seat, ids: Collection[int]) -> _Arm:
    if not ids:
        return _Arm(0, 0, 0, 0, 0, Counter())

    def among(references: QuerySet[Reference]) -> int:
        return references.filter(pk__in=ids).count()

    excluded = among(screening.in_state(seat, Phase.TITLE_ABSTRACT, State.EXCLUDED))
    sought = screening.in_phase(seat, Phase.FULL_TEXT).filter(pk__in=ids)
    rejected = screening.in_state(seat, Phase.FULL_TEXT, State.EXCLUDED).filter(pk__in=ids)
    included = among(screening.in_state(seat, Phase.FULL_TEXT, State.INCLUDED))
    gone = Retrieval.objects.filter(superseded_at=None).annotate(document=DOCUMENT)
    missing = sought.filter(pk__in=gone.values("document")).count()
    up = sought.count()
    return _Arm(
        awaiting_screening=len(ids) - excluded - up,
        excluded=excluded,
        sought=up,
        not_retrieved=missing,
        awaiting=up - missing - included - rejected.count(),
        reasons=_reasons(seat, rejected),
    )


def _reasons(seat: Seat, rejected: QuerySet[Reference]) -> Counter[str]:
    """One reason a report, as ``screening.selectors.reasons_given`` counts them."""
    among = set(rejected.values_list("pk", flat=True))
    chosen = sorted(reason for pk, reason in screening.reasons_of(seat).items() if pk in among)
    return Counter(text for _, text in chosen)
