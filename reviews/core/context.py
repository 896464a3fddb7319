"""What every page of a review shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from reviews.core import selectors

STAGES = (
    ("Protocol", "protocols:protocol"),
    ("Search", "search:overview"),
    ("Screening", "screening:title_abstract"),
    ("Full text", "screening:full_text"),
    ("Extraction", "extraction:overview"),
    ("Synthesis", "synthesis:overview"),
    ("Report", "reporting:overview"),
)


@dataclass(frozen=True)
class StageTab:
    label: str
    url: str
    is_current: bool


def review(request: HttpRequest) -> dict[str, Any]:
    """``app_version`` everywhere; ``seat``, ``review`` and ``stage_tabs`` on the pages of a review."""
    around: dict[str, Any] = {"app_version": settings.VERSION}
    seat = getattr(request, "seat", None)
    if seat is None:
        return around
    match = request.resolver_match
    path = request.path
    tabs = []
    for label, name in STAGES:
        url = reverse(name, args=[seat.review_id])
        is_current = path.startswith(url) and match is not None
        tabs.append(StageTab(label, url, is_current))
    return {**around, "seat": seat, "review": selectors.review(seat), "stage_tabs": tabs}
