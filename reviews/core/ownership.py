"""Who owns the tables: a role of its own that migrates, beside the role the application works as.

An owner may empty a table, drop its triggers or switch them off; whoever only has rights on it may not.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg import sql

RIGHTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "REVOKE CREATE ON SCHEMA {schema} FROM {role}, PUBLIC",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


class NotApart(Exception):
    """The two roles are not what they have to be; the message says what to do."""


@contextmanager
def owning(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let ``connection`` be the owner's for a while, if the settings name one."""
    application = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.DATABASE_OWNER)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update({key: application[key] for key in settings.DATABASE_OWNER})


def check(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    """As the owner: see that ``role`` is there, or make it, and that it has no way round the owner.

    Raises NotApart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            _make(cursor, role, password)
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER'), EXISTS (SELECT FROM pg_class WHERE relowner "
            "= pg_roles.oid AND relkind IN ('r', 'p')) FROM pg_roles WHERE rolname = %s",
            [role],
        )
        may_become_owner, owns_tables = cursor.fetchone()
    if may_become_owner or owns_tables:
        raise NotApart(
            f"The role {role} of DATABASE_URL owns tables, is a superuser or is a member of the role of "
            "MIGRATE_DATABASE_URL: give DATABASE_URL a role that is none of these (docs/running.md)."
        )


def _make(cursor: CursorWrapper, role: str, password: str) -> None:
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise NotApart(
            f"There is no role {role}, which DATABASE_URL names, and MIGRATE_DATABASE_URL may not make one: "
            f"""CREATE ROLE "{role}" LOGIN PASSWORD '…'"""
        )
    options = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN{}").format(sql.Identifier(role), options))


def give_rights(connection: BaseDatabaseWrapper, role: str) -> None:
    """As the owner: let ``role`` read and write the rows of every table, and no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        names = {"role": sql.Identifier(role), "schema": sql.Identifier(cursor.fetchone()[0])}
        for right in RIGHTS:
            cursor.execute(sql.SQL(right).format(**names))
