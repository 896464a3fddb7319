import pytest

from analysis import options, synthesis
from analysis.figures import forest
from tests.unit.analysis import samples

K = forest.Kind


def test_rows_stand_in_revman_order():
    figure = samples.figure(4, subgroups=("Adults", "Children"), prediction="t_k-1")
    assert [row.kind for row in figure.rows] == [
        *(K.SUBGROUP, K.STUDY, K.STUDY, K.SUBTOTAL, K.NOTE, K.NOTE) * 2,
        *(K.TOTAL, K.PREDICTION, K.NOTE, K.NOTE, K.NOTE),
    ]
    assert [column.key for column in figure.columns] == [
        "label",
        "mean1",
        "sd1",
        "n1",
        "mean2",
        "sd2",
        "n2",
        "weight",
        "effect",
    ]
    assert [row.label.split(":")[0] for row in figure.rows[-3:]] == [
        "Heterogeneity",
        "Test for overall effect",
        "Test for subgroup differences",
    ]


def test_text_is_rounded_once_and_numbers_are_kept():
    found = synthesis.analyse([samples.study(), samples.study("b", "Bo 2021", mean1=10.125)], options.Options())
    row = forest.build(found, samples.TEXTS).rows[1]
    assert row.key == "b"
    assert [row.cell(name) for name in ("label", "mean1", "sd1", "n1")] == ["Bo 2021", "10.12", "5", "40"]
    assert dict(row.numbers)["mean1"] == 10.125
    assert dict(row.numbers)["effect"] == found.studies[1].effect


def test_squares_have_the_area_of_their_weight():
    found = synthesis.analyse(samples.studies(8), options.Options(model="common"))
    marks = [row.mark for row in forest.build(found, samples.TEXTS).rows if row.kind is K.STUDY]
    heaviest = max(row.weight for row in found.studies)
    assert max(mark.size for mark in marks) == 1
    for mark, row in zip(marks, found.studies, strict=True):
        assert mark.size**2 == pytest.approx(row.weight / heaviest)


def test_the_notes_say_what_the_model_knows():
    random_model = samples.figure(5).rows[-2].label
    common_model = samples.figure(5, model="common").rows[-2].label
    assert random_model.startswith("Heterogeneity: τ² = ")
    assert common_model.startswith("Heterogeneity: χ² = ")
    assert samples.figure(1).rows[-2].label == "Heterogeneity: not applicable"


def test_the_footer_names_every_choice():
    footer = " ".join(samples.figure(5, convention="metafor", prediction="t_k-2", level=0.9).footer)
    for part in ("exact J", "random effects", "REML", "90%", "τ²/(τ² + typical", "k − 2", "metafor", "engine 0."):
        assert part in footer
    assert "(Q − df)/Q" in " ".join(samples.figure(5, convention="revman5").footer)
    assert "holds one study" in " ".join(samples.figure(1).footer)


def test_the_heading_follows_the_subgroups():
    assert samples.figure(2).columns[0].title == "Study"
    assert samples.figure(2, subgroups=("A",)).columns[0].title == "Study or subgroup"


def test_the_summary_says_the_result_in_words():
    assert samples.figure(9).summary.startswith(
        "Sleep after treatment: forest plot of 9 studies; standardised mean difference, random effects: "
    )
