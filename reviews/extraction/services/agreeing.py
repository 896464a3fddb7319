"""What the second submission does: both entries can be seen from then on; where they agree nobody needs to click."""

from reviews.core import events as trail
from reviews.extraction import comparing, events, rules
from reviews.extraction.models import Completion, Entry, Study, Submission
from reviews.extraction.services import consensus, deciding, steps


def complete(study: Study) -> None:
    """Write the completion if both entries are submitted now, and the consensus if both say the same.

    Somebody has to look where an outcome is planned for which neither found a number, and where the numbers that both
    have cannot stand in a consensus (half an arm at a time point that an amendment retired).
    """
    submissions = list(
        Submission.objects.current()
        .filter(entry__study=study, entry__kind=rules.EntryKind.EXTRACTION, entry__abandoned_at=None)
        .order_by("entry__slot")
    )
    if len(submissions) < 2:
        return
    first, second = submissions
    Completion.objects.create(study=study, first=first, second=second)
    found = comparing.compare(study, steps.entries(study))
    if rules.needs_a_person(found.differences, [outcome.name for outcome in found.empty_outcomes]):
        return
    settled = deciding.settle(found, [], [])
    if settled.problems:
        return
    entry = Entry.objects.create(study=study, kind=rules.EntryKind.CONSENSUS)
    deciding.store(entry, found, settled)
    consensus.record(entry, rules.AGREED, "", {})
    happened = events.ConsensusAgreed(entry.pk, study.label)
    trail.record(happened, review_id=study.review_id, actor_id=None)
