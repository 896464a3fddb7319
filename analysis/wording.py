"""How the choices behind an analysis are named in footers, captions and scripts."""

from __future__ import annotations

import math

from analysis import options
from analysis.effects import catalogue

MODEL = {"common": "common effect", "random": "random effects"}
MODEL_SHORT = {"common": "common", "random": "random"}
METHOD = {"IV": "inverse variance (IV)", "MH": "Mantel-Haenszel (M-H)"}
METHOD_SHORT = {"IV": "IV", "MH": "M-H"}
TAU2_METHOD = {
    "DL": "DerSimonian-Laird",
    "DL2": "two-step DerSimonian-Laird",
    "DLIT": "iterated DerSimonian-Laird",
    "HE": "Hedges",
    "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt with small-sample correction",
    "SJ": "Sidik-Jonkman",
    "SJIT": "iterated Sidik-Jonkman",
    "ML": "maximum likelihood",
    "REML": "restricted maximum likelihood (REML)",
    "EB": "empirical Bayes",
    "PM": "Paule-Mandel",
    "PMM": "median-unbiased Paule-Mandel",
    "GENQ": "generalised Q statistic",
    "GENQM": "median-unbiased generalised Q statistic",
}
INTERVAL = {
    "z": "Wald (normal quantile)",
    "t": "Student's t, k − 1 degrees of freedom",
    "HK": "Hartung-Knapp-Sidik-Jonkman",
    "HK-se": "Hartung-Knapp-Sidik-Jonkman, never narrower than Student's t with the plain standard error",
    "HK-ci": "the wider of Hartung-Knapp-Sidik-Jonkman and Wald",
    "HK-IQWiG6": "Hartung-Knapp-Sidik-Jonkman with IQWiG's correction",
    "KR": "Kenward-Roger",
}
I2_DEFINITION = {"Q": "(Q − df)/Q", "tau2": "τ²/(τ² + typical within-study variance)"}
PREDICTION = {
    "none": "none",
    "z": "normal quantile",
    "t_k-1": "Student's t, k − 1 degrees of freedom",
    "t_k-2": "Student's t, k − 2 degrees of freedom",
    "V": "Student's t, k − 1 degrees of freedom",
    "t": "Student's t, k − 1 degrees of freedom",
    "HTS": "Student's t, k − 2 degrees of freedom",
    "riley": "Student's t, k − 2 degrees of freedom",
    "S": "normal quantile",
    "HK": "Hartung-Knapp standard error, k − 1 degrees of freedom",
    "HK-PR": "Hartung-Knapp standard error, k − 2 degrees of freedom",
    "HK-se": "Hartung-Knapp standard error (at least the plain one), k − 1 degrees of freedom",
    "HK-se-PR": "Hartung-Knapp standard error (at least the plain one), k − 2 degrees of freedom",
    "KR": "Kenward-Roger standard error and degrees of freedom",
    "KR-PR": "Kenward-Roger standard error, one degree of freedom less",
    "HK-riley": "Hartung-Knapp standard error, k − 2 degrees of freedom",
    "HK-se-riley": "Hartung-Knapp standard error (at least the plain one), k − 2 degrees of freedom",
    "simple": "τ alone, normal quantile",
    "NNF": "Nagashima, Noma and Furukawa",
}
TAU2_INTERVAL = {
    "QP": "Q-profile",
    "GENQ": "generalised Q",
    "BJ": "Biggerstaff-Jackson",
    "BT": "Biggerstaff-Tweedie",
    "PL": "profile likelihood",
}
_SMD = {
    ("approximate", "LS3"): "Hedges' g with J = 1 − 3/(4N − 9), variance with N − 3.94",
    ("exact", "LS"): "Hedges' g with exact J, large-sample variance (LS)",
    ("exact", "UB"): "Hedges' g with exact J, unbiased variance (UB)",
    ("none", "LS"): "Cohen's d, large-sample variance (LS)",
}
_WHEN = {
    "only0": "to every cell of a study with a cell of 0",
    "if0all": "to every cell of all studies when one has a cell of 0",
    "all": "to every cell of all studies",
}
_DROP = {
    "no_events": "studies without any event are not estimable",
    "no_or_only_events": "studies without any event, or with nothing but events, are not estimable",
}


