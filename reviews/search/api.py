from typing import Any

from django import forms
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


def _filter(name: str, field: forms.Field) -> OpenApiParameter:
    choices = [str(value) for value, _ in getattr(field, "choices", ()) if value]
    about = f"{field.label}: {', '.join(choices)}." if choices else f"{field.label}, as on the page of references."
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=about)


_FILTERS = filters.FilterForm.base_fields


@extend_schema(tags=["references"], parameters=[REVIEW_ID])
@extend_schema_view(
    list=extend_schema(parameters=[_filter(name, field) for name, field in _FILTERS.items()]),
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
        if self.action != "list" or not self.request.GET.keys() & _FILTERS.keys():
            return selectors.references(self.seat)
        form = filters.FilterForm(self.request.GET, selectors.choices(self.seat))
        if not form.is_valid():
            raise BadInput("A filter in this address makes no sense.", {k: str(v[0]) for k, v in form.errors.items()})
        return selectors.references(self.seat, form.wanted, form.order)
