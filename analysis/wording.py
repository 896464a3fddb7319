"""How the choices behind an analysis are named in footers, captions and scripts."""

from __future__ import annotations

from analysis import options

MEASURE = {"SMD": "standardised mean difference", "MD": "mean difference"}
MEASURE_SHORT = {"SMD": "Std. mean difference", "MD": "Mean difference"}
MODEL = {"common": "common effect", "random": "random effects"}
MODEL_SHORT = {"common": "common", "random": "random"}
CONVENTION = {"revman5": "RevMan 5", "metafor": "metafor"}
TAU2_METHOD = {"DL": "DerSimonian-Laird", "REML": "restricted maximum likelihood (REML)"}
I2_DEFINITION = {"Q": "(Q − df)/Q", "tau2": "τ²/(τ² + typical within-study variance)"}
PREDICTION = {
    "none": "none",
    "z": "normal quantile",
    "t_k-1": "Student's t, k − 1 degrees of freedom",
    "t_k-2": "Student's t, k − 2 degrees of freedom",
}
_CORRECTION = {
    "revman5": "Hedges' g with J = 1 − 3/(4N − 9), variance with N − 3.94",
    "metafor": "Hedges' g with exact J, large-sample variance (LS)",
}


def percent(level: float) -> str:
    """A confidence level as people write it: "95%", "99.9%"."""
    return f"{100 * level:.10g}%"


def effect_title(choices: options.Options) -> str:
    """The heading of the effect column: measure, model and interval."""
    return f"{MEASURE_SHORT[choices.measure]}, IV, {MODEL_SHORT[choices.model]} [{percent(choices.level)} CI]"


def methods(choices: options.Options) -> tuple[str, ...]:
    """One short sentence for every choice, in a fixed order."""
    lines = [_measure(choices), _model(choices)]
    lines.append(f"Confidence intervals: {percent(choices.level)}, Wald (normal quantile).")
    lines.append(f"I² = {I2_DEFINITION[choices.i2_definition]}.")
    if choices.model == "random":
        lines.append(f"Prediction interval: {PREDICTION[choices.prediction]}.")
    lines.append(f"Convention: {CONVENTION[choices.convention]}.")
    return tuple(lines)


def _measure(choices: options.Options) -> str:
    if choices.measure == "MD":
        return "Effect: mean difference, group 1 minus group 2."
    return f"Effect: standardised mean difference, group 1 minus group 2 ({_CORRECTION[choices.convention]})."


def _model(choices: options.Options) -> str:
    if choices.model == "common":
        return "Model: common effect, inverse variance (IV)."
    return f"Model: random effects, inverse variance (IV); τ² by {TAU2_METHOD[choices.tau2_method]}."
