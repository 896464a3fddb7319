import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import options, synthesis
from analysis.figures import axis, numerals
from tests.unit.analysis import samples


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "P < 0.00001"),
        (0.0000099, "P < 0.00001"),
        (0.00002, "P < 0.0001"),
        (0.0001, "P = 0.0001"),
        (0.00094, "P = 0.0009"),
        (0.00096, "P = 0.001"),
        (0.0053, "P = 0.005"),
        (0.0496, "P = 0.050"),
        (0.0999, "P = 0.10"),
        (0.453, "P = 0.45"),
        (0.999, "P = 1.00"),
    ],
)
def test_p_values(p, text):
    assert numerals.p_value(p) == text


def test_an_interval_below_nought_shows_that_it_is():
    assert numerals.interval(-0.15, -0.3, -0.004, 2) == "−0.15 [−0.30, −0.004]"
    assert numerals.interval(-0.15, -0.3, -0.00096, 2) == "−0.15 [−0.30, −0.0010]"
    assert numerals.interval(-0.15, -0.3, 0.004, 2) == "−0.15 [−0.30, 0.00]"
    assert numerals.interval(-0.15, -0.3, -0.0, 2) == "−0.15 [−0.30, 0.00]"
    assert numerals.interval(-0.15, -0.3, -1e-12, 2) == "−0.15 [−0.30, 0.00]"


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 4))
def test_nought_has_no_sign(estimate, low, high, decimals):
    for text in (numerals.interval(estimate, low, high, decimals), numerals.percent(estimate), numerals.fixed(low, 3)):
        assert not re.search(r"−0(?:\.0*)?(?![.\d])", text)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_no_number_has_a_hyphen(value, decimals):
    text = numerals.fixed(value, decimals)
    assert "-" not in text
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5 * 10**-decimals * 1.0001)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.00"), (0.13, "0.13"), (2.0, "2.00"), (0.0114, "0.011"), (0.00052, "0.00052")]
)
def test_small_variances_do_not_read_as_nought(value, text):
    assert numerals.variance(value) == text


def test_columns_keep_the_decimals_they_were_entered_with():
    assert numerals.decimals_for([9.45, 13.2]) == 2
    assert numerals.decimals_for([9.0, 13.0]) == 0
    assert numerals.decimals_for([1.23456], most=3) == 3


@given(st.integers(1, 25), st.integers(0, 10**6), st.sampled_from(("SMD", "MD")))
def test_the_axis_shows_every_estimate_and_no_effect(k, seed, measure):
    found = synthesis.analyse(samples.studies(k, seed), options.Options(measure=measure, prediction="t_k-1"))
    scale = axis.for_analysis(found)
    pool = found.overall
    shown = [0.0, pool.ci_low, pool.ci_high, *(row.effect for row in found.studies)]
    shown += [limit for limit in (pool.prediction_low, pool.prediction_high) if limit is not None]
    assert all(scale.low < value < scale.high for value in shown)
    ticks = [tick.position for tick in scale.ticks]
    assert 0.0 in ticks
    assert 3 <= len(ticks) <= 9
    assert len({tick.text for tick in scale.ticks}) == len(ticks)
    assert min(-scale.low, scale.high) / (scale.high - scale.low) > 0.2


def test_one_imprecise_study_does_not_squeeze_the_others():
    wide = samples.study("w", "Wide 2020", n1=2, n2=2, sd1=90, sd2=90)
    found = synthesis.analyse([*samples.studies(6), wide], options.Options(measure="MD"))
    scale = axis.for_analysis(found)
    assert scale.high < found.studies[-1].ci_high
