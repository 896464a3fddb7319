from django.urls import include, path

urlpatterns = [
    path("", include("reviews.core.urls")),
    path("account/", include("allauth.urls")),
]
