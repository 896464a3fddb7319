"""Who sits in a review and which protocol is in force do not change while somebody's decision is being counted.

A decision holds the team as it is (shared, many at once); a change of the team or of the protocol waits for all of
them and they for it. Lock order: review, then this, then reference or study. Times that are compared later (when a
seat began or ended, when a verdict could first be seen) are taken after the lock.
"""

from django.db import connection

_TEAM = 7_302


def hold_team(review_id: int) -> None:
    """Until the transaction ends nobody joins or leaves, changes role, or puts another protocol in force."""
    _lock("pg_advisory_xact_lock_shared", review_id)


def change_team(review_id: int) -> None:
    """Wait for every decision under way; none begins until the transaction ends. The review is locked already."""
    _lock("pg_advisory_xact_lock", review_id)


def _lock(function: str, review_id: int) -> None:
    with connection.cursor() as cursor:
        # Two keys of 32 bits: what is locked, and the review.
        cursor.execute(f"SELECT {function}(%s, %s)", [_TEAM, review_id % 2**31])
