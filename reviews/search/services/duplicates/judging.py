"""Judge again what nobody has decided, after the thresholds have moved."""

from collections import defaultdict

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef

from reviews.core.models import Review
from reviews.search.duplicates import bands, finding, vetoes
from reviews.search.duplicates.bands import Band
from reviews.search.models import Pair, PairDecision
from reviews.search.services.duplicates import reading

_PLACE = {veto.name: place for place, veto in enumerate(vetoes.ALL)}


def judge_again(review_id: int) -> None:
    """Give every undecided pair the band that the thresholds say now."""
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=review_id)
        current = PairDecision.objects.filter(pair=OuterRef("pk"), superseded_at=None)
        rows = list(Pair.objects.filter(~Exists(current), review_id=review_id))
        moved: defaultdict[int, list[int]] = defaultdict(list)
        for row, band in zip(rows, _bands(rows, reading.thresholds(review_id)), strict=True):
            if band != row.band:
                moved[band].append(row.pk)
        for band, ids in moved.items():
            Pair.objects.filter(pk__in=ids).update(band=band)


def _bands(rows: list[Pair], thresholds: bands.Thresholds) -> list[int]:
    scores = np.array([row.score for row in rows], np.float32)
    bits = np.array([sum(1 << _PLACE[name] for name in row.vetoes if name in _PLACE) for row in rows], np.int64)
    found = bands.of(scores, bits, thresholds).tolist()
    # What was not joined because of a third record is asked for as long as it could be.
    is_chained = [finding.CHAIN in row.vetoes for row in rows]
    return [
        Band.PROPOSE if chained or band == Band.JOIN else Band(band)
        for chained, band in zip(is_chained, found, strict=True)
    ]
