from django.urls import path

from reviews.synthesis import views

app_name = "synthesis"
ROOT = "reviews/<int:review_id>/synthesis/"
RUN = f"{ROOT}runs/<int:run_id>/"
urlpatterns = [
    path(ROOT, views.overview, name="overview"),
    path(f"{ROOT}new/", views.new, name="new"),
    path(f"{ROOT}<int:synthesis_id>/", views.synthesis, name="synthesis"),
    path(f"{ROOT}<int:synthesis_id>/run/", views.ask_run, name="ask_run"),
    path(f"{ROOT}<int:synthesis_id>/rename/", views.rename, name="rename"),
    path(f"{ROOT}<int:synthesis_id>/archive/", views.archive, name="archive"),
    path(RUN, views.run, name="run"),
    path(f"{RUN}progress/", views.progress, name="progress"),
    path(f"{RUN}plot.json", views.plot, name="plot"),
    path(f"{RUN}what-if/", views.what_if, name="what_if"),
    path(f"{RUN}download/<str:kind>/", views.download, name="download"),
]
