"""Retracted papers and notices of retractions are told from papers about what retracts."""

import pytest

from reviews.search.retraction import HINTS, Retraction, said

RETRACTED = [
    "RETRACTED: Hot tea for keepers",
    "Retracted: Hot tea for keepers",
    "RETRACTED ARTICLE: Hot tea for keepers",
    "[RETRACTED] Hot tea for keepers",
    "Retracted Article - Hot tea for keepers",
    "WITHDRAWN: Hot tea for keepers",
    "Hot tea for keepers (Retracted article. See vol. 12, pg. 4, 2016)",
    "Hot tea for keepers [Retracted]",
    "【撤稿】看守人与茶",
    "(已撤稿)看守人与茶",
    "撤稿论文：看守人与茶",
]
NOTICES = [
    "Retraction: Hot tea for keepers",
    "Retraction notice to: Hot tea for keepers [J Tea 12 (2015) 4]",
    "Retraction Note: Hot tea for keepers",
    "Retraction note to Hot tea for keepers",
    "Notice of Retraction: Hot tea for keepers",
    "Statement of retraction. Hot tea for keepers",
    'Retraction of "Hot tea for keepers"',
    "Retraction to: Hot tea for keepers",
    "Hot tea for keepers [Retraction of J Tea 12(4)]",
    "Hot tea for keepers [retraction].",
    "Withdrawal notice: Hot tea for keepers",
    "撤稿声明：看守人与茶",
    "关于看守人与茶一文的撤稿声明",
]
NEITHER = [
    "",
    "Retraction pockets of the ear drum in lighthouse keepers",
    "Retraction of the soft palate in snorers",
    "Brain retraction injury: a review",
    "Reasons for retraction of papers: a survey",
    "Retracted papers and their citations: a cohort",
    "Retracted wounds heal slowly: a trial",
    "Cigarette withdrawal: a trial of hot tea",
    "Withdrawal of tea: effects on sleep",
    "Alcohol withdrawal (delirium) in keepers",
    "撤药反应与睡眠",
]


@pytest.mark.parametrize("title", RETRACTED)
def test_a_retracted_paper(title: str) -> None:
    assert said(title, "", "Journal article") == said("Tea", title, "") == Retraction.RETRACTED
    assert any(hint in title.casefold() for hint in HINTS)


@pytest.mark.parametrize("title", NOTICES)
def test_a_notice(title: str) -> None:
    assert said(title, "", "Letter") == Retraction.NOTICE
    assert any(hint in title.casefold() for hint in HINTS)


@pytest.mark.parametrize("title", NEITHER)
def test_a_paper_about_it(title: str) -> None:
    assert said(title, title, "Journal article; Review") is None


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("Journal Article; Retracted Publication", Retraction.RETRACTED),
        ("Retraction of Publication", Retraction.NOTICE),
        ("Retraction of Publication; Retracted Publication", Retraction.RETRACTED),
        ("RETRACTION", Retraction.NOTICE),
        ("Research on retraction", None),
        ("", None),
    ],
)
def test_the_type_says_it(kind: str, found: Retraction | None) -> None:
    assert said("Hot tea for keepers", "", kind) is found
