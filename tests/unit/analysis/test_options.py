import pytest

from analysis import errors, options, wording


def test_conventions_fill_in_what_is_left_open():
    chosen = options.Options(convention="revman5").to_dict()
    expected = {
        "measure": "SMD",
        "convention": "revman5",
        "model": "random",
        "method": "IV",
        "tau2_method": "DL",
        "interval": "z",
        "level": 0.95,
        "i2_definition": "Q",
        "prediction": "none",
        "correction": "approximate",
        "variance": "LS3",
        "zero_when": "",
        "zero_increment": None,
    }
    assert {name: chosen[name] for name in expected} == expected
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
        ("measure", "ODDS", options.MEASURES[:9]),
        ("convention", "sas", options.CONVENTIONS),
        ("model", "fixed", options.MODELS),
        ("tau2_method", "MLE", options.TAU2_METHODS),
        ("i2_definition", "H", options.I2_DEFINITIONS),
        ("prediction", "t_k", options.PREDICTIONS),
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


def test_events_are_pooled_as_each_program_does():
    for convention, model, method in (
        ("revman5", "common", "MH"),
        ("revman5", "random", "MH"),
        ("metafor", "common", "IV"),
        ("meta", "common", "MH"),
        ("stata", "common", "MH"),
        ("stata", "random", "IV"),
        ("handbook", "random", "IV"),
    ):
        assert options.Options(measure="RR", convention=convention, model=model).method == method
    assert options.Options(measure="SMD", convention="revman5").method == "IV"
    with pytest.raises(errors.OptionError, match="“MH” pools IRD, IRR, OR, RD, RR"):
        options.Options(measure="MD", method="MH")


def test_rules_for_cells_of_0_are_filled_in_and_can_be_changed():
    revman = options.Options(measure="OR", convention="revman5").zero_cell_rule
    assert (revman.increment, revman.when, revman.drop) == (0.5, "only0", "no_or_only_events")
    assert options.Options(measure="RD").zero_cell_rule.drop == "never"
    chosen = options.Options(measure="OR", convention="metafor", zero_increment=0.25, zero_amount="treatment_arm")
    assert (chosen.zero_cell_rule.increment, chosen.zero_cell_rule.amount) == (0.25, "treatment_arm")
    assert options.Options(measure="MD").zero_cell_rule is None
    with pytest.raises(errors.OptionError, match="counts no cells"):
        options.Options(measure="MD", zero_when="all")
    with pytest.raises(errors.OptionError, match="only0"):
        options.Options(measure="OR", zero_when="sometimes")


def test_formulas_of_a_measure_are_checked():
    assert options.Options(variance="UB", correction="exact").formulas == {"variance": "UB", "correction": "exact"}
    with pytest.raises(errors.OptionError, match=r"Option variance of SMD is “best”; choose one of .*“UB”"):
        options.Options(variance="best")
    with pytest.raises(errors.OptionError, match="no such choice"):
        options.Options(measure="PETO", variance="LS")


@pytest.mark.parametrize("name", options.CONVENTIONS)
def test_a_profile_says_everything_it_sets(name):
    for measure in ("SMD", "OR"):
        for model in options.MODELS:
            chosen = options.Options(measure=measure, convention=name, model=model)
            said = " ".join(wording.methods(chosen))
            assert chosen.profile.label in said
            assert wording.INTERVAL[chosen.interval] in said
            assert ("Cells of 0" in said) == (measure == "OR")


def test_every_choice_has_words():
    assert set(wording.TAU2_METHOD) == set(options.TAU2_METHODS)
    assert set(wording.INTERVAL) == set(options.INTERVALS)
    assert set(wording.PREDICTION) == set(options.PREDICTIONS)
    assert set(wording.TAU2_INTERVAL) == set(options.TAU2_INTERVALS) - {"none"}
