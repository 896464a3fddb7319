"""The engine against R: figures copied here always run, the full collection where it is present."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from analysis import data, options, synthesis
from analysis.effects import continuous
from analysis.pooling import batch, heterogeneity, intervals, random, tau2

HERE = Path(__file__).parent
COLLECTION = HERE.parents[2] / "shared" / "golden" / "cases"
COPIED = json.loads((HERE / "pooling.json").read_text(encoding="utf-8"))["cases"]
CLOSED, ITERATED = 1e-10, 1e-8
ARMS = ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i")


def collected(*modules):
    """Every usable case of these modules, read in place."""
    files = sorted(COLLECTION.glob("*.json.gz"))
    if not files:
        pytest.skip("The collection of R's numbers is not beside the project; the copied figures ran.")
    for path in files:
        for case in json.loads(gzip.decompress(path.read_bytes()))["cases"]:
            if case["module"] in modules and case["status"] == "ok":
                yield case


def close(found, expected, tolerance, floor=0.0):
    return found == pytest.approx(expected, rel=tolerance, abs=max(floor, 1e-300))


def pooled(case_inputs, method):
    y, v = (np.array([np.nan if x is None else x for x in case_inputs[name]]) for name in ("yi", "vi"))
    studies = batch.Batch.of(y, v, np.isfinite(y) & np.isfinite(v))
    between = np.zeros(()) if method == "EE" else tau2.estimate(studies, method).value
    return studies, between


def is_better_optimum(studies, ours, theirs):
    """R stops its search early on some tiny scales; then ours must have the higher restricted likelihood."""
    mine, other = (tau2.restricted_log_likelihood(studies, np.array(value)) for value in (ours, theirs))
    return mine >= other


def check_pool(studies, method, between, expected):
    tolerance = ITERATED if method == "REML" else CLOSED
    floor = 1e-10 * float(np.var(studies.y[studies.mask]))
    found = random.pool(studies, between)
    se = np.sqrt(found.variance)
    if method == "REML" and not close(float(between), expected["tau2"], tolerance, floor):
        assert is_better_optimum(studies, between, expected["tau2"])
        tolerance = 1e-6
    assert close(float(between), expected["tau2"], tolerance, floor)
    assert close(float(found.estimate), expected["beta"], tolerance, floor)
    assert close(float(se), expected["se"], tolerance)
    low, high = intervals.wald(found.estimate, se, 0.95)
    assert close([float(low), float(high)], [expected["ci_lb"], expected["ci_ub"]], 10 * tolerance, floor)
    assert close(float(intervals.wald_test(found.estimate, se).p), expected["pval"], 100 * tolerance)
    spread = heterogeneity.describe(studies, between, i2_definition="Q" if method == "EE" else "tau2")
    assert close([float(spread.q), float(spread.p)], [expected["QE"], expected["QEp"]], CLOSED)
    assert close([float(spread.i2), float(spread.h2)], [expected["I2"], expected["H2"]], tolerance, 1e-7)


@pytest.mark.parametrize("case", COPIED, ids=lambda case: case["id"])
def test_copied_pool(case):
    studies, between = pooled(case, case["method"])
    check_pool(studies, case["method"], between, case)
    found = random.pool(studies, between)
    for kind in ("z", "t_k-1", "t_k-2"):
        if f"pi_{kind}" in case:
            limits = intervals.prediction(
                found.estimate, np.sqrt(found.variance), between, studies.k, kind=kind, level=0.95
            )
            assert close([float(limit) for limit in limits], case[f"pi_{kind}"], 1e-7)


def test_pool_agrees_with_metafor():
    done = 0
    for case in collected("pool"):
        chosen = case["options"]
        if chosen["method"] in ("EE", "DL", "REML") and chosen["test"] == "z" and case["outputs"]["p"] == 1:
            outputs = case["outputs"]
            expected = outputs | {name: outputs[name][0] for name in ("beta", "se", "ci_lb", "ci_ub", "pval")}
            check_pool(*_with_method(case, chosen["method"]), expected)
            done += 1
    assert done > 200


def _with_method(case, method):
    studies, between = pooled(case["inputs"], method)
    return studies, method, between


def test_effects_agree_with_escalc():
    done = 0
    for case in collected("escalc"):
        measure, vtype = case["options"]["measure"], case["options"].get("vtype", "LS")
        is_plain = vtype == "LS" and case["options"].get("correct", True)
        if measure not in ("MD", "SMD") or not is_plain:
            continue
        n1, m1, s1, n2, m2, s2 = (np.array(case["inputs"][name], dtype=float) for name in ARMS)
        if measure == "MD":
            found = continuous.mean_difference(n1, m1, s1, n2, m2, s2)
        else:
            found = continuous.standardised_mean_difference(n1, m1, s1, n2, m2, s2, convention="metafor")
        assert close(found.estimate, case["outputs"]["yi"], CLOSED, 1e-14)
        assert close(found.variance, case["outputs"]["vi"], CLOSED)
        done += 1
    assert done == 12


def test_effects_agree_with_revman():
    done = 0
    for case in collected("revman_smd"):
        arms = (np.array(case["inputs"][name], dtype=float) for name in ARMS)
        found = continuous.standardised_mean_difference(*arms, convention="revman5")
        assert close(found.estimate, case["outputs"]["g"], 1e-12, 1e-15)
        assert close(np.sqrt(found.variance), case["outputs"]["se"], 1e-12)
        done += 1
    assert done == 4


def test_whole_analysis_agrees_with_revman_settings():
    """Subgroups with their own tau² and the test between them, as R's package meta computes RevMan 5's settings."""
    done = 0
    for case in collected("metacont_subgroup"):
        inputs, outputs = case["inputs"], case["outputs"]
        rows = zip(*(inputs[name] for name in (*ARMS, "subgroup")), strict=True)
        studies = [data.ContinuousStudy(str(i), f"Study {i}", *row[:6], str(row[6])) for i, row in enumerate(rows)]
        choices = options.Options(measure=case["options"]["sm"], convention="revman5", prediction="t_k-2")
        found = synthesis.analyse(studies, choices)
        expected = dict(zip(outputs["subgroup_levels"], outputs["TE_random_w"], strict=True))
        assert close(found.overall.estimate, outputs["TE_random"], CLOSED)
        assert close(found.overall.tau2, outputs["tau2"], CLOSED)
        assert close(found.overall.i2, 100 * outputs["I2"], CLOSED)
        assert close(found.overall.prediction_low, outputs["lower_predict"], ITERATED)
        assert {pool.name: pytest.approx(pool.estimate, rel=1e-9) for pool in found.subgroups} == expected
        assert close(found.between.q, outputs["Q_b_random"], 1e-9)
        assert close(found.between.p, outputs["pval_Q_b_random"], 1e-8)
        done += 1
    assert done == 4
