import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import data, errors, options, results, synthesis, version
from analysis.pooling.tau2 import likelihood
from tests.unit.analysis import samples

EVERY = [
    options.Options(measure=measure, convention=convention, model=model, **extra)
    for measure in ("SMD", "MD")
    for convention in options.CONVENTIONS
    for model, extra in (("common", {}), ("random", {"tau2_method": "DL"}), ("random", {"tau2_method": "REML"}))
]


def swapped(study):
    return data.ContinuousStudy(
        study.key, study.label, study.n2, study.mean2, study.sd2, study.n1, study.mean1, study.sd1, study.subgroup
    )


def scaled(study, factor):
    values = {name: factor * getattr(study, name) for name in ("mean1", "sd1", "mean2", "sd2")}
    return samples.study(study.key, study.label, n1=study.n1, n2=study.n2, **values)


@pytest.mark.parametrize("choices", EVERY, ids=lambda choices: "-".join(map(str, choices.to_dict().values())))
def test_order_and_sign(choices):
    studies = samples.studies(9)
    plain = synthesis.analyse(studies, choices).overall
    shuffled = random.Random(2).sample(studies, len(studies))
    turned = synthesis.analyse(shuffled, choices).overall
    assert (turned.estimate, turned.se, turned.q) == pytest.approx((plain.estimate, plain.se, plain.q), rel=1e-12)
    flipped = synthesis.analyse(map(swapped, studies), choices).overall
    assert (flipped.estimate, flipped.ci_low, flipped.z) == pytest.approx(
        (-plain.estimate, -plain.ci_high, -plain.z), rel=1e-12
    )
    assert (flipped.n1, flipped.n2, flipped.p) == (plain.n2, plain.n1, pytest.approx(plain.p))


@pytest.mark.parametrize("method", options.TAU2_METHODS)
def test_mean_differences_scale_with_the_unit_and_standardised_ones_do_not(method):
    studies = samples.studies(7)
    changed = [scaled(study, 8.0) for study in studies]
    for measure, factor in (("MD", 8.0), ("SMD", 1.0)):
        choices = options.Options(measure=measure, tau2_method=method)
        plain, grown = (synthesis.analyse(rows, choices).overall for rows in (studies, changed))
        assert grown.estimate == pytest.approx(factor * plain.estimate, rel=1e-9)
        assert grown.tau2 == pytest.approx(factor**2 * plain.tau2, rel=1e-8)
        assert grown.i2 == pytest.approx(plain.i2, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.integers(0, 10**6), st.sampled_from(EVERY))
def test_weights_add_up(k, seed, choices):
    found = synthesis.analyse(samples.studies(k, seed, subgroups=("A", "B", "C")), choices)
    assert sum(row.weight for row in found.studies) == pytest.approx(100, abs=1e-9)
    assert sum(pool.weight for pool in found.subgroups) == pytest.approx(100, abs=1e-9)
    assert sum(pool.n1 for pool in found.subgroups) == found.overall.n1
    assert found.overall.weight == pytest.approx(100, abs=1e-9)


def test_subgroups_are_pooled_as_if_alone_and_compared_by_their_estimates():
    studies = samples.studies(9, subgroups=("A", "B"))
    choices = options.Options()
    found = synthesis.analyse(studies, choices)
    assert [pool.name for pool in found.subgroups] == ["A", "B"]
    for pool in found.subgroups:
        alone = synthesis.analyse([study for study in studies if study.subgroup == pool.name], choices).overall
        assert (pool.estimate, pool.tau2, pool.i2) == pytest.approx((alone.estimate, alone.tau2, alone.i2), rel=1e-12)
    first, second = found.subgroups
    gap = (first.estimate - second.estimate) ** 2 / (first.se**2 + second.se**2)
    assert found.between.q == pytest.approx(gap, rel=1e-10)
    assert found.between.df == 1
    whole = synthesis.analyse(
        [
            samples.study(s.key, s.label, n1=s.n1, mean1=s.mean1, sd1=s.sd1, n2=s.n2, mean2=s.mean2, sd2=s.sd2)
            for s in studies
        ],
        choices,
    ).overall
    assert (found.overall.estimate, found.overall.se) == (whole.estimate, whole.se)


