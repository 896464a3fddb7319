from django.urls import path

from reviews.extraction import views

app_name = "extraction"
base = "reviews/<int:review_id>/extraction/"
urlpatterns = [
    path(base, views.overview, name="overview"),
    path(f"{base}studies/new/", views.new_study, name="new_study"),
    path(f"{base}studies/<int:study_id>/", views.study, name="study"),
    path(f"{base}studies/<int:study_id>/start/", views.start, name="start"),
    path(f"{base}studies/<int:study_id>/consensus/", views.consensus, name="consensus"),
    path(f"{base}studies/<int:study_id>/consensus/confirm/", views.confirm, name="confirm"),
    path(f"{base}entries/<int:entry_id>/", views.entry, name="entry"),
    path(f"{base}entries/<int:entry_id>/reopen/", views.reopen, name="reopen"),
    path(f"{base}entries/<int:entry_id>/pass-on/", views.pass_on, name="pass_on"),
]
