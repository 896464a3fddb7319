from reviews.search.models.imports import Import, RefusedRecord
from reviews.search.models.index import RecordIndex, RecordWords
from reviews.search.models.references import Fingerprint, Join, Record, Reference, ReferenceQuerySet
from reviews.search.models.sources import SearchRun, SearchRunChange, Source
from reviews.search.models.uploads import Preview, Upload, UploadPart

__all__ = [
    "Fingerprint",
    "Import",
    "Join",
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
    "Upload",
    "UploadPart",
]
