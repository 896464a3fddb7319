"""What entries and values are, when two of them differ, and which numbers cannot be. Pure."""

from reviews.extraction.rules.inputs import (
    ConsensusTrait,
    ConsensusValue,
    TraitInput,
    ValueInput,
    decisions,
    place_name,
    proposed,
    trait_name,
    trait_place_name,
    value_name,
)
from reviews.extraction.rules.kinds import (
    AGREED,
    PLACE_MAX,
    REASON_MAX,
    REPORTED_MAX,
    SETTLED,
    Ended,
    EntryKind,
    Field,
    Part,
    may_reopen,
    needs_a_person,
)
from reviews.extraction.rules.labels import suggested_label
from reviews.extraction.rules.reading import Reading, is_not_reported, is_same, lacking, read

__all__ = [
    "AGREED",
    "PLACE_MAX",
    "REASON_MAX",
    "REPORTED_MAX",
    "SETTLED",
    "ConsensusTrait",
    "ConsensusValue",
    "Ended",
    "EntryKind",
    "Field",
    "Part",
    "Reading",
    "TraitInput",
    "ValueInput",
    "decisions",
    "is_not_reported",
    "is_same",
    "lacking",
    "may_reopen",
    "needs_a_person",
    "place_name",
    "proposed",
    "read",
    "suggested_label",
    "trait_name",
    "trait_place_name",
    "value_name",
]
