"""The pages of extraction as a browser without JavaScript uses them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import Client

from reviews.extraction import rules, selectors, services
from reviews.extraction.models import Arm, Entry, Study, Trait, Value
from reviews.protocols.rules import ArmRole, ExtractionRule, SettledBy
from tests import world as worlds
from tests.reading import Page
from tests.world import NUMBERS, World

ClientOf = Callable[..., Client]


FETCH = {"X-Requested-With": "fetch"}


def page(world: World, path: str = "") -> str:
    return f"/reviews/{world.review_id}/extraction/{path}"


def filled(response: HttpResponse) -> dict[str, str | list[str]]:
    """What the page's last form would send as it stands."""
    return Page(response).form


def text(response: HttpResponse) -> str:
    return Page(response).text


@pytest.fixture
def included(library: World) -> World:
    """The first two references are included at full text; nobody has made a study."""
    for reference in library.references()[:2]:
        worlds.include(library, reference)
    return library


@pytest.fixture
def opened(included: World) -> World:
    worlds.study(included, included.references()[0], "Keeper 2001")
    return included


def cell(world: World, field: str, role: str = ArmRole.INTERVENTION) -> str:
    return rules.value_name(field, Arm.objects.get(role=role).pk, world.time_point().pk)


def numbers(world: World, **changed: str) -> dict[str, str]:
    """Both arms after treatment, as typed into the form."""
    found = {}
    for role, three in zip((ArmRole.INTERVENTION, ArmRole.COMPARATOR), NUMBERS[0], strict=True):
        for field, reported in zip(("mean", "sd", "n"), three, strict=True):
            found[cell(world, field, role)] = reported
    place = rules.place_name(Arm.objects.get(role=ArmRole.INTERVENTION).pk, world.time_point().pk)
    found[place] = "p. 5, Table 2"
    return found | {cell(world, field): reported for field, reported in changed.items()}


def begin(world: World, client: Client) -> str:
    """Start an entry and return its page's path."""
    response = client.post(page(world, f"studies/{Study.objects.get().pk}/start/"))
    assert response.status_code == 302
    return response["Location"]


def submit(world: World, client: Client, **changed: str) -> None:
    path = begin(world, client)
    sent = filled(client.get(path)) | numbers(world, **changed) | {"action": "submit"}
    assert client.post(path, sent).status_code == 302


class TestStudies:
    def test_made_from_an_included_reference_with_a_suggested_label(self, included: World, client_of: ClientOf) -> None:
        bo, reference = client_of(included, "bo"), included.references()[0]
        shown = bo.get(page(included))
        assert "No studies yet" in text(shown)
        link = page(included, f"studies/new/?reference={reference.pk}")
        assert link in shown.content.decode()
        sent = filled(bo.get(link))
        assert sent["label"] == "Keeper1 2001"
        sent |= {"intervention": "Guided rest", "comparator": "Usual watch"}
        made = bo.post(page(included, "studies/new/"), sent)
        assert made.status_code == 302
        study = Study.objects.get()
        assert made["Location"] == page(included, f"studies/{study.pk}/")
        assert [report.reference for report in study.reports.all()] == [reference]
        assert "Included references in no study yet (1)" in text(bo.get(page(included)))

    def test_a_label_that_is_taken_is_refused_and_what_was_typed_stays(
        self, opened: World, client_of: ClientOf
    ) -> None:
        bo, reference = client_of(opened, "bo"), opened.references()[1]
        sent = {"references": [reference.pk], "label": "keeper 2001", "intervention": "Rest", "comparator": "Watch"}
        refused = bo.post(page(opened, "studies/new/"), sent)
        assert refused.status_code == 422
        assert "There is a study “keeper 2001” already." in text(refused)
        assert filled(refused)["intervention"] == "Rest"
        assert Study.objects.count() == 1

    def test_a_report_outside_the_list_is_refused(self, opened: World, client_of: ClientOf) -> None:
        sent = {"references": [opened.references()[4].pk], "label": "X", "intervention": "A", "comparator": "B"}
        assert client_of(opened, "bo").post(page(opened, "studies/new/"), sent).status_code == 422

    def test_without_a_protocol_the_page_says_what_comes_first(self, db: None, client_of: ClientOf) -> None:
        world = worlds.review()
        bo = client_of(world, "bo")
        assert "The protocol comes first" in text(bo.get(page(world)))
        assert bo.get(page(world, "studies/new/")).status_code == 409


