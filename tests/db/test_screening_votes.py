from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from reviews.core import events as trail
from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.protocols.rules import ScreeningRule
from reviews.screening import rules, selectors, services
from reviews.screening.models import Standing, Vote
from reviews.screening.rules import Phase, State, Verdict
from tests import world as worlds
from tests.world import World

TA, FT = Phase.TITLE_ABSTRACT, Phase.FULL_TEXT


def state(world: World, reference: object, phase: str = TA) -> State:
    return selectors.standpoint(world.ada, reference, phase).state


def test_two_votes_that_agree_settle_the_reference(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    assert state(library, first) == State.WAITING
    worlds.vote(library, "cy", first, Verdict.INCLUDE)
    assert state(library, first) == State.INCLUDED
    assert list(selectors.in_phase(library.bo, FT)) == [first]


def test_votes_that_disagree_are_a_conflict_which_the_adjudicator_settles(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    assert state(library, first) == State.CONFLICT
    services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict=Verdict.INCLUDE)
    assert state(library, first) == State.INCLUDED
    assert Vote.objects.filter(reference=first, superseded_at=None).count() == 2


def test_a_third_vote_is_refused(library: World) -> None:
    first = library.references()[0]
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.INCLUDE)
    with pytest.raises(Refusal, match="has all its votes already"):
        worlds.vote(library, "ada", first, Verdict.EXCLUDE)


def test_nobody_learns_a_verdict_before_all_votes_are_in(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.EXCLUDE)
    for who in ("cy", "ada", "dee", "rea", "sol"):
        seen = selectors.standpoint(library.seats[who], first, TA)
        assert seen.votes == []
        counts = selectors.progress(library.seats[who], TA)
        assert (counts.included, counts.excluded, counts.conflicts) == (0, 0, 0)
    assert [vote.verdict for vote in selectors.standpoint(library.bo, first, TA).votes] == [Verdict.EXCLUDE]
    assert selectors.all_my_votes(library.cy).count() == 0
    assert "exclude" not in str(list(EventLine.objects.filter(type="screening.voted").values())).lower()


def test_the_order_of_the_queue_does_not_depend_on_others_votes(library: World) -> None:
    before = [one.pk for one in selectors.queue(library.cy, TA, limit=6)]
    references = library.references()
    worlds.vote(library, "bo", references[3], Verdict.INCLUDE)
    worlds.vote(library, "bo", references[1], Verdict.EXCLUDE)
    assert [one.pk for one in selectors.queue(library.cy, TA, limit=6)] == before


def test_a_change_of_mind_supersedes_and_overwrites_nothing(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "bo", first, Verdict.EXCLUDE)
    votes = Vote.objects.filter(reference=first).order_by("pk")
    assert [(vote.verdict, vote.superseded_at is None) for vote in votes] == [("include", False), ("exclude", True)]


def test_the_same_vote_twice_is_one_vote(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    assert Vote.objects.filter(reference=first).count() == 1


def test_a_vote_can_be_taken_back_until_the_last_one_is_in(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    services.take_back_vote(library.bo, reference_id=first.pk, phase=TA)
    assert state(library, first) == State.UNTOUCHED
    assert selectors.queue(library.bo, TA, limit=1) == [first]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    with pytest.raises(Refusal, match="can no longer be taken back unseen"):
        services.take_back_vote(library.cy, reference_id=first.pk, phase=TA)
    with pytest.raises(Refusal, match="has all its votes already"):
        worlds.vote(library, "cy", first, Verdict.INCLUDE)


def test_a_doubt_sends_a_settled_reference_to_the_adjudicator(library: World) -> None:
    first = library.references()[0]
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.EXCLUDE)
    with pytest.raises(Refusal, match="Only somebody who voted"):
        services.doubt(library.ada, reference_id=first.pk, phase=TA)
    services.doubt(library.cy, reference_id=first.pk, phase=TA, note="Wrong key")
    assert state(library, first) == State.CONFLICT
    services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict=Verdict.INCLUDE)
    assert state(library, first) == State.INCLUDED


def test_full_text_takes_only_what_was_included_and_one_reason_to_exclude(library: World) -> None:
    first, second = library.references()[:2]
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.INCLUDE)
    with pytest.raises(Refusal, match="not up for full-text"):
        worlds.vote(library, "bo", second, Verdict.INCLUDE, FT)
    with pytest.raises(BadInput, match="Choose the reason"):
        services.cast_vote(library.bo, reference_id=first.pk, phase=FT, verdict=Verdict.EXCLUDE)
    reasons = library.reasons()
    for who, reason in (("bo", reasons[2]), ("cy", reasons[0])):
        services.cast_vote(
            library.seats[who], reference_id=first.pk, phase=FT, verdict=Verdict.EXCLUDE, reason_id=reason.pk
        )
    assert state(library, first, FT) == State.EXCLUDED
    assert [(one.text, one.number) for one in selectors.reasons_given(library.ada)] == [(reasons[0].text, 1)]


