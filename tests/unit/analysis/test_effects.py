import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import data, effects, errors
from analysis.effects import continuous
from tests.unit.analysis import samples


def test_exact_correction_at_known_points():
    df = np.array([2.0, 4.0, 10.0])
    known = [math.gamma(v / 2) / (math.sqrt(v / 2) * math.gamma((v - 1) / 2)) for v in df]
    assert continuous.exact_correction(df) == pytest.approx(known, rel=1e-14)
    assert continuous.exact_correction(np.array([2.0]))[0] == pytest.approx(1 / math.sqrt(math.pi), rel=1e-14)


@given(st.integers(20, 10**9))
def test_exact_correction_follows_its_series(df):
    series = 1 - 3 / (4 * df) - 7 / (32 * df**2) - 9 / (128 * df**3)
    assert continuous.exact_correction(np.array([float(df)]))[0] == pytest.approx(series, abs=0.05 / df**4 + 1e-12)


def test_formulas_of_both_conventions():
    n1, n2, d = 10, 12, -1.5 / math.sqrt((9 * 4.0 + 11 * 9.0) / 20)
    given_study = data.ContinuousData.of([samples.study(n1=n1, mean1=3, sd1=2, n2=n2, mean2=4.5, sd2=3)])
    revman = effects.estimate(given_study, "SMD", convention="revman5")
    g = d * (1 - 3 / (4 * 22 - 9))
    assert revman.estimate[0] == pytest.approx(g, rel=1e-14)
    assert revman.variance[0] == pytest.approx(22 / 120 + g**2 / (2 * (22 - 3.94)), rel=1e-14)
    metafor = effects.estimate(given_study, "SMD")
    exact = d * math.gamma(10) / (math.sqrt(10) * math.gamma(9.5))
    assert metafor.estimate[0] == pytest.approx(exact, rel=1e-13)
    assert metafor.variance[0] == pytest.approx(1 / 10 + 1 / 12 + exact**2 / 44, rel=1e-13)
    plain = effects.estimate(given_study, "MD")
    assert (plain.estimate[0], plain.variance[0]) == pytest.approx((-1.5, 4 / 10 + 9 / 12))


@pytest.mark.parametrize("changes", [{"sd1": 1e-200, "sd2": 1e-200}, {"mean1": 1e308, "mean2": -1e308}])
@pytest.mark.parametrize("measure", ["SMD", "MD"])
def test_numbers_beyond_reach_are_refused_by_name(measure, changes):
    given_study = data.ContinuousData.of([samples.study(), samples.study("b", "Cy 2022", **changes)])
    with pytest.raises(errors.InputError, match="“Cy 2022”"):
        effects.estimate(given_study, measure)
