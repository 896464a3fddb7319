"""The studies' effects in R: escalc, or the formulas themselves where it has other ones."""

from __future__ import annotations

from collections.abc import Mapping

from analysis import options
from analysis.effects import catalogue

# escalc's arguments by our fields.
_ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "continuous": {"n1": "n1i", "mean1": "m1i", "sd1": "sd1i", "n2": "n2i", "mean2": "m2i", "sd2": "sd2i"},
    "binary": {"events1": "ai", "n1": "n1i", "events2": "ci", "n2": "n2i"},
    "matched": {"both": "ai", "only1": "bi", "only2": "ci", "neither": "di"},
    "rates": {"events1": "x1i", "time1": "t1i", "events2": "x2i", "time2": "t2i"},
    "single_rates": {"events": "xi", "time": "ti"},
    "proportions": {"events": "xi", "n": "ni"},
    "means": {"n": "ni", "mean": "mi", "sd": "sdi"},
    "paired": {"n": "ni", "mean1": "m1i", "sd1": "sd1i", "mean2": "m2i", "sd2": "sd2i", "r": "ri"},
    "correlations": {"r": "ri", "n": "ni"},
    "partial_correlations": {"t": "ti", "m": "mi", "n": "ni", "r2": "r2i"},
    "determination": {"r2": "r2i", "m": "mi", "n": "ni"},
    "reliability": {"alpha": "ai", "items": "mi", "n": "ni"},
}
_CELLS = {"a": "ai", "b": "bi", "c": "ci", "d": "di"}
_ZERO = "events1 == 0 | n1 - events1 == 0 | events2 == 0 | n2 - events2 == 0"
_WHEN = {"only0": _ZERO, "if0all": f"rep(any({_ZERO}), length(n1))", "all": "rep(TRUE, length(n1))"}
_DROPPED = {
    "no_events": "events1 + events2 == 0",
    "no_or_only_events": "events1 + events2 == 0 | events1 + events2 == n1 + n2",
}


def code(choices: options.Options) -> str:
    """Lines that add yi and vi to `dat`."""
    entry = catalogue.measure(choices.measure)
    if entry.family == "binary":
        return _binary(choices)
    if choices.measure == "SMD" and choices.variance == "LS3":
        return _revman_smd()
    if entry.family == "generic":
        return _generic()
    if entry.family == "hazard":
        return _hazard()
    names = _ARGUMENTS[entry.family]
    arguments = [f"{names[field]} = {field}" for field in entry.fields if field in names]
    return _call(choices.measure, arguments, _vtype(choices))


def _vtype(choices: options.Options) -> str:
    return f', vtype = "{choices.variance}"' if choices.measure in ("SMD", "SMD1", "SMDH", "COR") else ""


def _call(measure: str, arguments: list[str], extra: str = "") -> str:
    half = (len(arguments) + 1) // 2
    first, second = ", ".join(arguments[:half]), ", ".join(arguments[half:])
    rest = f",\n              {second}" if second else ""
    return f'dat <- escalc(measure = "{measure}"{extra}, {first}{rest}, data = dat)'


def _revman_smd() -> str:
    return "\n".join(
        [
            "# RevMan: Hedges' g with its own correction and variance, which escalc() does not offer.",
            "dat <- within(dat, {",
            "  N  <- n1 + n2",
            "  sp <- sqrt(((n1 - 1) * sd1^2 + (n2 - 1) * sd2^2) / (N - 2))",
            "  yi <- (mean1 - mean2) / sp * (1 - 3 / (4 * N - 9))",
            "  vi <- N / (n1 * n2) + yi^2 / (2 * (N - 3.94))",
            "})",
        ]
    )


def _generic() -> str:
    return "\n".join(
        [
            "dat$yi <- dat$estimate",
            "if (is.null(dat$level)) dat$level <- 0.95",
            "if (!is.null(dat$variance)) dat$se <- sqrt(dat$variance)",
            "quantile <- function(upper) if (is.null(dat$df)) qnorm(upper) else qt(upper, dat$df)",
            "if (is.null(dat$se) && !is.null(dat$ci_low))",
            "  dat$se <- (dat$ci_high - dat$ci_low) / (2 * quantile(0.5 + dat$level / 2))",
            "if (is.null(dat$se)) dat$se <- abs(dat$estimate) / quantile(1 - dat$p / 2)",
            "dat$vi <- dat$se^2",
        ]
    )


def _hazard() -> str:
    return "\n".join(
        [
            "if (!is.null(dat$o_minus_e)) { dat$yi <- dat$o_minus_e / dat$v; dat$vi <- 1 / dat$v } else {",
            "  dat$yi <- log(dat$hr)",
            "  if (is.null(dat$se) && !is.null(dat$ci_low))",
            "    dat$se <- (log(dat$ci_high) - log(dat$ci_low)) / (2 * qnorm(0.5 + dat$level / 2))",
            "  if (is.null(dat$se)) dat$se <- abs(dat$yi) / qnorm(1 - dat$p / 2)",
            "  dat$vi <- dat$se^2",
            "}",
        ]
    )


def _binary(choices: options.Options) -> str:
    rule = choices.zero_cell_rule
    lines = ["dat <- within(dat, {", "  a <- events1; b <- n1 - events1; c <- events2; d <- n2 - events2", "})"]
    if rule is not None and rule.when != "none" and rule.increment:
        lines = [
            "# Cells of 0 as the comments above say; escalc() then adds nothing.",
            "dat <- within(dat, {",
            *_POOLED[rule.amount == "empirical"],
            f"  is_corrected <- {_WHEN[rule.when]}",
            f"  add1 <- ifelse(is_corrected, {_share(rule.increment, rule.amount, 1)}, 0)",
            f"  add2 <- ifelse(is_corrected, {_share(rule.increment, rule.amount, 2)}, 0)",
            "  a <- events1 + add1; b <- n1 - events1 + add1; c <- events2 + add2; d <- n2 - events2 + add2",
            "})",
        ]
    lines.append(_call(choices.measure, [f"{argument} = {cell}" for cell, argument in _CELLS.items()], _NOTHING))
    if rule is not None and rule.point == "raw":
        lines += [
            "# The estimate is that of the cells as they are; only its variance is of the corrected ones.",
            f'raw <- escalc(measure = "{choices.measure}"{_NOTHING}, ai = events1, n1i = n1, ci = events2, n2i = n2,',
            "              data = dat)",
            "dat$yi <- raw$yi",
        ]
    if rule is not None and rule.drop in _DROPPED:
        lines.append(f"dat <- subset(dat, !({_DROPPED[rule.drop]}))  # not estimable")
    return "\n".join(lines)


_POOLED = {
    False: (),
    True: (
        f"  usable <- !({_ZERO})",
        "  pooled <- sum((events1 * (n2 - events2) / (n1 + n2))[usable]) /",
        "    sum(((n1 - events1) * events2 / (n1 + n2))[usable])",
    ),
}
_NOTHING = ', add = 0, to = "none"'


def _share(increment: float, amount: str, arm: int) -> str:
    """What is added to the cells of an arm; in all twice the increment."""
    if amount == "constant":
        return f"{increment:g}"
    if amount == "treatment_arm":
        return f"{2 * increment:g} * n{arm} / (n1 + n2)"
    ratio = f"{2 * increment:g}"
    return f"{ratio} * pooled / (pooled + n2 / n1)" if arm == 1 else f"{ratio} * (n2 / n1) / (pooled + n2 / n1)"
