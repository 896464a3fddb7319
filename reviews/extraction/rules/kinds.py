"""What entries and their parts are, and how a consensus comes about. Pure."""

from collections.abc import Collection

from django.db.models import TextChoices

from reviews.protocols.rules import Way

PLACE_MAX, REPORTED_MAX, REASON_MAX = 200, 60, 2000
# How a consensus came about that nobody had to make; beside the ways in which people settle.
AGREED = "agreed"
SETTLED = [(AGREED, "Both entries agreed"), *Way.choices]


class EntryKind(TextChoices):
    EXTRACTION = "extraction", "Extraction"
    CONSENSUS = "consensus", "Consensus"


class Field(TextChoices):
    MEAN = "mean", "Mean"
    SD = "sd", "SD"
    N = "n", "n"


class Part(TextChoices):
    """What somebody did for a consensus that bears their name."""

    SETTLED = "settled", "settled it"
    PROPOSED = "proposed", "proposed it"
    CONFIRMED = "confirmed", "confirmed it"


class Ended(TextChoices):
    """What became of a proposal that stands no more."""

    CONFIRMED = "confirmed", "confirmed"
    ANSWERED = "answered", "answered by another proposal"
    LAPSED = "lapsed", "lapsed"


def needs_a_person(differences: int, empty_outcomes: Collection[str], notices: Collection[str] = ()) -> bool:
    """Whether somebody has to look before two submitted entries become the consensus.

    ``empty_outcomes`` are planned outcomes for which neither has a number: two people may both have overlooked the
    same table. ``notices`` are doubts about a number that nobody has answered yet.
    """
    return bool(differences or empty_outcomes or notices)


def may_reopen(*, is_own: bool, is_submitted: bool, is_complete: bool) -> bool:
    """Until the other entry is submitted too nobody has seen either, so taking one's own back harms nothing."""
    return is_own and is_submitted and not is_complete
