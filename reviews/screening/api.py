from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.core.api import REVIEW_ID, SeatViewSet
from reviews.core.rules import Permission
from reviews.screening import selectors, services
from reviews.screening.models import Vote
from reviews.screening.rules import Phase, Verdict


class VoteSerializer(serializers.ModelSerializer):
    reference = serializers.IntegerField(source="reference_id")
    phase = serializers.ChoiceField(Phase.choices)
    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.IntegerField(
        source="reason_id", required=False, allow_null=True, default=None, help_text="Full-text exclusions only."
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)

    class Meta:
        model = Vote
        fields = ["id", "reference", "phase", "verdict", "reason", "note", "made_at"]
        read_only_fields = ["made_at"]


@extend_schema(tags=["votes"], parameters=[REVIEW_ID])
@extend_schema_view(retrieve=extend_schema(description="One of your votes."))
class VoteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SeatViewSet):
    """Your own current votes. Other people's are not here: they are blinded until a reference has all of them."""

    serializer_class = VoteSerializer
    queryset = Vote.objects.none()
    permissions = {
        "list": Permission.VOTE,
        "retrieve": Permission.VOTE,
        "create": Permission.VOTE,
        "destroy": Permission.VOTE,
    }

    def get_queryset(self) -> Any:
        if self.is_for_schema:
            return Vote.objects.none()
        return selectors.all_my_votes(self.seat)

    @extend_schema(responses={201: VoteSerializer})
    def create(self, request: Request, review_id: int) -> Response:
        """Vote. An earlier vote of yours on the same reference and phase is superseded."""
        data = VoteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        cast = services.cast_vote(self.seat, **data.validated_data)
        return Response(VoteSerializer(cast.vote).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, review_id: int, pk: int) -> Response:
        """Take the vote back, as long as the reference does not have all its votes."""
        vote = self.get_object()
        services.take_back_vote(self.seat, reference_id=vote.reference.document.pk, phase=vote.phase)
        return Response(status=204)
