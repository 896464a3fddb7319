"""What the API's view sets share: the seat before the input, refusals as JSON; and the reviews themselves."""

from typing import Any, ClassVar, cast

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from reviews.core import selectors, services
from reviews.core.history import Stale
from reviews.core.models import Review, User
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat

REVIEW_ID = OpenApiParameter("review_id", int, OpenApiParameter.PATH, description="The review's number.")


def refuse(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals become ``{"detail": sentence, "fields": {…}, "clashes": {…}}`` with their status."""
    if isinstance(error, Refusal):
        body: dict[str, Any] = {"detail": error.message}
        if isinstance(error, BadInput) and error.fields:
            body["fields"] = error.fields
        if isinstance(error, Stale):
            body["clashes"] = {
                name: {"current": one.current, "typed": one.typed} for name, one in error.clashes.items()
            }
        return Response(body, status=error.status)
    response = exception_handler(error, context)
    if response is not None and response.status_code == 400 and isinstance(error, serializers.ValidationError):
        response.status_code = 422
    return response


def me(request: Request) -> User:
    """The person of a request that ``IsAuthenticated`` has let through."""
    return cast(User, request.user)


class HasSeat(BasePermission):
    """No seat: 404. A seat without the action's permission: 403. Both before the body is read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        seat = selectors.seat(me(request).pk, view.kwargs["review_id"])
        if seat is None:
            raise Http404
        needed = view.permissions.get(view.action)
        if needed is not None:
            seat.require(needed)
        view.seat = seat
        return True


class SeatViewSet(viewsets.GenericViewSet):
    """Base of the view sets below ``reviews/<review_id>/``; ``permissions`` maps actions to permissions."""

    permission_classes = [IsAuthenticated, HasSeat]
    permissions: ClassVar[dict[str, Permission]] = {}
    lookup_value_converter = "int"
    seat: Seat

    @property
    def is_for_schema(self) -> bool:
        return getattr(self, "swagger_fake_view", False)


class ReviewSerializer(serializers.ModelSerializer):
    role = serializers.SerializerMethodField(help_text="Your role in the review.")

    class Meta:
        model = Review
        fields = ["id", "title", "synthetic_note", "created_at", "role"]
        read_only_fields = ["synthetic_note", "created_at"]

    def get_role(self, review: Review) -> str:
        return str(getattr(review, "role", ""))


@extend_schema(tags=["reviews"])
@extend_schema_view(retrieve=extend_schema(description="One review that you sit in."))
class ReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The reviews you sit in."""

    serializer_class = ReviewSerializer
    lookup_value_converter = "int"
    queryset = Review.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Review.objects.none()
        return selectors.my_reviews(me(self.request).pk)

    @extend_schema(responses={201: ReviewSerializer})
    def create(self, request: Request) -> Response:
        """Make a review; you lead it."""
        data = ReviewSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        seat = services.create_review(me(request), title=data.validated_data["title"])
        review = selectors.my_reviews(me(request).pk).get(pk=seat.review_id)
        return Response(ReviewSerializer(review).data, status=201)
