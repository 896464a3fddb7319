"""Append-only decisions; and keys and decisions for the records and joins that are there already."""

from itertools import islice

from django.db import migrations

from reviews.core import appendonly
from reviews.search.duplicates import keys, prepare, record

AT_ONCE = 1000
COMPARED = [name for name in record.Record._fields if name != "id"]


def make_keys(apps, schema_editor):
    Record, Key = apps.get_model("search", "Record"), apps.get_model("search", "Key")
    rows = Record.objects.order_by("pk").only("review_id", *COMPARED).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        Key.objects.bulk_create(
            Key(review_id=row.review_id, record_id=row.pk, hash=number)
            for row in chunk
            for number in keys.hashes(prepare.record(record.Record(row.pk, *(getattr(row, name) for name in COMPARED))))
        )


def make_decisions(apps, schema_editor):
    """What exact keys had joined are joins that can be undone like all others: each record with the first of its
    reference."""
    Join, Pair = apps.get_model("search", "Join"), apps.get_model("search", "Pair")
    PairDecision = apps.get_model("search", "PairDecision")
    founded = dict(Join.objects.filter(kind="first").order_by("-pk").values_list("record_id", "reference_id"))
    firsts = dict(Join.objects.filter(superseded_at=None, kind="first").values_list("reference_id", "record_id"))
    others = Join.objects.filter(superseded_at=None).exclude(kind="first").select_related("reference").order_by("pk")
    for join in others.iterator(chunk_size=AT_ONCE):
        one, other = sorted((firsts[join.reference_id], join.record_id))
        pair = Pair.objects.create(
            review_id=join.reference.review_id, one_id=one, other_id=other, score=1, vetoes=[], band=2
        )
        PairDecision.objects.create(
            review_id=join.reference.review_id,
            pair=pair,
            verdict="joined",
            loser_id=founded.get(join.record_id, join.reference_id),
            survivor_id=join.reference_id,
            decided_at=join.joined_at,
        )


class Migration(migrations.Migration):
    dependencies = [("search", "0007_duplicates"), ("core", "0002_append_only")]
    operations = [
        appendonly.append_only("search_pairdecision", "superseded_at", "superseded_by_id"),
        migrations.RunPython(make_keys, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(make_decisions, migrations.RunPython.noop, elidable=True),
    ]