class TestEntries:
    def test_numbers_are_saved_shown_again_and_submitted(self, opened: World, client_of: ClientOf) -> None:
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        sent = filled(bo.get(path)) | numbers(opened)
        assert bo.post(path, sent | {"action": "save"}).status_code == 302
        again = filled(bo.get(path))
        assert {name: again[name] for name in numbers(opened)} == numbers(opened)
        value = Value.objects.get(field="mean", arm__role=ArmRole.INTERVENTION)
        assert (value.reported, value.number, value.place) == ("9.45", 9.45, "p. 5, Table 2")
        assert bo.post(path, sent | {"action": "submit"}).status_code == 302
        assert Entry.objects.get().submitted_at is not None
        assert bo.get(path).status_code == 302
        assert bo.post(path, sent).status_code == 409

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("sd", "-4.97", "Sleep, Post-treatment, Guided rest, SD: An SD of -4.97 cannot be"),
            ("n", "0", "Sleep, Post-treatment, Guided rest, n: n = 0 cannot be"),
            ("mean", "nine", "Sleep, Post-treatment, Guided rest, Mean: “nine” is not a number"),
        ],
    )
    def test_a_number_that_cannot_be_is_named_and_its_neighbours_are_kept(
        self, opened: World, client_of: ClientOf, field: str, typed: str, words: str
    ) -> None:
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        refused = bo.post(path, numbers(opened, **{field: typed}))
        assert refused.status_code == 422
        assert words in text(refused)
        shown = filled(refused)
        assert (shown[cell(opened, field)], shown[cell(opened, "sd", "comparator")]) == (typed, "4.83")
        assert Value.objects.count() == 5
        assert bo.post(path, shown | {cell(opened, field): "3"}).status_code == 302
        assert Value.objects.count() == 6

    def test_half_an_arm_is_saved_but_not_submitted(self, opened: World, client_of: ClientOf) -> None:
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        refused = bo.post(path, numbers(opened, sd="", n="") | {"action": "submit"})
        assert refused.status_code == 422
        assert "Saved, but not submitted yet" in text(refused)
        assert "SD and n are missing" in text(refused)
        assert Value.objects.count() == 4
        assert Entry.objects.get().submitted_at is None

    def test_a_field_that_saves_itself_is_told_what_was_saved_and_when(
        self, opened: World, client_of: ClientOf
    ) -> None:
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        mean, sd = cell(opened, "mean"), cell(opened, "sd")
        saved = bo.post(path, {mean: "9.45", f"was-{mean}": ""}, headers=FETCH)
        assert saved.status_code == 200
        value = Value.objects.get()
        words = saved.content.decode()
        assert re.search(r"Saved at \d\d:\d\d:\d\d UTC: Sleep, Post-treatment, Guided rest: Mean\.", words)
        assert f'<input type="hidden" data-current name="was-{mean}" value="{value.pk}">' in words
        both = {mean: "9.5", f"was-{mean}": value.pk, sd: "-1", f"was-{sd}": ""}
        refused = bo.post(path, both, headers=FETCH)
        assert refused.status_code == 422
        words = refused.content.decode()
        assert f'data-field="{mean}" data-state="saved"' in words
        assert f'data-field="{sd}" data-state="bad"' in words
        assert "Not saved: Sleep, Post-treatment, Guided rest: SD." in words
        assert Value.objects.current().get().reported == "9.5"

    @pytest.mark.parametrize("sent", [{"action": "save"}, {}])
    def test_a_page_that_names_nothing_changes_nothing(
        self, opened: World, client_of: ClientOf, sent: dict[str, str]
    ) -> None:
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        bo.post(path, filled(bo.get(path)) | numbers(opened))
        before = list(Value.objects.values())
        assert bo.post(path, sent).status_code == 302
        assert list(Value.objects.values()) == before

    def test_a_third_extractor_is_told_who_the_two_are(self, opened: World, client_of: ClientOf) -> None:
        for who in ("bo", "cy"):
            begin(opened, client_of(opened, who))
        refused = client_of(opened, "ada").post(page(opened, f"studies/{Study.objects.get().pk}/start/"))
        assert refused.status_code == 409
        assert "Bo and Cy extract Keeper 2001 already" in refused.content.decode()

    def test_the_entry_of_another_does_not_exist(self, opened: World, client_of: ClientOf) -> None:
        path = begin(opened, client_of(opened, "bo"))
        for who in ("cy", "ada"):
            other = client_of(opened, who)
            assert other.get(path).status_code == 404
            assert other.post(path, numbers(opened)).status_code == 404


