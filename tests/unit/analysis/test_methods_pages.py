"""The pages on methods say what the code does: measures, fields, and what each profile sets."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from analysis import data, options, profiles
from analysis.effects import catalogue

PAGES = Path(__file__).parents[3] / "docs" / "methods"
INTERVALS = ("tau2_method", "interval", "i2_definition", "prediction", "tau2_interval")


def rows(page):
    """The cells of every line of every table of a page."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda profile: profile.name)
def test_the_table_of_profiles(profile):
    (row,) = (cells for cells in rows("profiles.md") if cells[0] == f"`{profile.name}`")
    choices = options.Options(measure="OR", convention=profile.name, model="random")
    decides = choices.method == "MH" and choices.q_centre == "method"
    assert row[1] == profile.label
    assert row[2].lower() == profile.effects
    assert row[3:8] == [getattr(choices, name) for name in INTERVALS]
    assert row[8] == ("decides about Q" if decides else "no")


def test_the_table_of_measures():
    listed = {name: row for row in rows("effects-overview.md") for name in re.findall(r"`(\w+Study)`", row[0])}
    for family, kind in catalogue.STUDIES.items():
        row = listed[kind.__name__]
        of_family = [name for name, entry in catalogue.MEASURES.items() if entry.family == family]
        assert row[2].split(", ") == of_family
        needed = {field.name for field in fields(kind) if field.default is MISSING} - {"key", "label"}
        assert needed <= set(re.findall(r"\w+", row[1]))
    assert set(listed) == {name for name in data.__all__ if name.endswith("Study")} - {"Study"}


def test_every_page_is_in_the_index_and_every_link_leads_somewhere():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    for page in PAGES.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in text
        for target in re.findall(r"\]\(([\w./-]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (PAGES / target).exists(), (page.name, target)
