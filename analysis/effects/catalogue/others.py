"""Correlations, explained variance, reliability, hazard ratios, effects given ready-made."""

from __future__ import annotations

from math import nan

from analysis.effects import correlations, generic, hazard, reliability
from analysis.effects.catalogue import entry

_SHARE = ("r", "n", "predictors")
_ALPHA = ("alpha", "items", "n")
_HAZARD = ("o_minus_e", "v", "hr", "se", "ci_low", "ci_high", "p", "level")
_GENERIC = ("estimate", "se", "variance", "ci_low", "ci_high", "p", "level", "df")

CORRELATIONS = (
    entry.Measure(
        "COR",
        "Correlation",
        "r",
        "correlations",
        "identity",
        0,
        ("r", "n"),
        correlations.correlation,
        None,
        entry.choices(*correlations.VARIANCES),
    ),
    entry.Measure(
        "UCOR",
        "Correlation, unbiased",
        "r",
        "correlations",
        "identity",
        0,
        ("r", "n"),
        correlations.unbiased_correlation,
        None,
        entry.choices(*correlations.UNBIASED_VARIANCES),
    ),
    entry.Measure(
        "ZCOR", "Correlation (Fisher's z)", "r", "correlations", "fisher_z", 0, ("r", "n"), correlations.fisher_z
    ),
    entry.Measure(
        "PCOR",
        "Partial correlation",
        "r",
        "partial_correlations",
        "identity",
        0,
        _SHARE,
        correlations.partial_correlation,
        None,
        entry.choices(*correlations.PARTIAL_VARIANCES),
    ),
    entry.Measure(
        "ZPCOR",
        "Partial correlation (Fisher's z)",
        "r",
        "partial_correlations",
        "fisher_z",
        0,
        _SHARE,
        correlations.fisher_z_partial,
    ),
    entry.Measure(
        "SPCOR",
        "Semi-partial correlation",
        "r",
        "partial_correlations",
        "identity",
        0,
        ("r", "n", "r2"),
        correlations.semi_partial_correlation,
        None,
        entry.choices(*correlations.PARTIAL_VARIANCES),
    ),
    entry.Measure(
        "ZSPCOR",
        "Semi-partial correlation (Fisher's z)",
        "r",
        "partial_correlations",
        "fisher_z",
        0,
        ("r", "n", "r2"),
        correlations.fisher_z_semi_partial,
        None,
        entry.choices(*correlations.PARTIAL_VARIANCES),
    ),
    entry.Measure(
        "R2",
        "R²",
        "R²",
        "determination",
        "identity",
        nan,
        ("r2", "n", "predictors"),
        correlations.determination,
        None,
        entry.choices(*correlations.DETERMINATION_VARIANCES),
    ),
    entry.Measure(
        "ZR2",
        "R² (Fisher's z of its root)",
        "R²",
        "determination",
        "fisher_z_root",
        nan,
        ("r2", "n"),
        correlations.fisher_z_of_root,
    ),
)

OTHERS = (
    entry.Measure("ARAW", "Cronbach's alpha", "α", "reliability", "identity", nan, _ALPHA, reliability.alpha),
    entry.Measure(
        "AHW",
        "Cronbach's alpha (Hakstian-Whalen)",
        "α",
        "reliability",
        "alpha_cube_root",
        nan,
        _ALPHA,
        reliability.cube_root,
    ),
    entry.Measure(
        "ABT", "Cronbach's alpha (Bonett)", "α", "reliability", "alpha_log", nan, _ALPHA, reliability.log_complement
    ),
    entry.Measure("HR", "Hazard ratio", "HR", "hazard", "log", 0, _HAZARD, hazard.from_any),
    entry.Measure("GEN", "Effect", "Effect", "generic", "identity", 0, _GENERIC, generic.from_any),
    entry.Measure("GENLN", "Ratio given as a logarithm", "Ratio", "generic", "log", 0, _GENERIC, generic.from_any),
)