class TestTwoTabs:
    """The older of two pages of one entry."""

    @pytest.fixture
    def tabs(self, opened: World, client_of: ClientOf) -> tuple[Client, str, dict[str, str | list[str]]]:
        """Bo, the entry's page, and what the older tab would send: the newer one has saved mean 1 since."""
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        bo.post(path, filled(bo.get(path)) | numbers(opened))
        old = filled(bo.get(path))
        assert bo.post(path, filled(bo.get(path)) | {cell(opened, "mean"): "1"}).status_code == 302
        return bo, path, old

    def stands(self, field: str = "mean") -> str:
        return Value.objects.current().get(field=field, arm__role=ArmRole.INTERVENTION).reported

    def test_it_is_told_with_both_values_and_the_rest_is_saved(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]]
    ) -> None:
        bo, path, old = tabs
        stale = bo.post(path, old | {cell(opened, "n"): "99"})
        assert stale.status_code == 409
        assert "What stands now: 1 Mine: 9.45" in text(stale)
        assert (self.stands(), self.stands("n")) == ("1", "99")
        assert bo.post(path, old | {"action": "submit"}).status_code == 409
        assert Entry.objects.get().submitted_at is None

    def test_without_a_choice_it_stays_so(self, opened: World, tabs: tuple[Client, str, dict[str, str]]) -> None:
        bo, path, old = tabs
        again = filled(bo.post(path, old))
        assert again[cell(opened, "mean")] == "9.45"
        assert bo.post(path, again).status_code == 409
        assert self.stands() == "1"

    @pytest.mark.parametrize(("keeps_mine", "kept"), [(True, "9.45"), (False, "1")])
    def test_either_can_be_kept(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]], keeps_mine: bool, kept: str
    ) -> None:
        bo, path, old = tabs
        mean = cell(opened, "mean")
        stale = bo.post(path, old)
        shown = str(Value.objects.current().get(field="mean", arm__role=ArmRole.INTERVENTION).pk)
        assert f'name="keep-{mean}" value="{shown}"' in stale.content.decode()
        chosen = filled(stale) | {f"keep-{mean}": shown if keeps_mine else "stands"}
        assert bo.post(path, chosen).status_code == 302
        assert self.stands() == kept
        assert filled(bo.get(path))[mean] == kept

    def test_what_was_chosen_over_something_older_is_stale_again(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]]
    ) -> None:
        bo, path, old = tabs
        mean = cell(opened, "mean")
        shown = str(Value.objects.current().get(field="mean", arm__role=ArmRole.INTERVENTION).pk)
        chosen = filled(bo.post(path, old)) | {f"keep-{mean}": shown}
        bo.post(path, filled(bo.get(path)) | {mean: "2"})
        assert bo.post(path, chosen).status_code == 409
        assert self.stands() == "2"

    @pytest.mark.parametrize("was", [None, "", "0", "x", "9" * 30])
    def test_a_page_that_names_no_row_or_a_wrong_one_overwrites_nothing(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]], was: str | None
    ) -> None:
        bo, path, _ = tabs
        mean = cell(opened, "mean")
        sent = {mean: "5"} | ({} if was is None else {f"was-{mean}": was})
        assert bo.post(path, sent).status_code == 409
        fetched = bo.post(path, sent, headers=FETCH)
        assert fetched.status_code == 409
        assert f'data-field="{mean}" data-state="stale"' in fetched.content.decode()
        assert self.stands() == "1"

    def test_an_old_page_does_not_learn_the_rows_of_numbers_that_it_does_not_show(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]]
    ) -> None:
        """Its fields save themselves, one over what stands; sent as a whole later it still overwrites nothing."""
        bo, path, old = tabs
        mean, n = cell(opened, "mean"), cell(opened, "n")
        place = rules.place_name(Arm.objects.get(role=ArmRole.INTERVENTION).pk, opened.time_point().pk)
        row = {name: old[name] for field in ("mean", "sd", "n") if (name := f"was-{cell(opened, field)}")}
        answers = [bo.post(path, row | {n: "99"}, headers=FETCH), bo.post(path, row | {place: "p. 9"}, headers=FETCH)]
        shown = ",".join(str(one.pk) for one in Value.objects.current().filter(arm__role=ArmRole.INTERVENTION))
        answers.append(bo.post(path, row | {place: "p. 9", f"keep-{place}": shown}, headers=FETCH))
        assert [answer.status_code for answer in answers] == [200, 409, 200]
        for answer in answers:
            assert f'data-current name="was-{mean}"' not in answer.content.decode()
        assert f'data-current name="was-{n}"' in answers[0].content.decode()
        assert bo.post(path, old).status_code == 409
        assert self.stands() == "1"

    def test_a_place_and_a_level_are_not_put_back_either(
        self, opened: World, tabs: tuple[Client, str, dict[str, str]]
    ) -> None:
        bo, path, old = tabs
        trait = rules.trait_name(opened.characteristic().pk)
        place = rules.place_name(Arm.objects.get(role=ArmRole.INTERVENTION).pk, opened.time_point().pk)
        was = {name: value for name, value in old.items() if name.startswith("was-")}
        assert bo.post(path, {place: "p. 9"} | was, headers=FETCH).status_code == 409
        assert bo.post(path, {trait: "yes", f"was-{trait}": ""}, headers=FETCH).status_code == 200
        assert bo.post(path, {trait: "no", f"was-{trait}": ""}, headers=FETCH).status_code == 409
        assert Trait.objects.get().level == "yes"
        assert set(Value.objects.current().filter(field="mean").values_list("place", flat=True)) == {
            "p. 5, Table 2",
            "",
        }


