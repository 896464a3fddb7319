"""Studies from tables: names of columns as several programs write them, separators, marks, blank lines."""

import pytest

from analysis import columns, data, errors, tables

CONTINUOUS = data.ContinuousStudy("Ada", "Ada", 40, 9.0, 5.0, 38, 13.0, 4.0)
BINARY = data.BinaryStudy("Ada", "Ada", 3, 40, 9, 42)


def read(measure, header, *lines):
    return columns.studies(tables.parse("\n".join([header, *lines])).rows, measure)


@pytest.mark.parametrize(
    "header",
    [
        "study,n1,mean1,sd1,n2,mean2,sd2",
        "Study,N1,Mean1,SD1,N2,Mean2,SD2",
        "slab,n1i,m1i,sd1i,n2i,m2i,sd2i",
        "author,n.e,mean.e,sd.e,n.c,mean.c,sd.c",
        "Study,Experimental N,Experimental mean,Experimental SD,Control N,Control mean,Control SD",
        " study , n1 ,mean 1,sd 1,Total 2,mean 2,sd 2",
    ],
)
def test_means_under_the_names_of_several_programs(header):
    assert read("SMD", header, "Ada,40,9,5,38,13,4") == (CONTINUOUS,)


@pytest.mark.parametrize(
    "header",
    [
        "study,events1,n1,events2,n2",
        "trial,ai,n1i,ci,n2i",
        "author,event.e,n.e,event.c,n.c",
        "Study,Experimental cases,Experimental N,Control cases,Control N",
    ],
)
def test_events_under_the_names_of_several_programs(header):
    assert read("OR", header, "Ada,3,40,9,42") == (BINARY,)


@pytest.mark.parametrize(
    ("measure", "header", "line", "found"),
    [
        ("GEN", "study,yi,vi", "Ada,0.3,0.04", data.GenericStudy("Ada", "Ada", 0.3, variance=0.04)),
        ("GEN", "study,TE,seTE", "Ada,0.3,0.2", data.GenericStudy("Ada", "Ada", 0.3, se=0.2)),
        ("GEN", "study,GIV Mean,GIV SE", "Ada,0.3,0.2", data.GenericStudy("Ada", "Ada", 0.3, se=0.2)),
        (
            "GEN", "study,effect,ci.lb,ci.ub", "Ada,0.3,0.1,0.5",
            data.GenericStudy("Ada", "Ada", 0.3, ci_low=0.1, ci_high=0.5),
        ),
        ("PR", "study,xi,ni", "Ada,3,40", data.ProportionStudy("Ada", "Ada", 3, 40)),
        ("ZCOR", "study,ri,ni", "Ada,0.3,40", data.CorrelationStudy("Ada", "Ada", 0.3, 40)),
        ("IRR", "study,x1i,t1i,x2i,t2i", "Ada,3,40,9,42", data.RateStudy("Ada", "Ada", 3, 40.0, 9, 42.0)),
        ("IR", "study,xi,ti", "Ada,3,40", data.SingleRateStudy("Ada", "Ada", 3, 40.0)),
        ("MN", "study,mi,sdi,ni", "Ada,9,5,40", data.MeanStudy("Ada", "Ada", 40, 9.0, 5.0)),
        ("ARAW", "study,ai,mi,ni", "Ada,0.8,10,40", data.ReliabilityStudy("Ada", "Ada", 0.8, 10, 40)),
        ("PCOR", "study,ri,ni,mi", "Ada,0.3,40,3", data.PartialCorrelationStudy("Ada", "Ada", 0.3, 40, 3)),
        ("R2", "study,r2i,ni,mi", "Ada,0.3,40,3", data.DeterminationStudy("Ada", "Ada", 0.3, 40, 3)),
        ("MPOR", "study,ai,bi,ci,di", "Ada,10,4,7,30", data.MatchedStudy("Ada", "Ada", 10, 4, 7, 30)),
        (
            "SMCC", "study,m1i,m2i,sd1i,sd2i,ni,ri", "Ada,9,8,5,4,40,0.6",
            data.PairedStudy("Ada", "Ada", 40, 9.0, 5.0, 8.0, 4.0, 0.6),
        ),
        (
            "HR", "study,hr,lower,upper", "Ada,0.7,0.5,0.9",
            data.HazardStudy("Ada", "Ada", hr=0.7, ci_low=0.5, ci_high=0.9),
        ),
        ("HR", "study,O-E,v", "Ada,-3,12", data.HazardStudy("Ada", "Ada", o_minus_e=-3.0, v=12.0)),
    ],
)  # fmt: skip
def test_every_kind_of_study(measure, header, line, found):
    assert read(measure, header, line) == (found,)


def test_subgroups_and_studies_without_a_name():
    first, second = read("GEN", "yi,vi,subgroup", "0.1,1,young", "0.2,1,old")
    assert (first.label, first.subgroup) == ("Row 2", "young")
    assert (second.label, second.subgroup) == ("Row 3", "old")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_marks_and_line_ends(separator, mark, end):
    lines = ["study,yi,vi", "Ada,0.1,1", "", ",,", "Bo,0.2,2", ""]
    text = mark + end.join(lines).replace(",", separator)
    table = tables.parse(text)
    assert table.numbers == (2, 5)
    assert [study.label for study in columns.studies(table.rows, "GEN", table.numbers)] == ["Ada", "Bo"]


def test_rows_are_numbered_as_in_the_file():
    table = tables.parse("study,yi,vi\n\nAda,0.1,1\n\nBo,0.2,-2\n")
    with pytest.raises(errors.InputError, match=r"^row 5, column vi: Study “Bo”, field variance"):
        columns.studies(table.rows, "GEN", table.numbers)


def test_a_cell_may_hold_the_separator_between_quotation_marks():
    assert read("GEN", "study,yi,vi", '"Ada, Bo and Cy",0.1,1')[0].label == "Ada, Bo and Cy"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "The file is empty"),
        ("\n \n", "The file is empty"),
        ("study,yi,vi\nAda,0,1,1\n", "row 2 has 4 cells, but the header names 3 columns"),
        ('study,yi,vi\n"Ada,0.1,1\nBo,0.2,2\n', "row 3: the quotation marks do not match"),
        ("study,yi,vi\nA\0da,0.1,1\n", "bytes that are no text"),
        ("study,yi,vi,yi\nAda,0.1,1,2\n", "Column yi stands twice"),
    ],
)
def test_what_is_no_table(text, fault):
    with pytest.raises(errors.InputError, match=fault):
        tables.parse(text)


def test_columns_that_differ_in_capitals_alone_are_not_guessed_at():
    with pytest.raises(errors.InputError, match="Column YI stands twice"):
        read("GEN", "study,yi,YI,vi", "Ada,0.1,0.2,1")


def test_a_missing_column_is_named_with_what_there_is():
    with pytest.raises(errors.InputError) as refused:
        read("OR", "study,ai,bi", "Ada,1,2")
    assert str(refused.value) == (
        "Column n1 is missing: Odds ratio needs events1, n1, events2, n2. The table has study, ai, bi."
    )
    assert refused.value.field == "n1"


def test_a_decimal_comma_is_not_guessed_at():
    with pytest.raises(errors.InputError, match=r"“1,234” can be read in two ways; write 1234 or 1\.234"):
        columns.studies(tables.parse("study;yi;vi\nAda;1,234;1\n").rows, "GEN")
