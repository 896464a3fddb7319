"""Joins that the engine made because two original titles agreed are to be looked at again: most of these were journals.

Nothing is undone: the pair says so, and the page of joins proposes to undo it.
"""

from django.db import migrations

# A plain title of the same letters joins by itself, and so do an equal DOI and an equal PMID.
MARK = r"""
UPDATE search_pair AS pair SET vetoes = pair.vetoes || '["journal as title"]'::jsonb
FROM search_pairdecision AS decision, search_record AS one, search_record AS other
WHERE decision.pair_id = pair.id AND decision.verdict = 'joined' AND decision.person_id IS NULL
  AND decision.superseded_at IS NULL AND one.id = pair.one_id AND other.id = pair.other_id
  AND NOT pair.vetoes @> '["journal as title"]'::jsonb
  AND btrim(one.original_title) <> ''
  AND lower(btrim(one.original_title)) = lower(btrim(other.original_title))
  AND lower(regexp_replace(one.title, '[\s[:punct:]]', '', 'g'))
    <> lower(regexp_replace(other.title, '[\s[:punct:]]', '', 'g'))
  AND NOT (one.doi <> '' AND lower(one.doi) = lower(other.doi))
  AND NOT (one.pmid <> '' AND one.pmid = other.pmid)
"""
UNMARK = "UPDATE search_pair SET vetoes = vetoes - 'journal as title' WHERE vetoes @> '[\"journal as title\"]'::jsonb"


class Migration(migrations.Migration):

    dependencies = [("search", "0013_presentation")]

    operations = [migrations.RunSQL(MARK, UNMARK)]
