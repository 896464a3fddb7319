from typing import Any

from django.core.management.base import BaseCommand

from reviews.reporting.example import load


class Command(BaseCommand):
    help = "Load the example review, once. Says nothing when it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        review_id = load.load()
        if review_id is not None:
            self.stdout.write(f"The example review is loaded as review {review_id}.")
