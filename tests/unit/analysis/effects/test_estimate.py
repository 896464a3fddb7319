import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import data, effects, errors
from analysis.effects import back_transform, catalogue, conventions, summaries, zero_cells

ROWS = {
    "binary": {"events1": 3, "n1": 40, "events2": 9, "n2": 42},
    "matched": {"both": 10, "only1": 4, "only2": 7, "neither": 30},
    "rates": {"events1": 3, "time1": 40.5, "events2": 9, "time2": 42.0},
    "single_rates": {"events": 3, "time": 40.5},
    "proportions": {"events": 3, "n": 40},
    "continuous": {"n1": 40, "mean1": 9.5, "sd1": 5.0, "n2": 38, "mean2": 13.25, "sd2": 4.8},
    "means": {"n": 40, "mean": 9.5, "sd": 5.0},
    "paired": {"n": 40, "mean1": 9.5, "sd1": 5.0, "mean2": 13.25, "sd2": 4.8, "r": 0.6},
    "correlations": {"r": 0.3, "n": 40},
    "partial_correlations": {"r": 0.3, "n": 40, "predictors": 3, "r2": 0.4},
    "determination": {"r2": 0.3, "n": 40, "predictors": 3},
    "reliability": {"alpha": 0.8, "items": 10, "n": 40},
    "hazard": {"hr": 0.7, "se": 0.2},
    "generic": {"estimate": 0.4, "se": 0.2},
}
FREE_SCALES = {"double_arcsine", "freeman_tukey_rate"}


def studies_of(family, k=3, **changes):
    kind = catalogue.STUDIES[family]
    return data.StudySet.of(kind(key=str(i), label=f"Study {i}", **(ROWS[family] | changes)) for i in range(k))


@pytest.mark.parametrize("convention", conventions.NAMES)
@pytest.mark.parametrize("name", catalogue.MEASURES)
def test_every_measure_is_computed_under_every_convention(name, convention):
    entry = catalogue.measure(name)
    found = effects.estimate(studies_of(entry.family), name, convention=convention)
    assert found.estimate.shape == found.variance.shape == (3,)
    assert np.isfinite(found.estimate).all()
    assert (found.variance > 0).all()


@pytest.mark.parametrize("name", catalogue.MEASURES)
def test_the_catalogue_says_what_the_function_takes(name):
    entry = catalogue.measure(name)
    parameters = inspect.signature(entry.kernel).parameters
    assert set(entry.options) | set(entry.fixed) <= set(parameters)
    assert ("zero_cells" in parameters) == (entry.adds is not None)
    assert set(entry.fields) <= set(catalogue.STUDIES[entry.family].__dataclass_fields__)
    assert entry.scale in back_transform.SCALES.keys() | FREE_SCALES
    assert entry.label
    assert entry.short
    for option, allowed in entry.options.items():
        for value in allowed:
            entry.compute(*(np.array([2.0, 3.0]) for _ in entry.fields), **{option: value})


@pytest.mark.parametrize("name", catalogue.MEASURES)
def test_a_batch_is_a_loop(name):
    entry = catalogue.measure(name)
    single = [np.array([ROWS[entry.family].get(field, np.nan)], dtype=float) for field in entry.fields]
    wide = [np.broadcast_to(column, (4, 2, 1)) for column in single]
    alone, together = entry.compute(*single), entry.compute(*wide)
    assert together.estimate.shape == (4, 2, 1)
    assert np.array_equal(together.estimate, np.broadcast_to(alone.estimate, (4, 2, 1)), equal_nan=True)
    assert np.array_equal(together.variance, np.broadcast_to(alone.variance, (4, 2, 1)), equal_nan=True)


@pytest.mark.parametrize("name", catalogue.MEASURES)
def test_kernels_answer_missing_and_monstrous_numbers_without_an_exception(name):
    entry = catalogue.measure(name)
    for value in (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, 1e-300):
        found = entry.compute(*(np.full(3, value) for _ in entry.fields))
        assert not np.isinf(found.estimate).any()
        assert not np.isinf(found.variance).any()
        assert not (found.variance < 0).any()


def test_an_unknown_measure_is_told_what_exists():
    with pytest.raises(errors.OptionError, match=r"no measure “XX”.*OR, RR, RD") as refused:
        effects.estimate(studies_of("binary"), "XX")
    assert refused.value.option == "measure"


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"convention": "excel"}, "“revman”, “metafor”, “meta”"),
        ({"variance": "LS9"}, "“LS”, “AV”, “H0”"),
        ({"correction": "exact"}, "has no option “correction”; its options are: variance"),
    ],
)
def test_an_unknown_choice_is_told_what_exists(choices, sentence):
    with pytest.raises(errors.OptionError, match=sentence):
        effects.estimate(studies_of("binary"), "OR", **choices)


