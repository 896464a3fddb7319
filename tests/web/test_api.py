"""The API over the same services: seats, refusals, blinding; and its schema."""

from collections.abc import Callable

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from reviews.screening.models import Vote
from tests import world as worlds
from tests.world import World


@pytest.fixture
def api() -> Callable[[World, str], APIClient]:
    def client(world: World, name: str) -> APIClient:
        made = APIClient()
        token, _ = Token.objects.get_or_create(user=world.people[name])
        made.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return made

    return client


def test_without_a_token_nothing_is_told(library: World) -> None:
    assert APIClient().get("/api/reviews/").status_code == 401
    assert APIClient().get(f"/api/reviews/{library.review_id}/references/").status_code == 401


def test_people_see_their_own_reviews_with_their_role(library: World, api: Callable[..., APIClient]) -> None:
    found = api(library, "bo").get("/api/reviews/").json()
    assert [(one["id"], one["role"]) for one in found["results"]] == [(library.review_id, "reviewer")]
    assert api(library, "eve").get("/api/reviews/").json()["results"] == []
    assert api(library, "eve").get(f"/api/reviews/{library.review_id}/").status_code == 404


def test_a_review_can_be_made(library: World, api: Callable[..., APIClient]) -> None:
    made = api(library, "eve").post("/api/reviews/", {"title": "Eve's own"})
    assert (made.status_code, made.json()["role"]) == (201, "lead")
    assert api(library, "eve").post("/api/reviews/", {"title": " "}).status_code == 422


@pytest.mark.parametrize("path", ["protocol/", "references/", "votes/", "syntheses/", "runs/"])
def test_a_stranger_finds_nothing(library: World, api: Callable[..., APIClient], path: str) -> None:
    assert api(library, "eve").get(f"/api/reviews/{library.review_id}/{path}").status_code == 404


def test_a_reader_may_not_vote_and_is_told_before_the_body_is_read(
    library: World, api: Callable[..., APIClient]
) -> None:
    answer = api(library, "rea").post(
        f"/api/reviews/{library.review_id}/votes/", data="{broken", content_type="application/json"
    )
    assert answer.status_code == 403
    assert "Your role in this review is reader" in answer.json()["detail"]


def test_two_people_vote_blinded(library: World, api: Callable[..., APIClient]) -> None:
    votes = f"/api/reviews/{library.review_id}/votes/"
    reference = library.references()[0]
    vote = {"reference": reference.pk, "phase": "title_abstract", "verdict": "include"}
    made = api(library, "bo").post(votes, vote)
    assert made.status_code == 201
    assert api(library, "cy").get(votes).json()["results"] == []
    assert api(library, "cy").get(f"{votes}{made.json()['id']}/").status_code == 404
    assert "include" not in api(library, "cy").get(f"/api/reviews/{library.review_id}/references/").content.decode()
    assert api(library, "cy").post(votes, {**vote, "verdict": "exclude"}).status_code == 201
    third = api(library, "ada").post(votes, vote)
    assert third.status_code == 409
    assert "has all its votes already" in third.json()["detail"]