class TestReopening:
    def test_the_study_offers_it_until_the_other_entry_is_submitted(self, opened: World, client_of: ClientOf) -> None:
        bo, cy = client_of(opened, "bo"), client_of(opened, "cy")
        submit(opened, bo)
        study = page(opened, f"studies/{Study.objects.get().pk}/")
        entry = Entry.objects.get()
        reopen = page(opened, f"entries/{entry.pk}/reopen/")
        assert reopen in bo.get(study).content.decode()
        assert reopen not in cy.get(study).content.decode()
        assert cy.post(reopen).status_code == 404
        assert bo.post(reopen)["Location"] == page(opened, f"entries/{entry.pk}/")
        path = page(opened, f"entries/{entry.pk}/")
        assert bo.post(path, filled(bo.get(path)) | {"action": "submit"}).status_code == 302
        submit(opened, cy, mean="9.54")
        assert reopen not in bo.get(study).content.decode()
        refused = bo.post(reopen)
        assert refused.status_code == 409
        assert "yours stays as it is" in refused.content.decode()

    def test_the_lead_frees_a_place_with_a_reason(self, opened: World, client_of: ClientOf) -> None:
        path, ada = begin(opened, client_of(opened, "bo")), client_of(opened, "ada")
        assert ada.post(f"{path}pass-on/", {"action": "free"}).status_code == 422
        assert ada.post(f"{path}pass-on/", {"action": "hand_over", "reason": "x"}).status_code == 422
        assert client_of(opened, "cy").post(f"{path}pass-on/", {"action": "free", "reason": "x"}).status_code == 403
        assert ada.post(f"{path}pass-on/", {"action": "free", "reason": "On leave"}).status_code == 302
        assert not Entry.objects.extractions().exists()


