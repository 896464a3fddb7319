from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
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


class DraftSerializer(serializers.Serializer):
    content = serializers.DictField(help_text="The whole protocol, as GET returns it.")
    revision = serializers.IntegerField(min_value=0, help_text="The revision you read; 0 when there is none yet.")


class ApprovalSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(required=False, default="", allow_blank=True)


PROTOCOL = inline_serializer(
    "Protocol",
    {"draft": DraftSerializer(), "in_force": VersionSerializer(allow_null=True)},
)


@extend_schema(tags=["protocol"], parameters=[REVIEW_ID])
class ProtocolViewSet(SeatViewSet):
    """The protocol: its draft and its approved versions."""

    serializer_class = DraftSerializer
    permissions = {
        "list": Permission.VIEW,
        "versions": Permission.VIEW,
        "draft": Permission.WRITE_PROTOCOL,
        "approve": Permission.APPROVE_PROTOCOL,
    }

    @extend_schema(responses=PROTOCOL)
    def list(self, request: Request, review_id: int) -> Response:
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
        return Response(VersionSerializer(selectors.versions(self.seat), many=True).data)

    @extend_schema(responses=DraftSerializer)
    @action(detail=False, methods=["put"])
    def draft(self, request: Request, review_id: int) -> Response:
        data = _valid(DraftSerializer, request)
        content = rules.content(data["content"])
        revision = services.save_draft(self.seat, content=content, revision=data["revision"])
        return Response({"content": content.to_dict(), "revision": revision})

    @extend_schema(request=ApprovalSerializer, responses={201: VersionSerializer})
    @action(detail=False, methods=["post"])
    def approve(self, request: Request, review_id: int) -> Response:
        data = _valid(ApprovalSerializer, request)
        version = services.approve(self.seat, revision=data["revision"], reason=data["reason"])
        return Response(VersionSerializer(version).data, status=201)


def _valid(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    data = serializer(data=request.data)
    data.is_valid(raise_exception=True)
    return data.validated_data
