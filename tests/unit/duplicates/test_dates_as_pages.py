"""A page that is a date is no page; other pages in another issue are another paper."""

import pytest

from reviews.search.duplicates import finding, places
from reviews.search.duplicates.record import Record

TITLE = "Invented xanthoma of the eyelid: a forgotten entity in forty patients"
PEOPLE = ("Muster, Anna", "Beispiel, Bernd")
ABSTRACT = "Forty invented patients with xanthomas of the eyelid were followed for two years in one clinic. " * 3


@pytest.mark.parametrize(
    "value",
    ["2010", "2010-2010", "2011", "2010-05", "20100512", "2010-05-12", "12/05/2010", "May 12", "12 May 2010",
     "2010 Mar", "March", "Jan-Feb", "12th May", "2010年5月", "5月12日"],
)  # fmt: skip
def test_dates_are_no_pages(value: str) -> None:
    assert places.pages(value, 2010) == places.NOWHERE


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [("2010-2018", 2010, 2018), ("2007", 2007, 2007), ("06-Oct", 6, 10), ("2010-19", 2010, 2019), ("e2010", 2010, 2010),
     ("101-9", 101, 109), ("20101300", 20101300, 20101300)],
)  # fmt: skip
def test_pages_stay_pages(value: str, start: int, end: int) -> None:
    found = places.pages(value, 2010)
    assert (found.number, found.end) == (start, end)


@pytest.mark.parametrize("page", ["2010", "Mar 2010", "12 May"])
def test_a_date_keeps_no_pair_apart(page: str) -> None:
    one = Record(1, TITLE, "", PEOPLE, (), 2010, "Invented Ophthalmology", "4", "1", page, abstract=ABSTRACT)
    other = Record(2, TITLE, "", ("Muster A", "Beispiel B"), (), 2010, "Invented Ophthalmology", "", "1", "105-110")
    assert len(finding.find([one, other._replace(abstract=ABSTRACT)]).joins) == 1


@pytest.mark.parametrize(("issue", "pages"), [("2", "145-146"), ("2", "596"), ("12", "145")])
def test_another_issue_and_other_pages_are_never_joined(issue: str, pages: str) -> None:
    one = Record(1, TITLE, "", PEOPLE, (), 2010, "Invented Medicine", "60", "7", "595-596")
    found = finding.find([one, one._replace(id=2, issue=issue, pages=pages)])
    assert not found.joins
    assert len(found.proposals) == 1
