"""Planning, running and looking at syntheses over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reviews.core.models import Job, Review
from reviews.core.rules import JobState
from reviews.extraction import services as extraction
from reviews.extraction.models import Study, Value
from reviews.synthesis import selectors, services
from reviews.synthesis.models import Run, Synthesis
from tests import world as worlds
from tests.world import World

Browser = Callable[..., Client]


def base(world: World) -> str:
    return f"/reviews/{world.review_id}/synthesis"


def given(world: World, **changed: Any) -> dict[str, Any]:
    plain = {
        "title": "Sleep after treatment",
        "time_1_id": world.time_point().pk,
        "time_2_id": "",
        "arm_1": "intervention",
        "arm_2": "comparator",
        "measure": "SMD",
        "model": "random",
        "tau2_method": "DL",
        "convention": "revman5",
        "subgroup_by_id": "",
        "note": "",
    }
    return plain | changed


def planned(world: World, browser: Client, **changed: Any) -> Synthesis:
    answer = browser.post(f"{base(world)}/new/", given(world, **changed))
    assert answer.status_code == 302, answer.content.decode()
    return Synthesis.objects.latest("pk")


def computed(world: World, browser: Client, **changed: Any) -> Run:
    spec = planned(world, browser, **changed)
    browser.post(f"{base(world)}/{spec.pk}/run/")
    worlds.finish_jobs(world)
    return spec.runs.get()


class TestPlanning:
    def test_the_form_offers_what_the_protocol_plans_with_revmans_choices(
        self, world: World, client_of: Browser
    ) -> None:
        text = client_of(world, "sol").get(f"{base(world)}/new/").content.decode()
        assert "Sleep (ISI), Post-treatment" in text
        assert "Insomnia diagnosed (yes, no)" in text
        for name, value in (("measure", "SMD"), ("model", "random"), ("tau2_method", "DL"), ("convention", "revman5")):
            assert f'<input type="radio" name="{name}" value="{value}"' in text
        assert text.count(" checked") == 4
        assert "the diamond is the mean of these effects" in text

    def test_a_plan_leads_to_its_page(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        page = sol.post(f"{base(world)}/new/", given(world), follow=True)
        spec = Synthesis.objects.get()
        assert page.redirect_chain == [(f"{base(world)}/{spec.pk}/", 302)]
        assert "Not run yet" in page.content.decode()
        assert spec.time_2_id == spec.time_1_id

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"title": ""}, "This field is required."),
            ({"arm_2": "intervention"}, "Both groups are the same arm at the same time point."),
            ({"measure": "OR"}, "Select a valid choice."),
            ({"time_1_id": "999"}, "Select a valid choice."),
            ({"time_1_id": "soon"}, "Select a valid choice."),
            ({"subgroup_by_id": "999"}, "Select a valid choice."),
        ],
    )
    def test_a_wrong_plan_is_shown_again_with_its_sentence(
        self, world: World, client_of: Browser, changed: dict[str, str], sentence: str
    ) -> None:
        answer = client_of(world, "sol").post(f"{base(world)}/new/", given(world, **changed))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Synthesis.objects.exists()

    def test_a_title_that_is_taken(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        planned(world, sol)
        answer = sol.post(f"{base(world)}/new/", given(world))
        assert answer.status_code == 422
        assert "There is a synthesis called “Sleep after treatment” already." in answer.content.decode()

    def test_without_a_protocol_there_is_nothing_to_plan(self, db: None, client_of: Browser) -> None:
        world = worlds.review()
        answer = client_of(world, "sol").get(f"{base(world)}/new/")
        assert answer.status_code == 409
        assert "The protocol comes first" in client_of(world, "rea").get(f"{base(world)}/").content.decode()

    def test_a_plan_can_be_put_away(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        run = computed(consensus, sol)
        page = sol.post(f"{base(consensus)}/{run.synthesis_id}/archive/", follow=True)
        assert "No synthesis planned yet" in page.content.decode()
        kept = sol.get(f"{base(consensus)}/runs/{run.pk}/")
        assert "has been put away" in kept.content.decode()
        assert sol.post(f"{base(consensus)}/{run.synthesis_id}/run/").status_code == 409


class TestRunning:
    def test_a_run_shows_its_progress_and_then_the_result(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        spec = planned(consensus, sol)
        page = sol.post(f"{base(consensus)}/{spec.pk}/run/", follow=True).content.decode()
        run = spec.runs.get()
        progress = f"{base(consensus)}/runs/{run.pk}/progress/"
        assert f'hx-get="{progress}"' in page
        assert 'data-job="queued"' in page
        worlds.finish_jobs(consensus)
        part = sol.get(progress, headers={"HX-Request": "true"}).content.decode()
        assert 'data-job="succeeded"' in part
        assert "data-job-reload" in part
        assert "hx-trigger" not in part
        done = sol.get(f"{base(consensus)}/{spec.pk}/").content.decode()
        assert "data-job=" not in done
        assert f'data-src="{base(consensus)}/runs/{run.pk}/plot.json"' in done
        assert f'data-study-url="/reviews/{consensus.review_id}/extraction/studies/__key__/"' in done

    def test_a_run_that_finishes_while_its_page_is_made_is_waited_for_no_more(
        self, consensus: World, client_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sol = client_of(consensus, "sol")
        spec = planned(consensus, sol)
        sol.post(f"{base(consensus)}/{spec.pk}/run/")
        read_before = selectors.newest_run(consensus.sol, spec)
        worlds.finish_jobs(consensus)
        monkeypatch.setattr(selectors, "newest_run", lambda *_: read_before)
        page = sol.get(f"{base(consensus)}/{spec.pk}/").content.decode()
        assert "data-plot" in page
        assert "data-job=" not in page

    def test_without_a_consensus_nothing_runs(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        spec = planned(world, sol)
        answer = sol.post(f"{base(world)}/{spec.pk}/run/")
        assert answer.status_code == 409
        assert "No study has a consensus for Sleep, Post-treatment" in answer.content.decode()
        assert not Run.objects.exists()

    def test_a_failed_job_says_why(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        spec = planned(consensus, sol)
        asked = services.ask_run(consensus.sol, synthesis_id=spec.pk)
        job = worlds.Job.objects.get(task=services.rules.COMPUTE, subject_id=asked.pk)
        job.state, job.error = JobState.FAILED, "Study “Keeper 1 2000”: its numbers are too large."
        job.save()
        page = sol.get(f"{base(consensus)}/{spec.pk}/").content.decode()
        assert "its numbers are too large." in page
        assert "Not run yet" not in page


class TestLooking:
    def test_the_page_says_the_result_in_words_figure_and_table(self, consensus: World, client_of: Browser) -> None:
        Review.objects.update(synthetic_note="Numbers made up for a test.")
        run = computed(consensus, client_of(consensus, "sol"), note="Pooled as planned.")
        text = client_of(consensus, "rea").get(f"{base(consensus)}/{run.synthesis_id}/").content.decode()
        for words in (
            '<dd class="nowrap">−0.75 [−1.09, −0.40]</dd>',
            "Guided rest",
            "9.45",
            "143",
            "τ² by DerSimonian-Laird",
            "Pooled as planned.",
            "Numbers made up for a test.",
            f'href="/reviews/{consensus.review_id}/extraction/studies/{run.inputs["rows"][0]["study_id"]}/"',
            run.inputs_digest[:12],
        ):
            assert words in text, words
        assert "Run again" not in text

    def test_a_change_upstream_is_told_here_and_in_the_list(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        run = computed(consensus, sol)
        assert "Up to date" in sol.get(f"{base(consensus)}/").content.decode()
        study = Study.objects.get(number=1)
        arm, point = study.arms.first(), consensus.time_point()
        old = Value.objects.current().get(entry__kind="consensus", arm=arm, time_point=point, field="mean")
        value = extraction.ConsensusValue(arm.pk, point.pk, "mean", "other", "8.45", "p. 6", old.pk)
        extraction.revise_consensus(consensus.dee, study_id=study.pk, values=[value], traits=[], reason="Misread")
        page = sol.get(f"{base(consensus)}/{run.synthesis_id}/").content.decode()
        assert "data-outdated" in page
        assert "Keeper 1 2000: mean of group 1 was 9.45, now 8.45." in page
        assert "Out of date" in sol.get(f"{base(consensus)}/").content.decode()

    def test_an_older_run_stays_as_it_was(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        first = computed(consensus, sol)
        sol.post(f"{base(consensus)}/{first.synthesis_id}/run/")
        worlds.finish_jobs(consensus)
        page = sol.get(f"{base(consensus)}/runs/{first.pk}/").content.decode()
        assert "An older run" in page
        assert f"/runs/{first.pk}/plot.json" in page

    def test_the_list_pages_and_says_what_is_there(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        computed(consensus, sol, subgroup_by_id=consensus.characteristic().pk)
        text = sol.get(f"{base(consensus)}/").content.decode()
        assert "by Insomnia diagnosed" in text
        assert "−0.75 [−1.09, −0.40]" in text

    def test_the_number_of_queries_of_the_list_is_constant(
        self, consensus: World, client_of: Browser, django_assert_max_num_queries: Any
    ) -> None:
        sol = client_of(consensus, "sol")
        for count in range(3):
            computed(consensus, sol, title=f"Synthesis {count}")
        with django_assert_max_num_queries(14):
            sol.get(f"{base(consensus)}/")

    def test_a_number_that_no_row_has(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        for path in ("999/", "runs/999/", "runs/999/plot.json", "runs/999/what-if/", "runs/999/download/svg/"):
            assert sol.get(f"{base(consensus)}/{path}").status_code == 404, path


class TestWhatIf:
    def test_the_diamond_moves_and_nothing_is_stored(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        run = computed(consensus, sol)
        out = run.inputs["rows"][0]["study_id"]
        path = f"{base(consensus)}/runs/{run.pk}"
        whole, less = (sol.get(f"{path}/plot.json{query}").json() for query in ("", f"?without={out}"))
        assert len(squares(whole)) == 3
        assert len(squares(less)) == 2
        assert diamond(whole) != diamond(less)
        page = sol.get(f"{path}/what-if/?without={out}").content.decode()
        assert "Nothing of this is stored" in page
        assert "With all studies: SMD −0.75 [−1.09, −0.40], 3 studies" in page
        assert Run.objects.count() == 1

    def test_htmx_gets_the_part_alone(self, consensus: World, client_of: Browser) -> None:
        sol = client_of(consensus, "sol")
        run = computed(consensus, sol)
        part = sol.get(f"{base(consensus)}/runs/{run.pk}/what-if/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "data-plot" in part

    @pytest.mark.parametrize("without", ["999", "all", "everybody"])
    def test_what_cannot_be_left_out(self, consensus: World, client_of: Browser, without: str) -> None:
        sol = client_of(consensus, "sol")
        run = computed(consensus, sol)
        every = [row["study_id"] for row in run.inputs["rows"]]
        query = {"without": every if without == "everybody" else without}
        for place in ("plot.json", "what-if/"):
            answer = sol.get(f"{base(consensus)}/runs/{run.pk}/{place}", query)
            assert answer.status_code == 422


def test_what_the_engine_cannot_pool_is_refused_wherever_it_is_asked_for(consensus: World, client_of: Browser) -> None:
    reference = consensus.references()[3]
    worlds.include(consensus, reference)
    study = worlds.study(consensus, reference, "Extreme 2020")
    values = worlds.value_inputs(study, consensus.time_point(), ("1e12", "1e-300", "9"), ("-1e12", "1e-300", "9"))
    for who in ("bo", "cy"):
        entry = extraction.start_entry(consensus.seats[who], study_id=study.pk)
        extraction.save_values(consensus.seats[who], entry_id=entry.pk, values=values, traits=[])
        extraction.submit_entry(consensus.seats[who], entry_id=entry.pk)
    sol = client_of(consensus, "sol")
    run = computed(consensus, sol)
    assert run.finished_at is None
    assert "Extreme 2020" in Job.objects.get(subject_id=run.pk, task__contains="synthesis").error
    for page in ("plot.json", "what-if/", "download/csv/"):
        assert sol.get(f"{base(consensus)}/runs/{run.pk}/{page}").status_code == 404


def squares(figure: dict[str, Any]) -> list[str]:
    return next(trace["customdata"] for trace in figure["data"] if "customdata" in trace)


def diamond(figure: dict[str, Any]) -> list[float]:
    return next(trace["x"] for trace in figure["data"] if trace.get("fill") == "toself")


class TestRenaming:
    def test_the_form_carries_what_it_replaces(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        spec = planned(world, sol, note="Two\r\nlines")
        url = f"{base(world)}/{spec.pk}/rename/"
        assert f'href="{url}"' in sol.get(f"{base(world)}/{spec.pk}/").content.decode()
        seen = {"old_title": spec.title, "old_note": spec.note}
        shown = sol.get(url).context["form"].initial
        assert (shown["old_title"], shown["old_note"]) == (spec.title, spec.note)
        assert sol.post(url, {"title": "Rest", "note": "Two\r\nlines", **seen}).status_code == 302
        stale = sol.post(url, {"title": "Naps", "note": spec.note, **seen})
        page = stale.content.decode()
        assert stale.status_code == 409
        assert "it is called “Rest” now" in page
        assert 'value="Naps"' in page, "what was typed is gone"
        again = {**stale.context["form"].initial, "title": "Naps"}
        assert sol.post(url, again).status_code == 302
        spec.refresh_from_db()
        assert spec.title == "Naps"
        history = sol.get(f"/reviews/{world.review_id}/history/").content.decode()
        assert "renamed the synthesis “Rest”: “Naps”" in history

    def test_without_what_it_replaces_nothing_is_saved(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        spec = planned(world, sol)
        assert sol.post(f"{base(world)}/{spec.pk}/rename/", {"title": "Rest"}).status_code == 422
        spec.refresh_from_db()
        assert spec.title == "Sleep after treatment"

    def test_the_api_says_what_is_stale(self, world: World, client_of: Browser) -> None:
        sol = client_of(world, "sol")
        spec = planned(world, sol)
        url = f"/api/reviews/{world.review_id}/syntheses/{spec.pk}/"
        body = {"title": "Rest", "note": "", "old_title": spec.title, "old_note": ""}
        answer = sol.patch(url, body, content_type="application/json")
        assert (answer.status_code, answer.json()["title"]) == (200, "Rest")
        assert sol.patch(url, body, content_type="application/json").status_code == 409
        assert client_of(world, "rea").patch(url, body, content_type="application/json").status_code == 403
