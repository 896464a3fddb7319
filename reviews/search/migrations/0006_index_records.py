from itertools import groupby

from django.db import migrations

from reviews.search.services import indexing

CHUNK = 500


def index(apps, schema_editor):
    """Records that were stored before there was an index; the migration can be interrupted and run again."""
    missing = apps.get_model("search", "Record").objects.filter(index=None).order_by("pk")
    while chunk := list(missing[:CHUNK]):
        for review_id, rows in groupby(chunk, lambda row: row.review_id):
            known = list(rows)
            indexing.store(review_id, [row.pk for row in known], [indexing.entry(row) for row in known])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0005_record_index")]
    operations = [migrations.RunPython(index, migrations.RunPython.noop, elidable=True)]
