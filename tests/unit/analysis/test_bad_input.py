"""What cannot be analysed is refused in a sentence that names the study and the field; what looks odd but can, is."""

import json
import math
import re

import numpy as np
import pytest

from analysis import columns, data, errors, options, report, synthesis
from analysis.data import study_set
from analysis.figures import forest
from tests.unit.analysis import samples

NOT_FINITE = [math.nan, math.inf, -math.inf]
GENERIC = options.Options(measure="GEN", convention="metafor")


def generic(*pairs):
    return [
        data.GenericStudy(f"s{place}", f"Study {place}", estimate, variance=variance)
        for place, (estimate, variance) in enumerate(pairs, start=1)
    ]


def binary(*rows, subgroups=None):
    names = subgroups or [None] * len(rows)
    return [
        data.BinaryStudy(f"s{place}", f"Trial {place}", *row, subgroup=name)
        for place, (row, name) in enumerate(zip(rows, names, strict=True), start=1)
    ]


def table(measure, header, *lines):
    """Studies as the command line reads them from a file with these lines."""
    names = header.split(",")
    return columns.studies([dict(zip(names, line.split(","), strict=True)) for line in lines], measure)


def refusal(work):
    with pytest.raises(errors.InputError) as refused:
        work()
    return refused.value


@pytest.mark.parametrize("value", NOT_FINITE)
@pytest.mark.parametrize("field", ["mean1", "sd2", "n1"])
def test_what_is_not_finite(field, value):
    said = refusal(lambda: samples.study(label="Bo 2021", **{field: value}))
    assert f"Study “Bo 2021”, field {field}" in str(said)
    assert "not a finite number" in str(said)


@pytest.mark.parametrize(
    ("measure", "header", "bad", "place", "fault"),
    [
        ("SMD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,9,nan,48,12,4", "row 3, column sd1", "not a finite number"),
        ("SMD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,inf,5,48,12,4", "row 3, column mean1", "not a finite number"),
        ("SMD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,9,0,48,12,4", "row 3, column sd1", "greater than 0"),
        ("MD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,1,9,5,48,12,4", "row 3, column n1", "at least 2 participants"),
        ("MD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50.5,9,5,48,12,4", "row 3, column n1", "must be whole"),
        ("MD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,,5,48,12,4", "row 3, column mean1", "the cell is empty"),
        ("MD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,NA,5,48,12,4", "row 3, column mean1", "the cell is empty"),
        ("MD", "study,n1,mean1,sd1,n2,mean2,sd2", "Bo,50,9 cm,5,48,12,4", "row 3, column mean1", "is not a number"),
        ("OR", "study,ai,n1i,ci,n2i", "Bo,41,40,4,42", "row 3, column ai", "is 41, but there are only 40 participants"),
        ("OR", "study,ai,n1i,ci,n2i", "Bo,3.5,40,4,42", "row 3, column ai", "a number of events must be whole"),
        ("OR", "study,ai,n1i,ci,n2i", "Bo,-3,40,4,42", "row 3, column ai", "at least 0 events"),
        ("GEN", "study,yi,vi", "Bo,0.2,-0.1", "row 3, column vi", "greater than 0"),
        ("GEN", "study,yi,vi", "Bo,0.2,0", "row 3, column vi", "greater than 0"),
        ("GEN", "study,yi,sei", "Bo,0.2,-0.1", "row 3, column sei", "greater than 0"),
        ("HR", "study,hr,lower,upper", "Bo,0.7,0.8,0.9", "row 3, column lower", "do not enclose the estimate"),
        ("PR", "study,xi,ni", "Bo,12,10", "row 3, column xi", "only 10 participants"),
        ("COR", "study,ri,ni", "Bo,1.2,20", "row 3, column ri", "less than 1"),
    ],
)
def test_a_table_names_row_and_column_study_and_field(measure, header, bad, place, fault):
    good = {
        "SMD": "Ada,40,9,5,38,13,4", "MD": "Ada,40,9,5,38,13,4", "OR": "Ada,3,40,9,42", "GEN": "Ada,0.1,0.2",
        "HR": "Ada,0.7,0.5,0.9", "PR": "Ada,2,10", "COR": "Ada,0.2,20",
    }[measure]  # fmt: skip
    said = refusal(lambda: table(measure, header, good, bad))
    assert str(said).startswith(f"{place}: Study “Bo”, field {said.field}")
    assert fault in str(said)
    assert said.study == "Bo"


