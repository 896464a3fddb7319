"""References as files for other programs."""

from collections.abc import Iterator
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from reviews.core import selectors as core
from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import filters, selectors
from reviews.search.formats.writing import formats, tables
from reviews.search.views import references

# Far more than one page shows; what a browser ticks comes in the address.
_MOST_TICKED = 1000
_LONGEST_NAME = 60


@needs(Permission.VIEW)
def export_references(request: SeatRequest, review_id: int) -> StreamingHttpResponse:
    """What the list at the same address shows, or what is ticked of it, as one file."""
    form = filters.ExportForm(request.GET)
    if not form.is_valid():
        names = ", ".join(item.name for item in formats.FORMATS)
        raise BadInput(f"Choose the format of the file: one of {names}.", {"format": "Choose one of the list."})
    question = references.asked(request)
    if not question.form.is_valid():
        raise BadInput("A filter in this address makes no sense. Filter the list again and export from there.")
    found = question.found
    if form.cleaned_data["which"] == "ticked":
        found = found.filter(pk__in=_ticked(request.GET.getlist("reference")))
    return answer(request.seat, list(found.values_list("pk", flat=True)), form.cleaned_data["format"])


def _ticked(values: list[str]) -> list[int]:
    if not values:
        raise BadInput("No reference is ticked. Go back and tick the ones to export, or export everything found.")
    if len(values) > _MOST_TICKED or not all(value.isdecimal() and len(value) < 19 for value in values):
        raise BadInput(f"Tick at most {_MOST_TICKED:,} references in the list, or export everything found.")
    return [int(value) for value in values]


def answer(seat: Seat, ids: list[int], name: str) -> StreamingHttpResponse:
    """The file of these references. It is begun before the answer, so that a refusal can still be told."""
    if not ids:
        raise BadInput("No reference fits, so there is nothing to export. Remove a filter and try again.")
    chosen = formats.named(name)
    blocks = chosen.write(selectors.citations(seat, ids))
    try:
        first = next(blocks, b"")
    except tables.TooLongError as refusal:
        raise BadInput(str(refusal)) from refusal
    response = StreamingHttpResponse(_joined(chain([first], blocks)), content_type=chosen.media_type)
    file_name = f"{_slug(seat)}-references-{timezone.localdate().isoformat()}{chosen.suffix}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name)
    return response


def _joined(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks large enough to be sent: writers yield a line at a time."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        if len(waiting) >= 1 << 16:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _slug(seat: Seat) -> str:
    return slugify(core.review(seat).title, allow_unicode=True)[:_LONGEST_NAME].strip("-") or "review"
