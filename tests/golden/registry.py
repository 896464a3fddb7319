"""Which modules of the collection the engine covers, and which it leaves for later."""

from collections.abc import Mapping
from types import ModuleType

from tests.golden import comparing, recompute

LATER: Mapping[str, str] = {
    "glmm": "generalised linear mixed models",
    "location_scale": "location-scale models",
    "selmodel": "selection models",
    "rma_mv": "multilevel and multivariate models",
    "rma_mv_ci": "multilevel and multivariate models",
    "rma_mv_ranef": "multilevel and multivariate models",
    "rma_mv_I2": "multilevel and multivariate models",
    "robust": "cluster-robust inference",
    "robumeta": "cluster-robust inference",
    "vcalc": "dependent effect sizes",
    "aggregate": "dependent effect sizes",
}
LATER_PREFIXES: Mapping[str, str] = {"nma": "network meta-analysis", "dta": "diagnostic test accuracy"}


def _families() -> tuple[ModuleType, ...]:
    return recompute.families()


def covered() -> list[str]:
    """The names of all modules that are recomputed, in the families' order."""
    return [name for family in _families() for name in family.MODULES]


def module(name: str) -> tuple[comparing.Recompute, comparing.Rules]:
    """How a module is recomputed and how closely it has to agree."""
    for family in _families():
        if name in family.MODULES:
            return family.MODULES[name], family.RULES[name]
    raise KeyError(f"The engine does not recompute {name}; it does {', '.join(covered())}.")


def later(name: str) -> str:
    """What a module needs that later work brings; empty for a module that should be covered."""
    prefix = name.split("_")[0]
    return LATER.get(name) or LATER_PREFIXES.get(prefix, "")
