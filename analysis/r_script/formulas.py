"""Effects that escalc of metafor 3.8 does not offer, written out in base R."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis import options
from analysis.effects import catalogue

# Measures that escalc has, or has with these formulas, from metafor 4 on.
LATER = frozenset(
    {
        "CLESN",
        "CVR",
        "CVRC",
        "PCOR",
        "PRZ",
        "ROM",
        "ROMC",
        "RTET",
        "SMCRH",
        "SMCRP",
        "SMCRPH",
        "SMD1H",
        "SMDH",
        "SPCOR",
        "ZPCOR",
        "ZPHI",
        "ZSPCOR",
        "ZTET",
    }
)
_WITHIN = "dat <- within(dat, {"


def of(choices: options.Options) -> str:
    """The formula of a measure; empty where escalc has it."""
    entry = catalogue.measure(choices.measure)
    if choices.measure == "SMD" and choices.variance == "LS3" and choices.correction == "approximate":
        return _revman_smd()
    if entry.family in _FAMILIES:
        return _FAMILIES[entry.family]()
    usual = ("second_order", options.BY_CONVENTION)
    if choices.measure in _PLAIN and choices.correction in usual and choices.variance in ("LS", options.BY_CONVENTION):
        return "\n".join([_WITHIN, *(f"  {line}" for line in _PLAIN[choices.measure]), "})"])
    if choices.measure == "ROM" and choices.variance == "LS":
        lines = [*_ROM, *([_ROM_CORRECTION] if choices.correction == "second_order" else [])]
        return "\n".join([_WITHIN, *(f"  {line}" for line in lines), "})"])
    if choices.measure in ("ZPB", "ZBIS") and choices.variance in ("LS", options.BY_CONVENTION):
        return _fisher_z("RPB" if choices.measure == "ZPB" else "RBIS")
    return ""


_ROM = (
    "yi <- log(mean1 / mean2)",
    "vi <- sd1^2 / (n1 * mean1^2) + sd2^2 / (n2 * mean2^2)",
)
_ROM_CORRECTION = "yi <- yi + (sd1^2 / (n1 * mean1^2) - sd2^2 / (n2 * mean2^2)) / 2  # for small samples"
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "PCOR": ("yi <- r", "vi <- (1 - r^2)^2 / (n - predictors)"),
    "ZPCOR": ("yi <- atanh(r)", "vi <- 1 / (n - predictors - 2)"),
    "R2": ("yi <- r2", "vi <- 4 * r2 * (1 - r2)^2 / n"),
    "CVR": (
        "yi <- log(sd1 / mean1) - log(sd2 / mean2) + 1 / (2 * (n1 - 1)) - 1 / (2 * (n2 - 1))",
        "yi <- yi - (sd1^2 / (n1 * mean1^2) - sd2^2 / (n2 * mean2^2)) / 2  # for small samples",
        "vi <- 1 / (2 * (n1 - 1)) + 1 / (2 * (n2 - 1)) + sd1^2 / (n1 * mean1^2) + sd2^2 / (n2 * mean2^2)",
    ),
    "PRZ": (
        "x <- events; rest <- n - events",
        "touched <- x == 0 | rest == 0",
        "x <- x + ifelse(touched, 0.5, 0); rest <- rest + ifelse(touched, 0.5, 0)",
        "yi <- qnorm(x / (x + rest))",
        "vi <- 2 * pi * x * rest * exp(yi^2) / (x + rest)^3",
    ),
    "ZR2": ("yi <- atanh(sqrt(r2))", "vi <- 1 / n"),
}


def _fisher_z(measure: str) -> str:
    return "\n".join(
        [
            f'dat <- escalc(measure = "{measure}", n1i = n1, m1i = mean1, sd1i = sd1, n2i = n2, m2i = mean2,',
            "              sd2i = sd2, data = dat)",
            "# Fisher's z of it, with the variance by the delta method.",
            "dat$vi <- dat$vi / (1 - dat$yi^2)^2; dat$yi <- atanh(dat$yi)",
        ]
    )


def _revman_smd() -> str:
    return "\n".join(
        [
            "# RevMan: Hedges' g with its own correction and variance, which escalc() does not offer.",
            _WITHIN,
            "  N  <- n1 + n2",
            "  sp <- sqrt(((n1 - 1) * sd1^2 + (n2 - 1) * sd2^2) / (N - 2))",
            "  yi <- (mean1 - mean2) / sp * (1 - 3 / (4 * N - 9))",
            "  vi <- N / (n1 * n2) + yi^2 / (2 * (N - 3.94))",
            "})",
        ]
    )


def _column(name: str) -> str:
    """A column, NA where the data have none of that name."""
    return f"if (is.null(dat${name})) dat${name} <- NA"


def _generic() -> str:
    return "\n".join(
        [
            "# Each study's standard error from what it states: variance, error, interval or p-value.",
            *map(_column, ("variance", "se", "ci_low", "ci_high", "p", "df")),
            _WITHIN,
            "  free <- ifelse(is.na(df), Inf, df)",
            "  by.interval <- (ci_high - ci_low) / (2 * qt(0.5 + level / 2, free))",
            "  by.p <- abs(estimate) / qt(1 - p / 2, free)",
            "  error <- ifelse(!is.na(variance), sqrt(variance), ifelse(!is.na(se), se,",
            "    ifelse(!is.na(by.interval), by.interval, by.p)))",
            "  yi <- estimate; vi <- error^2",
            "})",
        ]
    )


def _hazard() -> str:
    return "\n".join(
        [
            "# Each study's log hazard ratio from what it states: O - E and V, or the ratio with its precision.",
            *map(_column, ("o_minus_e", "v", "hr", "se", "ci_low", "ci_high", "p")),
            _WITHIN,
            "  by.interval <- (log(ci_high) - log(ci_low)) / (2 * qnorm(0.5 + level / 2))",
            "  error <- ifelse(!is.na(se), se, ifelse(!is.na(by.interval), by.interval,",
            "    abs(log(hr)) / qnorm(1 - p / 2)))",
            "  yi <- ifelse(is.na(v), log(hr), o_minus_e / v)",
            "  vi <- ifelse(is.na(v), error^2, 1 / v)",
            "})",
        ]
    )


_FAMILIES: Mapping[str, Callable[[], str]] = {"generic": _generic, "hazard": _hazard}
