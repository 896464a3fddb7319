"""How conflicts and consensuses were settled, and how many which way."""

from reviews.core.seats import Seat
from reviews.reporting import rules


def settled(seat: Seat) -> tuple[rules.Settled, ...]:
    """What was settled so far, by title and abstract, at full text and in extraction; only what there is any of."""
    # The three mappings are screening.ways_of_resolution(seat, phase) and extraction.ways_of_consensus(seat).
    told = (
        rules.settled("Conflicts by title and abstract", {}),
        rules.settled("Conflicts at full text", {}),
        rules.settled("Consensuses of two entries", {}),
    )
    return tuple(one for one in told if one.total)
