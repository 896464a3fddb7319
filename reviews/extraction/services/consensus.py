"""The consensus of two entries: a third one, made and revised by whom the protocol names."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import events, rules, settling
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import ConsensusProposal, Entry, Settlement, SettlementPerson, Study
from reviews.extraction.services import deciding, steps
from reviews.extraction.services.deciding import Settled
from reviews.protocols.rules import Way


def make_consensus(
    seat: Seat,
    *,
    study_id: int,
    values: Sequence[rules.ConsensusValue],
    traits: Sequence[rules.ConsensusTrait],
    reason: str = "",
) -> Entry:
    """Settle what two submitted entries say. Where they agree A's value is taken without being asked for.

    Refuses (403) whom the protocol's rule does not name, (409) before both have submitted, when a consensus is made
    or when it is made by discussion, and (422) while a difference is undecided, a number cannot be, an arm has only
    some of mean, SD and n, or a lead who is alone gives no reason.
    """
    seat.require(Permission.VIEW)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        found = steps.comparison(study)
        refuse_made(found)
        way = _own_way(seat, found)
        settled = deciding.settle(found, values, traits)
        reason = _reason(reason, settled, is_needed=way == Way.LEAD_ALONE)
        settled.refuse()
        entry = create(found, settled, seat.user_id)
        record(entry, way, reason, {seat.user_id: rules.Part.SETTLED})
        happened = events.ConsensusMade(entry.pk, study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def revise_consensus(
    seat: Seat,
    *,
    study_id: int,
    values: Sequence[rules.ConsensusValue],
    traits: Sequence[rules.ConsensusTrait],
    reason: str = "",
) -> Entry:
    """Decide some cells of a made consensus anew, with a reason; the others stay. What was before stays in the history.

    Each decision names the value of the consensus that it replaces; :class:`Stale` (409) when another one stands.
    """
    seat.require(Permission.VIEW)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        found = steps.comparison(study)
        entry = made(found)
        way = _own_way(seat, found)
        settled = deciding.settle(found, values, traits)
        is_changed = not settled.problems and bool(deciding.changed(found, settled))
        reason = _reason(reason, settled, is_needed=is_changed)
        settled.refuse()
        if is_changed:
            revise(entry, found, settled)
            record(entry, way, reason, {seat.user_id: rules.Part.SETTLED})
            happened = events.ConsensusChanged(entry.pk, study.label, reason)
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def refuse_made(found: Comparison) -> None:
    """What was opened to make a consensus does not revise one by accident."""
    if found.consensus is None:
        return
    label = found.study.label
    if found.consensus.person is None:
        raise Refusal(f"Both entries for {label} agree, so the consensus is made already. Open the study to see it.")
    raise Refusal(
        f"{found.consensus.person.name} has made the consensus for {label} already. Open the study to see it."
    )


def made(found: Comparison) -> Entry:
    if found.consensus is None:
        raise Refusal(f"There is no consensus for {found.study.label} yet. Make it first.")
    return found.consensus


def create(found: Comparison, settled: Settled, person_id: int) -> Entry:
    entry = Entry.objects.create(study=found.study, kind=rules.EntryKind.CONSENSUS, person_id=person_id)
    deciding.store(entry, found, settled)
    end_proposal(found.study, rules.Ended.LAPSED)
    return entry


def revise(entry: Entry, found: Comparison, settled: Settled) -> None:
    deciding.store(entry, found, settled)
    end_proposal(found.study, rules.Ended.LAPSED)


def record(entry: Entry, way: str, reason: str, people: Mapping[int, rules.Part]) -> Settlement:
    """How the consensus came to stand as it does, with a row for each name."""
    settlement = Settlement.objects.create(entry=entry, number=entry.settlements.count() + 1, way=way, reason=reason)
    SettlementPerson.objects.bulk_create(
        SettlementPerson(settlement=settlement, person_id=person_id, part=part) for person_id, part in people.items()
    )
    return settlement


def end_proposal(study: Study, ended_as: rules.Ended) -> None:
    """End the proposal that stands, if there is one; whoever settles otherwise leaves nothing to confirm."""
    standing = ConsensusProposal.objects.current().filter(study=study)
    standing.update(superseded_at=timezone.now(), ended_as=ended_as)


def clean_reason(text: str) -> str:
    reason = text.strip()
    if len(reason) > rules.REASON_MAX:
        raise BadInput(
            f"The reason has {len(reason)} characters; at most {rules.REASON_MAX} fit.", {"reason": "This is too long."}
        )
    return reason


def _reason(text: str, settled: Settled, *, is_needed: bool) -> str:
    reason = clean_reason(text)
    if is_needed and not reason:
        settled.problems["reason"] = "Say why: what was decided changes, or is decided by one person alone."
    return reason


def _own_way(seat: Seat, found: Comparison) -> Way:
    way = settling.way(seat, found)
    if way == Way.DISCUSSION:
        raise Refusal(
            f"By the protocol the two people who extracted {found.study.label} settle it by discussion: one proposes "
            "the consensus, the other confirms it."
        )
    return way
