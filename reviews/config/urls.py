from django.urls import include, path

urlpatterns = [
    path("", include("reviews.core.urls")),
    path("", include("reviews.protocols.urls")),
    path("", include("reviews.search.urls")),
    path("", include("reviews.screening.urls")),
    path("", include("reviews.extraction.urls")),
    path("", include("reviews.synthesis.urls")),
    path("", include("reviews.reporting.urls")),
    path("api/", include("reviews.api.urls")),
    path("account/", include("allauth.urls")),
]
