"""What holds for any studies, tested through the front door."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import canonical, data, estimates, options, results, synthesis
from analysis.pooling import batch, tau2
from analysis.pooling import random as random_effects
from tests.unit.analysis import samples
from tests.unit.analysis.data import test_studies

FEW = settings(deadline=None, max_examples=30)
seeds = st.integers(0, 10**6)
METHODS = st.sampled_from(options.TAU2_METHODS)
MEASURE_OF = {
    data.BinaryStudy: "OR", data.MatchedStudy: "MPOR", data.RateStudy: "IRR", data.SingleRateStudy: "IRLN",
    data.ProportionStudy: "PLO", data.ContinuousStudy: "SMD", data.ChangeStudy: "MD", data.MeanStudy: "MN",
    data.PairedStudy: "SMCC", data.CorrelationStudy: "ZCOR", data.PartialCorrelationStudy: "PCOR",
    data.DeterminationStudy: "R2", data.ReliabilityStudy: "ARAW", data.GenericStudy: "GEN", data.HazardStudy: "HR",
}  # fmt: skip


def drawn(k, seed, subgroups=()):
    """Generic studies that differ by more than chance."""
    draw = random.Random(seed)
    return [
        data.GenericStudy(
            f"s{place}",
            f"Study {place}",
            draw.gauss(0.3, 0.6),
            variance=draw.uniform(0.01, 0.4),
            subgroup=subgroups[place % len(subgroups)] if subgroups else None,
        )
        for place in range(k)
    ]


def generic(**choices):
    return options.Options(measure="GEN", convention="metafor", **choices)


def numbers(pool):
    """Every number of a pool that is defined."""
    return {name: value for name, value in canonical.plain(pool).items() if isinstance(value, float)}


@FEW
@given(st.integers(1, 12), seeds, METHODS, st.sampled_from(["z", "t", "HK", "HK-se", "KR"]))
def test_the_order_of_studies_changes_nothing(k, seed, method, interval):
    studies, choices = drawn(k, seed), generic(tau2_method=method, interval=interval)
    plain = synthesis.analyse(studies, choices)
    turned = synthesis.analyse(random.Random(seed).sample(studies, k), choices)
    assert numbers(turned.overall) == pytest.approx(numbers(plain.overall), rel=1e-9, abs=1e-12)
    weights = {row.key: row.weight for row in plain.studies}
    assert {row.key: row.weight for row in turned.studies} == pytest.approx(weights, rel=1e-9)


@FEW
@given(st.integers(1, 12), seeds, METHODS)
def test_flipping_all_signs_flips_the_estimate(k, seed, method):
    studies, choices = drawn(k, seed), generic(tau2_method=method)
    plain = synthesis.analyse(studies, choices).overall
    turned = synthesis.analyse([replace(study, estimate=-study.estimate) for study in studies], choices).overall
    assert (turned.estimate, turned.z) == pytest.approx((-plain.estimate, -plain.z), rel=1e-9)
    assert (turned.ci_low, turned.ci_high) == pytest.approx((-plain.ci_high, -plain.ci_low), rel=1e-9)
    assert (turned.se, turned.p, turned.q) == pytest.approx((plain.se, plain.p, plain.q), rel=1e-9)


@FEW
@given(st.integers(2, 10), seeds, METHODS, st.integers(-20, 20))
def test_mean_differences_follow_their_unit(k, seed, method, power):
    factor = 2.0**power
    choices = options.Options(measure="MD", tau2_method=method)
    studies = samples.studies(k, seed)
    scaled = [
        replace(study, **{name: factor * getattr(study, name) for name in ("mean1", "sd1", "mean2", "sd2")})
        for study in studies
    ]
    plain, grown = (synthesis.analyse(rows, choices).overall for rows in (studies, scaled))
    assert (grown.estimate, grown.se, grown.tau2) == pytest.approx(
        (factor * plain.estimate, factor * plain.se, factor**2 * plain.tau2), rel=1e-9
    )
    assert (grown.z, grown.p, grown.q, grown.i2) == pytest.approx((plain.z, plain.p, plain.q, plain.i2), rel=1e-9)


@FEW
@given(st.integers(1, 10), seeds, METHODS)
def test_a_study_of_infinite_variance_adds_nothing(k, seed, method):
    studies, choices = drawn(k, seed), generic(tau2_method=method)
    y = [study.estimate for study in studies]
    v = [study.variance for study in studies]
    plain = estimates.of_effects(batch.Batch.of([y], [v]), choices)
    more = estimates.of_effects(batch.Batch.of([[*y, 99.0]], [[*v, math.inf]]), choices)
    assert more.weights[0, -1] == 0
    for name, column in plain._asdict().items():
        if name != "weights":
            np.testing.assert_allclose(getattr(more, name), column, rtol=1e-10, atol=1e-13, err_msg=name)


@FEW
@given(st.integers(2, 10), seeds)
def test_random_effects_without_heterogeneity_are_the_common_effect(k, seed):
    studies = [replace(study, estimate=0.3 + 0.001 * study.estimate) for study in drawn(k, seed)]
    apart = synthesis.analyse(studies, generic(model="random"))
    together = synthesis.analyse(studies, generic(model="common"))
    assert apart.overall.tau2 == 0
    for name in ("estimate", "se", "ci_low", "ci_high", "z", "p", "q"):
        assert getattr(apart.overall, name) == pytest.approx(getattr(together.overall, name), rel=1e-13)
    assert [row.weight for row in apart.studies] == pytest.approx([row.weight for row in together.studies], rel=1e-13)


@FEW
@given(st.integers(2, 12), seeds, METHODS)
def test_hartung_knapp_and_wald_share_the_estimate(k, seed, method):
    studies = drawn(k, seed)
    wald, t, hk, adhoc = (
        synthesis.analyse(studies, generic(tau2_method=method, interval=name)).overall
        for name in ("z", "t", "HK", "HK-se")
    )
    assert wald.estimate == t.estimate == hk.estimate == adhoc.estimate
    assert (wald.df, t.df, hk.df, adhoc.df) == (None, k - 1, k - 1, k - 1)
    assert t.se == wald.se
    assert t.ci_high - t.ci_low > wald.ci_high - wald.ci_low
    assert adhoc.se == pytest.approx(max(wald.se, hk.se), rel=1e-12)
    y = np.array([study.estimate for study in studies])
    w = 1 / (np.array([study.variance for study in studies]) + wald.tau2)
    q = (w * (y - wald.estimate) ** 2).sum() / (k - 1)
    assert hk.se == pytest.approx(wald.se * math.sqrt(q), rel=1e-9)


@FEW
@given(st.integers(1, 6), st.integers(1, 8), seeds, METHODS)
def test_a_batch_is_what_a_loop_gives(rows, k, seed, method):
    draw = np.random.default_rng(seed)
    y, v = draw.normal(0.2, 0.5, (rows, k)), draw.uniform(0.01, 0.5, (rows, k))
    mask = draw.random((rows, k)) < 0.8
    together = batch.Batch.of(y, v, mask)
    found = tau2.estimate(together, method)
    pooled = random_effects.pool(together, found.value)
    for row in range(rows):
        kept = mask[row]
        alone = batch.Batch.of(y[row][kept], v[row][kept])
        value = tau2.estimate(alone, method).value
        single = random_effects.pool(alone, value)
        np.testing.assert_allclose(found.value[row], value, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(pooled.estimate[row], single.estimate, rtol=1e-10)
        np.testing.assert_allclose(pooled.weights[row][kept], single.weights, rtol=1e-10)


@FEW
@given(st.integers(1, 15), seeds, st.sampled_from(options.CONVENTIONS), st.sampled_from(options.MODELS))
def test_weights_add_up_to_100(k, seed, convention, model):
    choices = options.Options(measure="GEN", convention=convention, model=model)
    found = synthesis.analyse(drawn(k, seed, subgroups=("A", "B")), choices)
    assert sum(row.weight for row in found.studies) == pytest.approx(100, abs=1e-9)
    assert sum(pool.weight for pool in found.subgroups) == pytest.approx(100, abs=1e-9)


@FEW
@given(st.integers(1, 10), seeds, st.sampled_from(options.CONVENTIONS))
def test_the_same_input_gives_the_same_bytes(k, seed, convention):
    choices = options.Options(measure="GEN", convention=convention)
    first, second = (synthesis.analyse(drawn(k, seed, subgroups=("A", "B")), choices) for _ in range(2))
    assert first.to_json().encode() == second.to_json().encode()


def test_every_kind_of_study_has_a_measure_here():
    assert set(MEASURE_OF) == set(test_studies.GOOD)


@pytest.mark.parametrize("kind", MEASURE_OF, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("convention", options.CONVENTIONS)
def test_every_kind_of_study_is_stored_and_read_back(kind, convention):
    rows = [kind(key=name, label=f"{name} 2020", subgroup=name[0], **test_studies.GOOD[kind]) for name in ("ada", "bo")]
    found = synthesis.analyse(rows, options.Options(measure=MEASURE_OF[kind], convention=convention))
    again = results.Analysis.from_dict(found.to_dict())
    assert again == found
    assert again.to_json() == found.to_json()
    assert all(type(row.study) is kind for row in again.studies)


def test_schema_1_is_read_for_ever():
    """A result as the first version of the engine stored it: continuous outcomes, no df, no limits of tau²."""
    stored_options = {
        "measure": "SMD",
        "convention": "revman5",
        "model": "random",
        "tau2_method": "DL",
        "level": 0.95,
        "i2_definition": "Q",
        "prediction": "none",
    }
    studies = samples.studies(3, subgroups=("A", "B"))
    now = synthesis.analyse(studies, options.Options(**stored_options))
    since = ("df", "tau2_low", "tau2_high")

    def pool_1(pool):
        return {name: value for name, value in canonical.plain(pool).items() if name not in since}

    plain = [canonical.plain(study) for study in studies]
    stored = {
        "schema": 1,
        "studies": [{**canonical.plain(row), "study": study} for row, study in zip(now.studies, plain, strict=True)],
        "overall": pool_1(now.overall),
        "subgroups": [pool_1(pool) for pool in now.subgroups],
        "between": canonical.plain(now.between),
        "notices": [canonical.plain(notice) for notice in now.notices],
        "options": stored_options,
        "engine_version": "0.1.0",
        "digest": canonical.digest({"studies": plain, "options": stored_options}),
    }
    found = results.Analysis.from_dict(stored)
    assert found.engine_version == "0.1.0"
    assert found.overall == now.overall
    assert found.subgroups == now.subgroups
    assert found.between == now.between
    assert [row.study for row in found.studies] == studies
    assert found.options == now.options
    stored["studies"][0]["study"]["mean1"] += 1
    with pytest.raises(ValueError, match="changed after it was computed"):
        results.Analysis.from_dict(stored)
