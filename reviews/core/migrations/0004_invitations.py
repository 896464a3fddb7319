from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_no_truncate"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        # Invitations that are open already were made for whoever holds the link, and stay so.
        migrations.AddField("invitation", "for_anyone", models.BooleanField(default=True)),
        # Accounts made by commands had no address of their own until a page showed it; pages only read now.
        migrations.RunSQL(
            """
            INSERT INTO account_emailaddress (user_id, email, verified, "primary")
            SELECT person.id, person.email, false,
                NOT EXISTS (SELECT 1 FROM account_emailaddress WHERE user_id = person.id AND "primary")
            FROM core_user person
            WHERE person.email <> '' AND NOT EXISTS (
                SELECT 1 FROM account_emailaddress WHERE user_id = person.id AND lower(email) = lower(person.email)
            )
            """,
            migrations.RunSQL.noop,
        ),
    ]
