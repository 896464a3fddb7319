from django.db import migrations, models
from django.db.models import Q

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("core", "0002_append_only")]
    operations = [
        migrations.AlterField("reportbuild", "size", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.RunSQL(
            "UPDATE reporting_reportbuild SET size = NULL WHERE finished_at IS NULL; SET CONSTRAINTS ALL IMMEDIATE",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "reportbuild",
            models.CheckConstraint(
                condition=Q(("finished_at", None), ("sha256", ""), ("size", None), ("stored_as", ""))
                | Q(("finished_at__isnull", False), ("size__isnull", False)) & ~Q(stored_as="") & ~Q(sha256=""),
                name="report_build_finished_whole",
            ),
        ),
        appendonly.append_only("reporting_reportbuild", "stored_as", "sha256", "size", "finished_at"),
    ]
