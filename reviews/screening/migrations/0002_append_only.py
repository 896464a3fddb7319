from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial"), ("core", "0002_append_only")]
    operations = [appendonly.append_only(f"screening_{t}", "superseded_at") for t in ("vote", "resolution", "retrieval")] + [appendonly.append_only("screening_doubt")]
