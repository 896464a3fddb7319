"""Forms of extraction: a study, an entry, a consensus. What numbers may be is for the rules to say."""

from reviews.extraction.forms.consensus import ConsensusForm, Decision
from reviews.extraction.forms.entry import Cell, EntryForm
from reviews.extraction.forms.plain import PassOnForm, PlainForm, StudyForm, row_id

__all__ = ["Cell", "ConsensusForm", "Decision", "EntryForm", "PassOnForm", "PlainForm", "StudyForm", "row_id"]
