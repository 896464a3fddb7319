from reviews.core.models.events import EventLine
from reviews.core.models.jobs import Job
from reviews.core.models.people import User
from reviews.core.models.reviews import Invitation, Membership, Review

__all__ = ["EventLine", "Invitation", "Job", "Membership", "Review", "User"]
