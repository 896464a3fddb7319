from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("protocols", "0002_append_only")]
    operations = [appendonly.no_truncate("protocols_protocolversion")]
