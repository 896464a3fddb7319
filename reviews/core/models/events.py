from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.core.models.reviews import Review


class EventLine(models.Model):
    """One line of the audit trail. A trigger in the database refuses to change or delete it."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="events", null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    type = models.CharField(max_length=60)
    data = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["review", "-id"], name="event_newest")]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