def test_columns_of_unequal_length():
    said = refusal(lambda: study_set.rows(["a", "b", "c"], {"estimate": [0.1, 0.2, 0.3], "se": [0.1, 0.2]}))
    assert str(said) == "Column se has 2 values, but there are 3 studies; give one value a study."


def test_no_study():
    assert "add at least one" in str(refusal(lambda: synthesis.analyse([], GENERIC)))
    assert "holds no study" in str(refusal(lambda: columns.studies([], "GEN")))
    assert "holds no study" in str(refusal(lambda: columns.studies([{"study": " ", "yi": "", "vi": ""}], "GEN")))


def test_one_study_is_its_own_result():
    found = synthesis.analyse(generic((0.3, 0.04)), GENERIC)
    assert (found.overall.estimate, found.overall.se) == (0.3, 0.2)
    assert (found.overall.tau2, found.overall.i2, found.overall.prediction_low) == (None, None, None)
    assert [notice.code for notice in found.notices] == ["single_study", "no_prediction_interval"]


@pytest.mark.parametrize("method", options.TAU2_METHODS)
@pytest.mark.parametrize("interval", ["z", "HK-se", "KR"])
def test_identical_studies_do_not_differ(method, interval):
    choices = options.Options(measure="GEN", convention="metafor", tau2_method=method, interval=interval)
    found = synthesis.analyse(generic(*[(0.3, 0.04)] * 6), choices).overall
    assert (found.tau2, found.i2, found.q) == (0, 0, 0)
    assert found.estimate == pytest.approx(0.3, rel=1e-14)
    assert all(math.isfinite(number) for number in (found.se, found.ci_low, found.ci_high, found.z, found.p))


def test_identical_studies_under_hartung_and_knapp_have_an_interval_without_width_and_a_notice():
    for convention in ("handbook", "metafor"):
        choices = options.Options(measure="GEN", convention=convention, interval="HK", prediction="none")
        found = synthesis.analyse(generic(*[(-0.3, 0.04)] * 4), choices)
        assert (found.overall.se, found.overall.z) == (0, -math.inf)
        assert [notice.code for notice in found.notices] == ["no_width"]
        assert type(found).from_dict(found.to_dict()) == found


def test_a_subgroup_of_equal_effects_is_not_compared_as_if_it_were_known_exactly():
    given = [(0.1, 0.02, "a"), (0.1, 0.03, "a"), (0.5, 0.1, "b"), (0.2, 0.1, "b")]
    studies = [
        data.GenericStudy(f"s{place}", f"Study {place}", estimate, variance=variance, subgroup=subgroup)
        for place, (estimate, variance, subgroup) in enumerate(given)
    ]
    found = synthesis.analyse(studies, options.Options(measure="GEN", convention="handbook"))
    assert found.between is None
    assert [notice.code for notice in found.notices] == ["no_width"]
    assert "Subgroup “a”" in found.notices[0].text


def test_duplicate_labels():
    twice = [data.GenericStudy(key, "Ada 2020", 0.1, se=0.2) for key in ("a", "b")]
    said = refusal(lambda: synthesis.analyse(twice, GENERIC))
    assert "Two rows are labelled “Ada 2020”" in str(said)
    assert "combine them" in str(said)
    said = refusal(lambda: table("GEN", "study,yi,vi", "Ada,0.1,1", "Bo,0.1,1", "Ada,0.1,1"))
    assert str(said).startswith("Rows 2 and 4 are both of study “Ada”")


def test_ten_thousand_studies():
    draw = np.random.default_rng(1)
    pairs = zip(draw.normal(0.2, 0.3, 10_000).tolist(), draw.uniform(0.01, 0.1, 10_000).tolist(), strict=True)
    found = synthesis.analyse(generic(*pairs), GENERIC)
    assert found.overall.k == 10_000
    assert sum(row.weight for row in found.studies) == pytest.approx(100)
    assert found.overall.estimate == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-100, 1e100, 1e140])
