from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.core.api import REVIEW_ID, SeatViewSet
from reviews.core.rules import Permission
from reviews.protocols import rules, selectors, services
from reviews.protocols.models import ProtocolVersion


class VersionSerializer(serializers.ModelSerializer):
    approved_by = serializers.CharField(source="approved_by.name", read_only=True)

    class Meta:
        model = ProtocolVersion
        fields = ["number", "content", "reason", "approved_by", "approved_at"]


class Strict(serializers.Serializer):
    """Refuses names it does not know: a part of a protocol under a misspelt name would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            names = ", ".join(sorted(unknown))
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), f"There is no field {names} here."))
        return super().to_internal_value(data)


def _text(**options: Any) -> serializers.CharField:
    return serializers.CharField(allow_blank=True, trim_whitespace=False, **options)


def _key() -> serializers.CharField:
    return _text(default="", help_text="As GET returns it; empty for a new line.")


def _lines() -> serializers.ListField:
    return serializers.ListField(child=_text())


class QuestionSerializer(Strict):
    population = _text()
    intervention = _text()
    comparator = _text()
    outcomes = _text()


class ReasonSerializer(Strict):
    key = _key()
    text = _text()


class TimePointSerializer(Strict):
    key = _key()
    name = _text()


class OutcomeSerializer(Strict):
    key = _key()
    name = _text()
    type = serializers.ChoiceField(rules.OutcomeType.choices)
    direction = serializers.ChoiceField(rules.Direction.choices)
    measure = _text(default="")
    time_points = TimePointSerializer(many=True)


class CharacteristicSerializer(Strict):
    key = _key()
    name = _text()
    levels = _lines()


def _later(kind: type[serializers.Field], *arguments: Any, default: str) -> serializers.Field:
    """A field that protocols did not have at first."""
    return kind(*arguments, required=False, help_text=f"Left out: as the draft has it; without a draft {default}.")


class ScreeningRuleSerializer(Strict):
    votes_needed = serializers.IntegerField(min_value=1, max_value=2)
    settled_by = serializers.ChoiceField(rules.SettledBy.choices)
    lead_settles_own = _later(serializers.BooleanField, default="false")
    hides_earlier_votes = _later(serializers.BooleanField, default="false")


class ExtractionRuleSerializer(Strict):
    settled_by = _later(serializers.ChoiceField, rules.SettledBy.choices, default="who settles conflicts of screening")
    lead_settles_own = _later(serializers.BooleanField, default="false")


class ContentSerializer(Strict):
    """The whole protocol: what is left out of a PUT would be gone, so nothing may be, except what protocols did not
    have at first. There the draft keeps what it has, so that a client of before loses nothing it does not know."""

    title = _text()
    registration = _text()
    question = QuestionSerializer()
    inclusion = _lines()
    exclusion = _lines()
    databases = _lines()
    reasons = ReasonSerializer(many=True)
    outcomes = OutcomeSerializer(many=True)
    characteristics = CharacteristicSerializer(many=True)
    screening = ScreeningRuleSerializer()
    extraction = ExtractionRuleSerializer(required=False, help_text="Left out: as the draft has it.")


class DraftSerializer(serializers.Serializer):
    content = ContentSerializer(help_text="The whole protocol, as GET returns it.")
    revision = serializers.IntegerField(min_value=0, help_text="The revision you read; 0 when there is none yet.")


class ApprovalSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(required=False, default="", allow_blank=True)


@extend_schema_serializer(many=False)
class ProtocolSerializer(serializers.Serializer):
    """One object, though it stands where view sets have their lists: a review has one protocol."""

    draft = DraftSerializer()
    in_force = VersionSerializer(allow_null=True)


@extend_schema(tags=["protocol"], parameters=[REVIEW_ID])
class ProtocolViewSet(SeatViewSet):
    """The protocol: its draft and its approved versions."""

    serializer_class = DraftSerializer
    pagination_class = None
    permissions = {
        "list": Permission.VIEW,
        "versions": Permission.VIEW,
        "draft": Permission.WRITE_PROTOCOL,
        "approve": Permission.APPROVE_PROTOCOL,
    }

    @extend_schema(responses=ProtocolSerializer)
    def list(self, request: Request, review_id: int) -> Response:
        """The draft with its revision, and the version in force or null."""
        content, revision = selectors.draft(self.seat)
        current = selectors.current(review_id)
        return Response(
            {
                "draft": {"content": content.to_dict(), "revision": revision},
                "in_force": VersionSerializer(current).data if current else None,
            }
        )

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=False)
    def versions(self, request: Request, review_id: int) -> Response:
        """All approved versions, newest first."""
        return Response(VersionSerializer(selectors.versions(self.seat), many=True).data)

    @extend_schema(responses=DraftSerializer)
    @action(detail=False, methods=["put"])
    def draft(self, request: Request, review_id: int) -> Response:
        """Save the draft; a stale revision is refused (409)."""
        data = _valid(DraftSerializer, request)
        saved = selectors.saved_draft(self.seat)
        content = rules.content(rules.completed(data["content"], saved.parsed if saved else None))
        revision = services.save_draft(self.seat, content=content, revision=data["revision"])
        return Response({"content": content.to_dict(), "revision": revision})

    @extend_schema(request=ApprovalSerializer, responses={201: VersionSerializer})
    @action(detail=False, methods=["post"])
    def approve(self, request: Request, review_id: int) -> Response:
        """Put the draft in force; after version 1 a reason is needed."""
        data = _valid(ApprovalSerializer, request)
        version = services.approve(self.seat, revision=data["revision"], reason=data["reason"])
        return Response(VersionSerializer(version).data, status=201)


def _valid(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    data = serializer(data=request.data)
    data.is_valid(raise_exception=True)
    return data.validated_data
