"""Which records of an import share a DOI with a document that they were not joined with."""

from django.db.models import Exists, OuterRef, QuerySet

from reviews.search import matching
from reviews.search.matching import MatchKey
from reviews.search.models import Fingerprint, Import, Join
from reviews.search.services import shelving


def lines(row: Import) -> list[int]:
    """Where these records begin in the file, in its order.

    Read from the references as they stand, so an import that was interrupted comes to the same.
    """
    shared = _shared(row)
    digests = set(shared.values_list("digest", flat=True))
    if not digests:
        return []
    joins = Join.objects.filter(in_import=row, superseded_at=None, reference__in=shared.values("reference"))
    found = joins.order_by("record__position").values_list("record__line", "record__doi")
    return [
        line for line, doi in found if shelving.digest(MatchKey(matching.DOI, matching.normalise_doi(doi))) in digests
    ]


def _shared(row: Import) -> QuerySet[Fingerprint]:
    """The DOIs that a reference with records of this import has, and another reference as well."""
    dois = Fingerprint.objects.filter(review_id=row.review_id, kind=matching.DOI)
    others = dois.filter(digest=OuterRef("digest")).exclude(reference=OuterRef("reference"))
    brought = Join.objects.filter(in_import=row, superseded_at=None).values("reference")
    return dois.filter(Exists(others), reference__in=brought)
