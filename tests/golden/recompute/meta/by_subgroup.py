"""What meta adds for subgroups."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from analysis.effects import core, zero_cells
from analysis.pooling import common, mantel_haenszel
from analysis.subgroups import between
from tests.golden.collection import Case, column
from tests.golden.recompute.meta import inputs, model, two_groups

Pooling = Callable[[np.ndarray], common.Pooled | None]


def _subgroups(
    case: Case, whole: Mapping[str, Any], study_effects: core.Effects, pool_of: Pooling
) -> Mapping[str, Any]:
    """What meta adds for subgroups: each with its own tau², and the tests between them."""
    labels = [str(label) for label in case.inputs["subgroup"]]
    levels = list(dict.fromkeys(labels)) if not case.outputs.get("subgroup_levels") else case.outputs["subgroup_levels"]
    names = (
        "k",
        "TE_common",
        "seTE_common",
        "lower_common",
        "upper_common",
        "TE_random",
        "seTE_random",
        "lower_random",
    )
    names += ("upper_random", "Q", "df_Q", "pval_Q", "tau2", "I2", "H", "lower_predict", "upper_predict")
    parts: dict[str, list[Any]] = {name: [] for name in names}
    shares = {"w_common": [], "w_random": []}
    for level in levels:
        members = np.array([label == str(level) for label in labels])
        effect = core.Effects(*(np.where(members, value, np.nan) for value in study_effects))
        part = replace(case, outputs={})
        pooled_model = model.Model(model.studies_of(effect), part, pool_of(members))
        found = model.both(pooled_model)
        for name in names:
            parts[name].append(found[name])
        for name, kept in shares.items():
            kept.append(np.nansum(np.where(members, np.asarray(whole[name], dtype=np.float64), 0.0)))
    between_common = between.of(parts["TE_common"], parts["seTE_common"])
    between_random = between.of(parts["TE_random"], parts["seTE_random"])
    renamed = {f"{name}_w": np.array(values, dtype=np.float64) for name, values in parts.items()}
    # R says nothing of a τ² within one study, and adds up the degrees of freedom.
    renamed["tau2_w"] = np.where(renamed["k_w"] > 1, renamed["tau2_w"], np.nan)
    freedom = np.nansum(renamed["df_Q_w"])
    renamed["df_Q_w"] = np.array([freedom])
    return {
        **renamed,
        "subgroup_levels": levels,
        **{f"{name}_w": np.array(values) for name, values in shares.items()},
        "Q_w_common": np.nansum(renamed["Q_w"]),
        "pval_Q_w_common": special.chdtrc(freedom, np.nansum(renamed["Q_w"])),
        "Q_w_random": np.nan,
        "Q_b_common": between_common.statistic,
        "df_Q_b_common": between_common.df,
        "pval_Q_b_common": between_common.p,
        "Q_b_random": between_random.statistic,
        "df_Q_b_random": between_random.df,
        "pval_Q_b_random": between_random.p,
    }


def metacont_subgroup(case: Case) -> Mapping[str, Any]:
    whole = two_groups.metacont(case)
    found = inputs.effects_of(case, inputs.MEASURES[case.options["sm"]], inputs.MEANS)
    return {**whole, **_subgroups(case, whole, found, lambda members: None)}


def metabin_subgroup(case: Case) -> Mapping[str, Any]:
    whole, measure = two_groups.metabin(case), inputs.MEASURES[case.options["sm"]]
    cells = zero_cells.table(*(column(case.inputs[name]) for name in inputs.PUBLISHED.values()))
    corrected = zero_cells.correct(cells, inputs.choices(case, measure)["zero_cells"]).table

    def pool_of(members: np.ndarray) -> common.Pooled:
        raw, used = (
            mantel_haenszel.tables(table.a, table.n1, table.c, table.n2, members) for table in (cells, corrected)
        )
        return mantel_haenszel.pool(used, measure, rd_variance="Greenland-Robins", point=raw)

    return {**whole, **_subgroups(case, whole, inputs.effects_of(case, measure, inputs.PUBLISHED), pool_of)}
