"""Which language of a paper in two comes first, and what is made again when rules of showing change."""

import pytest

from reviews.core.refusals import NotAllowed
from reviews.search import selectors, services
from reviews.search.models import RecordWords, Reference
from tests import world as worlds
from tests.duplicates import ris, trial
from tests.world import World

IN_CHINESE = {
    "TI": "灯塔看守人的睡眠与热茶：一项随机对照试验",
    "TT": "Sleep of lighthouse keepers and hot tea: a randomised controlled trial",
    "AU": "王守灯",
    "T2": "灯塔医学杂志",
    "PY": 2015,
    "VL": 12,
    "IS": 3,
    "SP": 45,
    "EP": 52,
    "DO": "10.5555/tea.sleep",
    "AB": "目的：观察热茶对灯塔看守人睡眠的影响。方法：将六十名看守人随机分为两组。结果：两组差别不大。",
}
IN_ENGLISH = {
    **IN_CHINESE,
    "TI": IN_CHINESE["TT"],
    "TT": "",
    "AU": "Wang, Shou-Deng",
    "T2": "Chinese Journal of Lighthouse Medicine",
    "AB": "Objective: tea. Methods: made up. Results: little, and nothing that anybody would notice.",
}


def test_the_team_chooses_which_language_comes_first(world: World) -> None:
    worlds.upload(world, ris(IN_CHINESE), "cnki.ris", source="CNKI")
    worlds.upload(world, ris(IN_ENGLISH), "pubmed.ris", source="PubMed")
    one = Reference.objects.unique_documents().get(review_id=world.review_id)
    assert (one.citation.title, one.citation.parallel_abstract) == (IN_ENGLISH["TI"], IN_CHINESE["AB"])
    assert services.choose_first_language(world.ada, "original")
    assert not services.choose_first_language(world.ada, "original"), "as it is already"
    assert services.present_again() > 0
    assert services.present_again() == 0, "everything is up to date"
    one = Reference.objects.unique_documents().get(review_id=world.review_id)
    cited = one.citation
    assert (cited.title, cited.original_title) == (IN_CHINESE["TI"], IN_ENGLISH["TI"])
    assert (cited.authors, cited.parallel_authors) == ([IN_CHINESE["AU"]], [IN_ENGLISH["AU"]])
    assert (cited.abstract, cited.parallel_abstract) == (IN_CHINESE["AB"], IN_ENGLISH["AB"])
    assert selectors.first_language(world.rea) == "original"
    with pytest.raises(NotAllowed):
        services.choose_first_language(world.rea, "english")


def test_a_record_in_two_languages_follows_the_choice_when_it_comes(world: World) -> None:
    services.choose_first_language(world.ada, "original")
    worlds.upload(world, ris({**trial(1), "TT": IN_CHINESE["TI"]}), "one.ris", source="CNKI")
    one = Reference.objects.unique_documents().get(review_id=world.review_id)
    assert (one.citation.title, one.citation.original_title) == (IN_CHINESE["TI"], trial(1)["TI"])


def test_what_people_look_for_is_indexed_anew_once(world: World) -> None:
    worlds.upload(world, ris(trial(0)), "one.ris", source="CNKI")
    RecordWords.objects.all().delete()
    assert services.present_again() == 1
    assert selectors.references(world.rea, selectors.Wanted(words="lighthouses")).count() == 1
