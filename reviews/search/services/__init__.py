"""Every write of search: sources, search runs, files and their records."""

from reviews.search.services.checking import IncompleteFile
from reviews.search.services.importing import Overtaken, run_import
from reviews.search.services.receiving import ImportedAlready, receive_file
from reviews.search.services.sources import add_search_run, add_source

__all__ = [
    "ImportedAlready",
    "IncompleteFile",
    "Overtaken",
    "add_search_run",
    "add_source",
    "receive_file",
    "run_import",
]
