"""A pair of records as the review page shows it: side by side, with what differs marked and the engine's reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from reviews.search.duplicates import bands, explain, finding
from reviews.search.models import Record
from reviews.search.selectors.duplicates import PairPage
from reviews.search.services.duplicates import citing

# Field of the engine ("" where it compares none), label, and the text.
FIELDS: tuple[tuple[str, str, Callable[[Record], str]], ...] = (
    ("title", "Title", lambda record: record.title),
    ("", "Original title", lambda record: record.original_title),
    ("authors", "Authors", lambda record: "; ".join(record.authors)),
    ("", "Authors in another language", lambda record: "; ".join(record.parallel_authors)),
    ("journal", "Journal", lambda record: record.journal),
    ("year", "Year", lambda record: str(record.year or "")),
    ("volume", "Volume", lambda record: record.volume),
    ("issue", "Issue", lambda record: record.issue),
    ("pages", "Pages", lambda record: record.pages),
    ("doi", "DOI", lambda record: record.doi),
    ("pmid", "PMID", lambda record: record.pmid),
    ("accession", "Accession", lambda record: record.accession),
    ("issn", "ISSN", lambda record: "; ".join(record.issn)),
    ("", "Type", lambda record: record.publication_type),
    ("", "Language", lambda record: record.language),
    ("abstract", "Abstract", lambda record: record.abstract),
)
MARKS = {"same": "= same", "alike": "≈ nearly the same", "different": "≠ differs", "missing": "– only one has it"}
# Longer texts are shown without a mark on every word.
MOST_WORDS = 600


class Piece(NamedTuple):
    """Some words, and whether the other record lacks them."""

    text: str
    is_own: bool


@dataclass(frozen=True)
class Row:
    """One field of both records; ``mark`` says in words how they compare, empty where the engine does not."""

    label: str
    one: Sequence[Piece]
    other: Sequence[Piece]
    mark: str
    is_different: bool

    @property
    def sides(self) -> tuple[Sequence[Piece], Sequence[Piece]]:
        return self.one, self.other


@dataclass(frozen=True)
class PairCard:
    """``against`` says why nobody but a person may join them."""

    page: PairPage
    rows: Sequence[Row]
    chance: str
    agree: Sequence[str]
    differ: Sequence[str]
    against: Sequence[str]

    @property
    def pk(self) -> int:
        return self.page.pair.pk

    @property
    def records(self) -> int:
        return sum(len(side.behind) for side in self.page.sides)


def card(page: PairPage, thresholds: bands.Thresholds) -> PairCard:
    one, other = (side.join.record for side in page.sides)
    found = explain.pair(citing.cited(one.pk, one), citing.cited(other.pk, other))
    against = list(found.objections)
    if finding.CHAIN in page.pair.vetoes:
        against.append(finding.CHAIN_REASON)
    if finding.JOURNAL_AS_TITLE in page.pair.vetoes:
        against.append(finding.JOURNAL_REASON)
    if not against and page.pair.score < thresholds.join:
        against.append(f"The chance is below {thresholds.join:.0%}, from which records are joined without asking.")
    return PairCard(page, _rows(one, other, found.fields), _chance(page.pair.score), found.agree, found.differ, against)


def _chance(score: float) -> str:
    """Never rounded up to certainty."""
    return "more than 99 %" if score > 0.99 else "less than 1 %" if score < 0.01 else f"{score:.0%}".replace("%", " %")


def _rows(one: Record, other: Record, fields: Mapping[str, str]) -> list[Row]:
    rows = []
    for name, label, text in FIELDS:
        ours, theirs = text(one), text(other)
        if not (ours or theirs):
            continue
        said = fields.get(name, "") if name else ""
        if not (ours and theirs):
            said = "missing"
        elif said == "missing":
            said = ""
        pieces = _pieces(ours, theirs)
        rows.append(Row(label, *pieces, MARKS.get(said, ""), said == "different"))
    return rows


def _plain(words: Sequence[str]) -> list[str]:
    return [word.strip(".,;:").casefold() for word in words]


def _pieces(ours: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    one, other = ours.split(), theirs.split()
    if not (one and other) or max(len(one), len(other)) > MOST_WORDS:
        return [Piece(ours, False)], [Piece(theirs, False)]
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).get_opcodes():
        for pieces, words in ((left, one[a:b]), (right, other[c:d])):
            if words:
                pieces.append(Piece(" ".join(words), kind != "equal"))
    return left, right
