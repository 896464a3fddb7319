"""Every number of the collection that the engine covers, and the page that says how far it agrees."""

import pytest

from tests.golden import agreement, collection, copying, registry, reporting

LEAST_COVERED = 0.95
# Of a module with a handful of cases one is more than a twentieth.
FEW = 3
STALE = "docs/agreement.md is out of date: python -m tests.golden --write"


def present():
    if not collection.is_present():
        pytest.skip(collection.ABSENT)


@pytest.mark.parametrize("name", registry.covered())
def test_copied_figures(name):
    for report in reporting.reports([name], copied=True):
        assert report.comparisons or name in copying.NOT_COPIED, f"no case of {name} is copied"
        found = [(one.case.id, one.differences[:3]) for one in report.apart if not one.reason]
        assert not found, found


@pytest.mark.parametrize("name", registry.covered())
def test_collection(name):
    present()
    (report,) = reporting.reports([name])
    assert report.agreeing >= LEAST_COVERED * len(report.held) or len(report.apart) <= FEW
    found = [(one.case.id, one.differences[:3]) for one in report.apart if not one.reason]
    assert not found, f"{len(found)} cases of {name} differ without a reason: {found[:3]}"
    page = agreement.PAGE.read_text(encoding="utf-8")
    assert agreement.lines_of(report) == agreement.written_lines(page, name), STALE
    assert report.largest <= max(10 * agreement.stated_largest(page)[name], 1e-12), f"{name}: less than the page states"


def test_every_module_is_covered_or_named_as_later_work():
    present()
    known = set(registry.covered())
    names = {case.module for case in collection.cases()}
    assert {name for name in names - known if not registry.later(name)} == set()


def test_the_page_of_agreement_is_up_to_date():
    present()
    assert agreement.frame(agreement.empty_page()) == agreement.frame(agreement.PAGE.read_text(encoding="utf-8")), STALE
