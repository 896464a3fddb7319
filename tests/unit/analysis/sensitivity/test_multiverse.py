"""The multiverse: every row is an analysis of its own, and the table says what it holds."""

import json

import numpy as np
import pytest

from analysis import data, errors, options, synthesis
from analysis.sensitivity import multiverse, subsets
from analysis.sensitivity.multiverse import axes as choices_of
from analysis.sensitivity.multiverse import computing
from tests.unit.analysis.sensitivity import invented

MANY = {"tau2_methods": ("DL", "SJ", "PM", "ML", "REML"), "intervals": ("z", "t", "HK", "HK-se", "KR")}


def held_against_the_front_door(found, given, every):
    """Every so many rows are computed again, one by one."""
    place = {name: row for row, name in enumerate(found.studies.names)}
    for row in found.rows[::every]:
        inside = found.studies.members[place[row.subset]]
        some = [study for study, is_in in zip(given.studies, inside, strict=True) if is_in]
        overall = synthesis.analyse(some, found.options_of(row)).overall
        assert row.k == overall.k
        numbers = [row.estimate, row.low, row.high, row.p, row.tau2 or 0.0, np.nan if row.i2 is None else row.i2]
        expected = [overall.estimate, overall.ci_low, overall.ci_high, overall.p, overall.tau2 or 0.0]
        expected.append(np.nan if overall.i2 is None else overall.i2)
        assert numbers == pytest.approx(expected, rel=1e-8, abs=1e-10, nan_ok=True), row


@pytest.mark.parametrize("convention", ["revman5", "revman2025", "metafor", "meta", "stata", "handbook"])
def test_rows_of_events_are_analyses_of_their_own(convention):
    given = invented.binary()
    chosen = options.Options(measure="OR", convention=convention)
    found = multiverse.run(given, chosen, axes=multiverse.Axes(measures=("OR", "RR", "RD"), **MANY))
    assert len(found) > 300
    held_against_the_front_door(found, given, 23)


def test_rows_of_means_are_analyses_of_their_own():
    given = invented.continuous()
    chosen = options.Options(measure="MD", convention="revman5")
    found = multiverse.run(given, chosen, members=subsets.leaving_out(given.labels, 2))
    assert {row.measure for row in found.rows} == {"MD", "SMD"}
    assert {row.zero_rule for row in found.rows} == {""}
    held_against_the_front_door(found, given, 17)


def test_rows_are_sorted_and_summed_up():
    given = invented.binary()
    found = multiverse.run(given, options.Options(measure="RR"))
    for measure, summary in zip(found.axes.measures, found.summaries(), strict=True):
        rows = found.of_measure(measure)
        estimates = [row.estimate for row in rows]
        assert estimates == sorted(estimates)
        assert (summary.lowest, summary.highest) == (estimates[0], estimates[-1])
        assert summary.median == pytest.approx(float(np.median(estimates)))
        assert summary.significant == sum(row.p < 0.05 for row in rows) / len(rows)
        assert summary.below + summary.above == pytest.approx(1)
        assert summary.specifications == summary.estimable == len(rows)
    assert found.share_significant() == sum(row.p < 0.05 for row in found.rows) / len(found)
    assert found.share_significant(1.1) == 1
    assert len(set(found.rows)) == len(found.rows)


def test_small_parts_give_the_same_table(monkeypatch):
    given = invented.binary()
    chosen = options.Options(measure="OR", convention="metafor")
    members = subsets.any_of(given.labels, at_least=1)
    whole = multiverse.run(given, chosen, members=members)
    monkeypatch.setattr(computing, "CHUNK", 200)
    parts = multiverse.run(given, chosen, members=members)
    one, other = ({row[:7]: row[7:] for row in found.rows} for found in (whole, parts))
    assert one.keys() == other.keys()
    for key in one:
        numbers = ([np.nan if value is None else value for value in table[key]] for table in (other, one))
        assert next(numbers) == pytest.approx(next(numbers), rel=1e-9, abs=1e-12, nan_ok=True)


def test_a_rule_that_changes_nothing_is_left_out_with_its_reason():
    without = multiverse.run(invented.binary(has_zeros=False), options.Options(measure="OR"))
    assert {row.zero_rule for row in without.rows} == {choices_of.HALF.name}
    assert {(item.zero_rule, item.reason) for item in without.left_out} == {
        (choices_of.BY_ARM.name, computing.UNCHANGED),
        (choices_of.RAW.name, computing.UNCHANGED),
    }
    having = multiverse.run(invented.binary(), options.Options(measure="OR"))
    raw = [row for row in having.rows if row.zero_rule == choices_of.RAW.name]
    assert raw
    assert {row.method for row in raw} == {"MH"}