class TestTwoPeople:
    """A team of two: the protocol lets them settle it by discussion."""

    @pytest.fixture
    def differing(self, opened: World, client_of: ClientOf) -> World:
        discussion = ExtractionRule(SettledBy.DISCUSSION)
        worlds.amend(opened, replace(worlds.CONTENT, extraction=discussion))
        submit(opened, client_of(opened, "bo"))
        submit(opened, client_of(opened, "cy"), mean="9.54")
        return opened

    def path(self, world: World) -> str:
        return page(world, f"studies/{Study.objects.get().pk}/consensus/")

    def test_one_proposes_the_other_confirms_and_the_page_names_both(
        self, differing: World, client_of: ClientOf
    ) -> None:
        bo, cy, path = client_of(differing, "bo"), client_of(differing, "cy"), self.path(differing)
        assert "Propose a consensus" in text(bo.get(page(differing)))
        proposed = filled(bo.get(path)) | {cell(differing, "mean"): "b", "reason": "Table 3"}
        assert bo.post(path, proposed).status_code == 302
        assert not Entry.objects.consensus().exists()
        assert "Your proposal waits for the other extractor" in text(bo.get(page(differing)))
        assert "Bo proposed a consensus: look and confirm" in text(cy.get(page(differing)))
        dashboard = cy.get(f"/reviews/{differing.review_id}/").content.decode()
        assert "Look at a proposed consensus and confirm it" in dashboard
        shown = cy.get(path)
        assert "9.54" in text(shown)
        assert "“Table 3”" in text(shown)
        confirm = Page(shown).forms[0]
        assert bo.post(f"{path}confirm/", confirm).status_code == 409
        assert client_of(differing, "dee").post(f"{path}confirm/", confirm).status_code == 403
        assert client_of(differing, "ada").post(f"{path}confirm/", confirm).status_code == 403
        assert cy.post(f"{path}confirm/", confirm).status_code == 302
        assert cy.post(f"{path}confirm/", confirm).status_code == 409
        study = client_of(differing, "rea").get(page(differing, f"studies/{Study.objects.get().pk}/"))
        assert "Bo proposed it, Cy confirmed it (by discussion). “Table 3”" in text(study)

    def test_a_counter_proposal_starts_from_what_was_proposed(self, differing: World, client_of: ClientOf) -> None:
        bo, cy, path = client_of(differing, "bo"), client_of(differing, "cy"), self.path(differing)
        bo.post(path, filled(bo.get(path)) | {cell(differing, "mean"): "a"})
        old = filled(bo.get(path))
        shown = cy.get(path)
        begun = Page(shown).forms[-1]
        assert begun[cell(differing, "mean")] == "a"
        assert cy.post(path, begun | {cell(differing, "mean"): "b"}).status_code == 302
        assert bo.post(path, old).status_code == 409
        assert "Cy proposes" in text(bo.get(path))

    def test_nobody_else_sees_a_proposal_or_makes_the_consensus(self, differing: World, client_of: ClientOf) -> None:
        bo, path = client_of(differing, "bo"), self.path(differing)
        proposed = filled(bo.get(path)) | {cell(differing, "mean"): "b", "reason": "Secret words"}
        assert bo.post(path, {**proposed, "proposes": ""}).status_code == 409
        bo.post(path, proposed)
        study = page(differing, f"studies/{Study.objects.get().pk}/")
        for who, status in {"rea": 403, "sol": 403, "dee": 403, "ada": 403}.items():
            client = client_of(differing, who)
            assert client.get(path).status_code == status
            assert client.post(path, proposed).status_code == status
            assert "Secret words" not in client.get(study).content.decode()


def test_two_equal_entries_need_no_click(opened: World, client_of: ClientOf) -> None:
    submit(opened, client_of(opened, "bo"))
    cy = client_of(opened, "cy")
    path = begin(opened, cy)
    done = cy.post(path, filled(cy.get(path)) | numbers(opened) | {"action": "submit"}, follow=True)
    assert "Both entries agree; taken automatically on" in text(done)
    report = client_of(opened, "rea").get(page(opened))
    assert "Consensus made" in text(report)


def test_what_neither_found_is_asked_for(opened: World, client_of: ClientOf) -> None:
    for who in ("bo", "cy"):
        client = client_of(opened, who)
        assert client.post(begin(opened, client), {"action": "submit"}).status_code == 302
    dee, path = client_of(opened, "dee"), page(opened, f"studies/{Study.objects.get().pk}/consensus/")
    shown = dee.get(path)
    assert "neither has a number for Sleep" in text(shown)
    seen = {}
    for field, number in (("mean", "9"), ("sd", "2"), ("n", "9")):
        seen |= {cell(opened, field): "other", f"{cell(opened, field)}-other": number}
    assert dee.post(path, filled(shown) | seen).status_code == 302
    assert Value.objects.filter(entry__kind="consensus").count() == 3


