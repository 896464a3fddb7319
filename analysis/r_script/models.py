"""The pooled estimates in R: one function for all studies and for each subgroup, with metafor where it has the method.

The function gives everything that the analysis shows. What metafor does not offer is written out in base R.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis import options
from analysis.r_script import between, heterogeneity, intervals, mantel_haenszel

_INDENT = "  "


def beyond(choices: options.Options) -> list[str]:
    """What the script does not reproduce, a sentence each."""
    return intervals.beyond(choices)


def code(choices: options.Options) -> str:
    """The function `pool`, the overall estimate, and what is printed of it."""
    body = [*_body(choices)]
    return "\n".join(
        [
            "# One pooled estimate, with everything that is said of it.",
            f"pool <- function(dat{', tau2 = NULL' if _has_common_tau2(choices) else ''}) {{",
            *(f"{_INDENT}{line}" if line else "" for line in body),
            "}",
            _SHOW,
            "found <- pool(dat)",
            "show(found)",
            "print(found$weights, digits = 6, row.names = FALSE)",
        ]
    )


def subgroups(choices: options.Options) -> str:
    """Each subgroup with its own estimate, and the test between them."""
    shared = _has_common_tau2(choices)
    return "\n".join(
        [
            *(heterogeneity.common_tau2(choices) if shared else ()),
            "# Every subgroup by itself; the test compares the subgroups' estimates.",
            "groups <- factor(dat$subgroup, unique(dat$subgroup))",
            f"parts <- lapply(split(dat, groups), pool{', tau2 = shared' if shared else ''})",
            "parts <- parts[sapply(parts, function(part) part$k > 0)]",
            'for (name in names(parts)) { cat("\\n", name, "\\n", sep = ""); show(parts[[name]]) }',
            *between.code(),
        ]
    )


_SHOW = """show <- function(found) {
  numbers <- unlist(found[sapply(found, is.numeric)])
  print(data.frame(value = sapply(numbers, format, digits = 8)), right = FALSE)
}"""


def _has_common_tau2(choices: options.Options) -> bool:
    return choices.subgroup_tau2 == "common" and choices.model == "random"


def _body(choices: options.Options) -> Iterator[str]:
    yield "dat <- dat[is.finite(dat$yi) & is.finite(dat$vi) & dat$vi > 0, ]  # the studies that are estimable"
    yield "k <- nrow(dat)"
    yield "if (k == 0) return(list(k = 0))"
    is_events = choices.method == "MH"
    if is_events:
        yield from mantel_haenszel.code(choices)
    if is_events and choices.model == "common":
        yield "mean <- mh$beta; plain <- mh$se; tau2 <- 0; weight <- mh$weight"
    else:
        yield from heterogeneity.tau2(choices)
        method = "EE" if choices.model == "common" else "DL"
        yield f'res <- rma(yi, vi, data = dat, tau2 = tau2, method = "{method}")'
        yield "mean <- res$beta[1]; plain <- res$se; weight <- weights(res)"
    yield from heterogeneity.spread(choices)
    yield from intervals.mean(choices)
    yield from intervals.prediction(choices)
    yield "list(k = k, estimate = mean, se = se, lower = mean - reach, upper = mean + reach, df = df,"
    yield "     statistic = mean / se, p = 2 * pt(-abs(mean / se), df), Q = q, Q.df = q.df,"
    yield "     Q.p = if (q.df > 0) pchisq(q, q.df, lower.tail = FALSE) else NA, I2 = i2, H2 = h2,"
    yield f"     tau2 = {'if (k > 1) tau2 else NA' if choices.model == 'random' else 'NA'},"
    yield "     prediction.lower = ahead[1], prediction.upper = ahead[2],"
    yield "     weights = data.frame(study = dat$study, effect = dat$yi, se = sqrt(dat$vi), weight = weight))"
