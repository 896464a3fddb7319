from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.core.api import REVIEW_ID, SeatViewSet
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.synthesis import selectors, services
from reviews.synthesis.models import Run, Synthesis


class SynthesisSerializer(serializers.ModelSerializer):
    time_1 = serializers.IntegerField(source="time_1_id")
    time_2 = serializers.IntegerField(source="time_2_id")
    subgroup_by = serializers.IntegerField(source="subgroup_by_id", required=False, allow_null=True, default=None)

    class Meta:
        model = Synthesis
        fields = [
            "id",
            "title",
            "note",
            "arm_1",
            "time_1",
            "arm_2",
            "time_2",
            "measure",
            "model",
            "tau2_method",
            "convention",
            "subgroup_by",
            "created_at",
        ]
        read_only_fields = ["created_at"]
        # The service says what clashes, and says it in the same words as the page.
        validators: list[Any] = []


class RenameSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    note = serializers.CharField(allow_blank=True)
    old_title = serializers.CharField(max_length=200)
    old_note = serializers.CharField(allow_blank=True)


class RunSerializer(serializers.ModelSerializer):
    synthesis = serializers.IntegerField(source="synthesis_id")

    class Meta:
        model = Run
        fields = [
            "id",
            "synthesis",
            "number",
            "inputs",
            "options",
            "inputs_digest",
            "results",
            "engine_version",
            "asked_at",
            "finished_at",
        ]
        read_only_fields = [name for name in fields if name != "synthesis"]


@extend_schema(tags=["syntheses"], parameters=[REVIEW_ID])
@extend_schema_view(retrieve=extend_schema(description="One specification."))
class SynthesisViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SeatViewSet):
    """The specifications of analyses."""

    serializer_class = SynthesisSerializer
    queryset = Synthesis.objects.none()
    permissions = {
        "list": Permission.VIEW,
        "retrieve": Permission.VIEW,
        "create": Permission.SYNTHESISE,
        "partial_update": Permission.SYNTHESISE,
    }

    def get_queryset(self) -> Any:
        if self.is_for_schema:
            return Synthesis.objects.none()
        return Synthesis.objects.filter(review_id=self.seat.review_id, archived_at=None).order_by("pk")

    @extend_schema(responses={201: SynthesisSerializer})
    def create(self, request: Request, review_id: int) -> Response:
        """Specify an analysis."""
        data = SynthesisSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            made = services.create_synthesis(self.seat, **data.validated_data)
        except BadInput as refusal:
            fields = {name.removesuffix("_id"): sentence for name, sentence in refusal.fields.items()}
            raise BadInput(refusal.message, fields) from refusal
        return Response(SynthesisSerializer(made).data, status=201)

    @extend_schema(request=RenameSerializer, responses={200: SynthesisSerializer})
    def partial_update(self, request: Request, review_id: int, pk: int) -> Response:
        """Give it another title and note. ``old_title`` and ``old_note`` are those that you have seen: 409 if stale."""
        data = RenameSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        spec = services.rename_synthesis(self.seat, synthesis_id=pk, **data.validated_data)
        return Response(SynthesisSerializer(spec).data)


@extend_schema(tags=["runs"], parameters=[REVIEW_ID])
@extend_schema_view(retrieve=extend_schema(description="One run: what it froze and, once finished, its results."))
class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SeatViewSet):
    """Computations, newest first."""

    serializer_class = RunSerializer
    queryset = Run.objects.none()
    permissions = {"list": Permission.VIEW, "retrieve": Permission.VIEW, "create": Permission.SYNTHESISE}

    def get_queryset(self) -> Any:
        if self.is_for_schema:
            return Run.objects.none()
        return Run.objects.filter(synthesis__review_id=self.seat.review_id).order_by("-pk")

    @extend_schema(responses={202: RunSerializer})
    def create(self, request: Request, review_id: int) -> Response:
        """Ask for a computation of a synthesis; it is queued, and its results appear in the run."""
        data = RunSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        run = services.ask_run(self.seat, synthesis_id=data.validated_data["synthesis_id"])
        return Response(RunSerializer(selectors.run(self.seat, run.pk)).data, status=202)
