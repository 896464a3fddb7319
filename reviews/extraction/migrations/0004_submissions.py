import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from reviews.core import appendonly

# What was submitted until now is the first submission; a study with two of them is complete since the later one.
CONVERT = """
INSERT INTO extraction_submission (entry_id, number, person_id, at, superseded_at)
SELECT id, 1, person_id, submitted_at, NULL FROM extraction_entry
WHERE kind = 'extraction' AND submitted_at IS NOT NULL ORDER BY submitted_at, id;

INSERT INTO extraction_completion (study_id, first_id, second_id, at)
SELECT entry_1.study_id, one.id, two.id, GREATEST(one.at, two.at)
FROM extraction_entry entry_1
JOIN extraction_entry entry_2 ON entry_2.study_id = entry_1.study_id AND entry_2.slot = 2
JOIN extraction_submission one ON one.entry_id = entry_1.id
JOIN extraction_submission two ON two.entry_id = entry_2.id
WHERE entry_1.slot = 1 AND entry_1.abandoned_at IS NULL AND entry_2.abandoned_at IS NULL
ORDER BY GREATEST(one.at, two.at), entry_1.study_id;

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# Once both entries could be seen they stay as they are, and nobody extracts the study independently any more.
COMPLETED = """
CREATE FUNCTION tandem_completed_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.superseded_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM extraction_completion WHERE first_id = NEW.id OR second_id = NEW.id) THEN
    RAISE EXCEPTION 'both entries were submitted: this submission stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER extraction_submission_completed BEFORE UPDATE ON extraction_submission
FOR EACH ROW EXECUTE FUNCTION tandem_completed_submission();

CREATE FUNCTION tandem_completed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'extraction'
     AND EXISTS (SELECT 1 FROM extraction_completion WHERE study_id = NEW.study_id) THEN
    RAISE EXCEPTION 'both entries were submitted: no place of this study changes hands'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER extraction_entry_completed BEFORE INSERT OR UPDATE ON extraction_entry
FOR EACH ROW EXECUTE FUNCTION tandem_completed_entry();

CREATE FUNCTION tandem_submitted_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM extraction_submission one JOIN extraction_entry entry ON entry.id = one.entry_id
    WHERE one.entry_id = NEW.entry_id AND one.superseded_at IS NULL AND entry.kind = 'extraction'
  ) THEN
    RAISE EXCEPTION 'the entry is submitted: what is in it stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER extraction_value_submitted BEFORE INSERT OR UPDATE ON extraction_value
FOR EACH ROW EXECUTE FUNCTION tandem_submitted_values();
CREATE TRIGGER extraction_trait_submitted BEFORE INSERT OR UPDATE ON extraction_trait
FOR EACH ROW EXECUTE FUNCTION tandem_submitted_values();
"""
UNDO = """
DROP TRIGGER extraction_trait_submitted ON extraction_trait;
DROP TRIGGER extraction_value_submitted ON extraction_value;
DROP TRIGGER extraction_entry_completed ON extraction_entry;
DROP TRIGGER extraction_submission_completed ON extraction_submission;
DROP FUNCTION tandem_submitted_values();
DROP FUNCTION tandem_completed_entry();
DROP FUNCTION tandem_completed_submission();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("extraction", "0003_no_truncate"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="extraction.entry"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "number"), name="submission_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)), fields=("entry",), name="submission_current_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Completion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "study",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="completion", to="extraction.study"
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="extraction.submission"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="extraction.submission"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True), name="completion_of_two"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="continues",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="extraction.entry",
            ),
        ),
        migrations.RunSQL(CONVERT, migrations.RunSQL.noop),
        appendonly.append_only("extraction_submission", "superseded_at"),
        appendonly.append_only("extraction_completion"),
        migrations.RunSQL(COMPLETED, UNDO),
    ]
