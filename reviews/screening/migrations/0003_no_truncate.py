from django.db import migrations

from reviews.core import appendonly


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_append_only")]
    operations = [appendonly.no_truncate("screening_vote", "screening_resolution", "screening_retrieval", "screening_doubt")]
