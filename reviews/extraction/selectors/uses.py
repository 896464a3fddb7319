"""What extraction builds on: whether it uses a report (``settings.USES_REPORTS``), and which were retracted."""

from collections.abc import Collection

from reviews.core.seats import Seat
from reviews.extraction.models import StudyReport
from reviews.search.models import DOCUMENT, Reference


def is_report_of_a_study(review_id: int, reference_ids: Collection[int]) -> bool:
    return StudyReport.objects.filter(study__review_id=review_id, reference__in=reference_ids).exists()


def retracted_studies(seat: Seat) -> dict[int, str]:
    """Studies with a report that says it was retracted or is the notice of a retraction: study's key to the words."""
    reports = StudyReport.objects.filter(study__review_id=seat.review_id).annotate(document=DOCUMENT)
    studies_of: dict[int, list[int]] = {}
    for study_id, document in reports.values_list("study_id", "document").order_by("pk"):
        studies_of.setdefault(document, []).append(study_id)
    references = Reference.objects.filter(pk__in=studies_of).select_related("primary_record").order_by("pk")
    found: dict[int, str] = {}
    for reference in references.defer("primary_record__raw", "primary_record__tags"):
        if label := reference.citation.retraction_label:
            found.update(dict.fromkeys(studies_of[reference.pk], label))
    return found
