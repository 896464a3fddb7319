"""The prediction intervals by name: whose standard error they take, and on how many degrees of freedom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analysis import errors
from analysis.pooling import batch


class Kind(NamedTuple):
    """`method` of `intervals.infer` for the standard error ("" for none), and what is taken from k (or from its df).

    `spare` is infinite for the normal distribution; `least` is the least number of degrees of freedom, 0 for none.
    """

    method: str
    spare: float
    least: float = 0.0


KINDS: Mapping[str, Kind] = {
    "z": Kind("z", np.inf),
    "t_k-1": Kind("z", 1.0),
    "t_k-2": Kind("z", 2.0),
    "HK": Kind("HK", 1.0),
    "HK-PR": Kind("HK", 2.0),
    "HK-se": Kind("HK-se", 1.0),
    "HK-se-PR": Kind("HK-se", 2.0),
    "KR": Kind("KR", 0.0),
    "KR-PR": Kind("KR", 1.0),
    "simple": Kind("", np.inf),
    # metafor's riley is never below one degree of freedom, so that two studies have an interval too.
    "riley": Kind("z", 2.0, 1.0),
    "HK-riley": Kind("HK", 2.0, 1.0),
    "HK-se-riley": Kind("HK-se", 2.0, 1.0),
}
# What other programs call them: package meta (V, HTS, S) and metafor (t).
ALIASES: Mapping[str, str] = {"V": "t_k-1", "HTS": "t_k-2", "S": "z", "t": "t_k-1"}
NAMES: tuple[str, ...] = ("none", *KINDS, *ALIASES, "NNF")


def kind_of(name: str) -> Kind:
    """The kind behind a name or an alias. Raises OptionError for one that does not exist."""
    plain = ALIASES.get(name, name)
    if plain not in KINDS:
        names = ", ".join(f"“{known}”" for known in NAMES)
        raise errors.OptionError(f"Option prediction is “{name}”; choose one of {names}.", option="prediction")
    return KINDS[plain]


def freedom(name: str, k: batch.Floats) -> batch.Floats:
    """Degrees of freedom by k alone: infinite for the normal distribution, NaN where there are none or k < 2."""
    if name == "none":
        return np.full(np.shape(k), np.nan)
    _, spare, least = kind_of(name)
    df = np.full(np.shape(k), np.inf) if np.isinf(spare) else np.maximum(k - spare, least)
    return np.where((k > 1) & (df > 0), df, np.nan)
