"""What was complete before completions were rows, which votes resolutions settled, and whose names stand on them."""

from django.db import migrations

from reviews.core import appendonly

# The rules that were in force, each from when to when.
RULES = """
rules AS (
  SELECT review_id, approved_at AS starts, lead(approved_at) OVER (PARTITION BY review_id ORDER BY number) AS ends,
         COALESCE((content -> 'screening' ->> 'votes_needed')::int, 2) AS needed,
         COALESCE(content -> 'screening' ->> 'settled_by', 'adjudicator') AS settled_by
  FROM protocols_protocolversion
)
"""

# Of each person's votes on a document the newest, in the order they were cast: that is how they were counted.
VOTES = """
newest AS (
  SELECT DISTINCT ON (document, phase, person_id) *
  FROM (
    SELECT vote.id, vote.phase, vote.person_id, vote.made_at, reference.review_id,
           COALESCE(reference.merged_into_id, reference.id) AS document
    FROM screening_vote AS vote JOIN search_reference AS reference ON reference.id = vote.reference_id
    WHERE vote.superseded_at IS NULL
  ) AS current
  ORDER BY document, phase, person_id, made_at DESC, id DESC
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY document, phase ORDER BY made_at, id) AS place FROM newest
),
counted AS (
  SELECT document, phase, review_id, array_agg(id ORDER BY id) AS votes, array_agg(person_id ORDER BY person_id) AS voters,
         max(made_at) AS last_at
  FROM ranked GROUP BY document, phase, review_id
)
"""

COMPLETE = f"""
WITH {RULES}, {VOTES},
by_votes AS (
  SELECT ranked.document, ranked.phase
  FROM ranked JOIN rules ON rules.review_id = ranked.review_id AND ranked.place = rules.needed
       AND (rules.ends IS NULL OR ranked.made_at < rules.ends)
),
by_resolution AS (
  SELECT COALESCE(reference.merged_into_id, reference.id) AS document, resolution.phase
  FROM screening_resolution AS resolution JOIN search_reference AS reference ON reference.id = resolution.reference_id
  WHERE resolution.superseded_at IS NULL
)
INSERT INTO screening_completion (review_id, reference_id, phase, votes, voters, lacks_votes, opened_at)
SELECT reference.review_id, reference.id, done.phase, COALESCE(counted.votes, '{{}}'), COALESCE(counted.voters, '{{}}'), false,
       COALESCE(counted.last_at, now())
FROM (SELECT * FROM by_votes UNION SELECT * FROM by_resolution) AS done
JOIN search_reference AS reference ON COALESCE(reference.merged_into_id, reference.id) = done.document
LEFT JOIN counted ON counted.document = done.document AND counted.phase = done.phase
"""

# References that were joined for a while and lie open again: what the other half said could be seen meanwhile.
PARTED = """
WITH ends AS (
  SELECT decision.review_id, decision.decided_at, decision.superseded_at, decision.loser_id, decision.survivor_id
  FROM search_pairdecision AS decision
  WHERE decision.verdict = 'joined' AND decision.superseded_at IS NOT NULL
),
seen AS (
  SELECT ends.review_id, ends.loser_id, ends.survivor_id, vote.phase, ends.decided_at, ends.superseded_at,
         array_agg(DISTINCT vote.person_id) AS voters
  FROM ends JOIN screening_vote AS vote ON vote.reference_id IN (ends.loser_id, ends.survivor_id)
       AND vote.made_at < ends.superseded_at AND (vote.superseded_at IS NULL OR vote.superseded_at > ends.decided_at)
  GROUP BY 1, 2, 3, 4, 5, 6
  HAVING count(DISTINCT vote.person_id) > 1
)
INSERT INTO screening_completion (review_id, reference_id, phase, votes, voters, lacks_votes, opened_at, closed_at)
SELECT seen.review_id, half.id, seen.phase, '{}', seen.voters, false, seen.decided_at, seen.superseded_at
FROM seen CROSS JOIN LATERAL (VALUES (seen.loser_id), (seen.survivor_id)) AS half (id)
JOIN search_reference AS reference ON reference.id = half.id
WHERE NOT EXISTS (
  SELECT 1 FROM screening_completion AS done
  WHERE done.reference_id = COALESCE(reference.merged_into_id, reference.id) AND done.phase = seen.phase
    AND done.closed_at IS NULL
)
"""

STANDINGS = """
UPDATE screening_standing AS standing SET is_complete = true
FROM screening_completion AS done
WHERE done.reference_id = standing.reference_id AND done.phase = standing.phase AND done.closed_at IS NULL
"""

SETTLED = f"""
WITH {RULES},
settled AS (
  SELECT DISTINCT ON (resolution.id, vote.person_id) resolution.id AS resolution_id, vote.id
  FROM screening_resolution AS resolution
  JOIN search_reference AS own ON own.id = resolution.reference_id
  JOIN search_reference AS reference
    ON COALESCE(reference.merged_into_id, reference.id) = COALESCE(own.merged_into_id, own.id)
  JOIN screening_vote AS vote ON vote.reference_id = reference.id AND vote.phase = resolution.phase
    AND vote.made_at <= resolution.made_at
    AND (vote.superseded_at IS NULL OR vote.superseded_at > resolution.made_at)
  ORDER BY resolution.id, vote.person_id, vote.made_at DESC, vote.id DESC
),
named AS (SELECT resolution_id, array_agg(id ORDER BY id) AS votes FROM settled GROUP BY resolution_id)
UPDATE screening_resolution AS resolution
SET votes = COALESCE((SELECT votes FROM named WHERE named.resolution_id = resolution.id), '{{}}'),
    way = COALESCE((
      SELECT CASE rules.settled_by WHEN 'lead' THEN 'lead' ELSE 'adjudicator' END
      FROM rules JOIN search_reference AS reference ON reference.review_id = rules.review_id
      WHERE reference.id = resolution.reference_id AND rules.starts <= resolution.made_at
        AND (rules.ends IS NULL OR rules.ends > resolution.made_at)
      LIMIT 1
    ), 'adjudicator')
"""

NAMES = """
INSERT INTO screening_settler (resolution_id, person_id, part, at)
SELECT id, person_id, 'settled', made_at FROM screening_resolution
"""


def _unguarded(table: str, sql: str) -> str:
    """Columns that did not exist when the rows were written are filled once."""
    name = f"{table}_append_only"
    return f"ALTER TABLE {table} DISABLE TRIGGER {name}; {sql}; ALTER TABLE {table} ENABLE TRIGGER {name};"


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0004_blinding_holds"),
        ("core", "0002_append_only"),
        ("search", "0009_keys_checked_at_once"),
        ("protocols", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(COMPLETE, migrations.RunSQL.noop),
        migrations.RunSQL(PARTED, migrations.RunSQL.noop),
        migrations.RunSQL(STANDINGS, migrations.RunSQL.noop),
        migrations.RunSQL(_unguarded("screening_resolution", SETTLED), migrations.RunSQL.noop),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
        appendonly.append_only("screening_completion", "closed_at"),
        appendonly.append_only("screening_proposal", "superseded_at"),
        appendonly.append_only("screening_settler"),
    ]