# Numbers outside of these are printed with a power of ten.
SMALLEST, LARGEST = 0.5e-4, 1e7


def number(value: float, decimals: int = 4) -> str:
    """Some decimals, or powers of ten where those would say nothing or fill the line."""
    is_plain = value == 0 or SMALLEST <= abs(value) < LARGEST or not math.isfinite(value)
    value += 0.0  # No nought has a sign.
    return f"{value:.{decimals}f}" if is_plain else f"{value:.{decimals}e}"


def percent(level: float) -> str:
    """A confidence level as people write it: "95%", "99.9%"."""
    return f"{100 * level:.10g}%"


def measure(choices: options.Options) -> str:
    """The measure inside a sentence: "odds ratio", but "Glass' Δ"."""
    label = catalogue.measure(choices.measure).label
    return label if label[:6] in ("Glass'", "Fisher", "Yule's") else label[:1].lower() + label[1:]


def effect_title(choices: options.Options) -> str:
    """The heading of the effect column: measure, method, model and interval."""
    entry = catalogue.measure(choices.measure)
    title = "Std. mean difference" if choices.measure == "SMD" else entry.label
    method = METHOD_SHORT[choices.method]
    return f"{title}, {method}, {MODEL_SHORT[choices.model]} [{percent(choices.level)} CI]"


def methods(choices: options.Options) -> tuple[str, ...]:
    """One short sentence for every choice, in a fixed order."""
    lines = [_effect(choices), _model(choices), *_cells(choices)]
    lines.append(f"Confidence intervals: {percent(choices.level)}, {INTERVAL[choices.interval]}.")
    lines.append(f"I² = {I2_DEFINITION[choices.i2_definition]}{_centre(choices)}.")
    if choices.model == "random":
        if choices.tau2_interval != "none":
            lines.append(f"Confidence interval of τ²: {TAU2_INTERVAL[choices.tau2_interval]}.")
        lines.append(f"Prediction interval: {PREDICTION[choices.prediction]}.")
    lines.append(f"Convention: {choices.profile.label}.")
    return tuple(lines)


def _effect(choices: options.Options) -> str:
    entry = catalogue.measure(choices.measure)
    if entry.null != entry.null:  # A single group has no effect that would be none.
        return f"Outcome: {measure(choices)}."
    between = "group 1 over group 2" if entry.is_ratio else "group 1 minus group 2"
    formula = _SMD.get((choices.correction, choices.variance), f"variance {choices.variance}")
    said = f" ({formula})" if choices.measure == "SMD" else ""
    return f"Effect: {measure(choices)}, {between}{said}."


def _model(choices: options.Options) -> str:
    if choices.model == "common":
        return f"Model: common effect, {METHOD[choices.method]}."
    centre = ""
    if choices.method == "MH" and choices.q_centre == "method" and choices.tau2_method == "DL":
        centre = " with Q about the Mantel-Haenszel estimate"
    return f"Model: random effects, {METHOD['IV']}; τ² by {TAU2_METHOD[choices.tau2_method]}{centre}."


def _centre(choices: options.Options) -> str:
    if choices.i2_definition != "Q" or choices.method == "IV":
        return ""
    return ", Q about the Mantel-Haenszel estimate" if choices.q_centre == "method" else ", Q by inverse variance"


def _cells(choices: options.Options) -> list[str]:
    rule = choices.zero_cell_rule
    if rule is None:
        return []
    added = "nothing is added"
    if rule.when != "none" and rule.increment:
        shared = "" if rule.amount == "constant" else ", shared between the groups by their sizes,"
        added = f"{rule.increment:g} is added{shared} {_WHEN[rule.when]}"
    dropped = f"; {_DROP[rule.drop]}" if rule.drop in _DROP else ""
    return [f"Cells of 0: {added}{dropped}."]
