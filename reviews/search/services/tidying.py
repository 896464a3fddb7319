"""What nobody came back for: uploads that were never imported, and parts without an upload."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from reviews.search import files
from reviews.search.models import Upload, UploadPart
from reviews.search.services import looking

# Time for a holiday; parts that no upload knows are left by a request that died.
KEPT_FOR = timedelta(days=14)
LOST_AFTER = timedelta(days=1)


def forget_leftovers() -> int:
    """Delete uploads that nobody has touched for two weeks, and stray parts; return how many of both."""
    old = Upload.objects.filter(touched_at__lt=timezone.now() - KEPT_FOR).values_list("pk", flat=True)
    return sum(_forget(pk) for pk in list(old)) + _forget_stray_parts()


def _forget(upload_id: int) -> bool:
    with transaction.atomic(durable=True):
        rows = Upload.objects.select_for_update(skip_locked=True, no_key=True)
        row = rows.filter(pk=upload_id, touched_at__lt=timezone.now() - KEPT_FOR).first()
        if row is None:
            return False
        left = looking.forget_rows(row)
    looking.forget_bytes(left)
    return True


def _forget_stray_parts() -> int:
    stray = list(files.parts(older_than=timezone.now() - LOST_AFTER))
    known = set(UploadPart.objects.filter(stored_as__in=stray).values_list("stored_as", flat=True))
    lost = [name for name in stray if name not in known]
    for name in lost:
        files.forget(name)
    return len(lost)
