"""A Hartung-Knapp interval that is narrower than Wald's is said."""

from __future__ import annotations

import pytest

from analysis import data, options, results, synthesis


def pooled(effects: list[float], interval: str) -> results.Analysis:
    rows = [data.GenericStudy(str(i), f"Study {i}", y, 0.2) for i, y in enumerate(effects)]
    return synthesis.analyse(rows, options.Options(measure="GEN", convention="handbook", interval=interval))


@pytest.mark.parametrize(
    ("effects", "interval", "is_said"),
    [
        ([0.30, 0.31, 0.29], "HK", True),
        ([0.30, 0.301], "HK", True),
        ([0.30, 0.31, 0.29], "HK-ci", False),
        ([0.30, 0.31, 0.29], "z", False),
        ([0.1, 0.9, -0.8], "HK", False),
    ],
)
def test_it_is_said_where_it_is_so(effects: list[float], interval: str, *, is_said: bool) -> None:
    found = pooled(effects, interval)
    assert ("narrower_than_wald" in {notice.code for notice in found.notices}) == is_said


def test_the_notice_gives_walds_limits() -> None:
    text = next(n.text for n in pooled([0.30, 0.31, 0.29], "HK").notices if n.code == "narrower_than_wald")
    assert "from 0.074 to 0.526" in text
