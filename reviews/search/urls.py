from django.urls import path

from reviews.search import views

SEARCH = "reviews/<int:review_id>/search/"

app_name = "search"
urlpatterns = [
    path(SEARCH, views.overview, name="overview"),
    path(SEARCH + "sources/new/", views.new_source, name="new_source"),
    path(SEARCH + "sources/<int:source_id>/runs/new/", views.new_run, name="new_run"),
    path(SEARCH + "runs/<int:search_run_id>/upload/", views.upload, name="upload"),
    path(SEARCH + "imports/<int:import_id>/", views.file_import, name="import"),
    path(SEARCH + "imports/<int:import_id>/file/", views.import_file, name="import_file"),
    path(SEARCH + "references/", views.references, name="references"),
    path(SEARCH + "references/<int:reference_id>/", views.reference, name="reference"),
]
