import pytest

from analysis import errors, options


def test_conventions_fill_in_what_is_left_open():
    assert options.Options().to_dict() == {
        "measure": "SMD",
        "convention": "revman5",
        "model": "random",
        "tau2_method": "DL",
        "level": 0.95,
        "i2_definition": "Q",
        "prediction": "none",
    }
    metafor = options.Options(convention="metafor")
    assert (metafor.tau2_method, metafor.i2_definition, metafor.prediction) == ("REML", "tau2", "z")
    common = options.Options(convention="metafor", model="common")
    assert (common.i2_definition, common.prediction) == ("Q", "none")


def test_an_explicit_choice_stays():
    chosen = options.Options(convention="revman5", tau2_method="REML", i2_definition="tau2", prediction="t_k-1")
    assert (chosen.tau2_method, chosen.i2_definition, chosen.prediction) == ("REML", "tau2", "t_k-1")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("measure", "OR", options.MEASURES),
        ("convention", "stata", options.CONVENTIONS),
        ("model", "fixed", options.MODELS),
        ("tau2_method", "ML", options.TAU2_METHODS),
        ("i2_definition", "H", options.I2_DEFINITIONS),
        ("prediction", "t", options.PREDICTIONS),
    ],
)
def test_unknown_values_are_refused_with_what_is_allowed(name, value, allowed):
    with pytest.raises(errors.OptionError) as refused:
        options.Options(**{name: value})
    assert refused.value.option == name
    assert f"“{value}”" in str(refused.value)
    for item in allowed:
        assert f"“{item}”" in str(refused.value)


@pytest.mark.parametrize("level", [95, 0.3, 1.0, float("nan"), "0.95", True])
def test_a_level_is_a_proportion(level):
    with pytest.raises(errors.OptionError, match=r"such as 0\.95"):
        options.Options(level=level)


@pytest.mark.parametrize("contradiction", [{"prediction": "z"}, {"i2_definition": "tau2"}])
def test_the_common_model_has_no_tau2_to_build_on(contradiction):
    with pytest.raises(errors.OptionError, match="needs the random-effects model"):
        options.Options(model="common", **contradiction)


def test_stored_options_come_back_and_unknown_names_do_not():
    chosen = options.Options(convention="metafor", level=0.9)
    assert options.Options.from_dict(chosen.to_dict()) == chosen
    with pytest.raises(errors.OptionError, match="There is no option “knapp_hartung”"):
        options.Options.from_dict({"knapp_hartung": True})
