"""A prediction interval that is not chosen follows the interval that is."""

from __future__ import annotations

import pytest

from analysis import data, options, profiles, synthesis

EFFECTS = [(0.1, 0.02), (0.4, 0.05), (0.35, 0.01), (0.9, 0.03)]
OFFERING = [
    name for name, profile in profiles.PROFILES.items() if profile.defaults("GEN", "random")["prediction"] != "none"
]


@pytest.mark.parametrize("convention", OFFERING)
@pytest.mark.parametrize("interval", ["t", "HK", "HK-se", "KR"])
def test_it_has_the_intervals_distribution_and_is_never_inside_it(convention: str, interval: str) -> None:
    chosen = options.Options(measure="GEN", convention=convention, interval=interval)
    rows = [data.GenericStudy(str(i), f"Study {i}", y, v**0.5) for i, (y, v) in enumerate(EFFECTS)]
    found = synthesis.analyse(rows, chosen).overall
    assert found.prediction_low is not None
    assert found.prediction_high is not None
    assert found.prediction_low <= found.ci_low
    assert found.ci_high <= found.prediction_high


def test_a_prediction_interval_that_is_chosen_stays() -> None:
    assert options.Options(measure="GEN", convention="metafor", interval="HK", prediction="t_k-2").prediction == "t_k-2"
