"""A retraction is seen where it comes in, on the card, in lists, and wherever its study is used."""

from collections.abc import Callable

from django.test import Client

from reviews.extraction.models import StudyReport
from reviews.reporting import contents
from reviews.search.models import Reference
from reviews.synthesis import services as synthesis
from tests import world as worlds
from tests.duplicates import ris, trial
from tests.world import World

Browser = Callable[..., Client]


def page(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_it_is_marked_on_import_in_the_list_and_on_the_card(world: World, client_of: Browser) -> None:
    marked = trial(0, TI=f"RETRACTED: {trial(0)['TI']}")
    row = worlds.upload(
        world, ris(marked, trial(1), trial(2, TI=f"Retraction notice to: {trial(2)['TI']}")), "made.ris"
    )
    ada = client_of(world, "ada")
    root = f"/reviews/{world.review_id}/search"
    assert "2 records of this file say that the document was retracted" in page(ada, f"{root}/imports/{row.pk}/")
    listed = page(ada, f"{root}/references/")
    assert (listed.count("Retracted</span>"), listed.count("Retraction notice</span>")) == (1, 1)
    cards = page(client_of(world, "bo"), f"/reviews/{world.review_id}/screening/")
    assert "Retracted</span>" in cards


def test_one_record_that_says_so_is_enough(world: World) -> None:
    worlds.upload(world, ris(trial(0)), "made.ris")
    worlds.upload(world, ris(trial(0, M3="Retracted Publication", AB="")), "made.ris", source="Scopus")
    reference = Reference.objects.unique_documents().get()
    assert reference.citation.retraction_label == "Retracted"
    assert not reference.citation.title.startswith("RETRACTED")


def test_a_pooled_study_whose_report_was_retracted_is_named(consensus: World, client_of: Browser) -> None:
    point = consensus.time_point().pk
    spec = synthesis.create_synthesis(
        consensus.sol, title="Sleep", arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
        measure="SMD", model="random", tau2_method="DL", convention="revman5",
    )  # fmt: skip
    synthesis.ask_run(consensus.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(consensus)
    address = f"/reviews/{consensus.review_id}/synthesis/{spec.pk}/"
    sol = client_of(consensus, "sol")
    assert "data-retracted" not in page(sol, address)

    report = StudyReport.objects.select_related("study").order_by("pk")[1]
    said = {"marked": {"record": report.reference.primary_record_id, "value": "retracted"}}
    Reference.objects.filter(pk=report.reference_id).update(composed=said)
    shown = page(sol, address)
    told = shown[shown.index("data-retracted") :].partition("</div>")[0]
    assert report.study.label in told
    assert "Keeper 1 2000" not in told

    gathered = contents.gather(consensus.ada)
    assert [part.retracted for part in gathered.syntheses] == [(report.study.label,)]
    cited = {one.study.label: one.citations for one in gathered.studies}
    assert cited[report.study.label][0].endswith("Retracted.")
    assert not cited["Keeper 1 2000"][0].endswith("Retracted.")
