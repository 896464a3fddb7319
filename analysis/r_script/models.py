"""The pooled estimates in R: rma, rma.mh, and what metafor lacks written out."""

from __future__ import annotations

from collections.abc import Iterator

from analysis import options
from analysis.pooling import prediction_kinds

_TESTS = {"z": "z", "t": "t", "HK": "knha", "HK-se": "adhoc"}
_METHODS = {"DL2": "DL", "GENQM": "GENQ", "DLIT": "DLIT", "SJIT": "SJIT"}
_SEARCHED = ("REML", "ML", "EB", "PM", "PMM")


def beyond(choices: options.Options) -> list[str]:
    """What metafor does not offer, a sentence each: the script then shows the nearest it has."""
    found = []
    if choices.interval not in _TESTS:
        found.append(f"metafor has no interval “{choices.interval}”: the script prints the Wald interval instead.")
    if choices.prediction == "NNF" or choices.prediction.startswith("KR"):
        found.append(f"metafor has no prediction interval “{choices.prediction}”: the script prints none.")
    return found


def code(choices: options.Options) -> str:
    """The overall model and what is printed of it."""
    if choices.method == "MH" and choices.model == "common":
        return "\n".join([*_mantel_haenszel("res", "dat", choices), "print(res, digits = 6)"])
    lines = [*_fit("res", "dat", choices), "print(res, digits = 6)", *_i2("res", choices)]
    lines += ["print(data.frame(study = dat$study, effect = dat$yi, weight = weights(res)), digits = 6)"]
    return "\n".join([*lines, *_prediction(choices)])


def subgroups(choices: options.Options) -> str:
    """Each subgroup with its own model, and the test between them."""
    inside = (
        _mantel_haenszel("res", "part", choices)
        if choices.method == "MH" and choices.model == "common"
        else list(_fit("res", "part", choices))
    )
    common = []
    if choices.subgroup_tau2 == "common" and choices.model == "random":
        common = [
            "# One tau2 for all subgroups: the residual one of the regression on them.",
            f'shared <- rma(yi, vi, mods = ~ factor(subgroup), data = dat, method = "{choices.tau2_method}")$tau2',
        ]
        inside = [line.replace("method =", "tau2 = shared, method =") for line in inside]
    return "\n".join(
        [
            *common,
            "# Every subgroup on its own; the test compares the subgroups' estimates.",
            "parts <- lapply(split(dat, factor(dat$subgroup, unique(dat$subgroup))), function(part) {",
            *(f"  {line}" for line in inside),
            "  res",
            "})",
            'for (name in names(parts)) { cat("\\n", name, "\\n"); print(parts[[name]], digits = 6) }',
            "if (length(parts) > 1) {",
            "  estimates <- sapply(parts, function(res) res$beta[1])",
            "  errors <- sapply(parts, function(res) res$se)",
            '  print(rma(estimates, sei = errors, method = "EE"), digits = 6)  # its Q is the test between subgroups',
            "}",
        ]
    )


def _level(choices: options.Options) -> str:
    return f"{100 * choices.level:.10g}"


def _fit(name: str, frame: str, choices: options.Options) -> Iterator[str]:
    method = "EE" if choices.model == "common" else _METHODS.get(choices.tau2_method, choices.tau2_method)
    test = _TESTS.get(choices.interval, "z")
    control, tau2 = "", ""
    if method in _SEARCHED:
        yield "# metafor stops its search early by default; a smaller threshold gives every digit shown."
        control = ",\n           control = list(threshold = 1e-10, maxiter = 1000, tol = 1e-10)"
    if choices.method == "MH" and choices.model == "random" and choices.q_centre == "method" and method == "DL":
        yield from _moved_centre(frame, choices)
        tau2 = "tau2 = tau2, "
    yield (
        f'{name} <- rma(yi, vi, data = {frame}, {tau2}method = "{method}", test = "{test}", '
        f"level = {_level(choices)}{control})"
    )


def _moved_centre(frame: str, choices: options.Options) -> Iterator[str]:
    yield "# tau2 by DerSimonian and Laird, with Q about the Mantel-Haenszel estimate, as RevMan has it."
    yield from _mantel_haenszel("mh", frame, choices)
    yield f"w <- 1 / {frame}$vi"
    yield f"q <- sum(w * ({frame}$yi - mh$beta[1])^2)"
    yield f"tau2 <- if (nrow({frame}) > 1) max(0, (q - (nrow({frame}) - 1)) / (sum(w) - sum(w^2) / sum(w))) else 0"


def _mantel_haenszel(name: str, frame: str, choices: options.Options) -> list[str]:
    if choices.measure == "RD" and choices.mantel_haenszel == "corrected":
        return [
            "# Weights and variance (Greenland-Robins) of the corrected cells, differences of the cells as they are.",
            f"{name} <- with({frame}, {{",
            "  m1 <- a + b; m2 <- c + d; w <- m1 * m2 / (m1 + m2)",
            "  spread <- sum((a * b * m2^3 + c * d * m1^3) / (m1 * m2 * (m1 + m2)^2))",
            "  list(beta = sum(w * yi) / sum(w), se = sqrt(spread) / sum(w))",
            "})",
        ]
    if choices.measure in ("IRR", "IRD"):
        arguments = "x1i = events1, t1i = time1, x2i = events2, t2i = time2"
    elif choices.mantel_haenszel == "corrected":
        arguments = "ai = a, bi = b, ci = c, di = d"
    else:
        arguments = "ai = events1, n1i = n1, ci = events2, n2i = n2"
    return [
        f'{name} <- rma.mh(measure = "{choices.measure}", {arguments}, data = {frame},',
        f'             add = c(0, 0), to = c("none", "none"), level = {_level(choices)})',
    ]


def _i2(name: str, choices: options.Options) -> list[str]:
    if choices.i2_definition == "tau2" or choices.model == "common":
        return []
    q = "q" if choices.method == "MH" and choices.q_centre == "method" and choices.tau2_method == "DL" else f"{name}$QE"
    return [
        "# I2 from Q; metafor's own I2 is derived from tau2.",
        f'cat("I2 (Q):", max(0, 100 * ({q} - ({name}$k - 1)) / {q}), "\\n")',
    ]


def _prediction(choices: options.Options) -> list[str]:
    kind = prediction_kinds.ALIASES.get(choices.prediction, choices.prediction)
    if kind == "z" and choices.interval == "z":
        return ["print(predict(res), digits = 6)"]
    if kind in ("none", "NNF") or kind.startswith("KR"):
        return []
    if kind == "simple":
        return [f"reach <- qnorm({(1 + choices.level) / 2!r}) * sqrt(res$tau2)", _LIMITS]
    spare = {"z": "", "t_k-1": "1", "HK": "1", "HK-se": "1"}.get(kind, "2")
    quantile = f"qt({(1 + choices.level) / 2!r}, res$k - {spare})" if spare else f"qnorm({(1 + choices.level) / 2!r})"
    said = f"Student's t on k - {spare} degrees of freedom" if spare else "the normal distribution"
    is_scaled = kind.startswith("HK") or choices.interval == "z"
    scaled = "res$se" if is_scaled else "sqrt(1 / sum(1 / (res$vi + res$tau2)))"
    return [f"# Prediction interval with {said}.", f"reach <- {quantile} * sqrt(res$tau2 + {scaled}^2)", _LIMITS]


_LIMITS = "print(c(lower = res$beta[1] - reach, upper = res$beta[1] + reach), digits = 6)"
