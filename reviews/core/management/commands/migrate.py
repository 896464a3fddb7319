"""Django's `migrate`, as the role of MIGRATE_DATABASE_URL where there is one."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from reviews.core import ownership


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner of the tables; then the application's role gets its rights on what is new."""
        if not settings.DATABASE_OWNER:
            super().handle(*args, **options)
            return
        connection = connections[options["database"]]
        role, password = connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]
        is_look = options["plan"] or options["check_unapplied"]
        with ownership.owning(connection):
            try:
                ownership.check(connection, role, password)
            except ownership.NotApart as problem:
                raise CommandError(str(problem)) from problem
            super().handle(*args, **options)
            if not is_look:
                ownership.give_rights(connection, role)