class TestBlinding:
    def test_no_page_shows_a_value_before_both_are_submitted(self, opened: World, client_of: ClientOf) -> None:
        submit(opened, client_of(opened, "bo"), mean="77.73")
        study = Study.objects.get()
        cy = client_of(opened, "cy")
        entry = begin(opened, cy)
        for path in ("", f"studies/{study.pk}/"):
            for who in ("cy", "ada", "dee", "rea"):
                shown = client_of(opened, who).get(page(opened, path)).content.decode()
                assert "77.73" not in shown
                assert "p. 5, Table 2" not in shown
        assert "77.73" not in cy.get(entry).content.decode()
        assert client_of(opened, "dee").get(page(opened, f"studies/{study.pk}/consensus/")).status_code == 409
        assert "77.73" not in client_of(opened, "rea").get(f"/reviews/{opened.review_id}/history/").content.decode()

    def test_neither_an_old_page_nor_a_handed_over_entry_shows_the_other_entry(
        self, opened: World, client_of: ClientOf
    ) -> None:
        submit(opened, client_of(opened, "cy"), mean="77.73")
        bo = client_of(opened, "bo")
        path = begin(opened, bo)
        old = filled(bo.get(path))
        bo.post(path, old | numbers(opened))
        stale = bo.post(path, old | numbers(opened, mean="9.99"))
        assert stale.status_code == 409
        assert "77.73" not in stale.content.decode()
        study = page(opened, f"studies/{Study.objects.get().pk}/")
        ada = client_of(opened, "ada")
        assert "9.45" not in ada.get(study).content.decode()
        sent = {"person": opened.ada.user_id, "reason": "On leave", "action": "hand_over"}
        assert ada.post(f"{path}pass-on/", sent).status_code == 302
        mine = Entry.objects.get(person=opened.people["ada"])
        shown = ada.get(page(opened, f"entries/{mine.pk}/")).content.decode()
        assert "Bo began this entry" in shown
        assert "9.45" in shown
        assert "77.73" not in shown
        assert bo.get(path).status_code == 404
        assert "9.45" not in bo.get(study).content.decode()

    def test_after_that_the_extractors_see_both_and_a_reader_sees_none(
        self, opened: World, client_of: ClientOf
    ) -> None:
        submit(opened, client_of(opened, "bo"), mean="77.73")
        submit(opened, client_of(opened, "cy"), mean="7.773")
        path = page(opened, f"studies/{Study.objects.get().pk}/")
        for who, is_shown in {"bo": True, "cy": True, "dee": True, "rea": False, "sol": False}.items():
            shown = client_of(opened, who).get(path).content.decode()
            assert ("77.73" in shown and "7.773" in shown) is is_shown


