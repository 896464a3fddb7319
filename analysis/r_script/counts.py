"""Effects of counted events in R, with the cells of 0 corrected as the options say; escalc then adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis import options
from analysis.effects import catalogue

# What stands for the cells of a study, and how escalc is told of them.
_CELLS: Mapping[str, Mapping[str, str]] = {
    "binary": {"a": "ai", "b": "bi", "c": "ci", "d": "di"},
    "matched": {"a": "ai", "b": "bi", "c": "ci", "d": "di"},
    "rates": {"a": "x1i", "c": "x2i"},
    "single_rates": {"a": "xi"},
    "proportions": {"a": "xi", "b": "mi"},
}
_RAW: Mapping[str, Mapping[str, str]] = {
    "binary": {"a": "events1", "b": "n1 - events1", "c": "events2", "d": "n2 - events2"},
    "matched": {"a": "both", "b": "only1", "c": "only2", "d": "neither"},
    "rates": {"a": "events1", "c": "events2"},
    "single_rates": {"a": "events"},
    "proportions": {"a": "events", "b": "n - events"},
}
_TIMES: Mapping[str, str] = {"rates": ", t1i = time1, t2i = time2", "single_rates": ", ti = time"}
_NOTHING = ', add = 0, to = "none"'
# The share of the average group in both, of events and of the arms.
_POOLED = (
    "  usable <- !dropped & !empty",
    "  pooled <- sum((a * d / (n1 + n2))[usable]) / sum((b * c / (n1 + n2))[usable])",
    "  if (!is.finite(pooled)) pooled <- 1",
)


def code(choices: options.Options, vtype: str) -> str:
    """Lines that add the cells, yi and vi to `dat`."""
    family = catalogue.measure(choices.measure).family
    rule = choices.zero_cell_rule
    raw = _RAW[family]
    lines = ["dat <- within(dat, {", *(f"  {cell} <- {text}" for cell, text in raw.items()), "})"]
    is_corrected = rule is not None and rule.when != "none" and rule.increment
    if rule is not None:
        lines += ["# Cells of 0 as the comments above say; escalc() then adds nothing.", *_dropped(family, rule.drop)]
    if rule is not None and is_corrected:
        lines += ["dat$n.raw1 <- dat$a + dat$b"] if family == "proportions" else []
        lines += _corrected(choices, family)
    frame = "dat"
    lines.append(_escalc(choices, family, frame, _CELLS[family], vtype))
    if is_corrected and rule is not None and rule.point == "raw" and choices.measure in ("RD", "RR", "OR", "IRD", "PR"):
        plain = dict(zip(raw.values(), _CELLS[family].values(), strict=True))
        lines.append("# The estimate is that of the cells as they are; only its variance is of the corrected ones.")
        lines.append(_escalc(choices, family, "dat", plain, vtype).replace("dat <- ", "raw <- ", 1))
        lines.append("dat$yi <- raw$yi")
    if choices.measure == "RR" and rule is not None and rule.full == "equal":
        lines.append(
            "dat$yi[dat$events1 == dat$n1 & dat$events2 == dat$n2] <- 0  # everybody has the event: the ratio is 1"
        )
    lines += _events_only(choices)
    if rule is not None and rule.drop != "never" and family not in ("single_rates", "proportions", "matched"):
        lines.append("dat$yi[dropped] <- NA  # not estimable")
    return "\n".join(lines)


def _escalc(choices: options.Options, family: str, frame: str, cells: Mapping[str, str], vtype: str) -> str:
    arguments = ", ".join(f"{argument} = {cell}" for cell, argument in cells.items())
    return (
        f'{frame} <- escalc(measure = "{choices.measure}"{vtype}{_NOTHING}, drop00 = FALSE, data = dat,\n'
        f"              {arguments}{_TIMES.get(family, '')})"
    )


def _dropped(family: str, drop: str) -> Iterator[str]:
    """Which studies say nothing."""
    if drop == "never" or family in ("single_rates", "proportions", "matched"):
        yield "dropped <- rep(FALSE, nrow(dat))"
    elif family == "rates" or drop == "no_events":
        yield "dropped <- dat$a == 0 & dat$c == 0"
    else:
        yield "dropped <- (dat$a == 0 & dat$c == 0) | (dat$b == 0 & dat$d == 0)"


def _corrected(choices: options.Options, family: str) -> Iterator[str]:
    rule = choices.zero_cell_rule
    assert rule is not None
    cells = tuple(_CELLS[family])
    yield "dat <- within(dat, {"
    yield f"  empty <- {' | '.join(f'{cell} == 0' for cell in cells)}"
    if rule.amount == "empirical":
        yield from _POOLED
    when = {"only0": "empty & !dropped", "if0all": "rep(any(empty & !dropped), length(a))"}
    yield f"  touched <- {when.get(rule.when, 'rep(TRUE, length(a))')}"
    yield f"  add1 <- ifelse(touched, {_share(rule.increment, rule.amount, 1)}, 0)"
    if "c" in cells:
        yield f"  add2 <- ifelse(touched, {_share(rule.increment, rule.amount, 2)}, 0)"
    for cell in cells:
        yield f"  {cell} <- {cell} + {'add1' if cell in 'ab' else 'add2'}"
    yield "})"


def _share(increment: float, amount: str, arm: int) -> str:
    """What is added to the cells of an arm; in all twice the increment."""
    if amount == "constant":
        return f"{increment!r}"
    if amount == "treatment_arm":
        return f"{2 * increment!r} * n{arm} / (n1 + n2)"
    ratio = f"{2 * increment!r}"
    return f"{ratio} * pooled / (pooled + n2 / n1)" if arm == 1 else f"{ratio} * (n2 / n1) / (pooled + n2 / n1)"


def _events_only(choices: options.Options) -> list[str]:
    """meta's risk ratios and log proportions: a total grows by the event cell alone."""
    rule = choices.zero_cell_rule
    if rule is None or rule.totals != "events_only" or choices.variance not in ("LS", options.BY_CONVENTION):
        return []
    if choices.measure == "PLN":
        return [
            "# As package meta: the total grows by the events' part alone.",
            "dat <- within(dat, {",
            "  size <- n + (a - events)",
            "  yi <- log(a / size)",
            "  vi <- 1 / ifelse(events == n, events, a) - 1 / size",
            "})",
        ]
    if choices.measure == "RR":
        return [
            "# As package meta: a total grows by the events' part alone.",
            "dat <- within(dat, {",
            "  total1 <- n1 + (a - events1); total2 <- n2 + (c - events2)",
            "  full <- events1 == n1 & events2 == n2",
            "  yi <- log(a / total1) - log(c / total2)",
            "  vi <- 1 / ifelse(full, events1, a) - 1 / total1 + 1 / ifelse(full, events2, c) - 1 / total2",
            "})",
        ]
    return []
