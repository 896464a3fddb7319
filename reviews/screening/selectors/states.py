"""Where references stand, for the database what ``rules.state`` is for one tally."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ScreeningRule
from reviews.screening.models import Retrieval, Standing
from reviews.screening.rules import Phase, State, Verdict
from reviews.search.models import DOCUMENT, Reference

IN_FAVOUR = Q(includes__gt=0) | Q(maybes__gt=0)


def rule(seat: Seat) -> ScreeningRule:
    """The screening rule of the protocol in force; refuses when no protocol is approved yet."""
    return protocols.in_force(seat.review_id).parsed.screening


def has_state(state: State) -> Q:
    """``rules.state`` for the database, on standings annotated with ``votes`` (a test holds them together)."""
    is_open = Q(resolution=None, is_complete=False)
    is_complete = Q(resolution=None, is_complete=True)
    is_disputed = Q(is_contested=True) | Q(lacks_votes=True) | (IN_FAVOUR & Q(excludes__gt=0))
    conditions = {
        State.WAITING: is_open & Q(votes__gt=0),
        State.CONFLICT: is_complete & is_disputed,
        State.INCLUDED: Q(resolution=Verdict.INCLUDE) | (is_complete & ~is_disputed & IN_FAVOUR),
        State.EXCLUDED: Q(resolution=Verdict.EXCLUDE) | (is_complete & ~is_disputed & ~IN_FAVOUR),
    }
    return conditions[state]


def standings(phase: str) -> QuerySet[Standing]:
    return Standing.objects.filter(phase=phase).annotate(votes=F("includes") + F("maybes") + F("excludes"))


def in_phase(seat: Seat, phase: str) -> QuerySet[Reference]:
    """The references that are up in this phase: all of them, then those included by title and abstract."""
    references = Reference.objects.unique_documents().filter(review_id=seat.review_id)
    if phase == Phase.TITLE_ABSTRACT:
        return references
    passed = standings(Phase.TITLE_ABSTRACT).filter(has_state(State.INCLUDED))
    return references.filter(Exists(passed.filter(reference=OuterRef("pk"))))


def in_state(seat: Seat, phase: str, state: str) -> QuerySet[Reference]:
    """The references of a phase that stand at ``state``, in the order of their numbers."""
    references = in_phase(seat, phase)
    if state == State.UNTOUCHED:
        begun = standings(phase).filter(Q(votes__gt=0) | Q(resolution__isnull=False) | Q(is_complete=True))
        return references.exclude(Exists(begun.filter(reference=OuterRef("pk")))).order_by("number")
    matching = standings(phase).filter(has_state(State(state)))
    return references.filter(Exists(matching.filter(reference=OuterRef("pk")))).order_by("number")


def missing(references: QuerySet[Reference]) -> QuerySet[Reference]:
    gone = Retrieval.objects.filter(superseded_at=None).annotate(document=DOCUMENT)
    return references.filter(pk__in=gone.values("document"))


def included_references(seat: Seat) -> QuerySet[Reference]:
    """The reports included at full text: what studies are made of."""
    return in_state(seat, Phase.FULL_TEXT, State.INCLUDED).select_related("primary_record")


def reference(seat: Seat, reference_id: int) -> Reference:
    found = (
        Reference.objects.unique_documents()
        .select_related("primary_record")
        .filter(pk=reference_id, review_id=seat.review_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such reference in this review.")
    return found
