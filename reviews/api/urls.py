"""The API's router and its OpenAPI schema; serializers and view sets live in each stage's ``api.py``."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter

from reviews.api import views
from reviews.core.api import ReviewViewSet
from reviews.protocols.api import ProtocolViewSet
from reviews.screening.api import VoteViewSet
from reviews.search.api import ReferenceViewSet
from reviews.synthesis.api import RunViewSet, SynthesisViewSet

REVIEW = "reviews/<int:review_id>"
router = DefaultRouter(use_regex_path=False)
router.include_format_suffixes = False
router.register("reviews", ReviewViewSet, basename="api-review")
router.register(f"{REVIEW}/protocol", ProtocolViewSet, basename="api-protocol")
router.register(f"{REVIEW}/references", ReferenceViewSet, basename="api-reference")
router.register(f"{REVIEW}/votes", VoteViewSet, basename="api-vote")
router.register(f"{REVIEW}/syntheses", SynthesisViewSet, basename="api-synthesis")
router.register(f"{REVIEW}/runs", RunViewSet, basename="api-run")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="api-schema"),
    path("docs/", views.docs, name="schema-docs"),
    path("", include(router.urls)),
]
