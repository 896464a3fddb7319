"""Candidate pairs: records that share a blocking key, by sorting, with a cap that keeps the cost linear."""

import numpy as np

from reviews.search.duplicates.table import Ints, Table

# In a group of one key, records are ordered by title, and each meets this many of those behind it.
LAG = 20


def all_of(table: Table) -> tuple[Ints, Ints]:
    """Pairs of rows (first < second), sorted, each once: at most `LAG` per key and record.

    Ten thousand records called "Editorial" cost ten thousand times `LAG`, not their square; inside so large a
    group the neighbours by title, year and start page meet.
    """
    hashes, rows = table.key_hash, table.key_row
    order = np.lexsort((rows, table.page_number[rows], table.year[rows], table.title_order[rows], hashes))
    hashes, rows = hashes[order], rows[order]
    found = []
    n = max(1, len(table))
    alive = np.arange(len(hashes))
    for lag in range(1, LAG + 1):
        alive = alive[alive + lag < len(hashes)]
        alive = alive[hashes[alive] == hashes[alive + lag]]
        if not len(alive):
            break
        one, other = rows[alive], rows[alive + lag]
        found.append(np.unique(np.minimum(one, other) * n + np.maximum(one, other)))
    codes = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    left, right = codes // n, codes % n
    different = left != right
    return left[different], right[different]


def touching(table: Table, new: int) -> tuple[Ints, Ints]:
    """Only the pairs with at least one of the first `new` rows: the others were compared before."""
    left, right = all_of(table)
    kept = left < new
    return left[kept], right[kept]
