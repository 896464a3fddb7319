from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("extraction", "0001_initial"), ("core", "0002_append_only")]
    operations = [appendonly.append_only(f"extraction_{t}", "superseded_at") for t in ("value", "trait")]
