"""HTTP to the domain of search."""

from reviews.search.views.duplicates import (
    decide_pair,
    duplicates,
    joins,
    pair,
    set_thresholds,
    thresholds,
    undo_decision,
    withdraw_proposal,
)
from reviews.search.views.exports import export_references
from reviews.search.views.imports import file_import, import_file, undo_import
from reviews.search.views.references import choose_first_language, reference, references
from reviews.search.views.sources import correct_run, new_run, new_source, overview, search_run
from reviews.search.views.uploads import (
    add_part,
    begin_upload,
    columns,
    discard_upload,
    finish_upload,
    import_upload,
    preview,
    read_again,
    upload,
)

__all__ = [
    "add_part",
    "begin_upload",
    "choose_first_language",
    "columns",
    "correct_run",
    "decide_pair",
    "discard_upload",
    "duplicates",
    "export_references",
    "file_import",
    "finish_upload",
    "import_file",
    "import_upload",
    "joins",
    "new_run",
    "new_source",
    "overview",
    "pair",
    "preview",
    "read_again",
    "reference",
    "references",
    "search_run",
    "set_thresholds",
    "thresholds",
    "undo_decision",
    "undo_import",
    "upload",
    "withdraw_proposal",
]
