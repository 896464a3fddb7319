from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("search", "0003_uploads_and_undo"), ("core", "0002_append_only")]
    operations = [appendonly.append_only("search_searchrunchange")]
