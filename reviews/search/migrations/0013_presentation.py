import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reviews without a row are composed and indexed again by ``search.tasks.present_again``, soon after the upgrade."""

    dependencies = [("core", "0002_append_only"), ("search", "0012_every_language_is_kept")]
    operations = [
        migrations.AddField(
            model_name="recordindex",
            name="author_key",
            field=models.CharField(db_default="", default="", max_length=80),
        ),
        migrations.CreateModel(
            name="Presentation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "first_language",
                    models.CharField(
                        choices=[
                            ("english", "English first, the original language below it"),
                            ("original", "The original language first, English below it"),
                        ],
                        default="english",
                        max_length=10,
                    ),
                ),
                ("composed_as", models.PositiveSmallIntegerField(default=0)),
                ("indexed_as", models.PositiveSmallIntegerField(default=0)),
                ("made_up_to", models.BigIntegerField(default=0)),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.review"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(first_language__in=["english", "original"]),
                        name="presentation_language_known",
                    )
                ]
            },
        )
    ]
