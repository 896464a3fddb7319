"""What people may do in a review, and the states of a job. Pure: no query, no clock."""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    LEAD = "lead", "Lead"
    REVIEWER = "reviewer", "Reviewer"
    ADJUDICATOR = "adjudicator", "Adjudicator"
    STATISTICIAN = "statistician", "Statistician"
    READER = "reader", "Reader"


class Permission(StrEnum):
    VIEW = "view"
    MANAGE = "manage"
    WRITE_PROTOCOL = "write_protocol"
    APPROVE_PROTOCOL = "approve_protocol"
    SEARCH = "search"
    VOTE = "vote"
    RESOLVE = "resolve"
    EXTRACT = "extract"
    ADJUDICATE = "adjudicate"
    SYNTHESISE = "synthesise"
    REPORT = "report"


ROLE_DESCRIPTIONS: dict[str, str] = {
    Role.LEAD: "Runs the review: people, protocol, searches; may also screen and extract.",
    Role.REVIEWER: "Screens and extracts, independently and blinded.",
    Role.ADJUDICATOR: "Settles conflicts and makes the consensus; does not vote.",
    Role.STATISTICIAN: "Plans and runs syntheses.",
    Role.READER: "Reads everything that is not blinded; changes nothing.",
}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.LEAD: frozenset(Permission),
    Role.REVIEWER: frozenset(
        {Permission.VIEW, Permission.WRITE_PROTOCOL, Permission.SEARCH, Permission.VOTE, Permission.EXTRACT}
    ),
    Role.ADJUDICATOR: frozenset({Permission.VIEW, Permission.RESOLVE, Permission.ADJUDICATE, Permission.REPORT}),
    Role.STATISTICIAN: frozenset(
        {Permission.VIEW, Permission.WRITE_PROTOCOL, Permission.SYNTHESISE, Permission.REPORT}
    ),
    Role.READER: frozenset({Permission.VIEW}),
}


class JobState(TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Done"
    FAILED = "failed", "Failed"


FINISHED = frozenset({JobState.SUCCEEDED, JobState.FAILED})


def percent_done(done: int, total: int) -> int:
    """Whole per cent, rounded down so that 100 is shown only for work that is complete."""
    return min(100, 100 * done // total) if total > 0 else 0
