"""References put together from records in two scripts show title, names and abstract in both again."""

from collections import defaultdict

from django.db import migrations
from django.db.models import Count

AT_ONCE = 500
FIELDS = ("title", "original_title", "authors", "parallel_authors", "abstract")


def is_not_latin(value):
    letters = [char for char in (value if isinstance(value, str) else "".join(value)) if char.isalpha()]
    return sum(char > "\u024f" for char in letters) * 5 > len(letters)


def other_script(records, field, parallel, shown):
    """The field in the other script than what is shown: record and value, from any record under either name."""
    for name in (parallel, field):
        for pk, values in records.items():
            if values[name] and is_not_latin(values[name]) != is_not_latin(shown):
                return pk, values[name]
    return None


def abstracts(records, in_script):
    """The longest abstract of a script with its record, if there is any."""
    found = [
        (len(values["abstract"]), -pk, pk, values["abstract"])
        for pk, values in records.items()
        if values["abstract"] and is_not_latin(values["abstract"]) == in_script
    ]
    return max(found)[2:] if found else None


def put_together(primary, composed, records):
    """``composed`` as it should be."""
    found = dict(composed)

    def show(name, chosen):
        if chosen and chosen[1] != records[primary].get(name):
            found[name] = {"record": chosen[0], "value": chosen[1]}
        elif chosen:
            found.pop(name, None)

    def shown(name):
        return found[name]["value"] if name in found else records[primary][name]

    for field, parallel in (("title", "original_title"), ("authors", "parallel_authors")):
        show(parallel, other_script(records, field, parallel, shown(field)))
    script = is_not_latin(shown("title"))
    own, other = abstracts(records, script), abstracts(records, not script)
    if own and other:
        show("abstract", own)
        show("parallel_abstract", other)
    return found


def keep_every_language(apps, schema_editor):
    Join, Reference = apps.get_model("search", "Join"), apps.get_model("search", "Reference")
    several = Join.objects.filter(superseded_at=None).values("reference").annotate(n=Count("pk")).filter(n__gt=1)
    ids = list(several.order_by("reference").values_list("reference", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        joins = Join.objects.filter(superseded_at=None, reference__in=ids[start : start + AT_ONCE])
        names = ("reference", "record", *(f"record__{name}" for name in FIELDS))
        held = defaultdict(dict)
        for reference, record, *values in joins.order_by("record").values_list(*names):
            held[reference][record] = dict(zip(FIELDS, values))
        for reference in Reference.objects.filter(pk__in=held).only("primary_record_id", "composed"):
            records = held[reference.pk]
            if reference.primary_record_id not in records:
                continue
            composed = put_together(reference.primary_record_id, reference.composed, records)
            if composed != reference.composed:
                Reference.objects.filter(pk=reference.pk).update(composed=composed)


class Migration(migrations.Migration):
    dependencies = [("search", "0011_joins_by_two")]
    operations = [migrations.RunPython(keep_every_language, migrations.RunPython.noop, elidable=True)]
