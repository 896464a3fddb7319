from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("extraction", "0002_append_only")]
    operations = [appendonly.no_truncate("extraction_value", "extraction_trait")]
