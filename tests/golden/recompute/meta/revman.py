"""RevMan's own file."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis import data, options, synthesis
from analysis.effects import catalogue
from tests.golden.collection import Case


def revman5_file(case: Case) -> Mapping[str, Any]:
    """An analysis of RevMan 5 with fifteen digits, through the engine's front door; its logarithms are to base 10."""
    names = ("EVENTS_1", "TOTAL_1", "EVENTS_2", "TOTAL_2")
    studies = [
        data.BinaryStudy(row["STUDY_ID"], row["STUDY_ID"], *(int(row[name]) for name in names))
        for row in case.inputs["studies"]
    ]
    pool = synthesis.analyse(studies, options.Options(measure="OR", convention="revman5", model="common")).overall
    back = catalogue.measure("OR").back
    limits = {"EFFECT_SIZE": pool.estimate, "CI_START": pool.ci_low, "CI_END": pool.ci_high}
    return {
        **{name: back(value) for name, value in limits.items()},
        **{f"LOG_{name}": np.log10(back(value)) for name, value in limits.items()},
        "CHI2": pool.q,
        "DF": pool.q_df,
        "P_CHI2": pool.q_p,
        "I2": pool.i2,
        "Z": abs(pool.z),
        "P_Z": pool.p,
        "TOTAL_1": pool.n1,
        "TOTAL_2": pool.n2,
        "STUDIES": pool.k,
        "WEIGHT": pool.weight,
        "TAU2": 0.0 if pool.tau2 is None else pool.tau2,
    }
