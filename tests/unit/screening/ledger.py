"""A review on paper: votes, joins, rules and people in memory, decided by the same pure rules as the services use.

Beside it :class:`Shown` notes what everybody has been shown, in its own way: after each step everybody who holds a
seat reads everything they may read.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from reviews.screening import rules
from reviews.screening.rules import Ballot, Completion, Document, Seating

START = datetime(2024, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """What a service answers with 409."""


@dataclass
class Paper:
    """References are numbers from 0. ``edges`` hold documents together; the smallest number of one is its name."""

    references: int
    needed: int = 2
    step: int = 0
    edges: set[tuple[int, int]] = field(default_factory=set)
    votes: dict[int, Ballot] = field(default_factory=dict)
    past: set[int] = field(default_factory=set)
    completions: list[Completion] = field(default_factory=list)
    seatings: list[Seating] = field(default_factory=list)
    proposals: dict[tuple[int, int], int] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)

    def now(self) -> datetime:
        self.step += 1
        return START + timedelta(seconds=self.step)

    def document(self, reference: int) -> frozenset[int]:
        found = {reference}
        while more := {b for a, b in self.both_ways() if a in found} - found:
            found |= more
        return frozenset(found)

    def both_ways(self) -> list[tuple[int, int]]:
        return [*self.edges, *((b, a) for a, b in self.edges)]

    def documents(self) -> list[frozenset[int]]:
        return sorted({self.document(one) for one in range(self.references)}, key=min)

    def read(self, references: frozenset[int]) -> Document:
        return Document(
            tuple(one for one in self.votes.values() if one.reference in references and one.pk not in self.past),
            tuple(one for one in self.completions if one.reference in references),
            tuple(self.seatings),
        )

    def is_complete(self, references: frozenset[int]) -> bool:
        return any(one.closed is None for one in self.read(references).completions)

    def sits(self, person: int) -> bool:
        return any(one.person == person and one.ended is None for one in self.seatings)

    def derive(self, references: frozenset[int]) -> None:
        """What ``services.documents.derive`` writes."""
        found = rules.judge(self.read(references), self.needed)
        at = self.now()
        for reference in sorted(references):
            row = next((one for one in self.completions if one.reference == reference and one.closed is None), None)
            if row is not None:
                if found.is_complete and (row.votes, row.lacks_votes) == (found.votes, found.lacks_votes):
                    continue
                self.completions[self.completions.index(row)] = replace(row, closed=at)
            if found.is_complete:
                voters = frozenset(found.counted)
                pk = len(self.completions)
                self.completions.append(
                    Completion(pk, reference, found.votes, voters, at, lacks_votes=found.lacks_votes)
                )

    def vote(self, person: int, reference: int, verdict: str) -> None:
        if not self.sits(person):
            raise Refused
        references = self.document(reference)
        self.require_unseen(person, references)
        self.end_votes(person, references)
        pk = len(self.votes)
        self.votes[pk] = Ballot(pk, min(references), person, verdict, self.now())
        self.derive(references)

    def take_back(self, person: int, reference: int) -> None:
        references = self.document(reference)
        document = self.read(references)
        if not self.sits(person) or person not in {one.person for one in document.ballots}:
            raise Refused
        self.require_unseen(person, references)
        self.end_votes(person, references)
        self.derive(references)

    def require_unseen(self, person: int, references: frozenset[int]) -> None:
        document = self.read(references)
        if self.is_complete(references):
            if not rules.is_own_only(document, person) or self.answered & references:
                raise Refused
        elif rules.exposed_since(person, document) is not None:
            raise Refused

    def end_votes(self, person: int, references: frozenset[int]) -> None:
        self.past |= {one.pk for one in self.read(references).ballots if one.person == person}

    def second_look(self, person: int, reference: int) -> None:
        references = self.document(reference)
        if not self.is_complete(references) or not self.sits(person):
            raise Refused
        self.answered |= references

    def join(self, person: int, one: int, other: int) -> None:
        ours, theirs = self.document(one), self.document(other)
        if not self.sits(person) or ours == theirs:
            raise Refused
        pair = (min(ours), min(theirs))
        proposed = self.proposals.get(pair)
        needs = rules.would_see_first(person, [self.read(ours), self.read(theirs)])
        others = any(self.sits(another.person) and another.person != person for another in self.seatings)
        if needs and others and proposed in (None, person):
            self.proposals[pair] = person
            return
        self.proposals.pop(pair, None)
        self.edges.add((one, other))
        self.derive(ours | theirs)

    def join_unasked(self, one: int, other: int) -> None:
        """The engine: never two references with votes."""
        ours, theirs = self.document(one), self.document(other)
        decided = [any(ballot.reference in half for ballot in self.votes.values()) for half in (ours, theirs)]
        if ours == theirs or all(decided):
            raise Refused
        self.edges.add((one, other))
        self.derive(ours | theirs)

    def part(self, edge: tuple[int, int]) -> None:
        self.edges.discard(edge)
        for references in {self.document(edge[0]), self.document(edge[1])}:
            self.derive(references)

    def amend(self, needed: int) -> None:
        self.needed = needed
        for references in self.documents():
            document = self.read(references)
            counts = len(rules.counted(document)) >= needed
            if (counts and not self.is_complete(references)) or (counts and self._lacks(references)):
                self.derive(references)
        self.look_again()

    def _lacks(self, references: frozenset[int]) -> bool:
        return any(one.closed is None and one.lacks_votes for one in self.read(references).completions)

    def look_again(self) -> None:
        """Open documents on which somebody has seen something."""
        for references in self.documents():
            if self.read(references).completions and not self.is_complete(references):
                self.derive(references)

    def seat(self, person: int, may_vote: bool = True) -> None:
        if self.sits(person):
            raise Refused
        self.seatings.append(Seating(person, self.now(), None, may_vote))
        self.look_again()

    def change_role(self, person: int, may_vote: bool) -> None:
        self._replace(person, may_vote=may_vote)
        self.look_again()

    def leave(self, person: int) -> None:
        if sum(one.ended is None for one in self.seatings) < 2:
            raise Refused
        self._replace(person, ended=self.now())
        self.look_again()

    def _replace(self, person: int, **changes: object) -> None:
        row = next((one for one in self.seatings if one.person == person and one.ended is None), None)
        if row is None:
            raise Refused
        self.seatings[self.seatings.index(row)] = replace(row, **changes)  # type: ignore[arg-type]


@dataclass
class Shown:
    """By person and reference the step after which somebody else's verdict on it had been shown."""

    since: dict[tuple[int, int], int] = field(default_factory=dict)
    cast: dict[int, int] = field(default_factory=dict)

    def look(self, paper: Paper, after: int) -> None:
        """Everybody with a seat reads what is open to them: of complete documents the votes that count."""
        for pk in paper.votes:
            self.cast.setdefault(pk, after)
        people = {one.person for one in paper.seatings if one.ended is None}
        for references in paper.documents():
            if not paper.is_complete(references):
                continue
            voters = {ballot.person for ballot in rules.counted(paper.read(references)).values()}
            for person in people:
                if voters - {person}:
                    for reference in references:
                        self.since.setdefault((person, reference), after)

    def violations(self, paper: Paper) -> list[str]:
        """Votes that count as independent although their voter had been shown another's verdict before."""
        found = []
        for references in paper.documents():
            for person, ballot in rules.judge(paper.read(references), paper.needed).counted.items():
                seen = [self.since[person, one] for one in references if (person, one) in self.since]
                if seen and self.cast[ballot.pk] > min(seen):
                    found.append(f"{person} voted in step {self.cast[ballot.pk]} on {references}, seen in {min(seen)}")
        return found
