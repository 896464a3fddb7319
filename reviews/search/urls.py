from django.urls import path

from reviews.search import views

SEARCH = "reviews/<int:review_id>/search/"

app_name = "search"
urlpatterns = [
    path(SEARCH, views.overview, name="overview"),
    path(SEARCH + "sources/new/", views.new_source, name="new_source"),
    path(SEARCH + "sources/<int:source_id>/runs/new/", views.new_run, name="new_run"),
    path(SEARCH + "runs/<int:search_run_id>/", views.search_run, name="run"),
    path(SEARCH + "runs/<int:search_run_id>/correct/", views.correct_run, name="correct_run"),
    path(SEARCH + "runs/<int:search_run_id>/upload/", views.upload, name="upload"),
    path(SEARCH + "runs/<int:search_run_id>/uploads/", views.begin_upload, name="begin_upload"),
    path(SEARCH + "uploads/<int:upload_id>/", views.preview, name="preview"),
    path(SEARCH + "uploads/<int:upload_id>/part/", views.add_part, name="add_part"),
    path(SEARCH + "uploads/<int:upload_id>/finish/", views.finish_upload, name="finish_upload"),
    path(SEARCH + "uploads/<int:upload_id>/read-again/", views.read_again, name="read_again"),
    path(SEARCH + "uploads/<int:upload_id>/columns/", views.columns, name="columns"),
    path(SEARCH + "uploads/<int:upload_id>/import/", views.import_upload, name="import_upload"),
    path(SEARCH + "uploads/<int:upload_id>/discard/", views.discard_upload, name="discard_upload"),
    path(SEARCH + "imports/<int:import_id>/", views.file_import, name="import"),
    path(SEARCH + "imports/<int:import_id>/file/", views.import_file, name="import_file"),
    path(SEARCH + "imports/<int:import_id>/undo/", views.undo_import, name="undo_import"),
    path(SEARCH + "duplicates/", views.duplicates, name="duplicates"),
    path(SEARCH + "duplicates/joins/", views.joins, name="joins"),
    path(SEARCH + "duplicates/thresholds/", views.thresholds, name="thresholds"),
    path(SEARCH + "duplicates/thresholds/move/", views.set_thresholds, name="set_thresholds"),
    path(SEARCH + "duplicates/<int:pair_id>/", views.pair, name="pair"),
    path(SEARCH + "duplicates/<int:pair_id>/decide/", views.decide_pair, name="decide_pair"),
    path(
        SEARCH + "duplicates/proposals/<int:proposal_id>/withdraw/", views.withdraw_proposal, name="withdraw_proposal"
    ),
    path(SEARCH + "duplicates/decisions/<int:decision_id>/undo/", views.undo_decision, name="undo_decision"),
    path(SEARCH + "references/", views.references, name="references"),
    path(SEARCH + "references/languages/", views.choose_first_language, name="choose_first_language"),
    path(SEARCH + "references/export/", views.export_references, name="export_references"),
    path(SEARCH + "references/<int:reference_id>/", views.reference, name="reference"),
]
