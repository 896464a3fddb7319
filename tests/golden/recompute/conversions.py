"""Conversions: medians, confidence intervals and p-values, measures of effect."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.conversions import arms, between, change, spread, wald
from analysis.conversions.medians import closed, lognormal, power, quantiles, summary
from tests.golden import collection, comparing
from tests.golden.collection import Case, Uncovered

MONTE_CARLO = "R's number is the mean or SD of 10,000 random draws; ours is the integral that they estimate"

NEARER = "R's search stopped before the nearest distribution, or at its bounds; the distance of ours is not larger"
POSSIBLE = ("normal", "log-normal", "gamma", "weibull")


def _summaries(case: Case) -> list[summary.Summary]:
    names = {"min": "minimum", "max": "maximum", "q1": "q1", "q3": "q3", "median": "median", "n": "n"}
    columns = {names[name]: collection.column(values) for name, values in case.inputs.items() if name in names}
    rows = []
    for place in range(len(columns["n"])):
        row = {name: float(values[place]) for name, values in columns.items()}
        rows.append(summary.Summary(n=int(row.pop("n")), **row))
    return rows


def _both(found: list[Any]) -> Mapping[str, Any]:
    return {"mean": [float(one.mean) for one in found], "sd": [float(one.sd) for one in found]}


def _near(case: Case, ours: Mapping[str, Any]) -> Mapping[str, Any]:
    """R simulates: its numbers are taken as estimates of ours when they lie within four of their standard errors."""
    better = {}
    for name in ("mean", "sd"):
        apart = np.abs(collection.column(case.outputs[name]) - np.array(ours[name]))
        sd = np.array(ours["sd"])
        # The SD of skewed data varies more than that of normal data; three times as much is allowed.
        allowed = 4 * sd / np.sqrt(10_000) * (1 if name == "mean" else 3)
        if (apart <= allowed).all():
            better[name] = MONTE_CARLO
    return {**ours, "lambda": case.outputs.get("lambda"), comparing.BETTER: better}


def _nearest(case: Case, rows: list[summary.Summary]) -> Mapping[str, Any]:
    """Where R's search stopped before the nearest distribution, the distance of ours must be the smaller one."""
    found = [quantiles.mean_sd(row) for row in rows]
    distances = [min(fit.distance for fit in quantiles.fits(row)) for row in rows]
    theirs = zip(collection.column(case.outputs["mean"]), collection.column(case.outputs["sd"]), strict=True)
    names = case.outputs.get("dist")
    further = [
        min(quantiles.distance(row, name, mean, sd) for name in ([names[place]] if names else POSSIBLE))
        for place, (row, (mean, sd)) in enumerate(zip(rows, theirs, strict=True))
    ]
    is_nearer = all(ours <= other * (1 + 1e-9) for ours, other in zip(distances, further, strict=True))
    return {**_both(found), comparing.BETTER: {"mean": NEARER, "sd": NEARER} if is_nearer else {}}


def conv_fivenum(case: Case) -> Mapping[str, Any]:
    rows = _summaries(case)
    if case.options["dist"] == "lnorm":
        return _both([lognormal.mean_sd(row) for row in rows])
    method = case.options["method"]
    if method == "blue":
        raise Uncovered("best linear unbiased estimation is not offered: Luo's and Shi's formulas approximate it")
    if method == "qe":
        return _nearest(case, rows)
    if method == "mln":
        return _near(case, _both([power.likelihood(row) for row in rows]))
    return _both([closed.mean_sd(row) for row in rows])


def conv_metamean(case: Case) -> Mapping[str, Any]:
    rows = _summaries(case)
    mean, sd = case.options["method.mean"], case.options["method.sd"]
    if mean == "Cai":
        found = _both([power.likelihood(row) for row in rows])
        if case.options["scenario"] != "S3":
            # R's package meta takes Cai's SD with all five numbers only.
            found = {**found, "sd": _both([closed.mean_sd(row, small_samples="table") for row in rows])["sd"]}
        return _near(case, found)
    if mean == "QE-McGrath":
        return _nearest(case, rows)
    names = {"mean": "hozo" if mean == "Wan" else mean.lower(), "sd": sd.lower()}
    return _both([closed.mean_sd(row, **names, small_samples="table") for row in rows])


def conv_wan(case: Case) -> Mapping[str, Any]:
    rows = _summaries(case)
    found: dict[str, Any] = {}
    for scenario, names in (
        ("S1", ("minimum", "maximum")),
        ("S2", ("q1", "q3")),
        ("S3", ("minimum", "q1", "q3", "maximum")),
    ):
        parts = [summary.Summary(row.n, row.median, **{name: getattr(row, name) for name in names}) for row in rows]
        both = _both([closed.mean_sd(part, mean="wan", sd="wan") for part in parts])
        found |= {f"{scenario}_mean": both["mean"], f"{scenario}_sd": both["sd"]}
    iqr = spread.sd_from_iqr(collection.column(case.inputs["q1"]), collection.column(case.inputs["q3"]))
    return {**found, "cochrane_iqr_sd": iqr.value}


def conv_qe(case: Case) -> Mapping[str, Any]:
    return _nearest(case, _summaries(case))


def conv_bc(case: Case) -> Mapping[str, Any]:
    return _both([power.box_cox(row) for row in _summaries(case)])