def test_a_rule_for_cells_of_0_needs_cells():
    with pytest.raises(errors.OptionError, match="has no cells of 0"):
        effects.estimate(studies_of("continuous"), "MD", zero_cell_rule=zero_cells.METAFOR)


def test_studies_of_another_kind_are_refused_by_name():
    with pytest.raises(errors.InputError, match=r"Study “Study 0”: measure “MD”.*rows of ContinuousStudy"):
        effects.estimate(studies_of("binary"), "MD")


def test_a_study_without_events_is_not_estimable_where_the_convention_says_so():
    rows = [
        data.BinaryStudy("a", "Ada", 0, 20, 0, 22),
        data.BinaryStudy("b", "Bo", 2, 20, 0, 22),
    ]
    given_studies = data.StudySet.of(rows)
    assert np.isnan(effects.estimate(given_studies, "RR", convention="revman").estimate).tolist() == [True, False]
    assert np.isfinite(effects.estimate(given_studies, "RR", convention="metafor").estimate).all()
    ours = effects.estimate(given_studies, "OR", zero_cell_rule=zero_cells.UNCORRECTED)
    assert np.isnan(ours.variance).all()


@pytest.mark.parametrize(
    ("family", "name", "changes", "sentence"),
    [
        ("continuous", "ROM", {"mean1": -2.0}, "same sign"),
        ("continuous", "CVR", {"mean1": -2.0, "mean2": -3.0}, "greater than 0"),
        ("continuous", "MD", {"mean1": 1e308, "mean2": -1e308}, "too large"),
        ("continuous", "SMD", {"sd1": 1e-200, "sd2": 1e-200}, "too small"),
        ("partial_correlations", "SPCOR", {"r2": None}, "R² of the whole regression"),
        ("correlations", "UCOR", {"n": 4}, "at least 5 participants"),
        ("generic", "GEN", {"se": 1e-200}, "too small"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_studys_name(family, name, changes, sentence):
    with pytest.raises(errors.InputError, match=f"Study “Study 0”.*{sentence}") as refused:
        effects.estimate(studies_of(family, **changes), name)
    assert refused.value.study == "Study 0"


def mixed():
    return data.StudySet.of(
        [
            data.ContinuousStudy("a", "Final", **ROWS["continuous"]),
            data.ChangeStudy("b", "Change", **ROWS["continuous"]),
        ]
    )


def test_changes_and_final_values_may_share_a_mean_difference():
    assert np.isfinite(effects.estimate(mixed(), "MD").estimate).all()


@pytest.mark.parametrize("name", ["SMD", "SMD1", "ROM", "VR", "CLESN"])
def test_changes_and_final_values_are_not_standardised_together(name):
    with pytest.raises(errors.InputError, match=r"“Change” has changes from baseline.*mean difference"):
        effects.estimate(mixed(), name)


@given(st.permutations(range(5)))
@settings(max_examples=20)
def test_the_order_of_studies_does_not_matter(order):
    rows = [data.BinaryStudy(str(i), f"Study {i}", i, 20 + i, 2 * i, 30 + i) for i in range(5)]
    plain = effects.estimate(data.StudySet.of(rows), "OR", convention="revman")
    other = effects.estimate(data.StudySet.of(rows[i] for i in order), "OR", convention="revman")
    assert np.array_equal(other.estimate, plain.estimate[list(order)], equal_nan=True)


def test_a_summary_is_wald():
    found = summaries.summarise(effects.Effects(np.array([0.5]), np.array([0.0625])), 0.9)
    assert found.se.tolist() == [0.25]
    assert found.z.tolist() == [2.0]
    assert found.p == pytest.approx([0.04550026389635842])
    assert found.ci_high - found.ci_low == pytest.approx([2 * 0.25 * 1.6448536269514722])


@pytest.mark.parametrize("name", catalogue.MEASURES)
def test_a_number_is_a_study_and_no_study_is_an_answer(name):
    entry = catalogue.measure(name)
    row = [ROWS[entry.family].get(field, np.nan) for field in entry.fields]
    for option, allowed in {"": ("",), **entry.options}.items():
        for value in allowed:
            choice = {option: value} if option else {}
            alone, column = entry.compute(*row, **choice), entry.compute(*([number] for number in row), **choice)
            assert np.shape(alone.estimate) == np.shape(alone.variance) == ()
            np.testing.assert_allclose([*alone], [column.estimate[0], column.variance[0]], rtol=1e-14)
            nobody = entry.compute(*(np.empty((3, 0)) for _ in row), **choice)
            assert nobody.estimate.shape == nobody.variance.shape == (3, 0)
