from collections.abc import Iterable
from typing import Any

from django import forms

from reviews.search.rules import MOST_HITS, SourceKind

OFFER = "Import only the complete records of a cut-off file, and list the incomplete one as refused"


class SourceForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, help_text="As the report will call it: PubMed, Embase, CNKI.")
    kind = forms.ChoiceField(label="Kind", choices=SourceKind.choices, initial=SourceKind.DATABASE)
    platform = forms.CharField(
        label="Platform", max_length=120, required=False, help_text="Where it was searched: Ovid, Embase.com, Wiley."
    )


class SearchRunForm(forms.Form):
    """The facts of one search that PRISMA-S asks for."""

    run_on = forms.DateField(label="Date of the search", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    hits_reported = forms.IntegerField(
        label="Hits reported",
        min_value=0,
        max_value=MOST_HITS,
        required=False,
        help_text="The number the source showed. It is compared with the records in your files.",
    )
    strategy = forms.CharField(
        label="Strategy",
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text="Copied line by line, exactly as it was run.",
    )
    limits = forms.CharField(
        label="Limits and filters",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Dates, languages, study filters; “none” if there were none.",
    )


class UploadForm(forms.Form):
    # An empty file is let through to the reader, whose sentence names the file.
    file = forms.FileField(label="File", allow_empty_file=True, max_length=255)
    takes_incomplete = forms.BooleanField(label=OFFER, required=False)


class FilterForm(forms.Form):
    """The filters above the list of references; ``sources`` are the choices (primary key, name)."""

    words = forms.CharField(label="Words in title or authors", required=False, max_length=200)
    source = forms.TypedChoiceField(label="Source", required=False, coerce=int, empty_value=None)
    year = forms.IntegerField(label="Year", required=False, min_value=0, max_value=9999)

    def __init__(self, data: Any, sources: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["source"].choices = [("", "All sources"), *sources]  # type: ignore[attr-defined]
