"""Many rows in one COPY, without an object for each of them. The caller opens the transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

_TAKE = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for ``count`` rows that are going to be stored, in rising order."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [model._meta.db_table, model._meta.pk.column, count])
        return [row[0] for row in cursor.fetchall()]


def store(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows`` of values in the order of ``names``, fields of ``model`` as they are called in Python.

    Nothing is filled in: a column without a default in the database has to be named. Values go as they are, so JSON
    is given as text. Constraints and triggers hold as for every other insert.
    """
    quoted = connection.ops.quote_name
    columns = {field.name: quoted(str(field.column)) for field in model._meta.concrete_fields}
    statement = f"COPY {quoted(model._meta.db_table)} ({', '.join(columns[name] for name in names)}) FROM STDIN"
    # Django turns what psycopg raises into its own errors for statements, not for COPY.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
