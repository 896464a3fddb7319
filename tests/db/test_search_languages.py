"""A paper in two languages stays in two languages, whichever file came first."""

import importlib

import pytest
from django.apps import apps

from reviews.search.models import Reference
from tests import world as worlds
from tests.duplicates import ris
from tests.world import World

CHINESE = {
    "TI": "灯塔看守人的睡眠与热茶：一项随机对照试验",
    "TT": "Sleep of lighthouse keepers and hot tea: a randomised controlled trial",
    "AU": "王守灯;李望海",
    "T2": "灯塔医学杂志",
    "PY": 2015,
    "VL": 12,
    "IS": 3,
    "SP": 45,
    "EP": 52,
    "DO": "10.5555/tea.sleep",
    "AB": "目的：观察热茶对灯塔看守人睡眠的影响。方法：将六十名看守人随机分为两组。结果：两组差别不大。",
    "KW": "睡眠",
}
ENGLISH = {
    "TI": "Sleep of lighthouse keepers and hot tea: a randomised controlled trial",
    "AU": "Wang, Shou-Deng",
    "T2": "Chinese Journal of Lighthouse Medicine",
    "PY": 2015,
    "VL": 12,
    "IS": 3,
    "SP": 45,
    "EP": 52,
    "DO": "10.5555/tea.sleep",
    "PM": "1",
}
STUB = "Objective: tea. Methods: made up. Results: little. No conclusion is drawn from so few keepers here, at all."


@pytest.mark.parametrize("is_chinese_first", [True, False])
@pytest.mark.parametrize("english", ["", STUB, "All is said here in English. " * 30])
def test_title_names_and_abstract_are_shown_in_both(world: World, is_chinese_first: bool, english: str) -> None:
    files = [("CNKI", ris(CHINESE)), ("PubMed", ris({**ENGLISH, "AB": english} if english else ENGLISH))]
    for source, content in files if is_chinese_first else files[::-1]:
        worlds.upload(world, content, "made.ris", source=source)
    reference = Reference.objects.unique_documents().get()
    shown = reference.citation
    assert (shown.title, shown.original_title) == (ENGLISH["TI"], CHINESE["TI"])
    assert "Wang" in "".join(shown.authors)
    assert shown.parallel_authors == ["王守灯", "李望海"]
    both = (english.strip(), CHINESE["AB"]) if english else (CHINESE["AB"], "")
    assert (shown.abstract, shown.parallel_abstract) == both


def test_what_an_earlier_release_put_together_is_put_right(world: World) -> None:
    """As it was before: the Chinese title lost because the main record has it under another name, the stub shown."""
    worlds.upload(world, ris(CHINESE), "made.ris", source="CNKI")
    worlds.upload(world, ris({**ENGLISH, "AB": STUB}), "made.ris", source="PubMed")
    reference = Reference.objects.unique_documents().get()
    right = reference.citation
    records = {
        join.in_import.search_run.source.name: join.record for join in reference.joins.filter(superseded_at=None)
    }
    cnki, pubmed = records["CNKI"], records["PubMed"]
    lost = {name: {"record": pubmed.pk, "value": getattr(pubmed, name)} for name in ("title", "authors", "journal")}
    lost["abstract"] = {"record": pubmed.pk, "value": STUB}
    Reference.objects.filter(pk=reference.pk).update(primary_record=cnki, composed=lost)
    migration = importlib.import_module("reviews.search.migrations.0012_every_language_is_kept")
    for _ in range(2):
        migration.keep_every_language(apps, None)
        found = Reference.objects.get(pk=reference.pk).citation
        for name in ("title", "original_title", "authors", "parallel_authors", "abstract", "parallel_abstract"):
            assert getattr(found, name) == getattr(right, name), name
