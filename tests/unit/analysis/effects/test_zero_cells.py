import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import errors
from analysis.effects import zero_cells
from tests.unit.analysis.effects import tables


def corrected(rule, *columns):
    return zero_cells.correct(zero_cells.table(*columns), rule)


@given(tables.arms(least=1), st.sampled_from(zero_cells.AMOUNTS), st.sampled_from(["only0", "if0all", "none"]))
@settings(max_examples=50)
def test_tables_without_a_0_are_left_alone(columns, amount, when):
    found = corrected(zero_cells.ZeroCells(amount=amount, when=when), *columns)
    for cell, raw in zip(found.table, found.raw, strict=True):
        assert (cell == raw).all()


@given(tables.arms(), st.sampled_from(zero_cells.AMOUNTS), st.sampled_from(zero_cells.WHEN))
@settings(max_examples=50)
def test_the_two_arms_share_twice_the_increment(columns, amount, when):
    found = corrected(zero_cells.ZeroCells(increment=0.3, amount=amount, when=when), *columns)
    total = found.added1 + found.added2
    assert np.all((np.abs(total - 0.6) < 1e-12) | (total == 0))
    assert np.all(found.table.n1 - found.raw.n1 == pytest.approx(2 * found.added1))


def test_when_decides_which_studies():
    columns = ([0, 4], [10, 10], [3, 5], [12, 12])
    added = {when: corrected(zero_cells.ZeroCells(when=when), *columns).added1.tolist() for when in zero_cells.WHEN}
    assert added == {"only0": [0.5, 0], "if0all": [0.5, 0.5], "all": [0.5, 0.5], "none": [0, 0]}


def test_if_any_study_looks_at_one_analysis_at_a_time():
    columns = ([[0, 4], [3, 4]], [[10, 10], [10, 10]], [[3, 5], [3, 5]], [[12, 12], [12, 12]])
    found = corrected(zero_cells.ZeroCells(when="if0all"), *columns)
    assert found.added1.tolist() == [[0.5, 0.5], [0, 0]]


def test_a_dropped_study_does_not_set_off_the_others():
    columns = ([0, 4], [10, 10], [0, 5], [12, 12])
    found = corrected(zero_cells.ZeroCells(when="if0all", drop="no_events"), *columns)
    assert found.added1.tolist() == [0, 0]
    assert np.isnan(found.table.a[0])


def test_the_treatment_arm_rule_follows_the_sizes():
    found = corrected(zero_cells.ZeroCells(amount="treatment_arm"), 0, 30, 2, 10)
    assert (float(found.added1), float(found.added2)) == pytest.approx((0.75, 0.25))


def test_the_empirical_rule_pulls_towards_the_other_studies():
    columns = ([0, 10], [20, 40], [0, 5], [20, 40])
    found = corrected(zero_cells.ZeroCells(amount="empirical"), *columns)
    pooled = (10 * 35) / (30 * 5)
    assert found.added1[0] / found.added2[0] == pytest.approx(pooled)
    alone = corrected(zero_cells.ZeroCells(amount="empirical"), 0, 20, 0, 20)
    assert float(alone.added1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("option", "value"),
    [("amount", "some"), ("when", "often"), ("drop", "all"), ("point", "mean"), ("totals", "n"), ("increment", -1)],
)
def test_an_unknown_rule_is_refused(option, value):
    with pytest.raises(errors.OptionError, match=f"Option {option} is") as refused:
        zero_cells.ZeroCells(**{option: value})
    assert refused.value.option == option


def test_shares_of_increments_are_for_tables():
    rule = zero_cells.ZeroCells(amount="treatment_arm")
    with pytest.raises(errors.OptionError, match="choose “constant”"):
        zero_cells.correct_counts((np.array([0.0]),), rule)
