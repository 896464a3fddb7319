import json
import math

import pytest

from analysis import errors
from analysis.regression import choices, regress, results, terms

Y = [-0.89, -1.59, -1.35, -1.44, -0.22, -0.79, -1.62, 0.01, -0.47, -1.37, -0.34, 0.45, -0.02]
V = [0.33, 0.19, 0.42, 0.02, 0.05, 0.01, 0.22, 0.004, 0.06, 0.07, 0.01, 0.53, 0.07]
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
ALLOCATION = ["random"] * 4 + ["alternate"] * 3 + ["systematic"] * 3 + ["random", "alternate", "systematic"]
MODERATORS = {"latitude": LATITUDE, "allocation": ALLOCATION}
LABELS = [f"Trial {i}" for i in range(13)]
LATITUDE_TERM, ALLOCATION_TERM = terms.Numeric("latitude", centre=33), terms.Factor("allocation", reference="random")


def fitted(y=Y, v=V, moderators=MODERATORS, chosen=(LATITUDE_TERM, ALLOCATION_TERM), **kwargs):
    return regress.regress(y, v, chosen, moderators, studies=LABELS, options=choices.Choices(**kwargs))


def test_a_result_survives_storage():
    result = fitted().result
    assert results.Regression.from_dict(json.loads(json.dumps(result.to_dict(), allow_nan=False))) == result
    with pytest.raises(errors.InputError, match="schema 9"):
        results.Regression.from_dict({**result.to_dict(), "schema": 9})


def test_the_same_input_gives_the_same_bytes():
    assert json.dumps(fitted().result.to_dict()) == json.dumps(fitted().result.to_dict())


def test_a_result_names_what_it_tested():
    result = fitted().result
    assert [each.name for each in result.coefficients] == [
        "intercept", "latitude", "allocation: alternate", "allocation: systematic",
    ]  # fmt: skip
    assert [(each.name, each.df) for each in result.terms] == [("latitude − 33", 1), ("allocation", 2)]
    assert (result.moderators.df, result.moderators.df2, result.df) == (3, 9, 9)
    assert sum(result.weights) == pytest.approx(100)
    assert sum(result.hat) == pytest.approx(4)
    assert [a - b for a, b in zip(Y, result.fitted, strict=True)] == pytest.approx(result.residuals)


def test_a_prediction_at_the_centre_is_the_intercept():
    found = fitted()
    at = regress.predict(found, {"latitude": [33, 50], "allocation": ["random", "alternate"]})
    first = found.result.coefficients[0]
    assert (at[0].estimate, at[0].se, at[0].ci_low) == pytest.approx((first.estimate, first.se, first.ci_low))
    assert at[1].pi_low < at[1].ci_low < at[1].estimate < at[1].ci_high < at[1].pi_high


def test_the_permutation_test_uses_the_models_own_choices():
    found = fitted(method="DL")
    tested = regress.permute(found, iterations=300, seed=2)
    assert tested.statistics == pytest.approx([each.statistic for each in found.result.coefficients], rel=1e-6)


def test_the_common_effect_model_has_no_tau2():
    result = fitted(method="EE", test="z").result
    assert result.tau2 is None
    assert result.tau2_se is None
    assert result.moderators.df2 is None


def test_studies_that_are_not_estimable_do_not_count():
    without = fitted(y=[*Y[:12], None], v=[*V[:12], math.nan]).result
    assert without.k == 12
    assert "Trial 12" not in without.studies


@pytest.mark.parametrize(
    ("field", "bad"), [("estimate", math.inf), ("variance", 0.0), ("variance", -1.0), ("variance", math.inf),
                       ("variance", math.nan), ("estimate", math.nan)],
)  # fmt: skip
def test_numbers_that_cannot_be_used_are_refused_by_name(field, bad):
    y, v = list(Y), list(V)
    (y if field == "estimate" else v)[4] = bad
    with pytest.raises(errors.InputError, match="Study “Trial 4” has the") as refusal:
        fitted(y=y, v=v)
    assert (refusal.value.study, refusal.value.field) == ("Trial 4", field)


def test_other_refusals():
    with pytest.raises(errors.InputError, match="13 estimates, 12 variances"):
        fitted(v=V[:12])
    with pytest.raises(errors.InputError, match="No study has an estimable effect"):
        fitted(y=[None] * 13, v=[None] * 13)
    with pytest.raises(errors.InputError, match="140 orders of magnitude"):
        fitted(y=[1e300, *Y[1:]], v=[1e-300, *V[1:]])
    with pytest.raises(errors.InputError, match="contributes several effects"):
        regress.regress(Y, V, [LATITUDE_TERM], MODERATORS, studies=["A"] * 13)
    few = {"latitude": LATITUDE[:3], "allocation": ["random", "alternate", "systematic"]}
    with pytest.raises(errors.InputError, match="only 3 studies"):
        regress.regress(Y[:3], V[:3], [LATITUDE_TERM, ALLOCATION_TERM], few)


def test_notices():
    assert [each.code for each in fitted().result.notices] == ["few_studies"]
    gaps = {**MODERATORS, "latitude": [None, *LATITUDE[1:]]}
    left = fitted(moderators=gaps, missing="leave_out").result
    assert [each.code for each in left.notices] == ["studies_left_out", "few_studies"]
    assert "“Trial 0”" in left.notices[0].text
    full = {"latitude": [10, 20], "allocation": ["random", "random"]}
    two = regress.regress(Y[:2], V[:2], [LATITUDE_TERM], full).result
    assert [each.code for each in two.notices] == ["saturated"]
    assert (two.tau2, two.i2, two.q_p, two.coefficients[0].se) == (0, None, None, None)
    twice = {**MODERATORS, "south": [90 - each for each in LATITUDE]}
    kept = fitted(moderators=twice, chosen=(LATITUDE_TERM, terms.Numeric("south")), redundant="leave_out").result
    assert kept.notices[0].text == "Left out because other columns determine them: “south”."


def test_choices_name_what_is_allowed():
    with pytest.raises(errors.OptionError, match="“REML”"):
        choices.Choices(method="MLE")
    with pytest.raises(errors.OptionError, match=r"0\.5 to 0\.999"):
        choices.Choices(level=95)
    with pytest.raises(errors.OptionError, match="Knapp and Hartung"):
        choices.Choices(method="EE", test="knha")
    with pytest.raises(errors.OptionError, match="no option “tau”"):
        choices.Choices.from_dict({"tau": "REML"})
    assert choices.Choices.from_dict(choices.Choices(method="DL").to_dict()).method == "DL"
