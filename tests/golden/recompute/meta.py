"""R's package meta and RevMan's own file: effects, both models at once, heterogeneity, subgroups."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from analysis import data, options, synthesis
from analysis.effects import catalogue, conventions, core, proportion_intervals, zero_cells
from analysis.pooling import (
    batch,
    common,
    heterogeneity,
    intervals,
    mantel_haenszel,
    mantel_haenszel_rates,
    mantel_haenszel_tests,
    peto,
    prediction,
    random,
    tau2,
    tau2_intervals,
)
from analysis.pooling.tau2 import likelihood
from analysis.subgroups import between
from tests.golden import comparing
from tests.golden.collection import Case, Uncovered, column

LEVEL = 0.95
Pooling = Callable[[np.ndarray], common.Pooled | None]
_MEASURES = {
    **{"OR": "OR", "RR": "RR", "RD": "RD", "ASD": "AS", "DOR": "OR", "MD": "MD", "SMD": "SMD", "ROM": "ROM"},
    **{"PLOGIT": "PLO", "PRAW": "PR", "PLN": "PLN", "PAS": "PAS", "PFT": "PFT", "IRR": "IRR", "IRD": "IRD"},
    **{"COR": "COR", "ZCOR": "ZCOR", "MRAW": "MN", "MLN": "MNLN"},
}
_ADHOC = {"se": "HK-se", "ci": "HK-ci", "IQWiG6": "HK-IQWiG6", None: "HK"}
_PUBLISHED = {"events1": "ai", "n1": "n1i", "events2": "ci", "n2": "n2i"}
_EARLY = "R's search for τ² stops at its default precision; what follows from τ² is compared at R's own value"
_ROUGH = "R's limits of τ² are as exact as its root finder's default; what follows from them is compared at R's own"
# The default precision of R's root finder, absolute.
ROOT = 1.3e-4


def _studies(effect: core.Effects) -> batch.Batch:
    return batch.Batch.of(*effect, np.isfinite(effect.estimate) & np.isfinite(effect.variance))


def _interval(options: Mapping[str, Any]) -> str:
    kind = options.get("method.random.ci", "classic")
    if kind == "HK":
        return _ADHOC[options.get("adhoc.hakn.ci")]
    return {"classic": "z", "KR": "KR"}[kind]


def _prediction(options: Mapping[str, Any]) -> str:
    kind = options.get("method.predict", "V")
    return {"HK": "HK-se", "HK-PR": "HK-se-PR"}.get(kind, kind) if options.get("adhoc.hakn.pi") == "se" else kind


class Model:
    """Both models of one set of studies, as meta prints them under its names.

    Where R's τ² or its limits are within its own default precision of the engine's, everything that follows from them
    is computed at R's values, so that it is compared closely; `better` then says so.
    """

    def __init__(self, studies: batch.Batch, case: Case, centre: common.Pooled | None) -> None:
        self.studies, self.options, self.better = studies, case.options, dict[str, str]()
        outputs = case.outputs or {}
        method = self.options.get("method.tau", "REML")
        is_cochrane = self.options.get("Q.Cochrane", case.module.startswith("metabin"))
        moved = centre is not None and is_cochrane and method == "DL"
        self.fixed = common.pool(studies) if centre is None else centre
        self.q = heterogeneity.q_statistic(studies, self.fixed.estimate if moved else None)
        self.own_tau2 = tau2.estimate(studies, method, q=self.q if moved else None).value
        self.tau2 = self._rounded(outputs, method)
        self.has_own_q = moved
        self.limits = self._tau2_limits(outputs)
        self.mean = random.pool(studies, self.tau2)
        self.found = intervals.infer(studies, self.mean, self.tau2, method=_interval(self.options), level=LEVEL)
        self.ahead = prediction.interval(studies, self.mean, self.tau2, kind=_prediction(self.options), level=LEVEL)

    def _rounded(self, outputs: Mapping[str, Any], method: str) -> np.ndarray:
        theirs = outputs.get("tau2")
        if method not in ("REML", "PM") or not isinstance(theirs, int | float):
            return self.own_tau2
        other = np.asarray(theirs, dtype=np.float64)
        is_near = abs(float(self.own_tau2) - theirs) <= ROOT
        if method == "REML":
            height = likelihood.restricted_log_likelihood
            is_near = float(height(self.studies, self.own_tau2)) >= float(height(self.studies, other)) - 1e-12
        if not is_near:
            return self.own_tau2
        self.better |= {"tau2": _EARLY, "tau": _EARLY}
        return other

    def _tau2_limits(self, outputs: Mapping[str, Any]) -> list[np.ndarray]:
        if self.has_own_q:
            return [np.full(self.studies.k.shape, np.nan)] * 2
        method = self.options.get("method.tau.ci", "J" if self.options.get("method.tau") == "DL" else "QP")
        found = tau2_intervals.interval(self.studies, method, level=LEVEL)
        theirs = [column(outputs.get(name)) for name in ("lower_tau2", "upper_tau2")]
        if any(np.isnan(value) for value in theirs):
            return [found.low, found.high]
        apart = [abs(float(own) - float(other)) for own, other in zip((found.low, found.high), theirs, strict=True)]
        for place, name in enumerate(("lower_tau2", "upper_tau2")):
            if apart[place] <= max(ROOT, 1e-6 * float(theirs[place])) or (
                method == "QP" and self._misses((found.low, found.high)[place], theirs[place], place)
            ):
                self.better[name] = _ROUGH
            else:
                theirs[place] = (found.low, found.high)[place]
        return theirs

    def _misses(self, ours: np.ndarray, theirs: np.ndarray, place: int) -> bool:
        """Whether the engine's limit meets the quantile that defines it and R's does not (its search has a bound)."""
        goal = special.chdtri(self.studies.k - 1, (0.025, 0.975)[place])
        apart = []
        for limit in (ours, theirs):
            wider = batch.Batch(self.studies.y, self.studies.v + float(limit), self.studies.mask)
            apart.append(abs(float(heterogeneity.q_statistic(wider)) - float(goal)))
        return apart[0] <= 1e-8 * float(goal) < apart[1]

    def fixed_part(self) -> Mapping[str, Any]:
        se = np.sqrt(self.fixed.variance)
        if self.options.get("method.common.ci") == "IVhet":
            se = np.sqrt(common.ivhet(self.studies, self.tau2).variance)
        low, high = intervals.wald(self.fixed.estimate, se, LEVEL)
        z, p = intervals.wald_test(self.fixed.estimate, se)
        names = ("TE_common", "seTE_common", "lower_common", "upper_common", "statistic_common", "pval_common")
        return dict(zip(names, (self.fixed.estimate, se, low, high, z, p), strict=True))

    def random_part(self) -> Mapping[str, Any]:
        found, is_hk = self.found, _interval(self.options).startswith("HK")
        return {
            "TE_random": self.mean.estimate,
            "seTE_random": found.se,
            "lower_random": found.low,
            "upper_random": found.high,
            "statistic_random": found.statistic,
            "pval_random": found.p,
            "df_random": found.df,
            "df_hakn": np.where(is_hk & np.isfinite(found.df), self.studies.k - 1, np.nan),
            "lower_predict": self.ahead.low,
            "upper_predict": self.ahead.high,
            "seTE_predict": self.ahead.se,
            "df_predict": self.ahead.df,
        }

    def heterogeneity(self) -> Mapping[str, Any]:
        k = self.studies.k
        df = k - 1
        spread = heterogeneity.describe(self.studies, self.tau2, i2_definition="Q", q=self.q)
        h = heterogeneity.h_interval(self.q, k, level=LEVEL)
        i2 = heterogeneity.i2_interval(self.q, k, level=LEVEL)
        nothing = np.full(k.shape, np.nan)
        found = {
            "Q": self.q,
            "df_Q": df,
            "pval_Q": spread.p,
            "tau2": self.tau2,
            "se_tau2": nothing
            if self.has_own_q
            else tau2.standard_error(self.studies, self.tau2, self.options.get("method.tau", "REML")),
            "lower_tau2": self.limits[0],
            "upper_tau2": self.limits[1],
            "tau": np.sqrt(self.tau2),
            "Rb": heterogeneity.rb(self.studies, self.tau2).value / 100,
        }
        if self.options.get("method.I2", "Q") == "tau2":
            values = [self.tau2, *self.limits]
            shares = [heterogeneity.i2_from_tau2(self.studies, value) / 100 for value in values]
            hs = [np.sqrt(heterogeneity.h2_from_tau2(self.studies, value)) for value in values]
        else:
            shares, hs = [part / 100 for part in i2], list(h)
        names = ("", "lower_", "upper_")
        return {
            **found,
            **{f"{name}H": value for name, value in zip(names, hs, strict=True)},
            **{f"{name}I2": value for name, value in zip(names, shares, strict=True)},
        }


def _per_study(found: core.Effects, has_test: bool = True) -> Mapping[str, Any]:
    se = np.sqrt(found.variance)
    low, high = intervals.wald(found.estimate, se, LEVEL)
    z, p = intervals.wald_test(found.estimate, se)
    tested = (z, p) if has_test else (np.full_like(z, np.nan),) * 2
    return {
        "TE": found.estimate,
        "seTE": se,
        "lower": low,
        "upper": high,
        "zval": tested[0],
        "statistic": tested[0],
        "pval": tested[1],
    }


def _both(model: Model, weights: np.ndarray | None = None) -> Mapping[str, Any]:
    studies = model.studies
    fixed = studies.weights() if weights is None else weights
    return {
        **model.fixed_part(),
        **model.random_part(),
        **model.heterogeneity(),
        "w_common": fixed,
        "w_random": studies.weights(model.tau2),
        "k": studies.k,
        "k_study": studies.k,
    }


def metagen(case: Case) -> Mapping[str, Any]:
    estimate, se = column(case.inputs["TE"]), column(case.inputs["seTE"])
    found = core.Effects(estimate, se**2)
    model = Model(_studies(found), case, None)
    return {**_per_study(found), **_both(model), comparing.BETTER: model.better}


def _choices(case: Case, measure: str) -> dict[str, Any]:
    """The engine's choices for meta's arguments."""
    chosen = conventions.choices(measure, "meta")
    options = case.options
    if measure == "SMD":
        method, exact = options.get("method.smd", "Hedges"), options.get("exact.smd", True)
        if method == "Glass":
            chosen = conventions.choices("SMD1", "meta")
            chosen["sd_of"] = "group1" if options.get("sd.glass") == "experimental" else "group2"
        elif method == "Cohen":
            chosen |= {"correction": "none", "variance": "LS"} | ({"variance": "UBJ"} if exact else {})
        elif not exact:
            chosen |= {"correction": "approximate", "variance": "LS3"}
    if measure == "MD" and options.get("pooledvar"):
        chosen["variance"] = "HO"
    if "zero_cells" in chosen:
        chosen["zero_cells"] = _rule(case, measure, chosen["zero_cells"])
    return chosen


def _rule(case: Case, measure: str, usual: zero_cells.ZeroCells) -> zero_cells.ZeroCells:
    options = case.options
    if usual.when == "none":
        return usual
    changes: dict[str, Any] = {"when": options.get("method.incr", "only0")}
    if options.get("incr") == "TACC":
        changes |= {"amount": "treatment_arm", "when": "only0"}
    if options.get("RR.Cochrane"):
        changes["totals"] = "both_cells"
    if options.get("allstudies"):
        changes["drop"] = "never"
    fields = ("increment", "amount", "when", "drop", "point", "totals")
    return zero_cells.ZeroCells(**{name: changes.get(name, getattr(usual, name)) for name in fields})


def _effects(case: Case, measure: str, fields: Mapping[str, str]) -> core.Effects:
    chosen = _choices(case, measure)
    if case.options.get("method.smd") == "Glass":
        measure = "SMD1"
    entry = catalogue.measure(measure)
    return entry.compute(*(column(case.inputs[fields[name]]) for name in entry.fields), **chosen)


def metabin(case: Case) -> Mapping[str, Any]:
    measure, method = _MEASURES[case.options["sm"]], case.options["method"]
    if method == "Peto":
        return _peto(case)
    found = _effects(case, measure, _PUBLISHED)
    rule = _choices(case, measure).get("zero_cells")
    cells = zero_cells.table(*(column(case.inputs[name]) for name in _PUBLISHED.values()))
    corrected = zero_cells.correct(cells, rule) if rule else None
    studies = _studies(found)
    pooled, tables = None, mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2)
    if method == "MH":
        used = _mantel_haenszel_cells(case, cells, corrected)
        pooled = mantel_haenszel.pool(used, measure, rd_variance="Greenland-Robins", point=tables)
    model = Model(studies, case, pooled)
    weights = None if pooled is None else _scaled(pooled, case)
    per_study = dict(_per_study(found))
    if measure == "OR":
        # R writes infinity where an odds ratio is not estimable, and nothing for a risk ratio.
        per_study["seTE"] = np.where(np.isnan(per_study["seTE"]), np.inf, per_study["seTE"])
    nothing = corrected is None or case.options.get("MH.exact", False)
    increments = (np.zeros_like(cells.a),) * 2 if nothing else (corrected.added1, corrected.added2)
    increments = tuple(np.where(np.isfinite(found.estimate), added, 0.0) for added in increments)
    return {
        **per_study,
        **_both(model, weights),
        "k_MH": studies.k if method == "MH" else np.nan,
        **_events(tables, increments),
        comparing.BETTER: model.better,
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


def _scaled(pooled: common.Pooled, case: Case) -> np.ndarray:
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
    tables = mantel_haenszel.tables(*(column(case.inputs[name]) for name in _PUBLISHED.values()))
    scores = peto.scores(tables)
    studies = peto.effects(scores)
    found = core.Effects(np.where(studies.mask, studies.y, np.nan), np.where(studies.mask, studies.v, np.nan))
    model = Model(studies, case, None)
    none = np.zeros(len(studies.y))
    return {
        **_per_study(found),
        **_both(model),
        "k_MH": np.nan,
        **_events(tables, (none, none)),
        comparing.BETTER: model.better,
    }


_MEANS = {"n1": "n1i", "mean1": "m1i", "sd1": "sd1i", "n2": "n2i", "mean2": "m2i", "sd2": "sd2i"}


def metacont(case: Case) -> Mapping[str, Any]:
    found = _effects(case, _MEASURES[case.options["sm"]], _MEANS)
    model = Model(_studies(found), case, None)
    return {**_per_study(found), **_both(model), comparing.BETTER: model.better}


def metacor(case: Case) -> Mapping[str, Any]:
    found = _effects(case, _MEASURES[case.options["sm"]], {"r": "cor", "n": "n"})
    model = Model(_studies(found), case, None)
    return {**_per_study(found), **_both(model), comparing.BETTER: model.better}


def metaprop(case: Case) -> Mapping[str, Any]:
    """Single proportions: meta prints no test of no effect, and Clopper and Pearson's interval for each study."""
    found = _effects(case, _MEASURES[case.options["sm"]], {"events": "event", "n": "n"})
    model = Model(_studies(found), case, None)
    events, n = column(case.inputs["event"]), column(case.inputs["n"])
    limits = proportion_intervals.interval(events, n, method="clopper_pearson")
    shown = {"lower": _on_scale(case, limits.low, n), "upper": _on_scale(case, limits.high, n)}
    nothing = dict.fromkeys(("statistic_common", "pval_common", "statistic_random", "pval_random"), np.nan)
    return {
        **_per_study(found, has_test=False),
        **shown,
        **_both(model),
        **nothing,
        "study_ci_CP": shown,
        comparing.BETTER: model.better,
    }


