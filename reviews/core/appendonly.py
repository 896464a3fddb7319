"""Migration operations that let the database itself keep history: rows that cannot be rewritten."""

from django.db.migrations import RunSQL

FUNCTION = """
CREATE OR REPLACE FUNCTION tandem_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  name text;
  before jsonb;
  after jsonb;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION '% keeps history: its rows cannot be deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  before := to_jsonb(OLD);
  after := to_jsonb(NEW);
  FOREACH name IN ARRAY COALESCE(TG_ARGV, ARRAY[]::text[]) LOOP
    IF COALESCE(before ->> name, '') = '' THEN
      before := before - name;
      after := after - name;
    END IF;
  END LOOP;
  IF before IS DISTINCT FROM after THEN
    RAISE EXCEPTION '% keeps history: its rows cannot be changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
"""


# A statement that empties a table sees no rows, so it needs a trigger of its own.
NO_TRUNCATE = """
CREATE OR REPLACE FUNCTION tandem_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps history: it cannot be emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
"""


def install() -> RunSQL:
    return RunSQL(FUNCTION, "DROP FUNCTION IF EXISTS tandem_append_only()")


def append_only(table: str, *written_once: str) -> RunSQL:
    """Refuse every DELETE and TRUNCATE on ``table`` and every UPDATE but the first writing of an empty
    ``written_once`` column.
    """
    arguments = ", ".join(f"'{name}'" for name in written_once)
    return RunSQL(
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION tandem_append_only({arguments});\n{_no_truncate(table)}",
        f"DROP TRIGGER IF EXISTS {table}_append_only ON {table};\n{_undo_no_truncate(table)}",
    )


def no_truncate(*tables: str) -> RunSQL:
    """The part of :func:`append_only` that tables made before it have to be given; harmless where it is there."""
    return RunSQL(
        "\n".join(_no_truncate(table) for table in tables), "\n".join(_undo_no_truncate(table) for table in tables)
    )


def _no_truncate(table: str) -> str:
    return (
        f"{NO_TRUNCATE}CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION tandem_no_truncate();"
    )


def _undo_no_truncate(table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table};"
