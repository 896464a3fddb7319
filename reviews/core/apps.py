from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "reviews.core"
    label = "core"
