from typing import Any

from django.core.management.base import BaseCommand

from reviews.reporting.example import load


class Command(BaseCommand):
    help = "Print the example's accounts: role, e-mail and password, a tab between them."

    def handle(self, *args: Any, **options: Any) -> None:
        for account in load.accounts():
            self.stdout.write(f"{account.role}\t{account.email}\t{account.password}")
