"""How conflicts and consensuses were settled, and how many which way."""

from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.reporting import rules
from reviews.screening import selectors as screening
from reviews.screening.rules import Phase


def settled(seat: Seat) -> tuple[rules.Settled, ...]:
    """What was settled so far, by title and abstract, at full text and in extraction; only what there is any of."""
    first, second = Phase.TITLE_ABSTRACT, Phase.FULL_TEXT
    told = (
        rules.settled(
            "Conflicts by title and abstract",
            screening.ways_of_resolution(seat, first),
            screening.reasons_alone(seat, first),
        ),
        rules.settled(
            "Conflicts at full text", screening.ways_of_resolution(seat, second), screening.reasons_alone(seat, second)
        ),
        rules.settled(
            "Consensuses of two entries", extraction.ways_of_consensus(seat), extraction.consensus_alone(seat)
        ),
    )
    return tuple(one for one in told if one.total)
