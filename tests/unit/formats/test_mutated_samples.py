"""Every real export (of big ones a part) after what happens to files on their way: no record is lost in silence."""

import io
from collections.abc import Callable, Iterable

import pytest

from reviews.search.formats import decoding, parsed, reading
from tests.unit.formats import invented, mutating, samples

FILES = [name for name, _, _ in samples.rows()] or [""]
BIG = 60_000
# One line is one whole record: with its last line, a file loses its last record.
ONE_LINE = ("gbt7714", ".csv", "-tab-")


class Outcome:
    """What an inspection and the items of a file say; checks that both agree."""

    def __init__(self, data: bytes, **options: str) -> None:
        self.found = invented.inspected(data, **options)
        self.items = list(reading.read(io.BytesIO(data), self.found.format, self.found.encoding))
        readable = sum(isinstance(item, parsed.ParsedRecord) for item in self.items)
        assert self.found.starts == self.found.readable + self.found.refused_count == len(self.items)
        assert self.found.readable == readable

    @property
    def told(self) -> str:
        """All that a person can see of the file: raw texts, reasons and warnings."""
        reasons = (item.reason for item in self.items if isinstance(item, parsed.Refused))
        return "\n".join((*(item.raw for item in self.items), *reasons, *self.found.warnings))

    def facts(self) -> list[tuple[str, ...]]:
        """What must survive, whatever the line ends in it were."""
        return [_facts(item) for item in self.items if isinstance(item, parsed.ParsedRecord)]


def _facts(record: parsed.ParsedRecord) -> tuple[str, ...]:
    values: Iterable[object] = (
        record.title,
        record.original_title,
        "\n".join(record.authors),
        record.abstract,
        record.journal,
        record.year,
        record.doi,
        record.pmid,
        "\n".join(record.keywords),
    )
    return tuple(" ".join(str(value).split()) for value in values)


@pytest.fixture(params=FILES, scope="module")
def case(request: pytest.FixtureRequest) -> tuple[str, Outcome, mutating.Text]:
    samples.need()
    name = request.param
    data = (samples.FOLDER / name).read_bytes()
    whole = Outcome(data)
    if whole.found.encoding == decoding.BINARY:
        pytest.skip(f"{name} is a workbook, which has no lines or encoding to change")
    text = mutating.opened(data, whole.found.encoding)
    if len(text.words) > BIG:
        text = text._replace(words=mutating.shortened(text.words, whole.items))
        whole = Outcome(text.encoded(text.words))
    return name, whole, text


@pytest.mark.parametrize("mutate", mutating.HARMLESS)
def test_another_encoding_or_line_end_changes_nothing(case, mutate: Callable[[mutating.Text], bytes]):
    _, whole, text = case
    mutated = Outcome(mutate(text))
    assert mutated.found.format == whole.found.format
    assert mutated.facts() == whole.facts()


def test_gb18030_loses_no_record(case):
    _, whole, text = case
    data = mutating.in_gb18030(text)
    recognised = Outcome(data)
    assert recognised.found.readable == whole.found.readable
    # Letters of many languages in one file are not always recognised: the warning says what was guessed.
    assert recognised.facts() == whole.facts() or "choose another encoding" in recognised.told
    assert Outcome(data, encoding="gb18030").facts() == whole.facts()


@pytest.mark.parametrize("mutate", [mutating.doubled, mutating.doubled_without_line_end])
def test_a_file_joined_with_itself_has_every_record_twice(case, mutate):
    _, whole, text = case
    mutated = Outcome(mutate(text))
    # In a table the two rows at the seam are one line, which is refused with its number.
    assert mutated.found.starts >= 2 * whole.found.starts
    assert mutated.found.readable >= 2 * whole.found.readable - (mutated.found.refused_count > 0)


def test_a_cut_end_of_the_last_record_is_accounted_for(case):
    name, whole, text = case
    mutated = Outcome(mutating.without_last_line(text))
    if any(part in name for part in ONE_LINE):
        assert whole.found.starts - 1 <= mutated.found.starts <= whole.found.starts
    else:
        assert mutated.found.starts == whole.found.starts
        assert mutated.found.readable >= whole.found.readable - 1
    assert mutated.facts()[: whole.found.readable - 1] == whole.facts()[: whole.found.readable - 1]


def test_a_junk_line_costs_no_record_and_is_shown(case):
    _, whole, text = case
    mutated = Outcome(mutating.with_junk(text))
    assert mutated.found.readable == whole.found.readable
    assert mutating.JUNK in mutated.told or mutated.found.warnings != whole.found.warnings
