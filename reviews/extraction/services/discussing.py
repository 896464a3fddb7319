"""The consensus by discussion: one extractor proposes the whole of it, the other confirms it or proposes another."""

from collections.abc import Sequence

from django.db import transaction

from reviews.core import double
from reviews.core import events as trail
from reviews.core.double import Turn
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import events, rules, settling
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import Completion, ConsensusProposal, Entry
from reviews.extraction.services import consensus, deciding, steps
from reviews.extraction.services.deciding import Settled
from reviews.protocols.rules import Way


def propose_consensus(
    seat: Seat,
    *,
    study_id: int,
    values: Sequence[rules.ConsensusValue],
    traits: Sequence[rules.ConsensusTrait],
    note: str = "",
    answers: int | None = None,
    is_revision: bool = False,
) -> ConsensusProposal:
    """Put a whole consensus, or a revision with its reason, before the other extractor; nothing of it counts yet.

    ``answers`` is the proposal that stood when this one was written, None if there was none; (409) when another does.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        found = steps.comparison(study)
        _require_discussion(seat, found)
        if is_revision:
            consensus.made(found)
        else:
            consensus.refuse_made(found)
        standing = ConsensusProposal.objects.current().filter(study=study).select_related("person").first()
        if (standing.pk if standing else None) != answers:
            raise Refusal(_moved_on(standing))
        settled = deciding.settle(found, values, traits)
        note = consensus.clean_reason(note)
        if is_revision and not note:
            settled.problems["reason"] = "Say why: what was decided changes."
        settled.refuse()
        if is_revision and not deciding.changed(found, settled):
            raise BadInput("Nothing would change. Decide at least one value anew, or leave it as it is.")
        consensus.end_proposal(study, rules.Ended.ANSWERED)
        content = rules.proposed(values, traits, _submissions(found))
        proposal = ConsensusProposal.objects.create(study=study, person_id=seat.user_id, content=content, note=note)
        happened = events.ConsensusProposed(proposal.pk, study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return proposal


def confirm_consensus(seat: Seat, *, study_id: int, proposal_id: int) -> Entry:
    """Make the consensus that the other extractor proposed. Both names stand on it.

    Refuses (409) one's own proposal, and one that does not stand any more or no longer fits what is there.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        found = steps.comparison(study)
        _require_discussion(seat, found)
        standing = ConsensusProposal.objects.current().filter(study=study).select_related("person").first()
        if standing is None or standing.pk != proposal_id:
            raise Refusal(_moved_on(standing))
        if double.turn(seat.user_id, found.parties, standing.person_id) != Turn.CONFIRM:
            raise Refusal("You proposed this consensus yourself; the other extractor confirms it, or proposes another.")
        settled = _still_fits(found, standing)
        consensus.end_proposal(study, rules.Ended.CONFIRMED)
        if found.consensus is None:
            entry = consensus.create(found, settled, standing.person_id)
        else:
            entry = found.consensus
            consensus.revise(entry, found, settled)
        people = {standing.person_id: rules.Part.PROPOSED, seat.user_id: rules.Part.CONFIRMED}
        consensus.record(entry, Way.DISCUSSION, standing.note, people)
        happened = events.ConsensusConfirmed(entry.pk, standing.pk, study.label, standing.person.name)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def follow_membership(review_id: int, user_id: int) -> None:
    """Lapse what can no longer be confirmed because somebody left or has another role."""
    _lapse(review_id)


def follow_protocol(review_id: int) -> None:
    """Lapse what can no longer be confirmed because another rule is in force."""
    _lapse(review_id)


def _lapse(review_id: int) -> None:
    """The caller holds the lock that keeps every decision out (``core.locks.change_team``)."""
    standing = ConsensusProposal.objects.current().filter(study__review_id=review_id).select_related("study")
    team = settling.team(review_id)
    for proposal in standing:
        extractions = proposal.study.entries.extractions()
        ways = team.ways(set(extractions.values_list("person_id", flat=True)))
        if ways.get(proposal.person_id) == Way.DISCUSSION:
            continue
        consensus.end_proposal(proposal.study, rules.Ended.LAPSED)
        happened = events.ProposalLapsed(proposal.pk, proposal.study.label)
        trail.record(happened, review_id=review_id, actor_id=None)


def _require_discussion(seat: Seat, found: Comparison) -> None:
    if settling.way(seat, found) != Way.DISCUSSION:
        raise Refusal(
            f"{found.study.label} is not settled by discussion any more: you may settle it yourself. Load the page "
            "again."
        )


def _still_fits(found: Comparison, proposal: ConsensusProposal) -> Settled:
    values, traits = rules.decisions(proposal.content)
    late = Refusal("This proposal no longer fits what is there. Look at the values and propose the consensus anew.")
    if proposal.content["rests_on"] != _submissions(found):
        raise late
    try:
        settled = deciding.settle(found, values, traits)
    except BadInput as refusal:
        raise late from refusal
    if settled.problems or settled.clashes:
        raise late
    return settled


def _submissions(found: Comparison) -> list[int]:
    complete = Completion.objects.get(study=found.study)
    return [complete.first_id, complete.second_id]


def _moved_on(standing: ConsensusProposal | None) -> str:
    if standing is None:
        return "This proposal does not stand any more. Open the study to see where it is."
    return f"{standing.person.name} has proposed another consensus meanwhile. Look at that one first."
