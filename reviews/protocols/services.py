"""Every write of protocols: save the draft, as a whole or in parts, and approve it."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import following, history, locks
from reviews.core.models import Review
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols import events, rules
from reviews.protocols.models import (
    ExclusionReason,
    Planned,
    PlannedCharacteristic,
    PlannedOutcome,
    PlannedTimePoint,
    ProtocolDraft,
    ProtocolVersion,
)

Lines = Mapping[str, Mapping[str, Any]]


def save_draft(seat: Seat, *, content: rules.Content, revision: int) -> int:
    """Keep ``content`` as the draft and return its new revision; unchanged content keeps the old one.

    ``revision`` is the one that the writer opened (0 before anybody wrote). Refuses (409) when somebody saved
    in between. Lines without a key get the key they had before, or a new one.
    """
    seat.require(Permission.WRITE_PROTOCOL)
    content = rules.tidy(content)
    _refuse(rules.problems(content))
    with transaction.atomic(durable=True):
        review = Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        draft = _draft(seat)
        before = draft.parsed if draft else rules.Content(title=review.title)
        _refuse_stale(draft, revision, _clashes(before, content, rules.changed(before, content)))
        content = rules.keyed(content, _known(seat, draft), _new_key)
        _refuse(rules.moved(content, _homes(seat)))
        if draft is not None and draft.parsed == content:
            return draft.revision
        return _write(seat, draft, content, rules.changed(before, content))


@dataclass(frozen=True)
class Saved:
    """What became of the parts that were sent: ``saved`` were changed, ``held`` say now what was sent, ``stale`` tells
    of those that somebody else had changed, ``refused`` of those that are bad."""

    content: rules.Content
    held: tuple[str, ...]
    saved: tuple[str, ...]
    stale: history.Stale | None
    refused: dict[str, str]


def save_parts(seat: Seat, edits: Mapping[str, rules.Edit]) -> Saved:
    """Make each edit of the draft on its own: a bad or a stale one keeps no other from being made."""
    seat.require(Permission.WRITE_PROTOCOL)
    with transaction.atomic(durable=True):
        review = Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        draft = _draft(seat)
        before = draft.parsed if draft else rules.Content(title=review.title)
        merged = rules.merge(before, edits, known=_known(seat, draft), homes=_homes(seat), make_key=_new_key)
        if merged.saved:
            _write(seat, draft, merged.content, merged.saved)
    stale = None
    if merged.stale:
        stale = history.Stale(_somebody_saved(seat, draft), _clashes(before, merged.typed, merged.stale))
    return Saved(merged.content, merged.held, merged.saved, stale, merged.refused)


def _write(seat: Seat, draft: ProtocolDraft | None, content: rules.Content, parts: Iterable[str]) -> int:
    saved, _ = ProtocolDraft.objects.update_or_create(
        review_id=seat.review_id,
        defaults={
            "content": content.to_dict(),
            "revision": draft.revision + 1 if draft else 1,
            "saved_by_id": seat.user_id,
            "saved_at": timezone.now(),
        },
    )
    named = ", ".join(rules.PARTS[name].label for name in parts)
    happened = events.DraftSaved(saved.revision, named) if named else events.DraftSaved(saved.revision)
    trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return saved.revision


def _clashes(current: rules.Content, typed: rules.Content, names: Iterable[str]) -> dict[str, history.Clash]:
    parts = {name: rules.PARTS[name] for name in names}
    return {
        name: history.Clash(None, part.told(part.value(current)), part.told(part.value(typed)))
        for name, part in parts.items()
    }


def approve(seat: Seat, *, revision: int, reason: str = "") -> ProtocolVersion:
    """Put the draft in force: version 1, or an amendment with its reason.

    Refuses (409) when the draft is not the ``revision`` that the seat read, or when there is nothing to
    approve; (422) when something is missing.
    """
    seat.require(Permission.APPROVE_PROTOCOL)
    reason = reason.strip()
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        draft = _draft(seat)
        if draft is None:
            raise Refusal("There is no draft of the protocol yet. Write and save it first.")
        _refuse_stale(draft, revision)
        before = _newest(seat)
        _refuse_unchanged(draft, before)
        _refuse(rules.missing(draft.parsed))
        _check_reason(before, reason)
        locks.change_team(seat.review_id)
        version = ProtocolVersion.objects.create(
            review_id=seat.review_id,
            number=before.number + 1 if before else 1,
            content=draft.content,
            reason=reason,
            approved_by_id=seat.user_id,
        )
        _put_in_force(seat.review_id, draft.parsed, version.approved_at)
        happened = events.Approved(version.number, reason)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
        following.tell("FOLLOWS_PROTOCOL", seat.review_id)
    return version


def _new_key() -> str:
    return secrets.token_hex(8)


def _draft(seat: Seat) -> ProtocolDraft | None:
    return ProtocolDraft.objects.select_related("saved_by").filter(review_id=seat.review_id).first()


def _newest(seat: Seat) -> ProtocolVersion | None:
    found = ProtocolVersion.objects.select_related("approved_by").filter(review_id=seat.review_id)
    return found.order_by("-number").first()


def _known(seat: Seat, draft: ProtocolDraft | None) -> list[rules.Content]:
    versions = ProtocolVersion.objects.filter(review_id=seat.review_id).order_by("-number")
    return ([draft.parsed] if draft else []) + [version.parsed for version in versions]


def _refuse(fields: dict[str, str]) -> None:
    if fields:
        raise BadInput(next(iter(fields.values())), fields)


def _clock(at: datetime) -> str:
    words = "%H:%M" if at.date() == timezone.now().date() else "%H:%M on %-d %B %Y"
    return f"{at.strftime(words)}"


def _refuse_stale(
    draft: ProtocolDraft | None, revision: int, clashes: Mapping[str, history.Clash] | None = None
) -> None:
    if draft is None and revision != 0:
        raise Refusal("There is no draft of the protocol yet. Load the page again.")
    if draft is not None and draft.revision != revision:
        sentence = (
            f"{draft.saved_by.name} saved the protocol at {_clock(draft.saved_at)}, after you opened it. "
            "Look at what was saved, then decide."
        )
        raise history.Stale(sentence, clashes or {})


def _somebody_saved(seat: Seat, draft: ProtocolDraft | None) -> str:
    """Who saved last is told, not who changed the part: between the two nothing is known."""
    if draft is None:
        return "This page is older than the draft. Look at what the draft says, then decide."
    who = "You" if draft.saved_by_id == seat.user_id else draft.saved_by.name
    where = " in another window" if who == "You" else ""
    return (
        f"{who} saved the protocol{where} at {_clock(draft.saved_at)}, after you opened this page. "
        "Look at what was saved, then decide."
    )


def _refuse_unchanged(draft: ProtocolDraft, before: ProtocolVersion | None) -> None:
    if before is not None and before.parsed == draft.parsed:
        raise Refusal(
            f"{before.approved_by.name} approved version {before.number} of the protocol at "
            f"{_clock(before.approved_at)} and nothing has changed since, so there is nothing to approve."
        )


def _check_reason(before: ProtocolVersion | None, reason: str) -> None:
    if before is not None and not reason:
        sentence = "Write the reason for the amendment: it is shown with the version for ever."
        raise BadInput(sentence, {"reason": sentence})
    if before is None and reason:
        sentence = "The first version takes no reason; only amendments do."
        raise BadInput(sentence, {"reason": sentence})


def _homes(seat: Seat) -> dict[str, str]:
    """Every time point that was once in force -> its outcome."""
    return dict(PlannedTimePoint.objects.filter(review_id=seat.review_id).values_list("key", "outcome__key"))


def _put_in_force(review_id: int, content: rules.Content, at: datetime) -> None:
    _sync(ExclusionReason, review_id, at, {r.key: {"text": r.text} for r in content.reasons})
    outcomes = {
        o.key: {"name": o.name, "type": o.type, "direction": o.direction, "measure": o.measure}
        for o in content.outcomes
    }
    _sync(PlannedOutcome, review_id, at, outcomes)
    ids = dict(PlannedOutcome.objects.filter(review_id=review_id).values_list("key", "pk"))
    points = {p.key: {"outcome_id": ids[o.key], "name": p.name} for o in content.outcomes for p in o.time_points}
    _sync(PlannedTimePoint, review_id, at, points)
    characteristics = {c.key: {"name": c.name, "levels": list(c.levels)} for c in content.characteristics}
    _sync(PlannedCharacteristic, review_id, at, characteristics)


def _sync(model: type[Planned], review_id: int, at: datetime, lines: Lines) -> None:
    """Make the rows in force of ``model`` those of ``lines``, in their order; what is gone is retired."""
    rows = {row.key: row for row in model.objects.filter(review_id=review_id)}
    for rank, (key, fields) in enumerate(lines.items(), start=1):
        row = rows.get(key) or model(review_id=review_id, key=key)
        for name, value in {**fields, "rank": rank, "retired_at": None}.items():
            setattr(row, name, value)
        row.save()
    _retire(model, [row for key, row in rows.items() if key not in lines], at)


def _retire(model: type[Planned], rows: Iterable[Planned], at: datetime) -> None:
    gone = [row.pk for row in rows if row.retired_at is None]
    model.objects.filter(pk__in=gone).update(retired_at=at)
