"""τ², Q, I² and H² in R."""

from __future__ import annotations

from collections.abc import Iterator

from analysis import options
from analysis.pooling import mantel_haenszel

# What metafor searches for, and the estimators that solve Paule and Mandel's equation.
_SEARCHED = ("REML", "ML", "PM", "PMM")
_SAME_AS = {"DLIT": "PM", "SJIT": "PM", "EB": "PM"}
_CONTROL = "control = list(threshold = 1e-12, maxiter = 10000, tol = 1e-12)"


def tau2(choices: options.Options) -> Iterator[str]:
    """Lines that set `tau2`."""
    if choices.model == "common":
        yield "tau2 <- 0"
        return
    given = choices.subgroup_tau2 == "common"
    if given:
        yield "if (is.null(tau2)) {"
    for line in _estimated(choices):
        yield f"  {line}" if given else line
    if given:
        yield "}"


def _estimated(choices: options.Options) -> Iterator[str]:
    method = choices.tau2_method
    if choices.method == "MH" and choices.q_centre == "method" and method == "DL":
        yield "# DerSimonian and Laird's, with Q about the Mantel-Haenszel estimate."
        yield "w <- 1 / dat$vi"
        yield "moved <- sum(w * (dat$yi - mh$beta)^2)"
        yield "tau2 <- if (k > 1) max(0, (moved - (k - 1)) / (sum(w) - sum(w^2) / sum(w))) else 0"
    elif method == "DL2":
        yield "# DerSimonian and Laird's in two steps, which metafor does not offer."
        yield "tau2 <- 0"
        yield "if (k > 1) for (step in 1:2) {"
        yield "  w <- 1 / (dat$vi + tau2)"
        yield "  q <- sum(w * (dat$yi - sum(w * dat$yi) / sum(w))^2)"
        yield "  spare <- sum(w * dat$vi) - sum(w^2 * dat$vi) / sum(w)"
        yield "  tau2 <- max(0, (q - spare) / (sum(w) - sum(w^2) / sum(w)))"
        yield "}"
    elif method == "GENQ":
        yield _rma("dat", method, ", weights = 1 / sqrt(vi)")
    elif method == "GENQM":
        yield from _MEDIAN_UNBIASED
    else:
        yield _rma("dat", _SAME_AS.get(method, method))


# Ruben's series gives the exact distribution of the generalised Q; metafor needs another package for it.
_MEDIAN_UNBIASED = (
    "# The tau2 at which the generalised Q with weights 1 / sqrt(v) is at the median of its distribution (Ruben 1962).",
    "w <- 1 / sqrt(dat$vi)",
    "q <- sum(w * (dat$yi - sum(w * dat$yi) / sum(w))^2)",
    "below <- function(tau2, terms = 1000) {",
    "  root <- sqrt(dat$vi + tau2)",
    "  form <- (diag(w, k) - outer(w, w) / sum(w)) * outer(root, root)",
    "  lambda <- eigen(form, symmetric = TRUE, only.values = TRUE)$values[seq_len(k - 1)]",
    "  unit <- 2 / (1 / min(lambda) + 1 / max(lambda))",
    '  powers <- colSums(outer(1 - unit / lambda, seq_len(terms), "^"))',
    "  share <- prod(sqrt(unit / lambda))",
    "  for (j in seq_len(terms)) share[j + 1] <- sum(powers[j:1] * share[1:j]) / (2 * j)",
    "  sum(share * pchisq(q / unit, k - 1 + 2 * (0:terms)))",
    "}",
    "tau2 <- 0",
    "if (k > 1 && below(0) > 0.5) {",
    "  high <- max(dat$vi)",
    "  while (below(high) > 0.5) high <- 2 * high",
    "  tau2 <- uniroot(function(x) below(x) - 0.5, c(0, high), tol = 1e-10)$root",
    "}",
)


def _rma(frame: str, method: str, extra: str = "", moderators: str = "") -> str:
    control = f",\n            {_CONTROL}" if method in _SEARCHED else ""
    return f'tau2 <- rma(yi, vi{extra}{moderators}, data = {frame}, method = "{method}"{control})$tau2'


def common_tau2(choices: options.Options) -> Iterator[str]:
    """Lines that set `shared`, the residual τ² of the regression on the subgroups."""
    method = _SAME_AS.get(choices.tau2_method, choices.tau2_method)
    yield "# One tau2 for all subgroups: the residual one of the regression on them."
    moderators = ", mods = ~ 0 + factor(subgroup)"
    yield _rma("dat", method, moderators=moderators).replace("tau2 <- ", "shared <- ")


def spread(choices: options.Options) -> Iterator[str]:
    """Lines that set `q`, `q.df`, `i2` and `h2`."""
    centre = "mean" if choices.method == "MH" and choices.model == "common" else "mh$beta"
    yield "w <- 1 / dat$vi"
    yield f"counted <- {_counted(choices)}"
    if choices.method == "MH" and choices.q_centre == "method":
        yield f"q <- sum((w * (dat$yi - {centre})^2)[counted])  # about the Mantel-Haenszel estimate"
    else:
        yield "q <- sum(w * (dat$yi - sum(w * dat$yi) / sum(w))^2)"
    yield "q.df <- max(sum(counted) - 1, 0)"
    yield "if (q.df < 1) q <- 0"
    if choices.i2_definition == "Q":
        yield "i2 <- if (q.df > 0) max(0, 100 * (q - q.df) / q) else NA"
        yield "h2 <- if (q.df > 0) q / q.df else NA"
    else:
        yield "typical <- (k - 1) * sum(w) / (sum(w)^2 - sum(w^2))"
        yield "i2 <- if (k > 1) 100 * tau2 / (tau2 + typical) else NA"
        yield "h2 <- if (k > 1) 1 + tau2 / typical else NA"


def _counted(choices: options.Options) -> str:
    """The studies over which Q is taken: all, or those with and without events, as rma.mh has it."""
    is_about_method = choices.method == "MH" and choices.model == "common" and choices.q_centre == "method"
    if not is_about_method or choices.measure not in mantel_haenszel.MEASURES or choices.profile.q_drop == "never":
        return "rep(TRUE, k)"
    return "with(dat, !(events1 == 0 & events2 == 0) & !(events1 == n1 & events2 == n2))"