def test_a_measure_that_the_numbers_do_not_allow_is_left_out_with_its_reason():
    study = {"n1": 20, "sd1": 1.0, "n2": 20, "sd2": 1.0}
    given = data.StudySet.of(
        data.ContinuousStudy(key=name, label=name, mean1=mean, mean2=2.0, **study)
        for name, mean in (("Ada", 1.0), ("Bea", -1.0))
    )
    found = multiverse.run(given, options.Options(measure="MD"), axes=multiverse.Axes(measures=("MD", "ROM")))
    assert {row.measure for row in found.rows} == {"MD"}
    assert [item.measure for item in found.left_out] == ["ROM"]
    assert "“Bea”" in found.left_out[0].reason


def test_a_subset_without_information_has_no_numbers():
    given = invented.binary()
    only = subsets.Named(("Nothing", "Two"), np.array([[0, 0, 0, 1, 0, 0], [1, 0, 0, 0, 1, 0]], dtype=bool))
    axes = multiverse.Axes(measures=("OR",))
    found = multiverse.run(given, options.Options(measure="OR", convention="revman5"), axes=axes, members=only)
    empty = [row for row in found.rows if row.subset == "Nothing"]
    assert empty
    assert {(row.k, row.estimate, row.p) for row in empty} == {(0, None, None)}
    assert found.rows[-1].subset == "Nothing"
    assert found.summaries()[0].estimable == len(found.rows) // 2


def test_a_single_group_has_no_test():
    given = data.StudySet.of(
        data.ProportionStudy(key=str(place), label=f"Study {place}", events=events, n=40)
        for place, events in enumerate((3, 0, 9))
    )
    found = multiverse.run(given, options.Options(measure="PLO"))
    assert found.rows
    assert {row.p for row in found.rows} == {None}
    assert found.share_significant() is None
    assert found.summaries()[0].below is None


def test_only_coherent_combinations():
    axes = multiverse.Axes(measures=("OR", "RD"), **MANY)
    for way in axes.choices("OR", choices_of.HALF):
        made = {"model": way.model, "method": way.method, "interval": way.interval}
        options.Options(measure=way.measure, **made, **({"tau2_method": way.tau2_method} if way.tau2_method else {}))
        assert way.interval != "KR" or way.tau2_method == "REML"
        assert way.method != "MH" or way.tau2_method in ("", "DL")
    assert not [way for way in axes.choices("SMD", choices_of.BY_CONVENTION) if way.method == "MH"]


def test_subsets_by_subgroup_and_in_general():
    given = invented.binary()
    assert subsets.by_subgroup(given).names == (subsets.ALL, "Only early", "Only late")
    out = subsets.leaving_out(given.labels, 2)
    assert len(out.names) == len(set(out.names)) == 1 + 6 + 15
    some = subsets.any_of(given.labels, at_least=3)
    assert some.names[0] == subsets.ALL
    assert len(some.names) == 42
    drawn = subsets.any_of([str(place) for place in range(40)], limit=100, seed=5)
    assert len(set(drawn.names)) == len(drawn.names) <= 100
    found = multiverse.run(given, options.Options(measure="OR"), members=subsets.by_subgroup(given))
    held_against_the_front_door(found, given, 11)


def test_the_table_as_plain_values():
    given = invented.binary()
    found = multiverse.run(given.studies, options.Options(measure="OR"), axes=multiverse.Axes(measures=("OR",)))
    content = found.to_dict()
    again = multiverse.run(given.studies, options.Options(measure="OR"), axes=multiverse.Axes(measures=("OR",)))
    text = json.dumps(content, allow_nan=False, sort_keys=True)
    assert text == json.dumps(again.to_dict(), allow_nan=False, sort_keys=True)
    assert len(content["columns"]["estimate"]) == len(found)
    assert content["summaries"][0]["measure"] == "OR"
    assert content["subsets"]["names"][0] == subsets.ALL


def test_wrong_axes_and_subsets_are_refused():
    with pytest.raises(errors.OptionError, match="“REML”"):
        multiverse.Axes(measures=("OR",), tau2_methods=("REMS",))
    with pytest.raises(errors.OptionError, match="models is empty"):
        multiverse.Axes(measures=("OR",), models=())
    with pytest.raises(errors.OptionError, match="names a choice twice"):
        multiverse.Axes(measures=("OR", "OR"))
    with pytest.raises(errors.OptionError, match="leave out fewer"):
        subsets.leaving_out([str(place) for place in range(100)], 6)
    given, chosen = invented.binary(), options.Options(measure="OR")
    with pytest.raises(errors.InputError, match="6 studies"):
        multiverse.run(given, chosen, members=subsets.Named(("All",), np.ones((1, 4), dtype=bool)))
    with pytest.raises(errors.InputError, match="1 subsets and 2 names"):
        multiverse.run(given, chosen, members=subsets.Named(("One", "Two"), np.ones((1, 6), dtype=bool)))
