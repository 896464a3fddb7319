"""Sequences of operations through pages: what a person has read on any page is never followed by a vote that counts.

Every vote carries a note that is found nowhere else, so that whoever reads it has been shown the vote.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from django.test import Client

from reviews.core import services as core
from reviews.core.rules import Role
from reviews.protocols.rules import ScreeningRule, SettledBy
from reviews.screening import selectors
from reviews.screening.models import Completion, Vote
from reviews.screening.rules import Phase
from reviews.search.models import Pair, PairDecision, Reference
from tests import world as worlds
from tests.duplicates import doubtful, ris, trial
from tests.thorough import examples
from tests.world import CONTENT, World

TA = Phase.TITLE_ABSTRACT
PEOPLE = ("ada", "bo", "cy", "dee", "rea")
STEPS = 20
NOTE = re.compile(r"said-in-step-(\d+)-by-(\w+)-end")


@dataclass
class Team:
    world: World
    random: Random
    browsers: dict[str, Client]
    step: int = 0
    # Person and note: after which step it stood on a page of theirs.
    read: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"/reviews/{self.world.review_id}"

    def somebody(self) -> str:
        return self.random.choice(PEOPLE)

    def reference(self) -> Reference:
        return self.random.choice(self.world.references())

    def post(self, who: str, path: str, **data: object) -> int:
        answer = self.browsers[who].post(f"{self.base}/{path}", data)
        self.note(who, answer.content.decode())
        assert answer.status_code in {200, 302, 403, 404, 409, 422}, answer.status_code
        return int(answer.status_code)

    def note(self, who: str, text: str) -> None:
        for step, by in NOTE.findall(text):
            if by != who:
                self.read.setdefault((who, f"said-in-step-{step}-by-{by}-end"), self.step)

    def vote(self) -> None:
        who, verdict = self.somebody(), self.random.choice(["include", "maybe", "exclude"])
        note = f"said-in-step-{self.step}-by-{who}-end"
        self.post(who, f"screening/{self.reference().pk}/vote/", verdict=verdict, note=note)

    def take_back(self) -> None:
        self.post(self.somebody(), f"screening/{self.reference().pk}/take-back/")

    def doubt(self) -> None:
        self.post(self.somebody(), f"screening/{self.reference().pk}/doubt/")

    def decide(self) -> None:
        pair = self.random.choice(list(Pair.objects.filter(review_id=self.world.review_id)))
        self.post(self.somebody(), f"search/duplicates/{pair.pk}/decide/", verdict="joined", note="the same")

    def undo(self) -> None:
        rows = list(PairDecision.objects.filter(review_id=self.world.review_id, superseded_at=None))
        if rows:
            self.post(self.somebody(), f"search/duplicates/decisions/{self.random.choice(rows).pk}/undo/")

    def settle(self) -> None:
        who, step = self.somebody(), self.random.choice(["resolve", "propose"])
        self.post(who, f"screening/{self.reference().pk}/{step}/", verdict="include", note="so it is")

    def amend(self) -> None:
        rule = ScreeningRule(self.random.choice([1, 2]), self.random.choice(list(SettledBy)))
        if rule != selectors.rule(self.world.ada):
            worlds.amend(self.world, replace(CONTENT, screening=rule))

    def change_role(self) -> None:
        seat = worlds.reseat(self.world, self.random.choice(["dee", "rea", "cy"]))
        if seat is not None:
            role = self.random.choice([Role.REVIEWER, Role.READER, Role.ADJUDICATOR])
            core.change_role(self.world.ada, membership_id=seat.membership_id, role=role)

    def look(self) -> None:
        """Two people open what they can open."""
        for who in self.random.sample(PEOPLE, 2):
            one = self.reference()
            for path in (f"screening/{one.pk}/", "screening/conflicts/", f"search/references/{one.pk}/", "screening/"):
                self.note(who, self.browsers[who].get(f"{self.base}/{path}").content.decode())

    def violations(self) -> list[str]:
        found = []
        for row in Completion.objects.filter(review_id=self.world.review_id, phase=TA, closed_at=None):
            votes = list(Vote.objects.filter(pk__in=row.votes).select_related("person"))
            among = set(Reference.objects.behind(row.reference_id).values_list("pk", flat=True))
            notes = set(Vote.objects.filter(reference__in=among, phase=TA).values_list("note", flat=True))
            for vote in votes:
                who, cast = vote.person.name.lower(), int(NOTE.findall(vote.note)[0][0])
                before = [note for note in notes if self.read.get((who, note), cast) < cast]
                found += [f"{who} had read {note} before voting in step {cast}" for note in before]
        return found


OPERATIONS: tuple[Callable[[Team], None], ...] = (
    *(Team.vote,) * 9,
    *(Team.decide,) * 4,
    *(Team.undo,) * 2,
    Team.take_back,
    Team.doubt,
    *(Team.settle,) * 2,
    Team.amend,
    Team.change_role,
)


@pytest.mark.parametrize("seed", range(examples(10, 300)))
def test_nobody_votes_on_what_a_page_has_shown_them(
    world: World, client_of: Callable[[World, str], Client], seed: int
) -> None:
    worlds.upload(world, ris(trial(0), trial(1)), "one.ris")
    worlds.upload(world, ris(doubtful(0), doubtful(1)), "two.ris", source="B")
    team = Team(world, Random(seed), {name: client_of(world, name) for name in PEOPLE})
    while team.step < STEPS:
        team.step += 1
        team.random.choice(OPERATIONS)(team)
        team.look()
        assert team.violations() == []
