from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from reviews.core.api import REVIEW_ID, SeatViewSet
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.search import filters, selectors
from reviews.search.models import Reference


class ReferenceSerializer(serializers.ModelSerializer):
    """A unique document, with the fields of its primary record. It carries nobody's verdict."""

    title = serializers.CharField(source="citation.title", read_only=True)
    authors = serializers.ListField(source="citation.authors", child=serializers.CharField(), read_only=True)
    journal = serializers.CharField(source="citation.journal", read_only=True)
    year = serializers.IntegerField(source="citation.year", read_only=True, allow_null=True)
    abstract = serializers.CharField(source="citation.abstract", read_only=True)
    doi = serializers.CharField(source="citation.doi", read_only=True)
    pmid = serializers.CharField(source="citation.pmid", read_only=True)

    class Meta:
        model = Reference
        fields = ["id", "number", "title", "authors", "journal", "year", "abstract", "doi", "pmid"]


_ABOUT: dict[str, str] = {
    "words": 'Words of a record: sleep therapy, "sleep therapy" side by side, -animal, random*.',
    "source": "The number of a source.",
    "year_from": "The first year.",
    "year_to": "The last year.",
    "language": "A language by its English name, one that the review has.",
    "kind": "A type of publication that the review has.",
    "show": f"One of {', '.join(filters.SHOWN)}.",
    "added_since": "A day, as 2026-03-31.",
    "sort": f"One of {', '.join(filters.ORDERS)}.",
}
_FILTERS = [OpenApiParameter(name, str, OpenApiParameter.QUERY, description=about) for name, about in _ABOUT.items()]


@extend_schema(tags=["references"], parameters=[REVIEW_ID])
@extend_schema_view(
    list=extend_schema(parameters=_FILTERS),
    retrieve=extend_schema(description="One document."),
)
class ReferenceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SeatViewSet):
    """The unique documents of a review, filtered and sorted as its list of references is; else by their numbers."""

    serializer_class = ReferenceSerializer
    queryset = Reference.objects.none()
    permissions = {"list": Permission.VIEW, "retrieve": Permission.VIEW}

    def get_queryset(self) -> Any:
        if self.is_for_schema:
            return Reference.objects.none()
        if self.action != "list" or not self.request.GET.keys() & _ABOUT.keys():
            return selectors.references(self.seat)
        form = filters.FilterForm(self.request.GET, selectors.choices(self.seat))
        if not form.is_valid():
            raise BadInput("A filter in this address makes no sense.", {k: str(v[0]) for k, v in form.errors.items()})
        return selectors.references(self.seat, form.wanted, form.order)
