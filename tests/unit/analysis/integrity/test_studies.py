"""What an analysis says of its studies' own numbers, through the front door."""

import itertools
import statistics

import pytest

from analysis import data, options, synthesis
from analysis.integrity import shared_groups, spread


def codes(studies, **choices):
    return [notice.code for notice in synthesis.analyse(studies, options.Options(**choices)).notices]


def said(studies, code, **choices):
    found = synthesis.analyse(studies, options.Options(**choices)).notices
    return [notice.text for notice in found if notice.code == code]


def means(*rows):
    return [data.ContinuousStudy(str(at), f"Study {at}", *row) for at, row in enumerate(rows)]


def events(*rows, labels=(), subgroups=()):
    return [
        data.BinaryStudy(str(at), labels[at] if labels else f"Study {chr(65 + at)}", *row,
                         subgroup=subgroups[at] if subgroups else None)
        for at, row in enumerate(rows)
    ]  # fmt: skip


ORDINARY = [(60, 20.0, 9.1, 58, 24.0, 10.2), (45, 18.5, 8.4, 47, 22.0, 9.0), (80, 21.0, 11.0, 77, 23.5, 10.1)]


@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
def test_standard_errors_typed_as_standard_deviations_are_said(measure):
    assert "se_for_sd" not in codes(means(*ORDINARY), measure=measure)
    (text,) = said(means(*ORDINARY, (90, 19.0, 1.05, 92, 23.0, 0.98)), "se_for_sd", measure=measure)
    assert text.startswith("Study “Study 3”: the standard deviations 1.05 and 0.98 are much smaller")
    assert "would mean 9.96 and 9.4" in text


@pytest.mark.parametrize("n", [8, 30, 400])
def test_a_small_spread_that_is_no_standard_error_is_not_said(n):
    assert "se_for_sd" not in codes(means(*ORDINARY, (n, 20.0, 5.2, n, 22.0, 5.4)), measure="MD")


def test_another_instrument_with_a_smaller_unit_is_not_said():
    assert "se_for_sd" not in codes(means(*ORDINARY, (90, 2.0, 0.95, 92, 2.3, 1.01)), measure="SMD")


def test_one_group_of_each_study_is_looked_at_too():
    rows = [(60, 20.0, 9.1), (45, 18.5, 8.4), (80, 21.0, 11.0), (100, 19.5, 0.9)]
    studies = [data.MeanStudy(str(at), f"Study {at}", *row) for at, row in enumerate(rows)]
    assert len(said(studies, "se_for_sd", measure="MN")) == 1


def test_the_median_of_the_others_is_that_of_a_list_without_the_number():

    for values in itertools.chain(
        itertools.product((1.0, 2.0, 5.0), repeat=4), [(3.0, 1.0), (1.0, 7.0, 2.0, 9.0, 4.0)]
    ):
        wanted = [statistics.median(values[:at] + values[at + 1 :]) for at in range(len(values))]
        assert spread.median_of_others(values).tolist() == wanted


SHARED = [
    ("OR", [(12, 40, 22, 50), (15, 41, 22, 50), (9, 30, 14, 31)], "22/50", "27/81 against 22/50"),
    ("RR", [(45, 50, 22, 50), (41, 50, 22, 50), (30, 60, 20, 60)], "22/50", "86/100 against 22/50"),
]


@pytest.mark.parametrize(("measure", "rows", "shown", "together"), SHARED)
def test_one_control_group_in_two_rows_is_said_with_what_they_give_combined(measure, rows, shown, together):
    studies = events(*rows)
    (text,) = said(studies, "shared_group", measure=measure, convention="revman5")
    assert f"Rows “Study A” and “Study B” have the same control group ({shown})." in text
    combined = events((rows[0][0] + rows[1][0], rows[0][1] + rows[1][1], *rows[0][2:]), rows[2])
    overall = synthesis.analyse(combined, options.Options(measure=measure, convention="revman5")).overall
    ratio = 2.718281828459045**overall.estimate
    assert f"Combined ({together}), the pooled estimate is {ratio:.4f} [" in text


def test_a_shared_control_group_of_means_is_combined_by_the_handbook():
    rows = (*ORDINARY, (60, 17.0, 8.0, 58, 24.0, 10.2))
    (text,) = said(means(*rows), "shared_group", measure="MD")
    assert "mean 24, SD 10.2, n = 58" in text
    (shared,) = shared_groups.find(data.ContinuousData.of(means(*rows)))
    assert (shared.combined.n1, shared.combined.mean1) == (120, 18.5)


def test_a_first_group_compared_with_two_controls_is_said():
    (text,) = said(events((12, 64, 22, 51), (12, 64, 30, 60), (9, 30, 14, 31)), "shared_group", measure="OR")
    assert "have the same first group (12/64)" in text


def test_rows_in_several_subgroups_are_said_without_a_combination():
    studies = events((45, 50, 22, 50), (41, 50, 22, 50), (30, 60, 20, 60), subgroups=("low", "high", "high"))
    (text,) = said(studies, "shared_group", measure="RR")
    assert "Combined" not in text


def test_equal_counts_that_chance_explains_are_not_said():
    assert "shared_group" not in codes(events((1, 20, 0, 20), (2, 20, 0, 20), (3, 21, 1, 20)), measure="OR")
    assert "shared_group" in codes(
        events((1, 20, 0, 20), (2, 21, 0, 20), labels=("Ada 2020a", "Ada 2020b")), measure="RD"
    )


@pytest.mark.parametrize(
    ("estimate", "low", "high", "is_said"),
    [(0.72, 0.55, 1.94, True), (0.72, 0.55, 0.94, False), (0.8, 0.6, 1.07, False), (1.5, 1.01, 2.9, True)],
)
def test_a_ratio_off_the_middle_of_its_interval_is_said(estimate, low, high, is_said):
    rows = [(estimate, low, high), (0.9, 0.7, 1.16), (1.1, 0.8, 1.51)]
    studies = [
        data.HazardStudy(str(at), f"Study {at}", hr=hr, ci_low=below, ci_high=above)
        for at, (hr, below, above) in enumerate(rows)
    ]
    assert ("asymmetric_interval" in codes(studies, measure="HR")) == is_said


def test_a_difference_off_the_middle_of_its_interval_is_said():
    rows = [(0.5, 0.1, 0.9), (0.3, 0.1, 0.9), (0.2, -0.1, 0.5)]
    studies = [
        data.GenericStudy(str(at), f"Study {at}", estimate=value, ci_low=low, ci_high=high)
        for at, (value, low, high) in enumerate(rows)
    ]
    (text,) = said(studies, "asymmetric_interval", measure="GEN")
    assert text.startswith("Study “Study 1”")


def test_a_z_test_of_random_effects_with_two_studies_is_said():
    studies = means(*ORDINARY[:2])
    assert "wald_few_studies" in codes(studies, measure="MD", interval="z")
    assert "wald_few_studies" not in codes(studies, measure="MD", model="common")
    assert "wald_few_studies" not in codes(means(*ORDINARY), measure="MD", interval="z")
