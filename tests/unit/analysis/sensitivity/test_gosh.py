"""GOSH: all subsets, or random ones."""

import json

import numpy as np
import pytest

from analysis import errors, options
from analysis.pooling import batch
from analysis.sensitivity import gosh, pooled, subsets
from tests.unit.analysis.sensitivity import invented


def test_every_subset_once():
    studies = invented.studies(6)
    found = gosh.estimate(studies)
    assert found.is_complete
    assert len(np.unique(found.members, axis=0)) == len(found.members) == 63
    assert found.members.any(axis=1).all()
    single = found.members.sum(axis=1) == 1
    assert sorted(found.estimates.estimate[single]) == pytest.approx(sorted(studies.y))
    assert found.holding(2).sum() == 32


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "PM"])
def test_a_subset_is_an_analysis_of_its_own(method):
    studies = invented.studies(8)
    found = gosh.estimate(studies, pooled.Model(method))
    for row in (0, 17, 100, 254):
        inside = found.members[row]
        alone = pooled.pool(
            batch.Batch.of(studies.y[inside], studies.v[inside]), np.ones((1, inside.sum()), bool), pooled.Model(method)
        )
        assert found.estimates.estimate[row] == pytest.approx(alone.estimate[0], rel=1e-9)
        assert found.estimates.tau2[row] == pytest.approx(alone.tau2[0], rel=1e-8, abs=1e-13)
        assert found.estimates.q[row] == pytest.approx(alone.q[0], rel=1e-9, abs=1e-12)


def test_random_subsets_come_from_their_seed():
    studies = invented.studies(20)
    one, same, other = (gosh.estimate(studies, limit=500, seed=seed) for seed in (7, 7, 8))
    assert not one.is_complete
    assert len(one.members) == 500
    assert np.array_equal(one.members, same.members)
    assert np.array_equal(one.estimates.estimate, same.estimates.estimate)
    assert not np.array_equal(one.members, other.members)
    assert one.members.mean() == pytest.approx(0.5, abs=0.05)


def test_an_empty_subset_is_drawn_again():
    assert subsets.drawn(1, 200, 3).all()
    assert subsets.drawn(2, 400, 3).any(axis=1).all()


def test_a_study_that_does_not_count_is_in_no_subset():
    studies = batch.Batch.of([0.1, np.nan, 0.4], [0.1, np.nan, 0.2], [True, False, True])
    found = gosh.estimate(studies)
    assert found.members.tolist() == [[True, False, False], [False, False, True], [True, False, True]]


def test_edges():
    assert gosh.estimate(batch.Batch.of([], [])).members.shape == (0, 0)
    one = gosh.estimate(batch.Batch.of([0.3], [0.1]))
    assert one.estimates.estimate.tolist() == pytest.approx([0.3])
    assert one.estimates.tau2.tolist() == [0]
    with pytest.raises(errors.OptionError, match="limit is 0"):
        gosh.estimate(invented.studies(3), limit=0)
    with pytest.raises(errors.OptionError, match="one set"):
        gosh.estimate(batch.Batch.of(np.zeros((2, 3)), np.ones((2, 3))))


def test_of_studies_as_plain_values():
    given = invented.binary(4)
    chosen = options.Options(measure="OR", convention="revman5", model="common")
    found = gosh.of_studies(given, chosen)
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["columns"]["members"][:3] == ["1000", "0100", "1100"]
    assert len(content["columns"]["estimate"]) == len(found.values.members)
