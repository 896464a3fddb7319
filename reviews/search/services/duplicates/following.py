"""Whoever derives something from references is told, in the same transaction, when they become one or part."""

from collections.abc import Collection

from django.conf import settings
from django.utils.module_loading import import_string


def follow(review_id: int, references: Collection[int]) -> None:
    """Call what ``settings.FOLLOWS_REGROUPING`` names: stages downstream, which search must not import."""
    for name in settings.FOLLOWS_REGROUPING:
        import_string(name)(review_id, sorted(references))
