from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("search", "0009_keys_checked_at_once")]
    operations = [appendonly.no_truncate("search_record", "search_refusedrecord", "search_join", "search_searchrunchange", "search_pairdecision")]
