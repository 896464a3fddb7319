"""Bands, groups, primary fields and reasons, each on its own."""

import numpy as np
import pytest

from reviews.search.duplicates import bands, clusters, explain, journals, pairs, primary, table, vetoes
from reviews.search.duplicates.bands import Band, Thresholds
from reviews.search.duplicates.clusters import Link
from reviews.search.duplicates.record import Record


def test_bands_follow_score_and_vetoes() -> None:
    names = [veto.name for veto in vetoes.ALL]
    pages, short, version = (1 << names.index(name) for name in ("pages", "short title", "version"))
    scores = np.array([0.9, 0.5, 0.01, 0.9, 0.9, 0.01, 0.9], np.float32)
    vetoed = np.array([0, 0, 0, pages, pages | short, version, pages | version | short])
    expected = [Band.JOIN, Band.PROPOSE, Band.APART, Band.PROPOSE, Band.APART, Band.PROPOSE, Band.APART]
    found = bands.of(scores, vetoed)
    assert found.tolist() == expected
    assert bands.counts(found) == [3, 3, 1]


def test_the_default_thresholds_need_no_warning_and_moved_ones_do() -> None:
    assert bands.warnings(bands.DEFAULT) == []
    assert "is risky" in bands.warnings(Thresholds(0.6, 0.05))[0]
    assert len(bands.warnings(Thresholds(0.99, 0.01))) == 2
    assert "80%" in bands.meanings(bands.DEFAULT)[0]


@pytest.mark.parametrize(("join", "propose"), [(0.3, 0.1), (1.0, 0.1), (0.9, 0.0), (0.8, 0.9)])
def test_impossible_thresholds_are_refused_with_a_sentence(join: float, propose: float) -> None:
    with pytest.raises(bands.ThresholdError, match=r"^The threshold for .*\.$"):
        bands.checked(join, propose)
    assert bands.checked(0.9, 0.1) == Thresholds(0.9, 0.1)


def test_the_surest_links_join_first_and_enemies_never_meet() -> None:
    links = [Link(0, 1, 0.9), Link(1, 2, 0.95), Link(2, 3, 0.99)]
    assert clusters.group(5, links).root == [0, 0, 0, 0, 4]
    found = clusters.group(5, links, {(0, 3)})
    assert found.root == [0, 1, 1, 1, 4]
    assert found.refused == [Link(0, 1, 0.9)]
    assert clusters.members(found.root) == [[0], [1, 2, 3], [4]]


def test_a_large_group_of_one_key_costs_linearly() -> None:
    records = [Record(n, "Editorial", year=2000 + n % 20) for n in range(3000)]
    left, right = pairs.all_of(table.build(records))
    assert len(left) <= 3000 * pairs.LAG * 2
    assert (left < right).all()
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("curr opin lipidol", "current opinion lipidology", True),
        ("bmj", "british medical journal", True),
        ("stroke", "lancet neurology", False),
        ("chinese journal cancer", "annals surgery", False),
    ],
)
def test_journals(one: str, other: str, is_same: bool) -> None:
    assert (journals.compared(one, other) > 0.8) is is_same


def test_running_numbers_are_not_issues() -> None:
    running = table.build(Record(n, f"Title {n}", issue=str(n + 1)) for n in range(200))
    assert not table.without_running_numbers(running).issue.any()
    real = table.build(Record(n, f"Title {n}", issue=str(n % 12 + 1)) for n in range(200))
    assert table.without_running_numbers(real) is real


ENGLISH = Record(
    "pubmed", "[Acupuncture for migraine].", authors=("Zhang ZJ", "Li SZ"), year=2012, journal="Zhongguo Zhen Jiu",
    volume="32", issue="4", pages="295-9", pmid="22734374", abstract="OBJECTIVE: To observe.",
)  # fmt: skip
CHINESE = Record(
    "cnki", "针刺治疗偏头痛的研究", authors=("张仲景", "李时珍"), year=2012, journal="中国针灸", issue="04",
    pages="295", doi="10.1000/zj.4", abstract="目的：观察针刺治疗偏头痛的临床疗效，并与常规治疗比较。", database="CNKI",
)  # fmt: skip


def test_the_primary_record_takes_each_field_where_it_is_best() -> None:
    found = primary.choose([CHINESE, ENGLISH])
    assert found.record.id == "pubmed"
    assert (found.record.title, found.record.original_title) == (ENGLISH.title, CHINESE.title)
    assert (found.record.authors, found.record.parallel_authors) == (ENGLISH.authors, CHINESE.authors)
    assert (found.record.doi, found.record.pmid) == ("10.1000/zj.4", "22734374")
    assert (found.record.abstract, found.record.pages) == (ENGLISH.abstract, "295-9")
    assert found.parallel_abstract == (CHINESE.abstract, "cnki")
    assert found.origins["doi"] == found.origins["original_title"] == "cnki"
    assert found.origins["title"] == found.origins["pages"] == found.origins["abstract"] == "pubmed"
    assert "language" not in found.origins


@pytest.mark.parametrize("stub", ["OBJECTIVE: To observe.", "An abstract in English. " * 40])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_abstract_never_takes_the_place_of_one_in_another_language(stub: str, is_first: bool) -> None:
    records = [CHINESE, ENGLISH._replace(abstract=stub)]
    found = primary.choose(records if is_first else records[::-1])
    assert (found.record.abstract, found.parallel_abstract) == (stub, (CHINESE.abstract, "cnki"))


def test_one_abstract_stands_alone_whatever_its_language() -> None:
    found = primary.choose([CHINESE, ENGLISH._replace(abstract="")])
    assert (found.record.abstract, found.parallel_abstract) == (CHINESE.abstract, ("", None))


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("PD-1抑制剂联合CTLA-4治疗NSCLC", True),
        ("Лечение бессонницы", True),
        ("TNF-α and IL-1β in insomnia", False),
        ("Use of 针刺 (needling) in primary care in the community", False),
        ("Schlafstörungen bei Müllern", False),
        ("", False),
    ],
)
def test_a_greek_letter_or_a_quoted_word_makes_no_other_language(text: str, is_other: bool) -> None:
    assert primary.is_not_latin(text) is is_other


def test_a_title_in_capitals_or_in_pieces_is_not_chosen() -> None:
    titles = (
        "ZINC IN CHILDREN OF BANGLADESH",
        "Zinc in <i>children</i> of Bangladesh!",
        "Zinc in children of Bangladesh",
    )
    found = primary.choose([Record(n, title) for n, title in enumerate(titles)])
    assert found.record.title == titles[2]
    assert (found.record.original_title, found.record.parallel_authors) == ("", ())


def test_the_primary_of_one_record_is_that_record() -> None:
    assert primary.choose([ENGLISH]).record == ENGLISH
    assert primary.choose([CHINESE]).record == CHINESE


def test_reasons_are_sentences_for_every_veto() -> None:
    found = explain.pair(CHINESE, ENGLISH)
    assert "Same start page." in found.agree
    assert "Same year." in found.agree
    assert "The title differs." in found.differ
    assert "The titles are in different scripts and no identifier proves the link." in found.objections
    assert (found.fields["pages"], found.fields["doi"], found.fields["title"]) == ("same", "missing", "different")
    assert 0.5 < found.score < 0.8
    names = [veto.name for veto in vetoes.ALL]
    assert len(set(names)) == len(names)
    assert all(reason.endswith(".") for reason in explain.reasons([*names, "chain"]))
