"""The protocol's pages as a browser without JavaScript uses them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import Client

from reviews.protocols import rules, selectors, services
from reviews.protocols.models import ProtocolVersion
from tests import world as worlds
from tests.reading import Page
from tests.world import CONTENT, World

ClientOf = Callable[..., Client]


@pytest.fixture
def fresh(db: None) -> World:
    return worlds.review()


def page(world: World, path: str = "") -> str:
    return f"/reviews/{world.review_id}/protocol/{path}"


def filled(response: HttpResponse) -> dict[str, str | list[str]]:
    """What the page's last form would send as it stands."""
    return Page(response).form


def text(response: HttpResponse) -> str:
    return Page(response).text


NEW = {
    "title": "Guided rest",
    "registration": "CRD42025634381",
    "population": "Keepers",
    "intervention": "Guided rest",
    "inclusion": "Randomised trials\r\nAdults\r\n",
    "databases": "PubMed\r\nCNKI",
    "reasons-0-text": "Wrong population",
    "outcomes-0-name": "Sleep",
    "outcomes-0-measure": "ISI",
    "outcomes-0-time_points": "Post-treatment\r\nFollow-up",
    "characteristics-0-name": "Insomnia diagnosed",
    "characteristics-0-levels": "yes\r\nno",
    "votes_needed": "2",
    "settled_by": "lead",
    "lead_settles_own": "yes",
    "hides_earlier_votes": "yes",
    "extraction_settled_by": "discussion",
}


def test_from_an_empty_page_to_an_approved_protocol(fresh: World, client_of: ClientOf) -> None:
    bo, ada = client_of(fresh, "bo"), client_of(fresh, "ada")
    assert "No protocol yet" in text(bo.get(page(fresh)))
    sent = {**filled(bo.get(page(fresh, "edit/"))), **NEW}
    assert bo.post(page(fresh, "edit/"), sent).status_code == 302
    shown = text(bo.get(page(fresh)))
    assert "Not approved yet" in shown
    assert "Wrong population" in shown
    to_approve = ada.get(page(fresh, "approve/"))
    assert "Missing" not in text(to_approve)
    assert ada.post(page(fresh, "approve/"), filled(to_approve)).status_code == 302
    content = selectors.in_force(fresh.review_id).parsed
    assert content.inclusion == ("Randomised trials", "Adults")
    assert content.screening == rules.ScreeningRule(2, "lead", lead_settles_own=True, hides_earlier_votes=True)
    assert content.extraction == rules.ExtractionRule("discussion")
    assert [point.name for point in content.outcomes[0].time_points] == ["Post-treatment", "Follow-up"]
    assert content.characteristics[0].levels == ("yes", "no")
    assert "Version 1 is in force, approved by Ada" in text(bo.get(page(fresh)))


