"""Whether extraction builds on what screening decided; asked by ``settings.USES_REPORTS``."""

from collections.abc import Collection

from reviews.extraction.models import StudyReport


def is_report_of_a_study(review_id: int, reference_ids: Collection[int]) -> bool:
    return StudyReport.objects.filter(study__review_id=review_id, reference__in=reference_ids).exists()
