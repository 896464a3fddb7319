from django.urls import path

from reviews.reporting import views

app_name = "reporting"
ROOT = "reviews/<int:review_id>/"
urlpatterns = [
    path(ROOT, views.dashboard, name="dashboard"),
    path(f"{ROOT}report/", views.overview, name="overview"),
    path(f"{ROOT}report/build/", views.ask_report, name="ask_report"),
    path(f"{ROOT}report/builds/<int:build_id>/", views.download, name="download"),
    path(f"{ROOT}report/builds/<int:build_id>/progress/", views.progress, name="progress"),
    path(f"{ROOT}report/flow.<str:kind>", views.flow, name="flow"),
]
