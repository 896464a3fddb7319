"""Specifications and their runs."""

from collections.abc import Collection

from django.db.models import QuerySet

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.synthesis.models import Run, Synthesis

SPEC = ("review", "time_1__outcome", "time_2", "subgroup_by")


def syntheses(seat: Seat) -> QuerySet[Synthesis]:
    """The specifications that have not been put away, oldest first."""
    found = Synthesis.objects.filter(review_id=seat.review_id, archived_at=None)
    return found.select_related(*SPEC, "created_by").order_by("pk")


def synthesis(seat: Seat, synthesis_id: int) -> Synthesis:
    """A specification of this review, also one that was put away."""
    found = Synthesis.objects.filter(review_id=seat.review_id, pk=synthesis_id)
    spec = found.select_related(*SPEC, "created_by").first()
    if spec is None:
        raise NotFound("There is no such synthesis in this review.")
    return spec


def runs(seat: Seat, spec: Synthesis) -> QuerySet[Run]:
    """All runs of a synthesis, newest first."""
    found = Run.objects.filter(synthesis=spec, synthesis__review_id=seat.review_id)
    return found.select_related("asked_by", *(f"synthesis__{name}" for name in SPEC)).order_by("-number")


def run(seat: Seat, run_id: int) -> Run:
    """A run of a synthesis of this review, finished or not."""
    found = Run.objects.filter(synthesis__review_id=seat.review_id, pk=run_id)
    one = found.select_related("asked_by", *(f"synthesis__{name}" for name in SPEC)).first()
    if one is None:
        raise NotFound("There is no such run in this review.")
    return one


def newest_run(seat: Seat, spec: Synthesis) -> Run | None:
    """The run asked for last, finished or not."""
    return runs(seat, spec).first()


def latest_run(seat: Seat, spec: Synthesis) -> Run | None:
    """The newest finished run, which is the one that counts."""
    return runs(seat, spec).filter(finished_at__isnull=False).first()


def latest_runs(seat: Seat, specs: Collection[Synthesis]) -> dict[int, Run]:
    """Synthesis id -> its newest finished run, in one query."""
    known = {spec.pk: spec for spec in specs}
    found = Run.objects.filter(synthesis__in=known, synthesis__review_id=seat.review_id, finished_at__isnull=False)
    newest = found.select_related("asked_by").order_by("synthesis_id", "-number").distinct("synthesis_id")
    for one in newest:
        one.synthesis = known[one.synthesis_id]
    return {one.synthesis_id: one for one in newest}
