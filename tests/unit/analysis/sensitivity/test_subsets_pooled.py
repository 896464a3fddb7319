"""Leave-one-out and cumulative meta-analysis, and the estimates of subsets behind them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import errors, options, synthesis
from analysis.pooling import batch, heterogeneity, intervals, mantel_haenszel, peto, random, tau2
from analysis.sensitivity import cumulative, leave_one_out, pooled, shared_scan, subsets
from tests.unit.analysis.sensitivity import invented

EFFECTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2)), min_size=3, max_size=10)
CLOSE = {"rel": 1e-8, "abs": 1e-7, "nan_ok": True}


def alone(y, v, method, interval):
    """One analysis by the kernels themselves."""
    studies = batch.Batch.of(y, v)
    between = np.zeros(()) if method == "EE" else tau2.estimate(studies, method).value
    mean = random.pool(studies, between)
    found = intervals.infer(studies, mean, between, method=interval)
    spread = heterogeneity.describe(studies, between, i2_definition="Q" if method == "EE" else "tau2")
    values = [mean.estimate, found.se, found.low, found.high, between, spread.q, spread.i2]
    return [float(value) for value in values]


def row_of(found, row):
    names = ("estimate", "se", "low", "high", "tau2", "q", "i2")
    return [float(getattr(found, name)[row]) for name in names]


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "ML", "PM", "SJ"])
@pytest.mark.parametrize("interval", ["z", "HK"])
@settings(max_examples=8, deadline=None)
@given(effects=EFFECTS)
def test_leave_one_out_equals_a_loop(method, interval, effects):
    y, v = np.array(effects).T
    found = leave_one_out.estimate(batch.Batch.of(y, v), pooled.Model(method, interval))
    for row in range(len(y)):
        assert row_of(found, row) == pytest.approx(alone(*np.delete([y, v], row, axis=1), method, interval), **CLOSE)
    assert found.is_converged.all()


@pytest.mark.parametrize("method", ["EE", "DL", "REML"])
@settings(max_examples=8, deadline=None)
@given(effects=EFFECTS, data=st.data())
def test_cumulative_equals_a_loop_in_any_order(method, effects, data):
    y, v = np.array(effects).T
    order = np.array(data.draw(st.permutations(range(len(y)))))
    found = cumulative.estimate(batch.Batch.of(y, v), pooled.Model(method, "HK"), order=order)
    for row in range(len(y)):
        taken = order[: row + 1]
        assert row_of(found, row) == pytest.approx(alone(y[taken], v[taken], method, "HK"), **CLOSE)


@settings(max_examples=25, deadline=None)
@given(effects=EFFECTS, data=st.data())
def test_the_order_of_the_studies_does_not_matter(effects, data):
    y, v = np.array(effects).T
    order = np.array(data.draw(st.permutations(range(len(y)))))
    one = leave_one_out.estimate(batch.Batch.of(y, v))
    other = leave_one_out.estimate(batch.Batch.of(y[order], v[order]))
    assert other.estimate == pytest.approx(one.estimate[order], rel=1e-9, abs=1e-12)
    assert other.tau2 == pytest.approx(one.tau2[order], rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(effects=EFFECTS, factor=st.sampled_from([1e-100, 1e-3, 7.0, 1e100]))
def test_signs_and_scales_come_through(effects, factor):
    y, v = np.array(effects).T
    one = leave_one_out.estimate(batch.Batch.of(y, v))
    other = leave_one_out.estimate(batch.Batch.of(-factor * y, factor**2 * v))
    assert other.estimate == pytest.approx(-factor * one.estimate, rel=1e-9, abs=1e-11 * factor)
    assert other.tau2 == pytest.approx(factor**2 * one.tau2, rel=1e-8, abs=1e-12 * factor**2)


def test_a_study_without_weight_changes_nothing():
    studies = invented.studies(6)
    wider = batch.Batch.of(np.append(studies.y, 99.0), np.append(studies.v, np.inf))
    whole = pooled.pool(studies, np.ones((1, 6), dtype=bool), pooled.Model())
    found = leave_one_out.estimate(wider)
    assert found.estimate[-1] == pytest.approx(whole.estimate[0], rel=1e-12)
    assert found.estimate[:-1] == pytest.approx(leave_one_out.estimate(studies).estimate, rel=1e-12)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("spread", [0.5, 4.0])
def test_the_shared_scan_finds_what_the_general_search_finds(method, offset, spread):
    draw = np.random.default_rng(8)
    for _ in range(20):
        k = int(draw.integers(4, 12))
        y, v = draw.standard_t(2, k) + offset, 10.0 ** draw.uniform(-spread, spread, k)
        members = subsets.drawn(k, 30, 1)
        found = pooled.pool(batch.Batch.of(y, v), members, pooled.Model(method))
        rows = batch.Batch.of(y, v, members)
        assert found.tau2 == pytest.approx(tau2.estimate(rows, method).value, rel=1e-9, abs=1e-12, nan_ok=True)


def test_small_parts_give_what_one_gives(monkeypatch):
    studies = invented.studies(11)
    whole = leave_one_out.estimate(studies)
    monkeypatch.setattr(pooled, "CHUNK", 30)
    monkeypatch.setattr(shared_scan, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(shared_scan, "STUDIES_AT_ONCE", 3)
    monkeypatch.setattr(shared_scan, "UNTHREADED", 50)
    parts = leave_one_out.estimate(studies)
    for one, other in zip(whole, parts, strict=True):
        assert other == pytest.approx(one, rel=1e-12)


def test_many_sets_of_studies_at_once():
    sets = [invented.studies(7, seed) for seed in range(6)]
    together = batch.Batch.of(*(np.stack([getattr(one, name) for one in sets]).reshape(2, 3, 7) for name in "yv"))
    found = leave_one_out.estimate(together)
    assert found.estimate.shape == (2, 3, 7)
    for place, one in enumerate(sets):
        single = leave_one_out.estimate(one)
        assert found.estimate.reshape(6, 7)[place] == pytest.approx(single.estimate, rel=1e-9)
        assert found.tau2.reshape(6, 7)[place] == pytest.approx(single.tau2, rel=1e-8, abs=1e-13)


def test_a_broken_variance_breaks_only_what_holds_it():
    studies = batch.Batch.of([0.1, 0.5, 0.9, 0.2, 0.7], [0.1, -1.0, 0.1, 0.2, 0.1])
    found = leave_one_out.estimate(studies)
    assert np.isnan(found.estimate).tolist() == [True, False, True, True, True]
    assert np.isnan(found.tau2).tolist() == [True, False, True, True, True]


def test_none_one_and_two_studies_have_defined_answers():
    assert leave_one_out.estimate(batch.Batch.of([], [])).estimate.shape == (0,)
    assert cumulative.estimate(batch.Batch.of([], [])).estimate.shape == (0,)
    one = leave_one_out.estimate(batch.Batch.of([0.4], [0.1]), pooled.Model(interval="HK"))
    assert np.isnan(one.estimate).all()
    assert one.k.tolist() == [0]
    two = leave_one_out.estimate(batch.Batch.of([0.4, 1.0], [0.1, 0.3]), pooled.Model(interval="HK"))
    assert two.estimate == pytest.approx([1.0, 0.4])
    assert two.se == pytest.approx(np.sqrt([0.3, 0.1]))
    assert two.tau2.tolist() == [0, 0]
    assert np.isnan(two.i2).all()
    steps = cumulative.estimate(batch.Batch.of([0.4, 1.0], [0.1, 0.3]))
    assert steps.k.tolist() == [1, 2]


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_mantel_haenszel_through_a_centre(measure):
    given_studies = invented.binary(has_zeros=False)
    counts = [given_studies.column(name) for name in ("events1", "n1", "events2", "n2")]
    chosen = options.Options(measure=measure, convention="metafor", model="common", method="MH")
    found = leave_one_out.of_studies(given_studies, chosen)
    for row, members in enumerate(subsets.without_each(len(given_studies))):
        single = mantel_haenszel.pool(mantel_haenszel.tables(*(count[members] for count in counts)), measure)
        assert found.values.estimate[row] == pytest.approx(single.estimate, rel=1e-12)
        assert found.values.se[row] == pytest.approx(np.sqrt(single.variance), rel=1e-12)


def test_peto_through_a_centre():
    given_studies = invented.binary()
    cells = mantel_haenszel.tables(*(given_studies.column(name) for name in ("events1", "n1", "events2", "n2")))
    scores = peto.scores(cells)

    def centre(members):
        return peto.pool(peto.Scores(*(np.where(members, part, 0.0) for part in scores)))

    model = pooled.Model("EE", centre=centre)
    found = leave_one_out.estimate(peto.effects(scores), model)
    by_weights = leave_one_out.estimate(peto.effects(scores), pooled.Model("EE"))
    assert found.estimate == pytest.approx(by_weights.estimate, rel=1e-12)
    assert found.q == pytest.approx(by_weights.q, rel=1e-9)
    with pytest.raises(errors.OptionError, match="one set of studies"):
        leave_one_out.estimate(batch.Batch.of(np.zeros((2, 3)), np.ones((2, 3))), model)


@pytest.mark.parametrize("convention", ["revman5", "revman2025", "metafor", "meta", "handbook"])
@pytest.mark.parametrize("model", ["common", "random"])
def test_studies_and_options_give_what_the_front_door_gives(convention, model):
    given_studies = invented.binary()
    chosen = options.Options(measure="OR", convention=convention, model=model)
    found = leave_one_out.of_studies(given_studies, chosen)
    assert found.labels == given_studies.labels
    for row in range(len(given_studies)):
        rest = [study for place, study in enumerate(given_studies.studies) if place != row]
        overall = synthesis.analyse(rest, chosen).overall
        got = [float(getattr(found.values, name)[row]) for name in ("estimate", "se", "low", "high", "p", "q", "i2")]
        expected = [overall.estimate, overall.se, overall.ci_low, overall.ci_high, overall.p, overall.q, overall.i2]
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_cumulative_by_year():
    given_studies = invented.continuous(4)
    chosen = options.Options(measure="MD", model="random")
    found = cumulative.of_studies(given_studies, chosen, keys=[2020, 1999, 2020, 2005])
    assert found.labels == ("Study 1", "Study 3", "Study 0", "Study 2")
    whole = synthesis.analyse(given_studies, chosen).overall
    assert found.values.estimate[-1] == pytest.approx(whole.estimate)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["columns"]["k"] == [1, 2, 3, 4]


def test_what_cannot_be_ordered_is_refused_by_name():
    given_studies, chosen = invented.continuous(3), options.Options(measure="MD")
    with pytest.raises(errors.InputError, match="“Study 1” has no value to sort by"):
        cumulative.of_studies(given_studies, chosen, keys=[2000, None, 2001])
    with pytest.raises(errors.InputError, match="3 studies and 1 values"):
        cumulative.of_studies(given_studies, chosen, keys=[2000])
    with pytest.raises(errors.InputError, match="different kinds"):
        cumulative.order_by([2000, "early"])
    with pytest.raises(errors.InputError, match="Study 2"):
        cumulative.order_by([2000, np.nan])
    with pytest.raises(errors.OptionError, match="each of the 3 studies once"):
        cumulative.estimate(invented.studies(3), order=[0, 0, 2])
    with pytest.raises(errors.OptionError, match="“REML”"):
        leave_one_out.estimate(invented.studies(3), pooled.Model("REMS"))
    with pytest.raises(errors.OptionError, match="“HK”"):
        leave_one_out.estimate(invented.studies(3), pooled.Model(interval="wide"))