def test_one_subgroup_has_nothing_to_be_compared_with():
    assert synthesis.analyse(samples.studies(3, subgroups=("A",)), options.Options()).between is None


@pytest.mark.parametrize("convention", options.CONVENTIONS)
def test_one_study_is_its_own_result_with_a_notice(convention):
    random_model = synthesis.analyse([samples.study()], options.Options(convention=convention))
    common_model = synthesis.analyse([samples.study()], options.Options(convention=convention, model="common"))
    row, pool = random_model.studies[0], random_model.overall
    assert (pool.estimate, pool.se, pool.ci_low) == pytest.approx((row.effect, row.se, row.ci_low), rel=1e-14)
    assert (pool.estimate, pool.se) == (common_model.overall.estimate, common_model.overall.se)
    assert (pool.tau2, pool.i2, pool.h2, pool.q, pool.q_df, pool.q_p) == (None, None, None, 0.0, 0, None)
    assert pool.prediction_low is None
    assert random_model.notices[0].code == "single_study"
    assert row.weight == 100


def test_the_common_model_reports_no_tau2():
    pool = synthesis.analyse(samples.studies(5), options.Options(model="common")).overall
    assert pool.tau2 is None
    assert pool.i2 is not None


def test_too_few_studies_for_a_prediction_interval_is_said():
    found = synthesis.analyse(samples.studies(2), options.Options(prediction="t_k-2"))
    assert found.overall.prediction_low is None
    assert [notice.code for notice in found.notices] == ["wald_few_studies", "no_prediction_interval"]


@pytest.mark.parametrize("kind", options.PREDICTIONS)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_missing_prediction_interval_is_said_and_only_that(kind, k):
    found = synthesis.analyse(samples.studies(k), options.Options(convention="metafor", prediction=kind))
    is_said = "no_prediction_interval" in [notice.code for notice in found.notices]
    assert is_said == (found.overall.prediction_low is None and kind != "none")


def test_a_search_that_did_not_settle_is_said(monkeypatch):
    monkeypatch.setattr(likelihood, "MAX_STEPS", 1)
    found = synthesis.analyse(samples.studies(6), options.Options(tau2_method="REML"))
    assert [notice.code for notice in found.notices] == ["tau2_not_converged"]


@pytest.mark.parametrize("choices", EVERY[::3], ids=lambda choices: choices.measure + choices.convention)
def test_stored_and_read_back(choices):
    found = synthesis.analyse(samples.studies(6, subgroups=("A", "B")), choices)
    assert results.Analysis.from_dict(found.to_dict()) == found
    assert found.engine_version == version.ENGINE_VERSION


def test_same_input_same_bytes_and_a_digest_of_inputs_and_options():
    studies = samples.studies(6)
    first, second = (synthesis.analyse(studies, options.Options()) for _ in range(2))
    assert first.to_json() == second.to_json()
    assert len(first.digest) == 64
    other_choice = synthesis.analyse(studies, options.Options(level=0.9))
    other_data = synthesis.analyse([*studies[:-1], scaled(studies[-1], 1.0000001)], options.Options())
    assert len({first.digest, other_choice.digest, other_data.digest}) == 3


def test_what_was_tampered_with_or_from_another_schema_is_refused():
    stored = synthesis.analyse(samples.studies(4), options.Options()).to_dict()
    with pytest.raises(errors.InputError, match="schema 99"):
        results.Analysis.from_dict(stored | {"schema": 99})
    stored["studies"][0]["study"]["mean1"] += 1
    with pytest.raises(errors.InputError, match="changed after it was computed"):
        results.Analysis.from_dict(stored)


def test_a_common_tau2_has_no_interval_of_a_subgroup_beside_it():
    studies = samples.studies(8, subgroups=("A", "B"))
    for shared in ("common", "separate"):
        found = synthesis.analyse(studies, options.Options(measure="MD", convention="metafor", subgroup_tau2=shared))
        has_limits = [pool.tau2_low is not None and pool.i2_low is not None for pool in found.subgroups]
        assert has_limits == [shared == "separate"] * 2
        assert found.overall.tau2_low is not None