def conv_mln(case: Case) -> Mapping[str, Any]:
    return _near(case, _both([power.likelihood(row) for row in _summaries(case)]))


def conv_wald(case: Case) -> Mapping[str, Any]:
    given = {name: collection.column(values) for name, values in case.inputs.items()}
    scale = case.options.get("transf", "none")
    level = case.options.get("level", 95) / 100
    if "ci_lb" in given:
        se = wald.se_from_ci(given["ci_lb"], given["ci_ub"], level=level, transformation=scale)
    elif "pval" in given:
        se = wald.se_from_p(given["out"], given["pval"], transformation=scale)
    else:
        se = wald.se_from_z(given["out"], given["zval"], transformation=scale)
    return {"yi": wald.transformed(given["out"], scale), "vi": se.value**2}


def conv_metagen(case: Case) -> Mapping[str, Any]:
    given = {name: collection.column(values) for name, values in case.inputs.items()}
    if "median" in given:
        # R was given the size twice, as that of two groups together.
        both = [replace(row, n=2 * row.n) for row in _summaries(case)]
        rows = [closed.mean_sd(row, small_samples="table") for row in both]
        sds = np.array([float(row.sd) for row in rows])
        return {"TE": [float(row.mean) for row in rows], "seTE": sds / np.sqrt(2 * given["n"])}
    if "lower" in given:
        se = wald.se_from_ci(given["lower"], given["upper"], df=given.get("df"))
    else:
        se = wald.se_from_p(given["TE"], given["pval"], df=given.get("df"))
    return {"TE": given["TE"], "seTE": se.value}


def conv_handbook(case: Case) -> Mapping[str, Any]:
    given = {name: collection.column(values) for name, values in case.inputs.items()}
    if "m1" in given:
        pairs = (np.stack([given[f"{name}1"], given[f"{name}2"]], axis=-1) for name in ("n", "m", "sd"))
        group = arms.combine(*pairs).group
        return {"n": group.n, "mean": group.mean, "sd": group.sd}
    if "sd_base" in given:
        return {"sd_change": change.sd_of_change(given["sd_base"], given["sd_final"], given["corr"]).value}
    n1, n2, md = given["n1"], given["n2"], given["md"]
    se = spread.se_from_p(md, given["p"], n1, n2).value
    group_sd = spread.sd_from_se(given["se"], n1).value
    half = _half_width(given["se"], n1)
    return {
        "sd_group_from_se": group_sd,
        "sd_group_from_ci95_t": spread.sd_from_ci(-half, half, n1).value,
        "t_from_p": spread.t_from_p(given["p"], n1, n2).value,
        "se_from_md_p": se,
        "sd_from_md_p": spread.sd_from_difference_se(se, n1, n2).value,
    }


def _half_width(se: np.ndarray, n: np.ndarray) -> np.ndarray:
    """The interval that R printed: the inverse of what is converted."""
    unit = spread.sd_from_ci(-np.ones_like(se), np.ones_like(se), n).value
    return se * np.sqrt(n) / unit


def conv_dor(case: Case) -> Mapping[str, Any]:
    lnor, se = collection.column(case.inputs["lnor"]), collection.column(case.inputs["se"])
    return {
        "d_logistic": between.d_from_log_or(lnor).value,
        "var_logistic": between.d_from_log_or(se).value ** 2,
        "d_1_65": between.d_from_log_or(lnor, distribution="normal").value,
        "rtod": between.d_from_biserial(np.tanh(lnor)).value,
        "dtou1": between.overlap_u1(lnor).value,
        "dtocles": between.superiority(lnor).value,
        "nnt_chinn": between.log_or_from_d(lnor).value,
    }


def conv_2x2(case: Case) -> Mapping[str, Any]:
    given = {name: collection.column(values) for name, values in case.inputs.items()}
    table = between.table_from_or(given["ori"], given["ni"], given["n1i"], given["n2i"]).value
    return {**dict(zip(("ai", "bi", "ci", "di"), np.moveaxis(table, -1, 0), strict=True)), "true_ai": table[..., 0]}


def absolute(case: Case) -> Mapping[str, Any]:
    odds, risks = (collection.column(case.inputs[name])[:, np.newaxis] for name in ("or", "rr"))
    baseline = collection.column(case.inputs["p_c"])
    difference = between.rd_from_or(odds, baseline).value
    return {
        "RD_from_OR": difference,
        "RD_from_RR": between.rd_from_rr(risks, baseline).value,
        "NNT_from_OR": between.nnt(difference).value,
    }


MODULES = {
    "conv_fivenum": conv_fivenum,
    "conv_metamean": conv_metamean,
    "conv_qe": conv_qe,
    "conv_mln": conv_mln,
    "conv_bc": conv_bc,
    "conv_wald": conv_wald,
    "conv_metagen": conv_metagen,
    "conv_handbook": conv_handbook,
    "conv_wan": conv_wan,
    "conv_dor": conv_dor,
    "conv_2x2": conv_2x2,
    "absolute": absolute,
}
_SEARCHED = comparing.Rules(1e-3, ignored={"lambda": "the power is a step of the method; mean and SD are compared"})
RULES = {name: comparing.Rules(1e-8) for name in MODULES} | {
    "conv_qe": _SEARCHED,
    "conv_mln": _SEARCHED,
    "conv_bc": _SEARCHED,
    "conv_fivenum": comparing.Rules(1e-8),
}
