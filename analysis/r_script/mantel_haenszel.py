"""The Mantel-Haenszel estimate in R: metafor's rma.mh, and what other programs do otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from analysis import options


def code(choices: options.Options) -> Iterator[str]:
    """Lines that set `mh`: a list of beta, se and the weights in per cent."""
    if choices.measure == "RD" and choices.convention != "metafor":
        yield "# Variance by Greenland and Robins, where rma.mh() takes Sato's; differences of the cells as they are."
        yield "mh <- with(dat, {"
        if choices.mantel_haenszel == "raw":
            yield "  a <- events1; b <- n1 - events1; c <- events2; d <- n2 - events2"
        weights = "n1 * n2 / (n1 + n2)" if choices.profile.effects == "revman" else "m1 * m2 / (m1 + m2)"
        yield f"  m1 <- a + b; m2 <- c + d; w <- {weights}"
        yield "  spread <- sum((a * b * m2^3 + c * d * m1^3) / (m1 * m2 * (m1 + m2)^2))"
        yield "  list(beta = sum(w * (events1 / n1 - events2 / n2)) / sum(w), se = sqrt(spread) / sum(w),"
        yield "       weight = 100 * w / sum(w))"
        yield "})"
        return
    rule = choices.zero_cell_rule
    if choices.measure == "RR" and choices.mantel_haenszel == "corrected" and rule is not None and rule.full == "equal":
        yield "# Where everybody in both groups has the event the ratio is 1 exactly, as RevMan has it."
        yield "mh <- with(dat, {"
        yield "  m1 <- a + b; m2 <- c + d; total <- m1 + m2"
        yield "  s <- c * m1 / total; r <- ifelse(events1 == n1 & events2 == n2, s, a * m2 / total)"
        yield "  spread <- sum(m1 * m2 * (a + c) / total^2 - a * c / total)"
        yield "  list(beta = log(sum(r) / sum(s)), se = sqrt(spread / (sum(r) * sum(s))), weight = 100 * s / sum(s))"
        yield "})"
        return
    if choices.measure in ("IRR", "IRD"):
        arguments = "x1i = events1, t1i = time1, x2i = events2, t2i = time2"
    elif choices.mantel_haenszel == "corrected":
        arguments = "ai = a, bi = b, ci = c, di = d"
    else:
        arguments = "ai = events1, n1i = n1, ci = events2, n2i = n2"
    yield f'mh <- rma.mh(measure = "{choices.measure}", {arguments}, data = dat,'
    yield '             add = c(0, 0), to = c("none", "none"), drop00 = c(FALSE, FALSE))'
    yield "mh <- list(beta = as.vector(mh$beta), se = mh$se, weight = weights(mh))"
