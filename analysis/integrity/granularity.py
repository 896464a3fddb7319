"""Means and standard deviations that whole-number answers can have: GRIM, GRIMMER and DEBIT."""

from __future__ import annotations

import math

from analysis import errors
from analysis.integrity import findings

# Floating-point noise must not make a number on the edge of its rounding interval impossible.
_SLACK = 1e-9


def grim(mean: str | float, n: int, *, items: int = 1) -> findings.Finding:
    """Whether `n` people can have that mean of `items` whole-number items (averaged).

    The sum of all answers is whole, so the mean is a multiple of 1/(n·items). Source: Brown and Heathers, Soc Psychol
    Personal Sci 2017;8:363-369.
    """
    given, size = findings.reported(mean, "mean"), findings.group_size(n)
    grains = size * _items(items)
    if grains >= 10**given.decimals:
        return findings.Finding(
            "GRIM",
            None,
            f"With {grains} answers every mean of {given.decimals} decimals is possible, so the check says nothing.",
            {"grains": grains},
        )
    first, last = _whole_between(given.low * grains, given.high * grains)
    if first <= last:
        return findings.Finding("GRIM", True, f"A mean of {given.text} is possible with {grains} whole answers.")
    below, above = math.floor(given.value * grains), math.ceil(given.value * grains)
    return findings.Finding(
        "GRIM",
        False,
        f"A mean of {given.text} is not possible with {grains} whole answers: the nearest are "
        f"{below / grains:.{given.decimals + 2}f} and {above / grains:.{given.decimals + 2}f}.",
        {"nearest_below": below / grains, "nearest_above": above / grains},
    )


def grimmer(mean: str | float, sd: str | float, n: int, *, items: int = 1) -> findings.Finding:
    """Whether `n` people can have that mean and that standard deviation of whole-number answers.

    Beside GRIM: the sum of squares is whole, it must give the SD, and it is odd exactly when the sum is odd. With more
    than one item the check is of the sums of the items, which are whole as well. Sources: Anaya 2016; Allard 2018
    (analytic form).
    """
    given_mean, given_sd = findings.reported(mean, "mean"), findings.reported(sd, "standard deviation")
    size, count = findings.group_size(n), _items(items)
    if given_sd.value < 0:
        raise errors.InputError(f"The standard deviation is {given_sd.text}; it cannot be negative.", field="sd")
    first = grim(mean, n, items=items)
    if first.is_consistent is False:
        return findings.Finding("GRIMMER", False, first.reason, first.numbers)
    low, high = (max(edge, 0.0) * count for edge in (given_sd.low, given_sd.high))
    totals = _whole_between(given_mean.low * size * count, given_mean.high * size * count)
    if totals[1] - totals[0] > 1000:
        return findings.Finding("GRIMMER", None, "The group is too large for the rounding: the check says nothing.")
    for total in range(totals[0], totals[1] + 1):
        base = total**2 / size
        squares = _whole_between((size - 1) * low**2 + base, (size - 1) * high**2 + base)
        # A square is odd exactly when its number is.
        if any(square % 2 == total % 2 for square in range(squares[0], min(squares[1], squares[0] + 1) + 1)):
            return findings.Finding(
                "GRIMMER", True, f"Mean {given_mean.text} and SD {given_sd.text} are possible with {size} people."
            )
    return findings.Finding(
        "GRIMMER",
        False,
        f"No set of {size} whole answers has both the mean {given_mean.text} and the SD {given_sd.text}.",
    )


def debit(mean: str | float, sd: str | float, n: int) -> findings.Finding:
    """Whether a share and its standard deviation belong to `n` yes-or-no answers: SD = √(n/(n - 1)·m(1 - m)).

    Source: Heathers and Brown 2019 (DEBIT).
    """
    given_mean, given_sd = findings.reported(mean, "mean"), findings.reported(sd, "standard deviation")
    size = findings.group_size(n)
    if not 0 <= given_mean.value <= 1:
        raise errors.InputError(
            f"The mean of yes-or-no answers is {given_mean.text}; it lies from 0 to 1.", field="mean"
        )
    ends = [max(0.0, given_mean.low), min(1.0, given_mean.high)]
    shares = [*ends, *([0.5] if ends[0] < 0.5 < ends[1] else [])]
    spreads = [math.sqrt(size / (size - 1) * share * (1 - share)) for share in shares]
    expected = f"between {min(spreads):.{given_sd.decimals + 1}f} and {max(spreads):.{given_sd.decimals + 1}f}"
    fits = given_sd.low <= max(spreads) + _SLACK and given_sd.high >= min(spreads) - _SLACK
    reason = (
        f"{size} yes-or-no answers with the mean {given_mean.text} have an SD {expected}; {given_sd.text} is reported."
    )
    return findings.Finding("DEBIT", fits, reason, {"sd_low": min(spreads), "sd_high": max(spreads)})


def _items(items: int) -> int:
    if items != int(items) or items < 1:
        raise errors.InputError(
            f"The number of items is {items}; it must be a whole number of at least 1.", field="items"
        )
    return int(items)


def _whole_between(low: float, high: float) -> tuple[int, int]:
    """The first and the last whole number from `low` to `high`; the last is smaller when there is none."""
    slack = _SLACK * max(1.0, abs(low), abs(high))
    return math.ceil(low - slack), math.floor(high + slack)
