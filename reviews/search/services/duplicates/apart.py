"""Which records of an import have a DOI that another document has too."""

from django.db.models import Count

from reviews.search import rules
from reviews.search.duplicates.keys import Kind
from reviews.search.models import Import, Key

_DOIS = (Kind.DOI << 48, (Kind.DOI + 1) << 48)


def warn(row: Import) -> None:
    """Say so on the import's page; the caller holds the review's lock and calls once."""
    if found := lines(row):
        row.warnings.append(rules.kept_apart(found))
        row.save(update_fields=["warnings"])


def lines(row: Import) -> list[int]:
    """Where these records begin in the file, in its order: read from the references as they stand."""
    keys = Key.objects.filter(review_id=row.review_id, hash__gte=_DOIS[0], hash__lt=_DOIS[1])
    keys = keys.filter(record__joins__superseded_at=None, record__joins__isnull=False)
    counts = keys.values("hash").annotate(references=Count("record__joins__reference", distinct=True)).order_by()
    shared = list(counts.filter(references__gt=1).values_list("hash", flat=True))
    if not shared:
        return []
    own = Key.objects.filter(review_id=row.review_id, hash__in=shared, record__in_import=row)
    return list(own.order_by("record__position").values_list("record__line", flat=True))
