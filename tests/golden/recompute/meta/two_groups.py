"""Two groups: tables, rates and means."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.effects import core, zero_cells
from analysis.pooling import common, mantel_haenszel, mantel_haenszel_rates, mantel_haenszel_tests, peto
from tests.golden import comparing
from tests.golden.collection import Case, Uncovered, column
from tests.golden.recompute.meta import inputs, model


def metabin(case: Case) -> Mapping[str, Any]:
    measure, method = inputs.MEASURES[case.options["sm"]], case.options["method"]
    if method == "Peto":
        return _peto(case)
    found = inputs.effects_of(case, measure, inputs.PUBLISHED)
    rule = inputs.choices(case, measure).get("zero_cells")
    cells = zero_cells.table(*(column(case.inputs[name]) for name in inputs.PUBLISHED.values()))
    corrected = zero_cells.correct(cells, rule) if rule else None
    studies = model.studies_of(found)
    pooled, tables = None, mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2)
    if method == "MH":
        used = _mantel_haenszel_cells(case, cells, corrected)
        pooled = mantel_haenszel.pool(used, measure, rd_variance="Greenland-Robins", point=tables)
    pooled_model = model.Model(studies, case, pooled)
    weights = None if pooled is None else scaled(pooled, case)
    per_study = dict(model.per_study(found))
    if measure == "OR":
        # R writes infinity where an odds ratio is not estimable, and nothing for a risk ratio.
        per_study["seTE"] = np.where(np.isnan(per_study["seTE"]), np.inf, per_study["seTE"])
    nothing = corrected is None or case.options.get("MH.exact", False)
    increments = (np.zeros_like(cells.a),) * 2 if nothing else (corrected.added1, corrected.added2)
    increments = tuple(np.where(np.isfinite(found.estimate), added, 0.0) for added in increments)
    return {
        **per_study,
        **model.both(pooled_model, weights),
        "k_MH": studies.k if method == "MH" else np.nan,
        **_events(tables, increments),
        comparing.BETTER: pooled_model.better,
    }


def _events(tables: mantel_haenszel.Tables, increments: tuple[np.ndarray, ...]) -> Mapping[str, Any]:
    cmh = mantel_haenszel_tests.association(tables, has_fixed_margins=False)
    return {
        "incr_e": increments[0],
        "incr_c": increments[1],
        "Q_CMH": cmh.statistic,
        "df_Q_CMH": 1,
        "pval_Q_CMH": cmh.p,
    }


def scaled(pooled: common.Pooled, case: Case) -> np.ndarray:
    """Our shares in R's unit: it prints weights whose sum means nothing."""
    return pooled.weights / 100 * np.nansum(column(case.outputs["w_common"]))


def _mantel_haenszel_cells(
    case: Case, cells: zero_cells.Table, corrected: zero_cells.Corrected | None
) -> mantel_haenszel.Tables:
    if case.options.get("MH.exact") or corrected is None:
        return mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2)
    table = corrected.table
    return mantel_haenszel.tables(table.a, table.n1, table.c, table.n2)


def _peto(case: Case) -> Mapping[str, Any]:
    tables = mantel_haenszel.tables(*(column(case.inputs[name]) for name in inputs.PUBLISHED.values()))
    scores = peto.scores(tables)
    studies = peto.effects(scores)
    found = core.Effects(np.where(studies.mask, studies.y, np.nan), np.where(studies.mask, studies.v, np.nan))
    pooled_model = model.Model(studies, case, None)
    none = np.zeros(len(studies.y))
    return {
        **model.per_study(found),
        **model.both(pooled_model),
        "k_MH": np.nan,
        **_events(tables, (none, none)),
        comparing.BETTER: pooled_model.better,
    }


def metacont(case: Case) -> Mapping[str, Any]:
    found = inputs.effects_of(case, inputs.MEASURES[case.options["sm"]], inputs.MEANS)
    pooled_model = model.Model(model.studies_of(found), case, None)
    return {**model.per_study(found), **model.both(pooled_model), comparing.BETTER: pooled_model.better}


def metainc(case: Case) -> Mapping[str, Any]:
    """Rates in two groups; "Cochran" weights by the person-time, with the variance of such a mean."""
    measure, method = inputs.MEASURES[case.options["sm"]], case.options["method"]
    names = {"events1": "x1i", "time1": "t1i", "events2": "x2i", "time2": "t2i"}
    found = inputs.effects_of(case, measure, names)
    rates = mantel_haenszel_rates.rates(*(column(case.inputs[name]) for name in names.values()))
    pooled = None
    if method != "Inverse":
        pool = mantel_haenszel_rates.rate_ratio if measure == "IRR" else mantel_haenszel_rates.rate_difference
        pooled = pool(rates)
    if method == "Cochran":
        raise Uncovered("Cochran's weights by person-time alone are not offered")
    pooled_model = model.Model(model.studies_of(found), case, pooled)
    none = np.zeros(len(pooled_model.studies.y))
    return {
        **model.per_study(found),
        **model.both(pooled_model, None if pooled is None else scaled(pooled, case)),
        "k_MH": pooled_model.studies.k if method == "MH" else np.nan,
        "incr_e": none,
        "incr_c": none,
        comparing.BETTER: pooled_model.better,
    }
