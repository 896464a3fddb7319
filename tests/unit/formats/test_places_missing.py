"""A file without any place or number of its records says before import that people will decide its duplicates."""

import pytest

from tests.unit.formats import invented


@pytest.mark.parametrize(
    ("line", "is_said"),
    [("", True), ("JO  - Lamp J", True), ("SP  - 7", False), ("VL  - 3", False), ("DO  - 10.5555/lamp.1", False)],
)
def test_it_is_said_when_no_record_has_a_place(line: str, is_said: bool) -> None:
    text = f"TY  - JOUR\nTI  - Lamps and their keepers\nAU  - Muster, Anna\nPY  - 2010\n{line}\nER  - \n"
    found = invented.inspected(text, name="lamps.ris")
    assert any("wait for people to decide" in warning for warning in found.warnings) is is_said