def test_a_vote_can_be_taken_back(library: World, api: Callable[..., APIClient]) -> None:
    votes = f"/api/reviews/{library.review_id}/votes/"
    reference = library.references()[0]
    made = (
        api(library, "bo")
        .post(votes, {"reference": reference.pk, "phase": "title_abstract", "verdict": "maybe"})
        .json()
    )
    assert api(library, "cy").delete(f"{votes}{made['id']}/").status_code == 404
    assert api(library, "bo").delete(f"{votes}{made['id']}/").status_code == 204
    assert Vote.objects.get(pk=made["id"]).superseded_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"phase": "abstract"}, "phase"),
        ({"reference": "first"}, "reference"),
        ({"phase": "full_text", "verdict": "exclude"}, "reason"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(
    library: World, api: Callable[..., APIClient], changes: dict[str, str], field: str
) -> None:
    vote = {"reference": library.references()[0].pk, "phase": "title_abstract", "verdict": "include"}
    answer = api(library, "bo").post(f"/api/reviews/{library.review_id}/votes/", {**vote, **changes})
    assert answer.status_code == 422
    body = answer.json()
    assert field in body.get("fields", body)
    assert not Vote.objects.exists()


def test_the_protocol_is_written_and_amended(library: World, api: Callable[..., APIClient]) -> None:
    protocol = f"/api/reviews/{library.review_id}/protocol/"
    ada = api(library, "ada")
    found = ada.get(protocol).json()
    assert found["in_force"]["number"] == 1
    content = {**found["draft"]["content"], "registration": "CRD42025999999"}
    saved = ada.put(f"{protocol}draft/", {"content": content, "revision": found["draft"]["revision"]})
    assert saved.status_code == 200, saved.content
    stale = ada.put(f"{protocol}draft/", {"content": content, "revision": found["draft"]["revision"] - 1})
    assert stale.status_code == 409
    assert stale.json()["clashes"] == {}
    behind = {"content": {**content, "title": "Mine"}, "revision": found["draft"]["revision"]}
    clashes = ada.put(f"{protocol}draft/", behind).json()["clashes"]
    assert clashes == {"title": {"current": content["title"], "typed": "Mine"}}
    revision = saved.json()["revision"]
    assert ada.post(f"{protocol}approve/", {"revision": revision}).status_code == 422
    approved = ada.post(f"{protocol}approve/", {"revision": revision, "reason": "Registered anew"})
    assert (approved.status_code, approved.json()["number"]) == (201, 2)
    assert api(library, "bo").post(f"{protocol}approve/", {"revision": revision}).status_code == 403
    assert [one["number"] for one in ada.get(f"{protocol}versions/").json()] == [2, 1]


def test_a_client_that_does_not_know_the_newer_rules_loses_none_of_them(
    library: World, api: Callable[..., APIClient]
) -> None:
    protocol = f"/api/reviews/{library.review_id}/protocol/"
    ada = api(library, "ada")
    content, revision = (ada.get(protocol).json()["draft"][name] for name in ("content", "revision"))
    screening = {"votes_needed": 2, "settled_by": "lead", "lead_settles_own": True, "hides_earlier_votes": True}
    extraction = {"settled_by": "discussion", "lead_settles_own": True}
    newer = {**content, "screening": screening, "extraction": extraction}
    revision = ada.put(f"{protocol}draft/", {"content": newer, "revision": revision}).json()["revision"]
    older = {**content, "screening": {"votes_needed": 1, "settled_by": "lead"}}
    del older["extraction"]
    saved = ada.put(f"{protocol}draft/", {"content": older, "revision": revision})
    assert saved.status_code == 200, saved.content
    kept = ada.get(protocol).json()["draft"]["content"]
    assert kept["screening"] == {**screening, "votes_needed": 1}
    assert kept["extraction"] == saved.json()["content"]["extraction"] == extraction


def test_a_synthesis_is_specified_run_and_read(consensus: World, api: Callable[..., APIClient]) -> None:
    base, point = f"/api/reviews/{consensus.review_id}", consensus.time_point().pk
    sol = api(consensus, "sol")
    spec = {
        "title": "Sleep",
        "arm_1": "intervention",
        "time_1": point,
        "arm_2": "comparator",
        "time_2": point,
        "measure": "SMD",
        "model": "random",
        "tau2_method": "DL",
        "convention": "revman5",
    }
    made = sol.post(f"{base}/syntheses/", spec)
    assert made.status_code == 201, made.content
    assert sol.post(f"{base}/syntheses/", spec).status_code == 422
    asked = sol.post(f"{base}/runs/", {"synthesis": made.json()["id"]})
    assert asked.status_code == 202
    assert asked.json()["results"] is None
    worlds.finish_jobs(consensus)
    run = api(consensus, "rea").get(f"{base}/runs/{asked.json()['id']}/").json()
    assert run["results"]["overall"]["k"] == 3
    assert api(consensus, "bo").post(f"{base}/runs/", {"synthesis": made.json()["id"]}).status_code == 403


def test_references_come_in_pages_with_a_constant_number_of_queries(
    library: World, api: Callable[..., APIClient], django_assert_num_queries: Callable[..., object]
) -> None:
    client, path = api(library, "bo"), f"/api/reviews/{library.review_id}/references/"
    with django_assert_num_queries(4):  # token, seat, count, page
        assert client.get(path).json()["count"] == 6
    with django_assert_num_queries(4):
        assert len(client.get(path, {"limit": 2}).json()["results"]) == 2


def test_references_are_filtered_as_on_their_page(library: World, api: Callable[..., APIClient]) -> None:
    client, path = api(library, "bo"), f"/api/reviews/{library.review_id}/references/"
    page = client.get(path).json()["results"]
    first = page[0]
    found = client.get(path, {"words": f'"{first["title"]}"'}).json()["results"]
    assert [one["number"] for one in found] == [first["number"]]
    newest = [one["year"] for one in client.get(path, {"sort": "newest"}).json()["results"]]
    assert newest == sorted((one["year"] for one in page), reverse=True)
    assert client.get(path, {"year_from": max(newest) + 1}).json()["count"] == 0


def test_a_filter_that_makes_no_sense_is_refused_by_name(library: World, api: Callable[..., APIClient]) -> None:
    path = f"/api/reviews/{library.review_id}/references/"
    answer = api(library, "bo").get(path, {"year_from": "soon", "source": "999999"})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"year_from", "source"}
    assert api(library, "bo").get(path, {"year_from": "2020", "year_to": "2010"}).status_code == 422


def test_the_schema_and_the_page_describe_every_view_set(db: None, client: object) -> None:
    schema = client.get("/api/schema/").content.decode()
    page = client.get("/api/docs/").content.decode()
    for path in ("reviews/", "protocol/", "references/", "votes/", "syntheses/", "runs/"):
        assert f"{path}:" in schema
        assert path in page
