from django.urls import path

from reviews.protocols import views

app_name = "protocols"
urlpatterns = [
    path("reviews/<int:review_id>/protocol/", views.protocol, name="protocol"),
    path("reviews/<int:review_id>/protocol/edit/", views.edit, name="edit"),
    path("reviews/<int:review_id>/protocol/approve/", views.approve, name="approve"),
    path("reviews/<int:review_id>/protocol/versions/<int:number>/", views.version, name="version"),
]
