from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from reviews.search.formats import decoding, registry
from reviews.search.rules import MAPPED, MOST_HITS, REPEATED, FirstLanguage, PairVerdict, SourceKind

OFFER = "Import only the complete records of a cut-off file, and list the incomplete one as refused"

LARGEST = 2**53


def _formats() -> list[tuple[str, Any]]:
    """Every format that can be read, under the family that it belongs to."""
    families: dict[str, list[tuple[str, str]]] = {}
    for item in registry.FORMATS:
        families.setdefault(item.family, []).append((item.name, item.label))
    found: list[tuple[str, Any]] = [("", "As recognised")]
    for family, members in families.items():
        found += [(family, members)] if family else members
    return found


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
    searched_by = forms.CharField(
        label="Who ran it",
        max_length=120,
        required=False,
        help_text="If it was not you: the librarian’s name, for example.",
    )
    strategy = forms.CharField(
        label="Strategy",
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text="Copied line by line, exactly as it was run.",
    )
    limits = forms.CharField(
        label="Limits",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Dates, languages, publication types; “none” if there were none.",
    )
    filters = forms.CharField(
        label="Search filters",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Published filters, such as Cochrane’s for randomised trials, with their citation.",
    )
    updates = forms.CharField(
        label="Updates",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="How the search was or will be brought up to date: an alert, a later run and its date.",
    )
    peer_review = forms.CharField(
        label="Peer review of the strategy",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Who checked it and how, for example with PRESS.",
    )
    prior_work = forms.CharField(
        label="Prior work",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="The review whose strategy was adapted or used again.",
    )
    other_methods = forms.CharField(
        label="Contacts and other methods",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Authors, experts or manufacturers asked; anything else that found references.",
    )


FACTS = tuple(SearchRunForm.base_fields)


class CorrectRunForm(SearchRunForm):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_HITS)


class UploadForm(forms.Form):
    # An empty file is let through to the service, whose sentence names the file.
    file = forms.FileField(label="File", allow_empty_file=True, max_length=255)


class BeginForm(forms.Form):
    """What the page says of a file before it sends it."""

    file_name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0, max_value=LARGEST)
    modified = forms.IntegerField(required=False, min_value=-LARGEST, max_value=LARGEST)

    def clean_modified(self) -> int:
        return self.cleaned_data["modified"] or 0


class PartForm(forms.Form):
    offset = forms.IntegerField(min_value=0, max_value=LARGEST)


class ReadingForm(forms.Form):
    """How a file is to be read, when what was recognised is wrong."""

    format = forms.ChoiceField(label="Format", required=False, choices=_formats)
    encoding = forms.ChoiceField(label="Encoding", required=False, choices=[("", "As recognised"), *decoding.CHOICES])


class ImportForm(forms.Form):
    preview = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)
    takes_incomplete = forms.BooleanField(label=OFFER, required=False)


class ColumnsForm(forms.Form):
    """What each column of a table means: a field for every column, with its first values as help."""

    def __init__(self, columns: Sequence[Mapping[str, Any]], mapping: Mapping[str, str], data: Any) -> None:
        super().__init__(data)
        self.columns = columns
        for place, column in enumerate(columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column["name"] or f"Column {place + 1}",
                required=False,
                initial=mapping.get(column["name"], ""),
                choices=[("", "Keep it, but use it for nothing"), *MAPPED.items()],
            )

    @property
    def rows(self) -> list[tuple[Any, Sequence[str]]]:
        """Each field with the first values of its column."""
        return [(self[f"column-{place}"], column["examples"]) for place, column in enumerate(self.columns)]

    @property
    def mapping(self) -> dict[str, str]:
        chosen = ((column["name"], self.cleaned_data[f"column-{n}"]) for n, column in enumerate(self.columns))
        return {name: field for name, field in chosen if field}

    def clean(self) -> None:
        chosen = [value for value in self.cleaned_data.values() if value]
        for name in {value for value in chosen if chosen.count(value) > 1} - REPEATED:
            self.add_error(None, f"{MAPPED[name]} is chosen for more than one column. Choose the one that holds it.")
        if "title" not in chosen:
            self.add_error(None, "Choose the column that holds the titles; without them nobody can screen.")


class PairForm(forms.Form):
    verdict = forms.ChoiceField(choices=PairVerdict.choices)
    note = forms.CharField(required=False, max_length=2000)


class ThresholdsForm(forms.Form):
    """Both thresholds in per cent. ``is_sure`` is shown, and needed, once there is something to be warned about."""

    join = forms.FloatField(label="Join without asking from (%)", min_value=50, max_value=99.9)
    propose = forms.FloatField(label="Propose to a person from (%)", min_value=0.1, max_value=99.9)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_HITS)
    is_sure = forms.BooleanField(label="Move the thresholds all the same", required=False)
    is_asked = False

    def ask(self, warnings: Sequence[str]) -> None:
        self.is_asked = True
        for sentence in warnings:
            self.add_error(None, sentence)


class LanguagesForm(forms.Form):
    first = forms.ChoiceField(label="Papers in two languages", choices=FirstLanguage.choices)
