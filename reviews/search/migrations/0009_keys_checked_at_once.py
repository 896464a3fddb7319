"""Keys are checked against their records once for a statement, not twice for a row."""

import django.db.models.deletion
from django.db import migrations, models

CHECK = """
CREATE FUNCTION search_key_of_a_record() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  -- Each record is looked up by its primary key, however small the table was when the plan was made.
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT record_id, review_id FROM stored) AS known
    WHERE (SELECT review_id FROM search_record WHERE id = known.record_id) IS DISTINCT FROM known.review_id
  ) THEN
    RAISE EXCEPTION 'search_key names a record that this review does not have' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER search_key_inserted AFTER INSERT ON search_key REFERENCING NEW TABLE AS stored
  FOR EACH STATEMENT EXECUTE FUNCTION search_key_of_a_record();
CREATE TRIGGER search_key_updated AFTER UPDATE ON search_key REFERENCING NEW TABLE AS stored
  FOR EACH STATEMENT EXECUTE FUNCTION search_key_of_a_record();
"""
UNDO = """
DROP TRIGGER search_key_inserted ON search_key;
DROP TRIGGER search_key_updated ON search_key;
DROP FUNCTION search_key_of_a_record();
"""


def unchecked(to, related_name):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("search", "0008_duplicates_of_what_is_there")]
    operations = [
        migrations.AlterField("key", "review", unchecked("core.review", "+")),
        migrations.AlterField("key", "record", unchecked("search.record", "keys")),
        migrations.RunSQL(CHECK, UNDO),
    ]
