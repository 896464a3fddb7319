"""The edit page saves what it names and keeps every good value, with a script and without."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from reviews.core.models import EventLine
from reviews.protocols import rules, selectors
from tests import world as worlds
from tests.reading import Page
from tests.world import CONTENT, World

ClientOf = Callable[..., Client]
ROW_LISTS = ("reasons", "outcomes", "characteristics")


def page(world: World, path: str = "edit/") -> str:
    return f"/reviews/{world.review_id}/protocol/{path}"


def filled(response: HttpResponse) -> dict[str, Any]:
    return Page(response).form


def of(sent: dict[str, Any], *parts: str) -> dict[str, Any]:
    """What the script sends: the fields of these parts, with their seals."""
    return {
        name: value
        for name, value in sent.items()
        if name.partition("-")[0] in parts or name.removeprefix("seal-") in parts
    }


def fetch(client: Client, world: World, sent: dict[str, Any]) -> HttpResponse:
    return client.post(page(world), sent, headers={"X-Requested-With": "fetch"})


class TestAbsentIsNotEmpty:
    def test_a_post_without_any_field_changes_nothing(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        lines = EventLine.objects.count()
        for sent in ({}, {"action": "save"}, {f"seal-{name}": "" for name in rules.PARTS}):
            assert ada.post(page(world), sent).status_code == 302
            assert fetch(ada, world, sent).status_code == 200
        assert selectors.draft(world.ada) == (CONTENT, 1)
        assert EventLine.objects.count() == lines

    @pytest.mark.parametrize("part", list(rules.PARTS))
    def test_a_post_that_lacks_a_part_leaves_it(self, world: World, client_of: ClientOf, part: str) -> None:
        ada = client_of(world, "ada")
        sent = filled(ada.get(page(world)))
        sent["title"] = "Another title"
        lacking = {name: value for name, value in sent.items() if name not in of(sent, part)}
        assert ada.post(page(world), lacking).status_code == 302
        title = CONTENT.title if part == "title" else "Another title"
        assert selectors.draft(world.ada)[0] == replace(CONTENT, title=title)

    @pytest.mark.parametrize(
        "cell", ["reasons-1-text", "outcomes-0-measure", "outcomes-0-time_points", "outcomes-0-type", "reasons-1-key"]
    )
    def test_a_row_that_lacks_a_cell_keeps_it(self, world: World, client_of: ClientOf, cell: str) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), *ROW_LISTS)
        del sent[cell]
        ada.post(page(world), sent)
        kept = selectors.draft(world.ada)[0]
        assert {reason.text for reason in kept.reasons} == {reason.text for reason in CONTENT.reasons}
        assert kept.outcomes == CONTENT.outcomes

    def test_a_row_that_was_not_sent_stays(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "reasons")
        one = {name: value for name, value in sent.items() if not name.startswith(("reasons-1", "reasons-2"))}
        one |= {"reasons-TOTAL_FORMS": "1", "reasons-0-text": "Wrong people"}
        assert ada.post(page(world), one).status_code == 302
        expected = (replace(CONTENT.reasons[0], text="Wrong people"), *CONTENT.reasons[1:])
        assert selectors.draft(world.ada)[0].reasons == expected

    def test_what_is_sent_empty_is_emptied(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = filled(ada.get(page(world))) | {"inclusion": "", "reasons-1-text": "", "characteristics-0-DELETE": "on"}
        assert ada.post(page(world), sent).status_code == 302
        kept = selectors.draft(world.ada)[0]
        reasons = (CONTENT.reasons[0], CONTENT.reasons[2])
        assert kept == replace(CONTENT, inclusion=(), reasons=reasons, characteristics=())


class TestTwoPeople:
    def test_different_parts_are_both_saved(self, world: World, client_of: ClientOf) -> None:
        bo, cy = client_of(world, "bo"), client_of(world, "cy")
        opened = filled(cy.get(page(world)))
        assert bo.post(page(world), opened | {"title": "Rest, by Bo"}).status_code == 302
        assert cy.post(page(world), opened | {"population": "Keepers, by Cy"}).status_code == 302
        kept = selectors.draft(world.ada)[0]
        assert (kept.title, kept.question.population) == ("Rest, by Bo", "Keepers, by Cy")

    def test_the_older_of_two_tabs_does_not_put_back_the_old_text(self, world: World, client_of: ClientOf) -> None:
        bo = client_of(world, "bo")
        old_tab = filled(bo.get(page(world)))
        bo.post(page(world), old_tab | {"title": "Newer", "reasons-0-text": "Wrong people"})
        assert bo.post(page(world), old_tab).status_code == 302
        kept = selectors.draft(world.ada)[0]
        assert (kept.title, kept.reasons[0].text) == ("Newer", "Wrong people")

    def test_a_row_list_that_both_changed_keeps_the_rows_of_both(self, world: World, client_of: ClientOf) -> None:
        bo, cy = client_of(world, "bo"), client_of(world, "cy")
        opened = filled(cy.get(page(world)))
        bo.post(page(world), opened | {"reasons-3-text": "Wrong design, by Bo"})
        late = cy.post(page(world), opened | {"reasons-3-text": "Wrong dose, by Cy"})
        assert late.status_code == 409
        assert "Wrong design, by Bo" in Page(late).text
        assert cy.post(page(world), filled(late)).status_code == 302
        added = [reason.text for reason in selectors.draft(world.ada)[0].reasons][3:]
        assert sorted(added) == ["Wrong design, by Bo", "Wrong dose, by Cy"]

    def test_the_script_hears_both_values(self, world: World, client_of: ClientOf) -> None:
        bo, cy = client_of(world, "bo"), client_of(world, "cy")
        opened = filled(cy.get(page(world)))
        fetch(bo, world, of(opened, "title", "votes_needed") | {"title": "Bo's", "votes_needed": "1"})
        sent = of(opened, "title", "votes_needed", "population")
        late = fetch(cy, world, sent | {"title": "Cy's", "population": "Keepers"})
        assert late.status_code == 409
        told = late.json()
        assert told["conflict"].startswith("Bo saved the protocol at")
        clash = {"label": "title", "current": "Bo's", "typed": "Cy's", "fields": {"title": "Bo's"}}
        assert told["clashes"] == {"title": clash}
        assert told["open_parts"] == ["title"]
        assert told["sentence"].endswith("UTC: population.")
        decided = of(opened, "title") | told["new_fields"] | {"title": "Cy's"}
        assert fetch(cy, world, decided).status_code == 200
        kept = selectors.draft(world.ada)[0]
        assert (kept.title, kept.screening.votes_needed) == ("Cy's", 1)

    def test_a_save_without_a_seal_overwrites_nothing(self, world: World, client_of: ClientOf) -> None:
        refused = client_of(world, "bo").post(page(world), {"title": "Mine"})
        assert refused.status_code == 409
        assert CONTENT.title in Page(refused).text
        assert selectors.draft(world.ada)[0] == CONTENT


class TestEveryGoodValueIsKept:
    def test_by_the_script(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "title", "registration")
        answer = fetch(ada, world, sent | {"title": "Rest", "registration": "CRD12"})
        assert answer.status_code == 422
        told = answer.json()
        assert list(told["errors"]) == told["open_parts"] == ["registration"]
        assert "“CRD12” is no PROSPERO number" in told["errors"]["registration"]
        assert told["typed"] == {"registration": "CRD12"}
        assert told["sentence"].endswith("UTC: title.")
        assert selectors.draft(world.ada)[0] == replace(CONTENT, title="Rest")
        better = sent | told["new_fields"] | {"title": "Rest", "registration": "CRD42025999999"}
        assert fetch(ada, world, better).status_code == 200
        assert selectors.draft(world.ada)[0].registration == "CRD42025999999"

    def test_within_rows(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "reasons", "outcomes")
        sent |= {"reasons-0-text": "Wrong people", "reasons-1-text": "x" * 201, "reasons-3-text": "Wrong design"}
        sent |= {"outcomes-0-name": "Sleep quality", "outcomes-0-measure": "x" * 101, "outcomes-1-measure": "NRS"}
        answer = fetch(ada, world, sent)
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"reasons-1-text", "outcomes-0-measure", "outcomes-1-name"}
        kept = selectors.draft(world.ada)[0]
        texts = ["Wrong people", "Wrong intervention", "No outcome of interest", "Wrong design"]
        assert [reason.text for reason in kept.reasons] == texts
        assert kept.outcomes == (replace(CONTENT.outcomes[0], name="Sleep quality"),)

    def test_a_row_with_a_bad_number_stays_where_it_is(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "reasons") | {"reasons-0-ORDER": "9" * 5000}
        answer = fetch(ada, world, sent)
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["reasons-0-ORDER"]
        assert selectors.draft(world.ada) == (CONTENT, 1)

    def test_a_new_row_is_told_its_key_and_can_be_renamed(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "reasons") | {"reasons-3-text": "Wrong desi"}
        told = fetch(ada, world, sent).json()
        key = selectors.draft(world.ada)[0].reasons[-1].key
        assert told["new_fields"]["reasons-3-key"] == key
        assert fetch(ada, world, sent | told["new_fields"] | {"reasons-3-text": "Wrong design"}).status_code == 200
        assert selectors.draft(world.ada)[0].reasons == (*CONTENT.reasons, rules.Reason(key, "Wrong design"))

    def test_an_answer_that_was_lost_and_is_sent_again_changes_nothing(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = of(filled(ada.get(page(world))), "reasons", "title") | {
            "reasons-3-text": "Wrong design",
            "title": "Rest",
        }
        for _ in range(2):
            answer = fetch(ada, world, sent)
            assert answer.status_code == 200
        kept, revision = selectors.draft(world.ada)
        assert (len(kept.reasons), kept.title, revision) == (4, "Rest", 2)
        assert answer.json()["new_fields"]["reasons-3-key"] == kept.reasons[3].key

    def test_without_a_script_every_list_keeps_an_empty_row(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        refused = ada.post(page(world), filled(ada.get(page(world))) | {"registration": "CRD12"})
        again = filled(refused)
        assert (again["reasons-3-text"], again["outcomes-1-name"], again["characteristics-1-name"]) == ("", "", "")
        assert ada.post(page(world), again | {"registration": "", "reasons-3-text": "Wrong design"}).status_code == 302
        assert len(selectors.draft(world.ada)[0].reasons) == 4

    def test_without_a_script_rows_that_were_saved_are_not_doubled(self, world: World, client_of: ClientOf) -> None:
        ada = client_of(world, "ada")
        sent = filled(ada.get(page(world))) | {"reasons-1-text": "x" * 201, "reasons-3-text": "Wrong design"}
        refused = ada.post(page(world), sent)
        assert refused.status_code == 422
        assert filled(refused)["reasons-1-text"] == "x" * 201
        assert ada.post(page(world), filled(refused) | {"reasons-1-text": "Wrong dose"}).status_code == 302
        texts = ["Wrong population", "Wrong dose", "No outcome of interest", "Wrong design"]
        assert [reason.text for reason in selectors.draft(world.ada)[0].reasons] == texts


class TestWarnings:
    def test_the_team_cannot_settle_and_approving_stays_possible(self, db: None, client_of: ClientOf) -> None:
        world = worlds.review()
        for name in ("cy", "dee", "sol", "rea"):
            worlds.core.end_membership(world.ada, membership_id=world.seats[name].membership_id)
        worlds.protocols.save_draft(world.bo, content=CONTENT, revision=0)
        ada = client_of(world, "ada")
        shown = ada.get(page(world, "approve/"))
        words = "The rule names an adjudicator, but nobody has this role. Until somebody does, the lead settles"
        assert words in Page(shown).text
        assert ada.post(page(world, "approve/"), filled(shown)).status_code == 302
        assert words in Page(ada.get(page(world, ""))).text

    def test_a_team_that_fits_is_not_warned(self, world: World, client_of: ClientOf) -> None:
        assert "do not fit" not in Page(client_of(world, "ada").get(page(world, ""))).text
