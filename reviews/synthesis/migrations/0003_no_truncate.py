from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0002_append_only")]
    operations = [appendonly.no_truncate("synthesis_run")]