def _on_scale(case: Case, proportion: np.ndarray, n: np.ndarray) -> np.ndarray:
    """A proportion on the scale of the analysis; nothing is added to cells of 0."""
    entry = catalogue.measure(_MEASURES[case.options["sm"]])
    plain = {"zero_cells": zero_cells.UNCORRECTED} if entry.adds is not None else {}
    return entry.compute(proportion * n, n, **plain).estimate


def metainc(case: Case) -> Mapping[str, Any]:
    """Rates in two groups; "Cochran" weights by the person-time, with the variance of such a mean."""
    measure, method = _MEASURES[case.options["sm"]], case.options["method"]
    names = {"events1": "x1i", "time1": "t1i", "events2": "x2i", "time2": "t2i"}
    found = _effects(case, measure, names)
    rates = mantel_haenszel_rates.rates(*(column(case.inputs[name]) for name in names.values()))
    pooled = None
    if method != "Inverse":
        pool = mantel_haenszel_rates.rate_ratio if measure == "IRR" else mantel_haenszel_rates.rate_difference
        pooled = pool(rates)
    if method == "Cochran":
        raise Uncovered("Cochran's weights by person-time alone are not offered")
    model = Model(_studies(found), case, pooled)
    none = np.zeros(len(model.studies.y))
    return {
        **_per_study(found),
        **_both(model, None if pooled is None else _scaled(pooled, case)),
        "k_MH": model.studies.k if method == "MH" else np.nan,
        "incr_e": none,
        "incr_c": none,
        comparing.BETTER: model.better,
    }


