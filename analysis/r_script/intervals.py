"""Standard error, degrees of freedom and intervals in R."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis import options
from analysis.pooling import prediction_kinds


def beyond(choices: options.Options) -> list[str]:
    """What the script does not print, a sentence each."""
    if choices.prediction == "NNF":
        return ["The prediction interval “NNF” is drawn by chance and not reproduced: the script prints none."]
    return []


_KNAPP: tuple[str, ...] = (
    "star <- 1 / (dat$vi + tau2)",
    "factor <- sum(star * (dat$yi - sum(star * dat$yi) / sum(star))^2) / (k - 1)  # Hartung and Knapp's",
)
_KENWARD: tuple[str, ...] = (
    "# Kenward and Roger's variance and degrees of freedom, of the expected information.",
    "star <- 1 / (dat$vi + tau2)",
    "s1 <- sum(star); s2 <- sum(star^2); s3 <- sum(star^3)",
    "information <- s2 / 2 - s3 / s1 + (s2 / s1)^2 / 2",
    "kr <- (1 + 2 * (s3 / s1 - (s2 / s1)^2) / information) / s1",
    "kr.df <- 2 * information / (kr * s2)^2",
)
_MEAN: Mapping[str, tuple[str, ...]] = {
    "z": (),
    "t": ("df <- k - 1",),
    "HK": (*_KNAPP, "se <- plain * sqrt(factor); df <- k - 1"),
    "HK-se": (*_KNAPP, "se <- plain * sqrt(max(1, factor)); df <- k - 1"),
    "HK-ci": (
        *_KNAPP,
        "if (qt(upper, k - 1) * sqrt(factor) >= qnorm(upper)) { se <- plain * sqrt(factor); df <- k - 1 }",
    ),
    "HK-IQWiG6": (
        *_KNAPP,
        'usual <- rma(yi, vi, data = dat, method = "DL")$se',
        "is.narrow <- qt(upper, k - 1) * plain * sqrt(factor) < qnorm(upper) * usual",
        "se <- if (is.narrow) plain else plain * sqrt(factor); df <- k - 1",
    ),
    "KR": (*_KENWARD, "se <- sqrt(kr); df <- kr.df"),
}


def mean(choices: options.Options) -> Iterator[str]:
    """Lines that set `se`, `df` and `reach`, half the interval's width; one study has its own interval."""
    yield f"upper <- {0.5 + choices.level / 2!r}"
    yield "se <- plain; df <- Inf"
    lines = _MEAN[choices.interval]
    if lines:
        yield "if (k > 1) {"
        yield from (f"  {line}" for line in lines)
        yield "}"
    yield "reach <- qt(upper, df) * se"


def prediction(choices: options.Options) -> Iterator[str]:
    """Lines that set `ahead`, both limits of the prediction interval."""
    yield "ahead <- c(NA, NA)"
    name = prediction_kinds.ALIASES.get(choices.prediction, choices.prediction)
    if name in ("none", "NNF"):
        return
    kind = prediction_kinds.kind_of(name)
    yield "if (k > 1) {"
    yield from (f"  {line}" for line in _spread_ahead(kind))
    yield "  if (free > 0) ahead <- mean + c(-1, 1) * qt(upper, free) * wide"
    yield "}"


def _spread_ahead(kind: prediction_kinds.Kind) -> Iterator[str]:
    scaled = {"": "0", "z": "plain^2", "HK": "plain^2 * factor", "HK-se": "plain^2 * max(1, factor)", "KR": "kr"}
    yield from {"HK": _KNAPP, "HK-se": _KNAPP, "KR": _KENWARD}.get(kind.method, ())
    yield f"wide <- sqrt(tau2 + {scaled[kind.method]})"
    free = "kr.df" if kind.method == "KR" else "k"
    if kind.spare == float("inf"):
        yield "free <- Inf"
    elif kind.least:
        yield f"free <- max({free} - {kind.spare:g}, {kind.least:g})"
    else:
        yield f"free <- {free} - {kind.spare:g}" if kind.spare else f"free <- {free}"
