"""Both phases have the same pages: /screening/… for title and abstract, /full-text/… for full text."""

from django.urls import path

from reviews.screening import views
from reviews.screening.rules import Phase

app_name = "screening"


def _pages(phase: Phase, folder: str) -> list[object]:
    base, fixed = f"reviews/<int:review_id>/{folder}/", {"phase": phase}
    one = f"{base}<int:reference_id>/"
    return [
        path(base, views.screen, fixed, name=phase),
        path(f"{base}progress/", views.progress, fixed, name=f"{phase}_progress"),
        path(f"{base}layout/", views.layout, fixed, name=f"{phase}_layout"),
        path(f"{base}references/", views.references, fixed, name=f"{phase}_references"),
        path(f"{base}conflicts/", views.conflicts, fixed, name=f"{phase}_conflicts"),
        path(one, views.reference, fixed, name=f"{phase}_reference"),
        path(f"{one}vote/", views.vote, fixed, name=f"{phase}_vote"),
        path(f"{one}take-back/", views.take_back, fixed, name=f"{phase}_take_back"),
        path(f"{one}doubt/", views.doubt, fixed, name=f"{phase}_doubt"),
        path(f"{one}resolve/", views.resolve, fixed, name=f"{phase}_resolve"),
        path(f"{one}propose/", views.propose, fixed, name=f"{phase}_propose"),
        path(f"{one}confirm/", views.confirm, fixed, name=f"{phase}_confirm"),
        path(f"{one}reopen/", views.reopen, fixed, name=f"{phase}_reopen"),
    ]


urlpatterns = [
    *_pages(Phase.TITLE_ABSTRACT, "screening"),
    *_pages(Phase.FULL_TEXT, "full-text"),
    path(
        "reviews/<int:review_id>/full-text/<int:reference_id>/not-retrieved/",
        views.not_retrieved,
        name="not_retrieved",
    ),
    path("reviews/<int:review_id>/full-text/<int:reference_id>/retrieved/", views.retrieved, name="retrieved"),
]