def metamean(case: Case) -> Mapping[str, Any]:
    """Single means, raw and as logarithms, without a test of no effect."""
    together: dict[str, Any] = {}
    better: dict[str, str] = {}
    for name in ("MRAW", "MLN"):
        entry = catalogue.measure(_MEASURES[name])
        fields = {"n": "ni", "mean": "mi", "sd": "sdi"}
        found = entry.compute(*(column(case.inputs[fields[field]]) for field in entry.fields))
        part = replace(case, outputs=case.outputs[name], options={})
        model = Model(_studies(found), part, None)
        nothing = dict.fromkeys(("statistic_common", "pval_common", "statistic_random", "pval_random"), np.nan)
        together[name] = {**_per_study(found, has_test=False), **_both(model), **nothing}
        better |= {f"{name}.{key}": reason for key, reason in model.better.items()}
    return {**together, comparing.BETTER: better}


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
        model = Model(_studies(effect), part, pool_of(members))
        found = _both(model)
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
    whole = metacont(case)
    found = _effects(case, _MEASURES[case.options["sm"]], _MEANS)
    return {**whole, **_subgroups(case, whole, found, lambda members: None)}


def metabin_subgroup(case: Case) -> Mapping[str, Any]:
    whole, measure = metabin(case), _MEASURES[case.options["sm"]]
    cells = zero_cells.table(*(column(case.inputs[name]) for name in _PUBLISHED.values()))
    corrected = zero_cells.correct(cells, _choices(case, measure)["zero_cells"]).table

    def pool_of(members: np.ndarray) -> common.Pooled:
        raw, used = (
            mantel_haenszel.tables(table.a, table.n1, table.c, table.n2, members) for table in (cells, corrected)
        )
        return mantel_haenszel.pool(used, measure, rd_variance="Greenland-Robins", point=raw)

    return {**whole, **_subgroups(case, whole, _effects(case, measure, _PUBLISHED), pool_of)}


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


_BOUND = "R's search for the upper limit of τ² ends at its bound; the engine's goes on"
_SETTINGS = "a setting of the file or an empty place, not a result"
MODULES = {
    "metagen": metagen,
    "metabin": metabin,
    "metacont": metacont,
    "metacor": metacor,
    "metaprop": metaprop,
    "metainc": metainc,
    "metamean": metamean,
    "metabin_subgroup": metabin_subgroup,
    "metacont_subgroup": metacont_subgroup,
    "revman5_file": revman5_file,
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
