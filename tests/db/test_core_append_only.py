"""Tables that keep history, as the database itself says: none of them can be rewritten, thinned out or emptied."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from reviews.core import ownership
from reviews.core.models import EventLine
from tests import databases

WATCHED = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = %s AND tgenabled = 'O' ORDER BY relname
"""
CHECKS = """
SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'
"""
COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND attname <> 'id'
AND NOT attisdropped
"""


@pytest.fixture
def owner(db: None) -> Iterator[databases.Server]:
    """A connection that may do whatever the owner of the tables may; nothing of it stays."""
    with databases.server(connection.settings_dict["NAME"]) as opened:
        opened.autocommit = False
        yield opened
        opened.rollback()


def watched(owner: databases.Server, function: str) -> list[str]:
    """Tables with a trigger that calls this function and is not switched off."""
    return [str(name) for (name,) in owner.execute(WATCHED, [function]).fetchall()]


def add_empty_row(owner: databases.Server, table: str) -> None:
    """A row without any content, whatever the table's columns ask for; what they ask for is given up with it."""
    name = sql.Identifier(table)
    for (check,) in owner.execute(CHECKS, [table]).fetchall():
        owner.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(str(check))))
    for (column,) in owner.execute(COLUMNS, [table]).fetchall():
        owner.execute(sql.SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(name, sql.Identifier(str(column))))
    owner.execute(sql.SQL("INSERT INTO {} (id) VALUES (-1)").format(name))


def refusal(owner: databases.Server, statement: str, table: str) -> str:
    """What the database says to a statement; "" when it carries it out."""
    try:
        with owner.transaction(force_rollback=True):
            owner.execute(sql.SQL(statement).format(sql.Identifier(table)))
    except (psycopg.errors.RestrictViolation, psycopg.errors.FeatureNotSupported) as problem:
        return str(problem.diag.message_primary)
    return ""


def test_no_table_that_keeps_history_can_be_changed_thinned_or_emptied(owner: databases.Server) -> None:
    """Not even by the owner of the tables, unless a trigger is switched off first."""
    tables = watched(owner, "tandem_append_only")
    assert len(tables) >= 14
    assert tables == watched(owner, "tandem_no_truncate")
    for table in tables:
        with owner.transaction(force_rollback=True):
            assert refusal(owner, "TRUNCATE {}", table) in {
                f"{table} keeps history: it cannot be emptied",
                "cannot truncate a table referenced in a foreign key constraint",
            }
            assert "keeps history: it cannot be emptied" in refusal(owner, "TRUNCATE {} CASCADE", table)
            add_empty_row(owner, table)
            assert refusal(owner, "DELETE FROM {}", table) == f"{table} keeps history: its rows cannot be deleted"
            changed = refusal(owner, "UPDATE {} SET id = -2", table)
            assert changed == f"{table} keeps history: its rows cannot be changed"


def test_emptying_what_they_point_to_does_not_empty_them(owner: databases.Server) -> None:
    assert "keeps history: it cannot be emptied" in refusal(owner, "TRUNCATE {} CASCADE", "core_review")
    assert "keeps history: it cannot be emptied" in refusal(owner, "TRUNCATE {} CASCADE", "core_user")


def test_whatever_can_be_superseded_keeps_history(owner: databases.Server) -> None:
    """Every model whose rows end instead of being changed has the triggers."""
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "superseded_at" for field in model._meta.get_fields())
    }
    assert len(tables) >= 7
    assert tables - set(watched(owner, "tandem_append_only")) == set()


FORBIDDEN = (
    "TRUNCATE core_eventline",
    "TRUNCATE core_job",
    "DROP TRIGGER core_eventline_append_only ON core_eventline",
    "ALTER TABLE core_eventline DISABLE TRIGGER core_eventline_append_only",
    "ALTER TABLE core_eventline DISABLE TRIGGER ALL",
    "CREATE OR REPLACE FUNCTION tandem_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER mine BEFORE INSERT ON core_eventline FOR EACH ROW EXECUTE FUNCTION tandem_append_only()",
    "DROP TABLE core_eventline CASCADE",
    "ALTER TABLE core_eventline RENAME TO core_past",
    "CREATE TABLE mine (id int)",
    "DELETE FROM django_migrations",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "ALTER TABLE core_eventline OWNER TO CURRENT_USER",
)


@pytest.fixture
def apart(owner: databases.Server) -> str:
    """The name of the owner, where the application works as somebody else."""
    if not settings.DATABASE_OWNER:
        pytest.skip("MIGRATE_DATABASE_URL is not set: the application's role owns the tables here")
    return str(settings.DATABASE_OWNER["USER"])


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_applications_role_cannot_get_round_the_triggers(apart: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"must be owner|permission denied|must be able to SET ROLE"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(owner=apart))


def test_it_can_do_its_work(apart: str) -> None:
    assert EventLine.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM django_migrations")
        role, migrations = cursor.fetchone()
    assert role != apart
    assert migrations > 0


@pytest.mark.django_db(transaction=True)
def test_a_role_that_could_become_the_owner_is_refused(apart: str) -> None:
    with ownership.owning(connection):
        with pytest.raises(ownership.NotApart, match="owns tables, is a superuser or is a member"):
            ownership.check(connection, apart, "")
        with pytest.raises(ownership.NotApart, match="There is no role nobody-here"):
            ownership.check(connection, "nobody-here", "")
