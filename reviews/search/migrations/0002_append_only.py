from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial"), ("core", "0002_append_only")]
    operations = [appendonly.append_only("search_record"), appendonly.append_only("search_refusedrecord"), appendonly.append_only("search_join", "superseded_at")]