@pytest.mark.parametrize("method", ["DL", "REML", "PM", "SJ"])
def test_tiny_and_huge_units_change_no_result(scale, method):
    choices = options.Options(measure="GEN", convention="metafor", tau2_method=method, tau2_interval="none")
    pairs = [(0.1, 0.02), (0.5, 0.03), (-0.2, 0.01), (0.9, 0.05)]
    plain = synthesis.analyse(generic(*pairs), choices).overall
    root = math.sqrt(scale)
    scaled = synthesis.analyse(generic(*[(y * root, v * scale) for y, v in pairs]), choices).overall
    assert scaled.estimate == pytest.approx(plain.estimate * root, rel=1e-10)
    assert scaled.tau2 == pytest.approx(plain.tau2 * scale, rel=1e-8)
    assert (scaled.z, scaled.i2) == pytest.approx((plain.z, plain.i2), rel=1e-9)


@pytest.mark.parametrize("convention", ["metafor", "revman5", "meta"])
@pytest.mark.parametrize(
    "pairs",
    [
        [(1e300, 1e-300), (1.0, 1.0)],
        [(1e300, 1e-300), (-1e300, 1e-300), (0.0, 1e-300)],
        [(1.0, 1e-300), (-1.0, 1e-300), (0.5, 1e-300)],
        [(1.0, 1e300), (1.0, 1.0), (0.5, 1.0)],
        [(1e154, 1.0), (-1e154, 1.0)],
    ],
)
def test_numbers_too_far_apart_to_be_weighed_are_named(convention, pairs):
    said = refusal(lambda: synthesis.analyse(generic(*pairs), options.Options(measure="GEN", convention=convention)))
    assert "no weights can join numbers that far apart" in str(said)
    assert said.study in {f"Study {place}" for place in range(1, 4)}


def test_extreme_means_are_refused_by_study():
    studies = [samples.study("a", "Ada"), samples.study("b", "Bo", mean1=1e300, mean2=-1e300)]
    said = refusal(lambda: synthesis.analyse(studies, options.Options(measure="MD")))
    assert said.study == "Bo"


def test_extreme_spread_is_refused_by_study():
    studies = [samples.study("a", "Ada"), samples.study("b", "Bo", sd1=1e200, sd2=1e200)]
    said = refusal(lambda: synthesis.analyse(studies, options.Options(measure="MD")))
    assert said.study == "Bo"
    assert "cannot be computed from its numbers" in str(said)


def test_no_event_anywhere():
    studies = binary((0, 40, 0, 42), (0, 30, 0, 28))
    said = refusal(lambda: synthesis.analyse(studies, options.Options(measure="OR", convention="revman5")))
    assert "No study says anything about the odds ratio" in str(said)


def test_mantel_haenszel_without_an_event_in_one_group():
    choices = options.Options(measure="OR", convention="meta", model="common", method="MH", mantel_haenszel="raw")
    said = refusal(lambda: synthesis.analyse(binary((0, 10, 3, 10), (0, 12, 4, 11)), choices))
    assert "The pooled odds ratio is not defined" in str(said)
    rows = [(0, 10, 3, 10), (0, 10, 4, 10), (1, 10, 5, 10)]
    found = synthesis.analyse(binary(*rows, subgroups=["a", "a", "b"]), choices)
    assert [notice.code for notice in found.notices] == ["not_defined", "single_study"]
    assert found.between is None
    assert '"estimate":null' in found.to_json()


def test_a_subgroup_in_which_nothing_is_estimable_is_stored_and_read_back():
    studies = binary((0, 10, 0, 10), (3, 10, 4, 10), (3, 10, 5, 10), subgroups=["a", "b", "b"])
    found = synthesis.analyse(studies, options.Options(measure="OR", convention="revman5"))
    assert {notice.code for notice in found.notices} == {"not_estimable", "no_study", "wald_few_studies"}
    again = type(found).from_dict(found.to_dict())
    assert math.isnan(again.subgroups[0].estimate)
    assert again.to_json() == found.to_json()
    assert again.overall == found.overall


