"""Reported p-values against the statistic they came with."""

from __future__ import annotations

from scipy import special

from analysis import errors
from analysis.integrity import findings

STATISTICS = ("t", "z", "F", "chi2", "r")


def p_value(
    kind: str, statistic: str | float, p: str | float, *, df: float = 0.0, df2: float = 0.0, relation: str = "="
) -> findings.Finding:
    """Whether a two-sided p-value (one-sided for F and χ²) follows from its statistic, rounding allowed for.

    `relation` is how p was reported: "=", "<" or ">". Raises OptionError for another kind of statistic, InputError for
    numbers that cannot be. Source: the idea of statcheck (Nuijten et al., Behav Res Methods 2016).
    """
    if kind not in STATISTICS:
        names = ", ".join(STATISTICS)
        raise errors.OptionError(f"A statistic of kind “{kind}” is not known; choose one of {names}.", option="kind")
    if relation not in ("=", "<", ">"):
        raise errors.OptionError(f"Option relation is “{relation}”; choose “=”, “<” or “>”.", option="relation")
    given, stated = findings.reported(statistic, "statistic"), findings.reported(p, "p-value")
    if not 0 <= stated.value <= 1:
        raise errors.InputError(f"The p-value is {stated.text}; it lies from 0 to 1.", field="p")
    size = abs(given.value)
    high = _tail(kind, max(size - given.half_unit, 0.0), df, df2)
    low = _tail(kind, size + given.half_unit, df, df2)
    fits = {"=": low <= stated.high and high >= stated.low, "<": low < stated.value, ">": high > stated.value}[relation]
    middle = _tail(kind, size, df, df2)
    flips = (middle < 0.05) != (stated.value < 0.05) and relation == "="
    effect = " The two lie on different sides of 0.05." if flips and not fits else ""
    reason = f"{kind} = {given.text} gives p = {middle:.4g}; p {relation} {stated.text} is reported.{effect}"
    return findings.Finding("p recomputed", bool(fits), reason, {"p": middle, "p_low": low, "p_high": high})


def _tail(kind: str, statistic: float, df: float, df2: float) -> float:
    if kind == "z":
        return float(2 * special.ndtr(-statistic))
    if df <= 0:
        raise errors.InputError(f"A {kind} statistic needs its degrees of freedom; they are {df:g}.", field="df")
    if kind == "chi2":
        return float(special.chdtrc(df, statistic))
    if kind == "F":
        if df2 <= 0:
            raise errors.InputError(f"An F statistic needs two degrees of freedom; the second is {df2:g}.", field="df2")
        return float(special.fdtrc(df, df2, statistic))
    if kind == "r":
        if statistic > 1:
            statistic = 1.0
        statistic = statistic * (df / (1 - statistic**2)) ** 0.5 if statistic < 1 else float("inf")
    return float(2 * special.stdtr(df, -statistic))
