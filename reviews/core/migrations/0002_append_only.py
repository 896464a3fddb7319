from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [appendonly.install(), appendonly.append_only("core_eventline")]