@pytest.mark.parametrize(
    ("measure", "rows"),
    [("OR", [data.GenericStudy("a", "Ada", 0.1, se=0.2)]), ("GEN", binary((1, 10, 2, 10)))],
)
def test_studies_of_another_kind_are_named(measure, rows):
    said = refusal(lambda: synthesis.analyse(rows, options.Options(measure=measure)))
    assert f"measure “{measure}”" in str(said)
    assert said.study == rows[0].label


@pytest.mark.parametrize("given", [None, 7, "Ada", [None], [1, 2], [{"key": "a"}]])
def test_what_is_no_list_of_studies_is_said(given):
    with pytest.raises(errors.InputError, match=r"analysis\.data"):
        synthesis.analyse(given, options.Options())


def test_what_are_no_options_is_said():
    with pytest.raises(errors.OptionError, match="give analysis"):
        synthesis.analyse(binary((3, 10, 4, 10)), None)


def test_labels_and_subgroups_that_differ_by_their_characters_alone_are_said():
    one, other = "Zo\u00eb", "Zoe\u0308"
    rows = [data.BinaryStudy(str(at), label, 3, 10, 4, 11 + at) for at, label in enumerate((one, other))]
    with pytest.raises(errors.InputError, match="Two rows are labelled"):
        synthesis.analyse(rows, options.Options(measure="OR"))
    rows = [
        data.BinaryStudy(str(at), str(at), 3, 10, 4, 11 + at, subgroup=name) for at, name in enumerate((one, other))
    ]
    with pytest.raises(errors.InputError, match="made of other characters"):
        synthesis.analyse(rows, options.Options(measure="OR"))


EXTREMES = {
    "far apart": [(1e-10, 1e-20), (1e10, 1e20), (0.3, 0.1)],
    "tiny beside huge": [(1e-10, 0.1), (1e10, 0.1), (1.0, 0.2)],
    "huge": [(1e150, 1e290), (2e150, 1e290), (-1e150, 1e291)],
    "small": [(1e-160, 1e-300), (2e-160, 2e-300), (3e-160, 1e-301)],
    "equal": [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)],
    "one without weight": [(1e-10, 1e-30), (1.0, 1.0), (2.0, 1e30), (3.0, 1e-20)],
}


@pytest.mark.parametrize("interval", options.INTERVALS)
@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_give_a_value_or_not_defined_and_no_warning(name, interval):
    for measure in ("GEN", "GENLN"):
        for prediction in ("none", "KR", "HK"):
            choices = options.Options(measure=measure, interval=interval, prediction=prediction)
            try:
                found = synthesis.analyse(generic(*EXTREMES[name]), choices)
            except errors.InputError:
                continue
            shown = report.text(found) + report.text(found, is_natural=False)
            assert not {"nan", "inf", "-inf"} & set(re.findall(r"[-\w.]+", shown))
            assert json.loads(found.to_json())["overall"]["estimate"] is not None


@pytest.mark.parametrize("measure", ["SMD", "SMDH", "SMD1", "CLESN"])
@pytest.mark.parametrize("size", [1e-300, 1e150, 1e300])
def test_standardised_differences_do_not_depend_on_the_unit(measure, size):
    rows = [(40, 1.0, 0.1, 40, 1.2, 0.1), (30, 1.5, 0.2, 30, 1.2, 0.1)]
    plain, scaled = (
        synthesis.analyse(
            [
                data.ContinuousStudy(str(at), str(at), n1, m1 * unit, s1 * unit, n2, m2 * unit, s2 * unit)
                for at, (n1, m1, s1, n2, m2, s2) in enumerate(rows)
            ],
            options.Options(measure=measure),
        ).overall
        for unit in (1.0, size)
    )
    assert (scaled.estimate, scaled.se) == pytest.approx((plain.estimate, plain.se), rel=1e-9)


def test_a_ratio_too_large_to_draw_is_said():
    found = synthesis.analyse(generic((1.0, 0.1), (800.0, 0.2)), options.Options(measure="GENLN"))
    with pytest.raises(errors.FigureError, match="too far from 1"):
        forest.build(found, samples.TEXTS)
