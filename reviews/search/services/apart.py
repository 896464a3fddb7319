"""Which records of an import have a DOI that another document has too."""

from django.db.models import Count

from reviews.search import matching
from reviews.search.matching import MatchKey
from reviews.search.models import Fingerprint, Import, Record
from reviews.search.services import shelving


def lines(row: Import) -> list[int]:
    """Where these records begin in the file, in its order.

    Read from the references as they stand, so an import that was interrupted comes to the same. Two plain scans,
    the second only when there is something to find: joining the tables is slow before they are analysed.
    """
    dois = Fingerprint.objects.filter(review_id=row.review_id, kind=matching.DOI).values("digest")
    shared = set(dois.annotate(references=Count("pk")).filter(references__gt=1).values_list("digest", flat=True))
    if not shared:
        return []
    records = Record.objects.filter(in_import=row).exclude(doi="").order_by("position").values_list("line", "doi")
    return [line for line, doi in records if _digest(doi) in shared]


def _digest(doi: str) -> str:
    return shelving.digest(MatchKey(matching.DOI, matching.normalise_doi(doi)))
