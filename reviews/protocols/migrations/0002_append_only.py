from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("protocols", "0001_initial"), ("core", "0002_append_only")]
    operations = [appendonly.append_only("protocols_protocolversion")]
