"""Whoever derives something from references is told, in the same transaction, when they become one or part."""

from collections.abc import Collection

from reviews.core import following


def follow(review_id: int, references: Collection[int]) -> None:
    """Stages downstream, which search must not import, derive again what they made of these references."""
    following.tell("FOLLOWS_REGROUPING", review_id, sorted(references))
