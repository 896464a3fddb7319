from itertools import groupby

from django.db import migrations

from reviews.core import bulk
from reviews.search.models import RecordIndex, RecordWords
from reviews.search.services import indexing

CHUNK = 500
# The columns of that time: those that came later are filled by `services.present_again`.
COLUMNS = (
    *("record", "review", "year", "title_key", "languages", "publication_kind", "has_abstract", "has_doi"),
    "title_words",
)


def index(apps, schema_editor):
    """Records that were stored before there was an index; the migration can be interrupted and run again."""
    missing = apps.get_model("search", "Record").objects.filter(index=None).order_by("pk")
    while chunk := list(missing[:CHUNK]):
        for review_id, rows in groupby(chunk, lambda row: row.review_id):
            known = list(rows)
            found = [(row.pk, indexing.entry(row)) for row in known]
            kept = ((pk, review_id, *one.values[: len(COLUMNS) - 2]) for pk, one in found)
            bulk.store(RecordIndex, COLUMNS, kept)
            bulk.store(RecordWords, ("record", "words"), ((pk, one.words) for pk, one in found))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0005_record_index")]
    operations = [migrations.RunPython(index, migrations.RunPython.noop, elidable=True)]
