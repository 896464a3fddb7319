from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from reviews.core.api import REVIEW_ID, SeatViewSet
from reviews.core.rules import Permission
from reviews.search import selectors
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


@extend_schema(tags=["references"], parameters=[REVIEW_ID])
@extend_schema_view(retrieve=extend_schema(description="One document."))
class ReferenceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SeatViewSet):
    """The unique documents of a review, in the order of their numbers."""

    serializer_class = ReferenceSerializer
    queryset = Reference.objects.none()
    permissions = {"list": Permission.VIEW, "retrieve": Permission.VIEW}

    def get_queryset(self) -> Any:
        if self.is_for_schema:
            return Reference.objects.none()
        return selectors.references(self.seat).select_related("primary_record").order_by("number")
