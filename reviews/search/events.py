"""What happened in the search."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class SourceAdded(Event):
    kind: ClassVar[str] = "search.source_added"
    sentence: ClassVar[str] = "added the source {name}"
    source_id: int
    name: str


@dataclass(frozen=True)
class SearchRunAdded(Event):
    kind: ClassVar[str] = "search.run_added"
    sentence: ClassVar[str] = "recorded the search of {source} on {run_on}"
    search_run_id: int
    source: str
    run_on: str


@dataclass(frozen=True)
class SearchRunCorrected(Event):
    kind: ClassVar[str] = "search.run_corrected"
    sentence: ClassVar[str] = "corrected the search of {source} on {run_on}: {fields}"
    search_run_id: int
    source: str
    run_on: str
    fields: str


@dataclass(frozen=True)
class FileReceived(Event):
    kind: ClassVar[str] = "search.file_received"
    sentence: ClassVar[str] = "brought in the file {file_name} for {source}"
    import_id: int
    file_name: str
    source: str
    sha256: str


@dataclass(frozen=True)
class ImportStored(Event):
    kind: ClassVar[str] = "search.import_stored"
    sentence: ClassVar[str] = "imported {imported} of {starts} records from {file_name}"
    import_id: int
    file_name: str
    starts: int
    imported: int


@dataclass(frozen=True)
class ImportRefused(Event):
    kind: ClassVar[str] = "search.import_refused"
    sentence: ClassVar[str] = "could not import {file_name}: {refusal}"
    import_id: int
    file_name: str
    refusal: str


@dataclass(frozen=True)
class ImportUndone(Event):
    kind: ClassVar[str] = "search.import_undone"
    sentence: ClassVar[str] = "undid the import of {file_name} with its {imported} records"
    import_id: int
    file_name: str
    imported: int


@dataclass(frozen=True)
class ReferencesJoined(Event):
    kind: ClassVar[str] = "search.references_joined"
    sentence: ClassVar[str] = "joined reference {loser} into reference {survivor} {how}"
    loser: int
    survivor: int
    how: str


@dataclass(frozen=True)
class ReferencesParted(Event):
    kind: ClassVar[str] = "search.references_parted"
    sentence: ClassVar[str] = "took reference {number} out of reference {survivor} again"
    number: int
    survivor: int


@dataclass(frozen=True)
class JoinProposed(Event):
    kind: ClassVar[str] = "search.join_proposed"
    sentence: ClassVar[str] = "proposed to join references {one} and {other}; another person confirms it"
    one: int
    other: int


@dataclass(frozen=True)
class JoinProposalWithdrawn(Event):
    kind: ClassVar[str] = "search.join_proposal_withdrawn"
    sentence: ClassVar[str] = "took back the proposal to join references {one} and {other}"
    one: int
    other: int


@dataclass(frozen=True)
class JoinedAlone(Event):
    kind: ClassVar[str] = "search.joined_alone"
    sentence: ClassVar[str] = "joined references {one} and {other} without a second person: “{note}”"
    one: int
    other: int
    note: str


@dataclass(frozen=True)
class PairKeptApart(Event):
    kind: ClassVar[str] = "search.pair_kept_apart"
    sentence: ClassVar[str] = "decided that references {one} and {other} are not duplicates"
    one: int
    other: int


@dataclass(frozen=True)
class PairReopened(Event):
    kind: ClassVar[str] = "search.pair_reopened"
    sentence: ClassVar[str] = "took back that references {one} and {other} are not duplicates"
    one: int
    other: int


@dataclass(frozen=True)
class DuplicatesChecked(Event):
    kind: ClassVar[str] = "search.duplicates_checked"
    sentence: ClassVar[str] = "searched {name} for duplicates: {joined} joined, {proposed} proposed"
    check_id: int
    name: str
    joined: int
    proposed: int


@dataclass(frozen=True)
class ThresholdsChanged(Event):
    kind: ClassVar[str] = "search.thresholds_changed"
    sentence: ClassVar[str] = (
        "moved the thresholds for duplicates: joining from {old_join} to {join}, "
        "proposing from {old_propose} to {propose}"
    )
    old_join: str
    old_propose: str
    join: str
    propose: str


@dataclass(frozen=True)
class FirstLanguageChosen(Event):
    kind: ClassVar[str] = "search.first_language_chosen"
    sentence: ClassVar[str] = "chose how papers in two languages are shown: {first}"
    first: str
