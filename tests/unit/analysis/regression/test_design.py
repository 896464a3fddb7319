import numpy as np
import pytest

from analysis import errors
from analysis.regression import design, terms

MODERATORS = {
    "year": [1990, 1995, 2000, 2005, 2010, 2015],
    "dose": ["low", "high", "low", "mid", "high", "mid"],
    "blind": ["yes", "no", "yes", "no", "yes", "no"],
    "old": [30, 25, 20, 15, 10, 5],
}
LABELS = ["Abe", "Ban", "Cho", "Dai", "Eto", "Fan"]
YEAR, DOSE, BLIND = terms.Numeric("year"), terms.Factor("dose"), terms.Factor("blind")


def test_treatment_coding_leaves_out_the_reference():
    made = design.build([YEAR, terms.Factor("dose", reference="low")], MODERATORS)
    assert made.names == ("intercept", "year", "dose: high", "dose: mid")
    assert made.matrix[:, 2].tolist() == [0, 1, 0, 0, 1, 0]
    assert made.span("dose") == (2, 3)


def test_the_first_level_is_the_reference_unless_another_is_named():
    assert design.build([DOSE], MODERATORS).names == ("intercept", "dose: low", "dose: mid")
    given = terms.Factor("dose", levels=("mid", "low", "high"))
    assert design.build([given], MODERATORS).names == ("intercept", "dose: low", "dose: high")


def test_an_interaction_holds_every_product():
    made = design.build([YEAR, BLIND, terms.Interaction((YEAR, BLIND))], MODERATORS)
    assert made.names[-1] == "year × blind: yes"
    assert made.matrix[:, -1] == pytest.approx(made.matrix[:, 1] * made.matrix[:, 2])
    two = terms.Interaction((DOSE, BLIND))
    many = design.build([DOSE, BLIND, two], {**MODERATORS, "blind": ["yes", "no", "no", "yes", "yes", "no"]})
    assert len(many.span(two.name)) == 2


def test_without_an_intercept_the_first_factor_shows_every_level():
    made = design.build([DOSE, BLIND], MODERATORS, intercept=False)
    assert made.names == ("dose: high", "dose: low", "dose: mid", "blind: yes")
    assert not made.has_intercept


def test_a_centre_moves_the_zero():
    made = design.build([terms.Numeric("year", centre=2000)], MODERATORS)
    assert made.matrix[:, 1].tolist() == [-10, -5, 0, 5, 10, 15]


def test_rows_for_predictions_use_the_same_coding():
    made = design.build([YEAR, DOSE], MODERATORS)
    assert made.rows({"year": [2001, 2002], "dose": ["mid", "high"]}).tolist() == [[1, 2001, 0, 1], [1, 2002, 0, 0]]
    with pytest.raises(errors.InputError, match="“huge” is no level of “dose”"):
        made.rows({"year": [2001], "dose": ["huge"]})
    with pytest.raises(errors.InputError, match="no moderator “dose”"):
        made.rows({"year": [2001]})
    with pytest.raises(errors.InputError, match="prediction 2"):
        made.rows({"year": [2001, None], "dose": ["mid", "mid"]})


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([YEAR, terms.Numeric("old")], "Term “old” cannot be estimated: its column “old” is determined"),
        ([YEAR, YEAR], "stands in the model twice"),
        ([terms.Numeric("dose")], "Study “Abe”: “low” is no number for “dose”"),
        ([terms.Numeric("age")], "no moderator “age”; the data hold “year”, “dose”, “blind”, “old”"),
        ([terms.Factor("dose", reference="none")], "reference level “none” of factor “dose”"),
        ([terms.Factor("dose", levels=("low", "high"))], "has the value “mid”, which is none of the levels"),
        (
            [DOSE, BLIND, terms.Interaction((DOSE, BLIND)), YEAR],
            "term “dose × blind” cannot|Term “dose × blind” cannot",
        ),
    ],
)
def test_a_model_that_cannot_be_fitted_is_refused_by_name(chosen, sentence):
    with pytest.raises(errors.InputError, match=sentence):
        design.build(chosen, MODERATORS, studies=LABELS)


def test_several_effects_of_one_study_are_refused():
    with pytest.raises(errors.InputError, match="Study “Abe” contributes several effects") as refusal:
        design.build([YEAR], MODERATORS, studies=["Abe", "Ban", "Abe", "Dai", "Eto", "Fan"])
    assert refusal.value.study == "Abe"
    counted = [True, True, False, True, True, True]
    made = design.build([YEAR], MODERATORS, studies=["Abe", "Ban", "Abe", "Dai", "Eto", "Fan"], counted=counted)
    assert np.isnan(made.matrix[2]).all()


@pytest.mark.parametrize("empty", [None, float("nan"), "", "  "])
def test_a_missing_moderator_is_refused_or_left_out(empty):
    gaps = {**MODERATORS, "year": [1990, empty, 2000, 2005, 2010, 2015]}
    with pytest.raises(errors.InputError, match="Study “Ban” has no value for “year”") as refusal:
        design.build([YEAR], gaps, studies=LABELS)
    assert (refusal.value.study, refusal.value.field) == ("Ban", "year")
    made = design.build([YEAR], gaps, studies=LABELS, missing="leave_out")
    assert made.counted.tolist() == [True, False, True, True, True, True]


def test_redundant_columns_can_be_left_out():
    made = design.build([YEAR, terms.Numeric("old"), BLIND], MODERATORS, redundant="leave_out")
    assert made.names == ("intercept", "year", "blind: yes")
    assert made.dropped == ("old",)
    assert made.spans == ((1,), (), (2,))


def test_a_factor_needs_two_levels_among_the_studies_that_count():
    with pytest.raises(errors.InputError, match="“blind” has one level only"):
        design.build([BLIND], MODERATORS, counted=[True, False, True, False, True, False])


def test_unequal_lengths_are_refused():
    with pytest.raises(errors.InputError, match="moderator “year” 2"):
        design.build([YEAR], {"year": [1, 2]}, studies=LABELS)


def test_options_name_what_is_allowed():
    with pytest.raises(errors.OptionError, match="“refuse”, “leave_out”"):
        design.build([YEAR], MODERATORS, missing="guess")
    with pytest.raises(errors.OptionError, match="at least two terms"):
        terms.Interaction((YEAR,))
    with pytest.raises(errors.OptionError, match="none of its levels"):
        terms.Factor("dose", reference="a", levels=("b", "c"))