def test_saving_the_page_as_it_is_changes_nothing(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    before = selectors.draft(world.ada)
    assert ada.post(page(world, "edit/"), filled(ada.get(page(world, "edit/")))).status_code == 302
    assert selectors.draft(world.ada) == before


def test_rows_are_ordered_by_their_numbers_and_removed_by_their_boxes(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    sent = filled(ada.get(page(world, "edit/")))
    sent |= {"reasons-0-ORDER": "3", "reasons-2-ORDER": "1", "reasons-1-DELETE": "on"}
    sent |= {"reasons-3-text": "Wrong design", "reasons-3-ORDER": "2"}
    assert ada.post(page(world, "edit/"), sent).status_code == 302
    content, _ = selectors.draft(world.ada)
    assert [reason.text for reason in content.reasons] == ["No outcome of interest", "Wrong design", "Wrong population"]
    assert [reason.key for reason in content.reasons][::2] == ["r3", "r1"]


def test_another_row_is_given_without_saving_anything(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    sent = filled(ada.get(page(world, "edit/"))) | {"title": "Half typed", "outcomes-add": "1"}
    again = ada.post(page(world, "edit/"), sent)
    assert again.status_code == 200
    longer = filled(again)
    assert longer["title"] == "Half typed"
    assert int(longer["outcomes-TOTAL_FORMS"]) == int(sent["outcomes-TOTAL_FORMS"]) + 1
    assert "outcomes-2-name" in longer
    assert selectors.draft(world.ada)[0] == CONTENT


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("registration", "CRD12", "“CRD12” is no PROSPERO number"),
        ("reasons-1-text", "x" * 201, "at most 200 characters"),
        ("outcomes-1-measure", "ISI", "Write a name, or empty the row."),
        ("votes_needed", "3", "not one of the available choices"),
    ],
)
def test_bad_input_is_named_and_shown_again_and_its_neighbours_are_saved(
    world: World, client_of: ClientOf, field: str, typed: str, words: str
) -> None:
    ada = client_of(world, "ada")
    sent = filled(ada.get(page(world, "edit/"))) | {"title": "Typed with care", field: typed}
    refused = ada.post(page(world, "edit/"), sent)
    assert refused.status_code == 422
    assert words in text(refused)
    assert filled(refused).get(field, typed) == typed
    assert "Saved at" in text(refused)
    assert selectors.draft(world.ada)[0] == replace(CONTENT, title="Typed with care")


def test_a_damaged_form_changes_nothing_and_is_no_error(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    add = {"reasons-add": "1"}
    for sent in (add, {"reasons-TOTAL_FORMS": "many", **add}, {"reasons-TOTAL_FORMS": "-3"}, {"reasons-0-key": "r1"}):
        assert ada.post(page(world, "edit/"), sent).status_code in {200, 302, 422}
    assert selectors.draft(world.ada)[0] == CONTENT


def test_somebody_was_faster_nothing_typed_is_lost_and_saving_again_is_a_decision(
    world: World, client_of: ClientOf
) -> None:
    bo, cy = client_of(world, "bo"), client_of(world, "cy")
    opened = filled(cy.get(page(world, "edit/")))
    assert bo.post(page(world, "edit/"), opened | {"title": "Rest, by Bo"}).status_code == 302
    late = cy.post(page(world, "edit/"), opened | {"title": "Rest, by Cy", "reasons-3-text": "Wrong design"})
    assert late.status_code == 409
    shown = text(late)
    assert "Bo saved the protocol at" in shown
    assert "Title Rest, by Bo Rest, by Cy" in shown
    assert "UTC: reasons to exclude." in shown
    now, _ = selectors.draft(world.ada)
    assert (now.title, now.reasons[-1].text) == ("Rest, by Bo", "Wrong design")
    assert filled(late)["title"] == "Rest, by Cy"
    assert cy.post(page(world, "edit/"), filled(late)).status_code == 302
    assert selectors.draft(world.ada)[0] == replace(now, title="Rest, by Cy")


def test_what_is_missing_is_listed_and_the_button_is_not_there(fresh: World, client_of: ClientOf) -> None:
    services.save_draft(fresh.ada, content=replace(CONTENT, inclusion=()), revision=0)
    ada = client_of(fresh, "ada")
    shown = ada.get(page(fresh, "approve/"))
    assert "Write at least one inclusion criterion." in text(shown)
    assert "Complete the draft" in text(shown)
    refused = ada.post(page(fresh, "approve/"), {"revision": "1"})
    assert refused.status_code == 422
    assert not ProtocolVersion.objects.exists()


def test_an_amendment_shows_what_changes_and_needs_its_reason(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    sent = filled(ada.get(page(world, "edit/"))) | {"reasons-0-text": "Wrong people"}
    ada.post(page(world, "edit/"), sent)
    shown = text(ada.get(page(world)))
    assert "Changes in the draft" in shown
    assert "Not approved yet" in shown
    to_approve = ada.get(page(world, "approve/"))
    assert "Wrong people" in text(to_approve)
    refused = ada.post(page(world, "approve/"), filled(to_approve))
    assert refused.status_code == 422
    assert "Write the reason for the amendment" in text(refused)
    reasoned = filled(to_approve) | {"reason": "Clearer words"}
    assert ada.post(page(world, "approve/"), reasoned).status_code == 302
    second = text(ada.get(page(world, "versions/2/")))
    assert "Reason: Clearer words" in second
    assert "Exclusion reasons ≠ Changed Wrong population Wrong people" in second
    assert "Wrong people" not in text(ada.get(page(world, "versions/1/")))
    assert ada.get(page(world, "versions/3/")).status_code == 404


def test_approving_what_somebody_approved_meanwhile_is_told(world: World, client_of: ClientOf) -> None:
    ada = client_of(world, "ada")
    ada.post(page(world, "edit/"), filled(ada.get(page(world, "edit/"))) | {"title": "Another"})
    sent = filled(ada.get(page(world, "approve/"))) | {"reason": "We thought again"}
    assert ada.post(page(world, "approve/"), sent).status_code == 302
    late = ada.post(page(world, "approve/"), sent)
    assert late.status_code == 409
    assert "Ada approved version 2 of the protocol at" in text(late)
    assert ProtocolVersion.objects.count() == 2


def test_who_may_only_read_reads(world: World, client_of: ClientOf) -> None:
    rea = client_of(world, "rea")
    shown = rea.get(page(world))
    assert shown.status_code == 200
    assert "Amend" not in text(shown)
    assert rea.get(page(world, "edit/")).status_code == 403
    assert client_of(world, "bo").get(page(world, "approve/")).status_code == 403


def test_queries_do_not_grow_with_the_number_of_versions(
    world: World, client_of: ClientOf, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(4):
        worlds.amend(world, replace(CONTENT, title=f"Guided rest {number}"))
    rea = client_of(world, "rea")
    rea.get(page(world))
    with django_assert_num_queries(9):
        rea.get(page(world))
