from reviews.search.models.duplicates import DuplicateCheck, JoinProposal, Key, Pair, PairDecision, Thresholds
from reviews.search.models.imports import Import, RefusedRecord
from reviews.search.models.index import RecordIndex, RecordWords
from reviews.search.models.references import DOCUMENT, Join, Presentation, Record, Reference, ReferenceQuerySet
from reviews.search.models.sources import SearchRun, SearchRunChange, Source
from reviews.search.models.uploads import Preview, Upload, UploadPart

__all__ = [
    "DOCUMENT",
    "DuplicateCheck",
    "Import",
    "Join",
    "JoinProposal",
    "Key",
    "Pair",
    "PairDecision",
    "Presentation",
    "Preview",
    "Record",
    "RecordIndex",
    "RecordWords",
    "Reference",
    "ReferenceQuerySet",
    "RefusedRecord",
    "SearchRun",
    "SearchRunChange",
    "Source",
    "Thresholds",
    "Upload",
    "UploadPart",
]