class TestConsensus:
    @pytest.fixture
    def differing(self, opened: World, client_of: ClientOf) -> World:
        submit(opened, client_of(opened, "bo"))
        submit(opened, client_of(opened, "cy"), mean="9.54", sd="5.1")
        return opened

    def path(self, world: World) -> str:
        return page(world, f"studies/{Study.objects.get().pk}/consensus/")

    def test_only_differences_are_asked_and_the_study_shows_the_chain(
        self, differing: World, client_of: ClientOf
    ) -> None:
        dee = client_of(differing, "dee")
        shown = dee.get(self.path(differing))
        assert "2 values differ" in text(shown)
        asked = {name for name in filled(shown) if name.endswith("-other")}
        assert asked == {f"{cell(differing, field)}-other" for field in ("mean", "sd")}
        assert filled(shown)["reason"] == ""
        third = {f"{cell(differing, 'sd')}-other": "5.0", f"{cell(differing, 'sd')}-place": "p. 9"}
        sent = filled(shown) | third | {cell(differing, "mean"): "b", cell(differing, "sd"): "other"}
        assert dee.post(self.path(differing), sent).status_code == 302
        study = client_of(differing, "rea").get(page(differing, f"studies/{Study.objects.get().pk}/"))
        row = Value.objects.get(entry__kind="consensus", field="mean", arm__role=ArmRole.INTERVENTION)
        mean = Page(study).texts[f"value-{row.pk}"]
        assert mean == "Guided rest: Mean ≠ Differs 9.54 p. 5, Table 2 B, Cy 9.45 p. 5, Table 2 9.54 p. 5, Table 2"
        assert "5.0 p. 9" in text(study)
        assert "Consensus made" in text(study)

    def test_one_choice_settles_a_table_that_only_one_filled(self, opened: World, client_of: ClientOf) -> None:
        submit(opened, client_of(opened, "bo"))
        cy = client_of(opened, "cy")
        assert cy.post(begin(opened, cy), {"action": "submit"}).status_code == 302
        dee = client_of(opened, "dee")
        sent = filled(dee.get(self.path(opened))) | {f"all-{opened.time_point().pk}": "a", cell(opened, "n"): "other"}
        sent |= {f"{cell(opened, 'n')}-other": "140"}
        assert dee.post(self.path(opened), sent).status_code == 302
        taken = Value.objects.filter(entry__kind="consensus", arm__role=ArmRole.INTERVENTION)
        assert {value.field: value.reported for value in taken} == {"mean": "9.45", "sd": "4.97", "n": "140"}

    def test_an_open_difference_is_named_and_choices_stay(self, differing: World, client_of: ClientOf) -> None:
        dee = client_of(differing, "dee")
        sent = filled(dee.get(self.path(differing))) | {cell(differing, "mean"): "a"}
        refused = dee.post(self.path(differing), sent)
        assert refused.status_code == 422
        assert "Guided rest, SD: Bo has 4.97, Cy has 5.1. Decide which one counts." in text(refused)
        assert filled(refused)[cell(differing, "mean")] == "a"
        assert not Entry.objects.filter(kind="consensus").exists()

    def test_a_third_value_that_cannot_be_is_refused(self, differing: World, client_of: ClientOf) -> None:
        dee = client_of(differing, "dee")
        sent = {cell(differing, "mean"): "a", cell(differing, "sd"): "other", f"{cell(differing, 'sd')}-other": "-5"}
        refused = dee.post(self.path(differing), sent)
        assert refused.status_code == 422
        assert "An SD of -5 cannot be" in text(refused)

    def test_who_extracted_does_not_adjudicate(self, opened: World, client_of: ClientOf) -> None:
        submit(opened, client_of(opened, "ada"))
        submit(opened, client_of(opened, "cy"), mean="9.54")
        assert client_of(opened, "ada").get(self.path(opened)).status_code == 403
        assert client_of(opened, "ada").post(self.path(opened)).status_code == 403
        assert client_of(opened, "bo").get(self.path(opened)).status_code == 403

    def test_a_page_opened_before_somebody_made_it_does_not_revise(self, differing: World, client_of: ClientOf) -> None:
        dee = client_of(differing, "dee")
        sent = filled(dee.get(self.path(differing))) | {cell(differing, "mean"): "a", cell(differing, "sd"): "a"}
        assert dee.post(self.path(differing), sent).status_code == 302
        late = dee.post(self.path(differing), sent)
        assert late.status_code == 409
        assert "Dee has made the consensus" in late.content.decode()

    def test_a_made_consensus_is_revised_cell_by_cell(self, differing: World, client_of: ClientOf) -> None:
        dee = client_of(differing, "dee")
        sent = {cell(differing, "mean"): "a", cell(differing, "sd"): "a"}
        dee.post(self.path(differing), sent)
        shown = dee.get(self.path(differing))
        assert "Revise the consensus" in text(shown)
        sent = filled(shown) | {cell(differing, "n"): "other", f"{cell(differing, 'n')}-other": "150"}
        refused = dee.post(self.path(differing), sent)
        assert refused.status_code == 422
        assert "Say why" in text(refused)
        sent = filled(refused) | {"reason": "Counted again"}
        assert dee.post(self.path(differing), sent).status_code == 302
        assert "“Counted again”" in text(dee.get(page(differing, f"studies/{Study.objects.get().pk}/")))
        (row,) = selectors.consensus_rows(
            differing.sol,
            arm_1=ArmRole.INTERVENTION,
            time_1_id=differing.time_point().pk,
            arm_2=ArmRole.COMPARATOR,
            time_2_id=differing.time_point().pk,
        )
        assert (row.n1, row.mean1, row.sd1) == (150, 9.45, 4.97)
        assert Value.objects.filter(entry__kind="consensus").count() == 7


def test_queries_do_not_grow_with_the_number_of_studies(
    consensus: World, client_of: ClientOf, django_assert_num_queries: Callable[..., object]
) -> None:
    bo = client_of(consensus, "bo")
    bo.get(page(consensus))
    with django_assert_num_queries(16):
        bo.get(page(consensus))
    world = consensus
    for place in range(3, 6):
        worlds.include(world, world.references()[place])
        study = worlds.study(world, world.references()[place], f"Keeper {place} 200{place}")
    services.start_entry(world.bo, study_id=study.pk)
    with django_assert_num_queries(20):
        bo.get(page(consensus))
    with django_assert_num_queries(24):
        bo.get(page(consensus, f"studies/{Study.objects.first().pk}/"))
