from django.urls import path

from reviews.core import views

app_name = "core"
urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("account/api-token/", views.api_token, name="api_token"),
    path("account/api-token/new/", views.new_api_token, name="new_api_token"),
    path("account/keys/", views.keys, name="keys"),
    path("account/keys/reset/", views.reset_keys, name="reset_keys"),
    path("account/2fa/recovery-codes/", views.recovery_codes, name="recovery_codes"),
    path("account/2fa/recovery-codes/download/", views.download_recovery_codes, name="download_recovery_codes"),
    path("reviews/new/", views.new_review, name="new_review"),
    path("reviews/<int:review_id>/people/", views.people, name="people"),
    path("reviews/<int:review_id>/people/invite/", views.invite, name="invite"),
    path(
        "reviews/<int:review_id>/people/invitations/<int:invitation_id>/revoke/",
        views.revoke_invitation,
        name="revoke_invitation",
    ),
    path("reviews/<int:review_id>/people/<int:membership_id>/role/", views.change_role, name="change_role"),
    path("reviews/<int:review_id>/people/<int:membership_id>/end/", views.end_membership, name="end_membership"),
    path("reviews/<int:review_id>/history/", views.history, name="history"),
    path("reviews/<int:review_id>/jobs/<int:job_id>/", views.job, name="job"),
    path("reviews/<int:review_id>/jobs/<int:job_id>/retry/", views.retry_job, name="retry_job"),
]
