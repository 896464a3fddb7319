"""The arithmetic of the flow diagram, its CSV, and what is due for whom."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.figures.flow import FlowCounts
from reviews.core.rules import PERMISSIONS, Permission, Role
from reviews.reporting import prisma, rules
from reviews.reporting.rules import Block, Situation

# The worked check of the arithmetic: 1200 + 100 records, 250 duplicates, 40 reports from two arms.
WHOLE = FlowCounts(
    databases=(("PubMed", 700), ("Embase", 500)),
    registers=(("ClinicalTrials.gov", 100),),
    duplicates=250,
    automation=0,
    other_removed=10,
    screened=1040,
    excluded=900,
    sought=140,
    not_retrieved=5,
    assessed=135,
    reasons=(("Wrong population", 60), ("Wrong design", 40)),
    citations=16,
    other_sought=12,
    other_not_retrieved=1,
    other_assessed=11,
    other_reasons=(("Wrong population", 6),),
    included_studies=38,
    included_reports=40,
)


def test_numbers_that_add_up_are_left_alone() -> None:
    assert rules.problems(WHOLE) == ()
    assert rules.remarks(WHOLE) == ()


@pytest.mark.parametrize(
    ("field", "value", "box"),
    [
        ("duplicates", 249, "Records screened or awaiting screening"),
        ("excluded", 901, "Records screened"),
        ("not_retrieved", 6, "Reports assessed or awaiting a decision"),
        ("other_not_retrieved", 2, "Reports from other methods"),
        ("reasons", (("Wrong population", 61), ("Wrong design", 40)), "Reports of included studies"),
    ],
)
def test_a_box_that_does_not_add_up_is_named(field: str, value: object, box: str) -> None:
    found = rules.problems(replace(WHOLE, **{field: value}))
    assert [sentence for sentence in found if sentence.startswith(box)], found


def test_what_waits_belongs_to_the_sum() -> None:
    half = replace(WHOLE, screened=1000, awaiting_screening=40, excluded=860)
    assert rules.problems(half) == ()


def test_what_may_be_right_is_remarked_on() -> None:
    assert rules.remarks(replace(WHOLE, included_studies=41))[0].startswith("Studies included: 41 studies")
    assert rules.remarks(replace(WHOLE, citations=11))[0].startswith("Reports sought from other methods: 12")


def rows(counts: FlowCounts, notice: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(prisma.to_csv(counts, notice))))


def number(counts: FlowCounts, key: str) -> str:
    return next(row["n"] for row in rows(counts) if row["data"] == key)


def test_every_number_of_the_csv() -> None:
    expected = {
        "database_results": "1200",
        "database_specific_results": "PubMed, 700; Embase, 500",
        "register_results": "100",
        "register_specific_results": "ClinicalTrials.gov, 100",
        "website_results": "0",
        "organisation_results": "0",
        "citations_results": "16",
        "duplicates": "250",
        "excluded_automatic": "0",
        "excluded_other": "10",
        "records_screened": "1040",
        "records_excluded": "900",
        "dbr_sought_reports": "140",
        "dbr_notretrieved_reports": "5",
        "dbr_assessed": "135",
        "dbr_excluded": "Wrong population, 60; Wrong design, 40",
        "other_sought_reports": "12",
        "other_notretrieved_reports": "1",
        "other_assessed": "11",
        "other_excluded": "Wrong population, 6",
        "new_studies": "38",
        "new_reports": "40",
        "total_studies": "38",
        "total_reports": "40",
        "previous_studies": "",
        "total_studies_ma": "",
    }
    assert {key: number(WHOLE, key) for key in expected} == expected


def test_what_a_review_does_not_use_is_empty_and_a_nought_is_a_count() -> None:
    databases = replace(
        WHOLE, citations=0, other_sought=0, other_not_retrieved=0, other_assessed=0, other_reasons=(), registers=()
    )
    empty = {row["data"] for row in rows(databases) if row["n"] == ""}
    used = {"website_results", "citations_results", "other_sought_reports", "other_assessed", "other_excluded"}
    assert empty >= {*used, "previous_studies", "previous_reports", "total_studies_ma", "total_reports_ma", "NA"}
    assert number(databases, "register_results") == "0"
    assert number(databases, "excluded_automatic") == "0"


def test_the_number_in_meta_analysis_is_its_own() -> None:
    found = {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(prisma.to_csv(WHOLE, pooled=(31, 33))))}
    assert (found["total_studies_ma"], found["total_reports_ma"]) == ("31", "33")
    assert (found["total_studies"], found["total_reports"]) == ("38", "40")


def test_reports_without_a_study_are_told_of() -> None:
    assert any("3 of 40 belong to no study yet" in one for one in rules.remarks(replace(WHOLE, without_study=3)))


def test_names_lose_what_separates_in_the_csv() -> None:
    named = FlowCounts(databases=(("Web of Science, Core; all", 3), ("万方，医学", 4)))
    assert number(named, "database_specific_results") == "Web of Science Core all, 3; 万方 医学, 4"


def test_the_csv_is_the_packages_template_with_numbers(shared: Path) -> None:
    template = shared / "standards" / "samples" / "prisma2020" / "PRISMA.csv"
    theirs = list(csv.DictReader(template.read_text(encoding="utf-8").splitlines()))
    ours = rows(WHOLE)

    def fixed(found: list[dict[str, str]]) -> list[dict[str, str]]:
        return [{name: text for name, text in row.items() if name != "n"} for row in found]

    assert fixed(ours) == fixed(theirs)


def test_a_notice_is_the_last_row() -> None:
    assert rows(WHOLE, "Made up.")[-1]["description"] == "Made up."
    assert rows(WHOLE, "Made up.")[:-1] == rows(WHOLE)


def can(role: str) -> Mapping[str, bool]:
    return {str(permission): permission in PERMISSIONS[role] for permission in Permission}


def due(role: str, **known: Any) -> list[str]:
    return [step.label for step in rules.due(Situation(**known), can(role))]


def test_before_the_protocol_it_is_the_only_thing_due() -> None:
    busy = {"conflicts": 3, "has_open_vote": True, "consensus": 2}
    assert due(Role.LEAD, **busy) == ["Write the protocol"]
    assert due(Role.ADJUDICATOR, **busy) == []


def test_upstream_comes_first() -> None:
    everything = {
        "has_protocol": True,
        "references": 9,
        "has_open_vote": True,
        "conflicts": 1,
        "has_open_report": True,
        "report_conflicts": 2,
        "free_reports": 1,
        "extraction_step": "compare",
        "consensus": 3,
        "syntheses": 1,
        "not_current": 1,
    }
    assert due(Role.LEAD, **everything) == [
        "Settle 1 conflict",
        "Screen titles and abstracts",
        "Settle 2 conflicts",
        "Screen full texts",
        "Make a consensus",
        "Make studies of included reports",
        "Run what is not up to date",
    ]
    assert due(Role.READER, **{**everything, "extraction_step": "look"}) == []
    assert due(Role.REVIEWER, **{**everything, "extraction_step": "start"}) == [
        "Screen titles and abstracts",
        "Screen full texts",
        "Extract a study",
        "Make studies of included reports",
    ]


def test_the_report_comes_when_everything_is_current() -> None:
    done = {"has_protocol": True, "references": 9, "consensus": 3, "syntheses": 2}
    assert due(Role.STATISTICIAN, **done) == ["Build the report"]
    assert due(Role.STATISTICIAN, **done, not_current=1) == ["Run what is not up to date"]
    assert due(Role.STATISTICIAN, **{**done, "syntheses": 0}) == ["Plan a synthesis"]


def test_an_empty_review_needs_a_search() -> None:
    assert due(Role.LEAD, has_protocol=True) == ["Add a search"]


def test_a_blocks_total_is_the_sum_of_its_parts() -> None:
    assert Block("x", "X", "x:y", done=1, waiting=2, conflicts=3, untouched=4).total == 10


def test_how_differences_were_settled_is_told_by_way_and_what_the_lead_did_alone_with_its_reason() -> None:
    ways = {"lead_alone": 1, "discussion": 4, "adjudicator": 0, "lead_own": 2}
    told = rules.settled("Conflicts at full text", ways, [("#12 Rest for keepers", "Cy left in May")])
    assert told.counts == (
        ("by the lead, who had judged it too", 2),
        ("by discussion", 4),
        ("by the lead alone, because nobody else could", 1),
    )
    assert told.total == 7


def test_nothing_settled_is_nothing_to_tell() -> None:
    assert rules.settled("Conflicts at full text", {}).total == 0
