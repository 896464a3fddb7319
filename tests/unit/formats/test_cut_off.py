"""A download that broke off: cut at any character, a file says so, or what is read of it stood in the whole one."""

import dataclasses
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.search.formats import decoding, parsed
from tests.unit.formats import invented, invented_chinese, invented_western, mutating, samples, test_fuzz

QUOTED = "Title,Authors,Abstract,DOI\n" + "".join(
    f'"Kettles, part {n}","Quill, O","Nobody ""measured""\nkettles.","10.5555/k.{n}"\n' for n in (1, 2, 3)
)
ONE = {
    "nbib, one": invented.nbib(1),
    "ris, one": invented.ris(1),
    "wos, one": invented_western.wos_file(invented_western.wos(1)),
    "ovid, one": invented_western.ovid(1) + "\n",
    "embase, one": invented_western.embase(1),
    "cochrane, one": invented_western.cochrane(1, 1),
    "noteexpress, one": invented_chinese.noteexpress(1),
    "refer, one": invented_chinese.refer(1),
    "refworks, one": invented_chinese.refworks(1),
    "estudy, one": invented_chinese.estudy(1),
    "gbt7714, one": invented_chinese.citation(1),
}
MANY = {
    "nbib": invented.nbib_file(map(invented.nbib, (1, 2, 3))),
    "ris": "".join(map(invented.ris, (1, 2, 3))),
    "quoted table": QUOTED,
    **invented_western.FILES,
    **invented_chinese.FILES,
    **{f"other {place}": text for place, text in enumerate(test_fuzz.OTHERS)},
}
FILES = {**ONE, **MANY}
# Nothing but a blank line, or two, shows that these are whole, and they have none.
UNENDED = {"estudy, one", "ovid", "ovid labels"}
# Characters cut of the end of a real export.
REAL = 250
BIG = 30_000


def is_told(text: str) -> bool:
    """Whether a person learns from the preview that something is missing."""
    try:
        found = invented.inspected(text)
    except parsed.FormatError:
        return True
    return any("cut off" in warning for warning in found.warnings) or found.refused_count > 0


def _facts(record: parsed.ParsedRecord) -> dict[str, object]:
    names = (field.name for field in dataclasses.fields(record) if field.name not in {"raw", "flaws"})
    return {name: getattr(record, name) for name in names}


def silent(text: str, places: Iterable[int]) -> list[str]:
    """The last words in front of every cut after which a record is imported changed, and nobody is told."""
    whole = [_facts(record) for record in invented.records(text)]
    assert whole
    wrong = []
    for place in places:
        if is_told(text[:place]):
            continue
        records = [_facts(record) for record in invented.records(text[:place])]
        if records != whole[: len(records)]:
            wrong.append(f"{place}: …{text[max(place - 20, 0) : place]!r}")
    return wrong


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_cut_anywhere(name: str) -> None:
    """Of files with several records the first and the last one."""
    text = FILES[name]
    middle = range(450, max(len(text) - 450, 450))
    places = [place for place in range(1, len(text)) if place not in middle]
    wrong = silent(text, places)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(FILES.keys() - UNENDED))
def test_a_whole_file_is_not_called_cut_off(name: str) -> None:
    assert not is_told(FILES[name])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.floats(0, 1))
@example("refworks, one", 220 / len(FILES["refworks, one"]))
@example("embase-text", 0.02)
def test_a_cut_is_told_or_harmless(name: str, share: float) -> None:
    place = round(share * len(FILES[name]))
    assert not silent(FILES[name], [max(place, 1)])


@pytest.mark.parametrize("name", [name for name, _, _ in samples.rows()] or [""])
def test_a_real_export_cut_in_its_last_record(name: str) -> None:
    samples.need()
    data = (samples.FOLDER / name).read_bytes()
    found = invented.inspected(data)
    if found.encoding == decoding.BINARY:
        pytest.skip(f"{name} is a workbook: cut off, it does not open")
    text = mutating.opened(data, found.encoding).words
    if len(text) > BIG:
        text = mutating.shortened(text, invented.items(text))
    wrong = silent(text, range(max(len(text) - REAL, 1), len(text), 83))
    assert not wrong, "\n".join(wrong)
