"""Blinding by comparison: whatever a colleague said, every page, file and answer is the same to the byte."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from reviews.extraction import services as extraction
from reviews.screening import services as screening
from reviews.screening.rules import Phase
from tests import world as worlds
from tests.web.nasty import undone
from tests.web.test_access import routes_of_reviews
from tests.world import World

FETCH = {"X-Requested-With": "fetch"}
EVERYBODY_ELSE = ("ada", "cy", "dee")
API = ("protocol/", "references/", "votes/", "syntheses/", "runs/")
STATES = ("untouched", "waiting", "conflict", "included", "excluded")
# What differs from one answer to the next whatever people say: the token against forgery, and the clock.
NOISE = re.compile(rb'datetime="[^"]+"|\d\d:\d\d(:\d\d)?|"\w{64}"|\b\w{64}\b')


def addresses(world: World, numbers: dict[str, int]) -> Iterator[str]:
    base = f"/reviews/{world.review_id}/"
    for route, access in routes_of_reviews():
        for name, number in {"review_id": world.review_id, **numbers}.items():
            route = route.replace(f"<int:{name}>", str(number))
        if "GET" in access.methods and "<int" not in route:
            yield "/" + route.replace("flow.<str:kind>", "flow.csv")
    yield from (f"{base}{phase}/references/?state={state}" for phase in ("screening", "full-text") for state in STATES)
    yield from (f"/api{base}{path}" for path in API)


def answers(client: Client, urls: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for url in urls:
        answer = client.get(url)
        headers = {name: value for name, value in answer.items() if name not in {"Set-Cookie", "Content-Length"}}
        found[url] = (answer.status_code, headers, NOISE.sub(b"", answer.getvalue()))
    return found


def assert_all_the_same(
    world: World, client_of: Callable[..., Client], numbers: dict[str, int], said: list[Callable[[], object]]
) -> None:
    urls = list(addresses(world, numbers))
    assert len(urls) > 25
    for who in EVERYBODY_ELSE:
        client = client_of(world, who)
        told = []
        for say in said:
            with undone():
                say()
                told.append(answers(client, urls))
        for other in told[1:]:
            assert [url for url in urls if told[0][url] != other[url]] == [], f"as {who}"


@pytest.mark.parametrize("phase", list(Phase))
def test_one_vote_tells_nobody_what_it_says(library: World, client_of: Callable[..., Client], phase: Phase) -> None:
    reference = library.references()[0]
    if phase == Phase.FULL_TEXT:
        for who in ("bo", "cy"):
            worlds.vote(library, who, reference, "include")
    verdicts: list[tuple[str, int | None]] = [("include", None), ("exclude", None)]
    if phase == Phase.FULL_TEXT:
        verdicts = [("include", None), *(("exclude", reason.pk) for reason in library.reasons()[:2])]

    def say(verdict: str, reason_id: int | None) -> Callable[[], object]:
        return lambda: screening.cast_vote(
            library.bo, reference_id=reference.pk, phase=phase, verdict=verdict, reason_id=reason_id, note=verdict
        )

    numbers = {"reference_id": reference.pk}
    assert_all_the_same(library, client_of, numbers, [say(*verdict) for verdict in verdicts])


def test_a_vote_changed_before_the_second_one_tells_nobody(library: World, client_of: Callable[..., Client]) -> None:
    reference = library.references()[0]

    def say(*verdicts: str) -> Callable[[], object]:
        return lambda: [worlds.vote(library, "bo", reference, verdict) for verdict in verdicts]

    said = [say("include", "exclude"), say("exclude", "include"), say("maybe", "exclude")]
    assert_all_the_same(library, client_of, {"reference_id": reference.pk}, said)


def test_the_queue_depends_on_claims_and_on_who_voted_never_on_a_verdict(
    library: World, client_of: Callable[..., Client], settings: object
) -> None:
    """Two worlds in which each verdict is the other's: what a third person is shown while others read is the same."""
    references, base = library.references(), f"/reviews/{library.review_id}/screening/"

    def world_with(one: str, other: str) -> list[bytes]:
        settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": one}}
        for who in ("bo", "cy"):
            client_of(library, who).get(base)
        for who, place, verdict in (("bo", 0, one), ("cy", 0, other), ("bo", 1, one), ("cy", 3, other)):
            client_of(library, who).post(f"{base}{references[place].pk}/vote/", {"verdict": verdict}, headers=FETCH)
        ada = client_of(library, "ada")
        seen = [ada.get(base), ada.post(f"{base}{references[2].pk}/vote/", {"verdict": "include"}, headers=FETCH)]
        seen += [ada.get(f"{base}progress/?shown={references[4].pk}"), ada.get(base)]
        ada.post(f"{base}layout/", {"layout": "list"})
        seen.append(ada.get(base))
        assert {answer.status_code for answer in seen} == {200}
        return [NOISE.sub(b"", answer.content) for answer in seen]

    told = []
    for verdicts in (("include", "exclude"), ("exclude", "include")):
        with undone():
            told.append(world_with(*verdicts))
    assert told[0] == told[1]


def test_one_entry_tells_nobody_its_values(library: World, client_of: Callable[..., Client]) -> None:
    reference = library.references()[0]
    worlds.include(library, reference)
    study = worlds.study(library, reference, "Keeper 2000")
    mine = extraction.start_entry(library.bo, study_id=study.pk)

    def say(numbers: tuple[tuple[str, str, str], tuple[str, str, str]], level: str) -> Callable[[], object]:
        values = worlds.value_inputs(study, library.time_point(), *numbers)

        def submit() -> None:
            trait = extraction.TraitInput(library.characteristic().pk, level, "p. 3")
            extraction.save_values(library.bo, entry_id=mine.pk, values=values, traits=[trait])
            extraction.submit_entry(library.bo, entry_id=mine.pk)

        return submit

    said = [say(worlds.NUMBERS[0], "yes"), say(worlds.NUMBERS[1], "no")]
    assert_all_the_same(library, client_of, {"study_id": study.pk, "entry_id": mine.pk}, said)


def test_the_comparison_would_notice(library: World, client_of: Callable[..., Client]) -> None:
    """The same with both votes in: then verdicts show, and the comparison has to fail."""
    reference = library.references()[0]
    worlds.vote(library, "cy", reference, "include")
    said = [
        lambda: worlds.vote(library, "bo", reference, "include"),
        lambda: worlds.vote(library, "bo", reference, "exclude"),
    ]
    with pytest.raises(AssertionError, match="as ada"):
        assert_all_the_same(library, client_of, {"reference_id": reference.pk}, said)
