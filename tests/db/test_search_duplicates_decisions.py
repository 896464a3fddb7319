"""People decide pairs of records and take it back; decisions stand, history stays."""

import pytest
from django.db import DatabaseError, transaction

from reviews.core.models import EventLine
from reviews.core.refusals import NotAllowed, NotFound, Refusal
from reviews.search import services
from reviews.search.models import Join, PairDecision, Reference
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates
from tests import world as worlds
from tests.duplicates import decide, doubtful, held, open_pairs, ris, trial
from tests.imports import another
from tests.world import World

JOINED, DIFFERENT = PairVerdict.JOINED, PairVerdict.DIFFERENT


class TestDecisions:
    def test_a_confirmed_pair_is_one_reference_and_undo_parts_it_again(self, asked: World) -> None:
        before = held(asked)
        (pair,) = open_pairs(asked)
        made = decide(asked, pair, JOINED, "bo")
        assert held(asked) == {1: [0, 2], 2: [1]}
        assert duplicates.waiting(asked.ada) == []
        counts = duplicates.counts(asked.ada, [])
        assert (counts.decided, counts.total, counts.confirmed, counts.automatic) == (1, 1, 1, 0)
        services.undo_decision(asked.cy, decision_id=made.pk)
        assert held(asked) == before
        assert Reference.objects.get(number=3).merged_into is None
        assert [one.pair_id for one in duplicates.waiting(asked.ada)] == [pair.pk], "it is open again"
        made.refresh_from_db()
        assert (made.superseded_by_id, made.person_id) == (asked.cy.user_id, asked.bo.user_id)
        kinds = EventLine.objects.filter(type__in=["search.references_joined", "search.references_parted"])
        assert [line.actor_id for line in kinds.order_by("pk")] == [asked.bo.user_id, asked.cy.user_id]

    def test_what_was_declared_different_is_never_proposed_or_joined_again(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, DIFFERENT)
        assert duplicates.waiting(asked.ada) == []
        worlds.upload(asked, ris(trial(0, AB=""), doubtful(0)), "more.ris", source="C")
        for reference in held(asked).values():
            assert not {0, 2} <= set(reference), "through a third record"
        services.set_thresholds(asked.ada, join=0.5, propose=0.01, revision=0)
        worlds.finish_jobs(asked)
        for reference in held(asked).values():
            assert not {0, 2} <= set(reference), "through other thresholds"
        ends = {frozenset((one.one, one.other)) for one in duplicates.waiting(asked.ada)}
        one, other = (Join.objects.get(record=end, superseded_at=None) for end in (pair.one, pair.other))
        assert frozenset((one.reference_id, other.reference_id)) not in ends

    def test_joining_what_was_declared_different_through_other_records_is_refused(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, DIFFERENT)
        worlds.upload(asked, ris(trial(0, AB="")), "more.ris", source="C")
        rest = [one for one in open_pairs(asked) if pair.other_id in (one.one_id, one.other_id)]
        assert rest, "the new record is like the doubtful one too"
        with pytest.raises(Refusal, match="were declared different"):
            decide(asked, rest[0], JOINED)
        services.undo_decision(asked.ada, decision_id=PairDecision.objects.get(verdict=DIFFERENT).pk)
        decide(asked, rest[0], JOINED)
        assert held(asked)[1] == [0, 2, 3]

    def test_undoing_an_automatic_join_declares_it_different(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(1, AB="short")), "three.ris", source="C")
        assert held(asked)[2] == [1, 3]
        services.undo_decision(asked.bo, decision_id=PairDecision.objects.get(person=None).pk)
        assert held(asked) == {1: [0], 2: [1], 3: [2], 4: [3]}
        assert PairDecision.objects.get(superseded_at=None).person_id == asked.bo.user_id
        services.set_thresholds(asked.ada, join=0.6, propose=0.05, revision=0)
        worlds.finish_jobs(asked)
        assert held(asked)[4] == [3]

    def test_undo_parts_where_the_tree_was_tied(self, world: World) -> None:
        """Two groups of two, confirmed as one, part into the two groups."""
        worlds.upload(world, ris(trial(0), trial(0, AB=""), doubtful(0)), "one.ris")
        worlds.upload(world, ris({**doubtful(0), "T2": "J Made Up"}), "two.ris", source="B")
        groups = held(world)
        made = []
        while found := duplicates.waiting(world.ada):
            made.append(services.decide_pair(world.ada, pair_id=found[0].pair_id, verdict=JOINED))
        assert list(held(world).values()) == [[0, 1, 2, 3]]
        for decision in made:
            services.undo_decision(world.ada, decision_id=decision.pk)
            held(world)
        assert held(world) == groups

    def test_twice_the_same_is_once_and_somebody_else_is_told(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        first = decide(asked, pair, JOINED, "bo")
        assert decide(asked, pair, JOINED, "bo").pk == first.pk
        with pytest.raises(Refusal, match="Bo has decided this pair already: duplicate"):
            decide(asked, pair, DIFFERENT, "cy")
        services.undo_decision(asked.bo, decision_id=first.pk)
        with pytest.raises(Refusal, match="undone already"):
            services.undo_decision(asked.bo, decision_id=first.pk)

    def test_who_may(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        for who in ("dee", "sol", "rea"):
            with pytest.raises(NotAllowed):
                decide(asked, pair, JOINED, who)
        with pytest.raises(NotFound):
            services.decide_pair(another(asked).ada, pair_id=pair.pk, verdict=JOINED)
        made = decide(asked, pair, DIFFERENT, "bo")
        with pytest.raises(NotAllowed):
            services.undo_decision(asked.rea, decision_id=made.pk)
        with pytest.raises(NotAllowed):
            services.set_thresholds(asked.bo, join=0.9, propose=0.1, revision=0)

    def test_without_its_event_nothing_is_decided(self, asked: World, monkeypatch: pytest.MonkeyPatch) -> None:
        (pair,) = open_pairs(asked)
        before = held(asked)

        def fail(*args: object, **kwargs: object) -> None:
            raise ConnectionError("the trail is gone")

        monkeypatch.setattr("reviews.core.events.record_all", fail)
        monkeypatch.setattr("reviews.core.events.record", fail)
        for verdict in (JOINED, DIFFERENT):
            with pytest.raises(ConnectionError):
                decide(asked, pair, verdict)
        assert (held(asked), PairDecision.objects.count()) == (before, 0)

    def test_the_database_keeps_history(self, asked: World) -> None:
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            PairDecision.objects.update(person=None)
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            PairDecision.objects.all()._raw_delete("default")

    def test_an_import_with_a_decided_pair_can_still_be_undone(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, JOINED)
        row = pair.other.in_import
        services.undo_import(asked.ada, import_id=row.pk)
        assert Reference.objects.unique_documents().count() == 2
        assert not PairDecision.objects.filter(superseded_at=None).exists()
        with pytest.raises(Refusal, match="was undone"):
            decide(asked, pair, JOINED)
