"""The test between subgroups in R."""

from __future__ import annotations


def code() -> tuple[str, ...]:
    """Lines that compare the subgroups' estimates by inverse variance."""
    return (
        "if (length(parts) > 1) {",
        "  estimates <- sapply(parts, function(part) part$estimate)",
        "  errors <- sapply(parts, function(part) part$se)",
        '  between <- rma(estimates, sei = errors, method = "EE")',
        '  cat("\\nTest between subgroups: Q =", format(between$QE, digits = 8), "df =", between$k - 1,',
        '      "p =", format(between$QEp, digits = 8), "\\n")',
        "}",
    )
