"""R's package meta and RevMan's own file: effects, both models at once, heterogeneity, subgroups."""

from tests.golden import comparing
from tests.golden.recompute.meta import by_subgroup, one_group, revman, two_groups

_BOUND = "R's search for the upper limit of τ² ends at its bound; the engine's goes on"
_SETTINGS = "a setting of the file or an empty place, not a result"
MODULES = {
    "metagen": one_group.metagen,
    "metabin": two_groups.metabin,
    "metacont": two_groups.metacont,
    "metacor": one_group.metacor,
    "metaprop": one_group.metaprop,
    "metainc": two_groups.metainc,
    "metamean": one_group.metamean,
    "metabin_subgroup": by_subgroup.metabin_subgroup,
    "metacont_subgroup": by_subgroup.metacont_subgroup,
    "revman5_file": revman.revman5_file,
}
RULES = {name: comparing.Rules(1e-6) for name in MODULES} | {
    "metagen": comparing.Rules(1e-6, explained=dict.fromkeys(("/pred_S", "/ivhet"), _BOUND)),
    "metabin": comparing.Rules(
        1e-6,
        ignored={"k_MH": "how many studies R counts for Mantel-Haenszel: a count of rows, not a result"},
        explained={
            "zeroarm": "one arm has no event at all: R carries on with infinity, the engine defines no estimate"
        },
    ),
    "revman5_file": comparing.Rules(
        1e-10,
        keys={"P_CHI2": 1e-6},
        ignored=dict.fromkeys(
            ("CI_STUDY", "CI_TOTAL", "EVENTS_1", "EVENTS_2", "I2_Q", "NO", "P_Q", "Q", "SCALE", "SORT_BY"), _SETTINGS
        ),
    ),
}
