"""Every write of search: sources, search runs, uploads, files and their records."""

from reviews.search.services.checking import IncompleteFile
from reviews.search.services.confirming import import_upload
from reviews.search.services.duplicates.checking import check_duplicates
from reviews.search.services.duplicates.deciding import decide_pair, undo_decision
from reviews.search.services.duplicates.proposing import withdraw as withdraw_proposal
from reviews.search.services.duplicates.tuning import set_thresholds
from reviews.search.services.importing import Overtaken, run_import
from reviews.search.services.looking import look_again, run_preview
from reviews.search.services.presenting import choose_first_language, present_again
from reviews.search.services.receiving import receive_file
from reviews.search.services.sources import add_search_run, add_source, correct_search_run
from reviews.search.services.steps import ImportedAlready
from reviews.search.services.tidying import forget_leftovers
from reviews.search.services.undoing import DecidedOn, run_undo, undo_import
from reviews.search.services.uploading import (
    OutOfStep,
    add_part,
    begin_upload,
    discard_upload,
    finish_upload,
    take_upload,
)

__all__ = [
    "DecidedOn",
    "ImportedAlready",
    "IncompleteFile",
    "OutOfStep",
    "Overtaken",
    "add_part",
    "add_search_run",
    "add_source",
    "begin_upload",
    "check_duplicates",
    "choose_first_language",
    "correct_search_run",
    "decide_pair",
    "discard_upload",
    "finish_upload",
    "forget_leftovers",
    "import_upload",
    "look_again",
    "present_again",
    "receive_file",
    "run_import",
    "run_preview",
    "run_undo",
    "set_thresholds",
    "take_upload",
    "undo_decision",
    "undo_import",
    "withdraw_proposal",
]
