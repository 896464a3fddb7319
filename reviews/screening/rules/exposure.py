"""Who has been shown what, which votes count, and when a document is complete. Pure.

A *document* is a reference with everything that was joined to it. A :class:`Completion` is the fact that one of these
references got all its votes: from then until it closes everybody who holds a seat can see them, whether they looked
or not. Whoever could see somebody else's verdict on any reference of a document is exposed, for ever and wherever
that reference goes, and nothing they cast later counts as independent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Ballot:
    """A current vote. Ids are primary keys; ``at`` is when it was cast."""

    pk: int
    reference: int
    person: int
    verdict: str
    at: datetime


@dataclass(frozen=True)
class Completion:
    """``votes`` and ``voters`` are what it rests on; ``lacks_votes``: it goes to whoever settles for want of others."""

    pk: int
    reference: int
    votes: frozenset[int]
    voters: frozenset[int]
    opened: datetime
    closed: datetime | None = None
    lacks_votes: bool = False


@dataclass(frozen=True)
class Seating:
    """Somebody's time in the review; ``may_vote`` tells of the role held today."""

    person: int
    started: datetime
    ended: datetime | None
    may_vote: bool


@dataclass(frozen=True)
class Document:
    """The current votes on its references, every completion these ever had, and everybody who ever held a seat."""

    ballots: tuple[Ballot, ...]
    completions: tuple[Completion, ...]
    seatings: tuple[Seating, ...]


@dataclass(frozen=True)
class Finding:
    """``counted`` are the votes that count, one a person; the rest as in ``verdicts.Tally``."""

    counted: Mapping[int, Ballot]
    is_complete: bool
    lacks_votes: bool

    @property
    def votes(self) -> frozenset[int]:
        return frozenset(ballot.pk for ballot in self.counted.values())


def shows(completion: Completion, person: int) -> bool:
    """Whether it shows ``person`` anything that is not their own. What was settled for want of votes always does."""
    return completion.lacks_votes or not completion.voters <= {person}


def exposed_since(person: int, document: Document) -> datetime | None:
    """Since when somebody else's verdict on the document could be seen by ``person``; None: never."""
    mine = [one for one in document.seatings if one.person == person]
    times = [
        max(shown.opened, seating.started)
        for shown in document.completions
        if shows(shown, person)
        for seating in mine
        if (shown.closed is None or seating.started <= shown.closed)
        and (seating.ended is None or seating.ended >= shown.opened)
    ]
    return min(times, default=None)


def counted(document: Document) -> dict[int, Ballot]:
    """Of each person's votes on the document the last one cast before exposure."""
    found: dict[int, Ballot] = {}
    since = {person: exposed_since(person, document) for person in {one.person for one in document.ballots}}
    for ballot in sorted(document.ballots, key=lambda one: (one.at, one.pk)):
        limit = since[ballot.person]
        if limit is None or ballot.at <= limit:
            found[ballot.person] = ballot
    return found


def may_complete(document: Document, votes: Collection[int]) -> int:
    """How many people of today could still cast an independent vote; ``votes``: whose vote counts already."""
    able = {one.person for one in document.seatings if one.ended is None and one.may_vote} - set(votes)
    return sum(exposed_since(person, document) is None for person in able)


def is_anybody_exposed(document: Document) -> bool:
    people = {one.person for one in document.seatings} if document.completions else set()
    return any(exposed_since(person, document) is not None for person in people)


def judge(document: Document, votes_needed: int) -> Finding:
    """Which votes count and whether the document is complete.

    A completion is a fact: as long as all votes it rests on belong to the document it stays complete, whatever rule is
    in force. It is complete as well when enough votes count, and when somebody was exposed and nobody is left who
    could add what is missing; it then lacks votes and goes to whoever settles.
    """
    here = {ballot.pk for ballot in document.ballots}
    valid = counted(document)
    counts = {ballot.pk for ballot in valid.values()}
    facts = [one for one in document.completions if one.votes <= here and (one.votes or one.closed is None)]
    full = [one for one in facts if not one.lacks_votes]
    if len(valid) >= votes_needed or any(one.votes <= counts for one in full):
        return Finding(valid, is_complete=True, lacks_votes=False)
    if full or any(one.closed is None for one in facts):
        return Finding(valid, is_complete=True, lacks_votes=True)
    missing = votes_needed - len(valid)
    is_stuck = is_anybody_exposed(document) and may_complete(document, valid) < missing
    return Finding(valid, is_complete=is_stuck, lacks_votes=is_stuck)


def is_own_only(document: Document, person: int) -> bool:
    """Whether the vote of ``person`` alone completed it, so that they have seen nobody's verdict but their own."""
    return (
        bool(document.ballots)
        and all(one.person == person for one in document.ballots)
        and (exposed_since(person, document) is None)
    )


def stands(settled: Iterable[int], document: Document) -> bool:
    """Whether every vote that a resolution or a proposal names still belongs to the document."""
    return set(settled) <= {ballot.pk for ballot in document.ballots}


def would_see_first(person: int, documents: Collection[Document]) -> bool:
    """Whether joining these documents would show ``person`` somebody's vote on one before their own on another."""
    if all(ballot.person == person for document in documents for ballot in document.ballots):
        return False
    return any(
        all(one.closed is not None for one in document.completions) and exposed_since(person, document) is None
        for document in documents
    )
