from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0001_initial"), ("core", "0002_append_only")]
    operations = [appendonly.append_only("synthesis_run", "results", "engine_version", "finished_at")]
