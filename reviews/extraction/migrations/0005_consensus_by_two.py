import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from reviews.core import appendonly

# Until now an adjudicator made every consensus, or the lead who had extracted neither entry.
CONVERT = """
INSERT INTO extraction_settlement (entry_id, number, way, reason, at)
SELECT entry.id, 1,
  CASE WHEN EXISTS (
    SELECT 1 FROM core_membership seat
    WHERE seat.review_id = study.review_id AND seat.user_id = entry.person_id AND seat.role = 'lead'
  ) THEN 'lead' ELSE 'adjudicator' END,
  '', COALESCE(entry.submitted_at, entry.started_at)
FROM extraction_entry entry JOIN extraction_study study ON study.id = entry.study_id
WHERE entry.kind = 'consensus' ORDER BY entry.id;

INSERT INTO extraction_settlementperson (settlement_id, person_id, part)
SELECT settlement.id, entry.person_id, 'settled'
FROM extraction_settlement settlement JOIN extraction_entry entry ON entry.id = settlement.entry_id
ORDER BY settlement.id;

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
BACK = """
UPDATE extraction_entry SET submitted_at = one.at FROM extraction_settlement one
WHERE one.entry_id = extraction_entry.id AND one.number = 1;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
WAYS = [
    ("agreed", "Both entries agreed"),
    ("adjudicator", "By an adjudicator"),
    ("lead", "By the lead"),
    ("lead_own", "By the lead, who had judged it too"),
    ("discussion", "By discussion"),
    ("lead_alone", "By the lead alone, because nobody else could"),
]
PARTS = [("settled", "settled it"), ("proposed", "proposed it"), ("confirmed", "confirmed it")]
ENDS = [("confirmed", "confirmed"), ("answered", "answered by another proposal"), ("lapsed", "lapsed")]


def key(to, related_name="+", **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [
        ("extraction", "0004_submissions"),
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField("entry", "person", key(settings.AUTH_USER_MODEL, blank=True, null=True)),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(("person__isnull", False), ("kind", "consensus"), _connector="OR"),
                name="entry_person_unless_consensus",
            ),
        ),
        migrations.AddField("value", "taken_from_other", key("extraction.value", blank=True, null=True)),
        migrations.AddField("trait", "taken_from_other", key("extraction.trait", blank=True, null=True)),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                number(),
                ("number", models.PositiveSmallIntegerField()),
                ("way", models.CharField(choices=WAYS, max_length=20)),
                ("reason", models.TextField(blank=True, max_length=2000)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("entry", key("extraction.entry", "settlements")),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "number"), name="settlement_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), models.Q(("way", "lead_alone"), _negated=True)),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="settlement_reason_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("way", "agreed"), _negated=True), ("number", 1), _connector="OR"
                        ),
                        name="settlement_agreed_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementPerson",
            fields=[
                number(),
                ("part", models.CharField(choices=PARTS, max_length=20)),
                ("person", key(settings.AUTH_USER_MODEL)),
                ("settlement", key("extraction.settlement", "people")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("settlement", "person"), name="settlement_person_once"),
                    models.UniqueConstraint(fields=("settlement", "part"), name="settlement_part_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsensusProposal",
            fields=[
                number(),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("content", models.JSONField()),
                ("note", models.TextField(blank=True, max_length=2000)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_as", models.CharField(blank=True, choices=ENDS, max_length=20)),
                ("person", key(settings.AUTH_USER_MODEL)),
                ("study", key("extraction.study", "proposals")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)), fields=("study",), name="proposal_current_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_as", ""), ("superseded_at", None)),
                            models.Q(("superseded_at__isnull", False), models.Q(("ended_as", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="proposal_ended_somehow",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CONVERT, BACK),
        migrations.RemoveField("entry", "submitted_at"),
        appendonly.append_only("extraction_settlement"),
        appendonly.append_only("extraction_settlementperson"),
        appendonly.append_only("extraction_consensusproposal", "superseded_at", "ended_as"),
        appendonly.append_only("extraction_entry", "abandoned_at"),
    ]