def test_a_report_that_cannot_be_had_leaves_the_queue_and_comes_back(library: World) -> None:
    first = library.references()[0]
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.INCLUDE)
    services.mark_not_retrieved(library.ada, reference_id=first.pk, note="Library asked twice")
    assert selectors.queue(library.bo, FT) == []
    assert selectors.flow(library.ada).not_retrieved == 1
    services.mark_retrieved(library.ada, reference_id=first.pk)
    assert selectors.queue(library.bo, FT) == [first]
    worlds.vote(library, "bo", first, Verdict.INCLUDE, FT)
    with pytest.raises(Refusal, match="was retrieved"):
        services.mark_not_retrieved(library.ada, reference_id=first.pk)


def test_a_resolution_can_be_taken_back_by_its_maker(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict=Verdict.EXCLUDE)
    services.reopen(library.dee, reference_id=first.pk, phase=TA)
    assert state(library, first) == State.CONFLICT


def test_who_settles_is_what_the_protocol_says(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    with pytest.raises(NotAllowed, match="settled by the adjudicator"):
        services.resolve(library.ada, reference_id=first.pk, phase=TA, verdict=Verdict.INCLUDE)
    with pytest.raises(NotAllowed, match="Your role in this review is reviewer"):
        services.resolve(library.bo, reference_id=first.pk, phase=TA, verdict=Verdict.INCLUDE)


def test_what_is_not_in_conflict_cannot_be_settled(library: World) -> None:
    first = library.references()[0]
    with pytest.raises(Refusal, match="not in conflict"):
        services.resolve(library.dee, reference_id=first.pk, phase=TA, verdict=Verdict.INCLUDE)


def test_an_amended_rule_counts_at_once(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    content = worlds.CONTENT
    amended = content.__class__(**{**content.__dict__, "screening": ScreeningRule(votes_needed=1)})
    worlds.amend(library, amended)
    assert state(library, first) == State.INCLUDED
    assert selectors.progress(library.bo, TA).included == 1


def test_a_reference_of_another_review_does_not_exist(library: World) -> None:
    other = worlds.core.create_review(library.people["eve"], title="Another review")
    with pytest.raises(NotFound):
        services.cast_vote(
            worlds.core_selectors.seat(library.people["eve"].pk, other.review_id),
            reference_id=library.references()[0].pk,
            phase=TA,
            verdict=Verdict.INCLUDE,
        )


def test_the_standings_can_be_rebuilt_from_the_votes(library: World) -> None:
    first, second = library.references()[:2]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    worlds.vote(library, "bo", second, Verdict.MAYBE)
    before = list(Standing.objects.order_by("pk").values())
    Standing.objects.update(includes=9, excludes=0, maybes=0, resolution="include")
    services.rebuild_standings(library.review_id)
    assert list(Standing.objects.order_by("pk").values()) == before


def test_the_database_and_the_rules_see_the_same_state(library: World) -> None:
    """Every tally of up to two votes: complete or not, contested or settled or not."""
    reference = library.references()[0]
    standing = Standing.objects.create(reference=reference, review_id=library.review_id, phase=TA)
    verdicts = [counts for counts in product(range(3), repeat=3) if sum(counts) <= 2]
    flags = product((False, True), repeat=3)
    for counts, told, resolution in product(verdicts, list(flags), (None, "include", "exclude")):
        fields = {
            **dict(zip(("includes", "maybes", "excludes"), counts, strict=True)),
            **dict(zip(("is_complete", "lacks_votes", "is_contested"), told, strict=True)),
            "resolution": resolution,
        }
        Standing.objects.filter(pk=standing.pk).update(**fields)
        expected = rules.state(rules.Tally(**fields))  # type: ignore[arg-type]
        matching = [one for one in State if reference in selectors.in_state(library.ada, TA, one)]
        assert matching == [expected], fields


def test_votes_can_be_neither_changed_nor_deleted(library: World) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    for statement in ("UPDATE screening_vote SET verdict = 'exclude'", "DELETE FROM screening_vote"):
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_eventline")


def test_without_its_event_a_vote_is_not_saved(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the trail cannot be written")

    monkeypatch.setattr(trail, "record", fail)
    first = library.references()[0]
    with pytest.raises(DatabaseError):
        worlds.vote(library, "bo", first, Verdict.INCLUDE)
    assert not Vote.objects.exists()
    assert not Standing.objects.exists()


def test_readers_statisticians_and_adjudicators_do_not_vote(library: World) -> None:
    for who in ("dee", "sol", "rea"):
        with pytest.raises(NotAllowed):
            worlds.vote(library, who, library.references()[0], Verdict.INCLUDE)


def test_somebody_who_left_leaves_the_votes_behind(library: World) -> None:
    first, second = library.references()[:2]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.core.end_membership(library.ada, membership_id=library.bo.membership_id)
    assert worlds.reseat(library, "bo") is None
    worlds.vote(library, "cy", first, Verdict.INCLUDE)
    assert state(library, first) == State.INCLUDED
    worlds.vote(library, "ada", second, Verdict.INCLUDE)
    worlds.vote(library, "cy", second, Verdict.INCLUDE)
    assert state(library, second) == State.INCLUDED
