"""Profiles: every convention of a program at once, by its name, with what it sets.

Sources: RevMan 5's statistical algorithms; Cochrane's pages on random-effects methods in RevMan (2022 to 2025); the
documentation of R's metafor 5 and meta 8 (NEWS 8.0) and of Stata 18's meta; Cochrane Handbook 6.5, chapter 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis import choosing

MH_MEASURES = frozenset({"OR", "RR", "RD", "IRR", "IRD"})


@dataclass(frozen=True, slots=True)
class Profile:
    """A program's conventions.

    name      the key, "revman5"; `label` for people
    effects   whose formulas the studies' own effects follow, a name of `effects.conventions.NAMES`
    random    the choices of its random-effects analysis by option name, as it makes them unasked
    common    what differs in its common-effect analysis
    pooling   how events are pooled: "MH", "IV", or "common_only": Mantel-Haenszel with the common effect alone
    zero_drop what overrides the formulas' rule on studies without events; empty for none
    q_centre_common  about what Q is taken where Mantel-Haenszel can pool with the common effect; empty: as elsewhere
    q_drop    which studies without events Q about a Mantel-Haenszel estimate leaves out (`zero_cells.DROPS`)
    notes     what else a reader should know, a sentence each
    """

    name: str
    label: str
    effects: str
    random: Mapping[str, str]
    common: Mapping[str, str] = field(default_factory=dict)
    pooling: str = "MH"
    zero_drop: str = ""
    q_centre_common: str = ""
    q_drop: str = "never"
    notes: tuple[str, ...] = ()

    def defaults(self, measure: str, model: str) -> dict[str, str]:
        """Every choice of the profile for a measure and a model, by option name."""
        chosen = {**self.random}
        if model == "common":
            chosen |= {
                "i2_definition": "Q",
                "prediction": "none",
                "interval": "z",
                "tau2_interval": "none",
                **self.common,
            }
            if measure in MH_MEASURES and self.q_centre_common:
                chosen["q_centre"] = self.q_centre_common
        is_counted = measure in MH_MEASURES and (
            self.pooling == "MH" or (self.pooling == "common_only" and model == "common")
        )
        return {**chosen, "method": "MH" if is_counted else "IV"}


_BASE: Mapping[str, str] = {
    "tau2_method": "REML",
    "interval": "z",
    "i2_definition": "tau2",
    "prediction": "none",
    "tau2_interval": "QP",
    "mantel_haenszel": "corrected",
    "q_centre": "IV",
    "subgroup_tau2": "separate",
}

_ALL = (
    Profile(
        "revman5",
        "RevMan 5",
        "revman",
        {**_BASE, "tau2_method": "DL", "i2_definition": "Q", "tau2_interval": "none", "q_centre": "method"},
        notes=(
            "Events are pooled by Mantel-Haenszel on cells corrected by 0.5 wherever a cell of the study is 0.",
            "With random effects, Q is taken about the Mantel-Haenszel estimate and τ² from that Q.",
        ),
    ),
    Profile(
        "revman2025",
        "RevMan (2025)",
        "revman",
        {**_BASE, "prediction": "z", "q_centre": "method"},
        notes=(
            "RevMan offers Hartung-Knapp-Sidik-Jonkman intervals too: choose interval “HK” with prediction “HK”.",
            "How many degrees of freedom RevMan's prediction interval has is not published; here it follows the "
            "interval of the mean.",
        ),
    ),
    Profile(
        "metafor",
        "metafor 5",
        "metafor",
        {**_BASE, "prediction": "z", "mantel_haenszel": "raw"},
        pooling="IV",
        q_centre_common="method",
        q_drop="no_or_only_events",
        notes=(
            "Studies without any event stay in, with 0.5 added to their cells, unless they are dropped by choice.",
            "Q beside a Mantel-Haenszel estimate is taken about it, over the studies with events and non-events.",
        ),
    ),
    Profile(
        "meta",
        "meta 8",
        "meta",
        {**_BASE, "i2_definition": "Q", "prediction": "t_k-1"},
        notes=("The prediction interval has k − 1 degrees of freedom since version 8.0; before, it had k − 2.",),
    ),
    Profile(
        "stata",
        "Stata 18",
        "metafor",
        {**_BASE, "prediction": "t_k-2", "tau2_interval": "none", "mantel_haenszel": "raw"},
        pooling="common_only",
        zero_drop="no_or_only_events",
        q_centre_common="method",
    ),
    Profile(
        "handbook",
        "Cochrane Handbook 6.5",
        "revman",
        {**_BASE, "interval": "HK", "prediction": "HK"},
        pooling="common_only",
        q_centre_common="method",
        notes=(
            "The Handbook prefers Hartung-Knapp-Sidik-Jonkman intervals where τ² is above 0 and there are more than "
            "two studies; with fewer, compare the Wald interval.",
        ),
    ),
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _ALL}
# What the library, the command line and a new synthesis begin with.
DEFAULT = "metafor"


def profile(name: str) -> Profile:
    """A profile by its name. Raises OptionError naming what exists."""
    choosing.require_option("convention", name, PROFILES)
    return PROFILES[name]
