from django.db import migrations, models
from django.db.models.expressions import F, Func
from django.db.models.lookups import Exact


class Migration(migrations.Migration):
    dependencies = [("core", "0004_invitations")]
    operations = [
        migrations.AddField("user", "keys", models.JSONField(blank=True, default=dict)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Exact(
                    Func(F("keys"), function="jsonb_typeof", output_field=models.TextField()), models.Value("object")
                ),
                name="user_keys_are_named",
            ),
        ),
    ]
