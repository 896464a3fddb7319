import subprocess
import sys
from pathlib import Path

import pytest

import analysis
from analysis import data, errors, options, results, synthesis

ROOT = Path(__file__).parents[3]


def test_every_public_name_is_the_one_of_its_module():
    assert analysis.analyse is synthesis.analyse
    assert analysis.Options is options.Options
    assert analysis.Analysis is results.Analysis
    assert analysis.InputError is errors.InputError
    for name in set(analysis.__all__) & set(data.__all__):
        assert getattr(analysis, name) is getattr(data, name)
    assert {name for name in data.__all__ if name.endswith("Study")} - {"Study"} <= set(analysis.__all__)
    assert set(analysis.__all__) <= set(dir(analysis))


def test_an_unknown_name_is_none():
    with pytest.raises(AttributeError, match="no attribute 'anything'"):
        _ = analysis.anything


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, analysis; print(sorted({'numpy', 'scipy', 'matplotlib', 'django'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_engine_works_without_the_web():
    code = (
        "import sys\n"
        "from analysis import BinaryStudy, Options, analyse\n"
        "trials = [BinaryStudy('a', 'Ada', 4, 123, 11, 139), BinaryStudy('b', 'Bo', 6, 306, 29, 303)]\n"
        "analyse(trials, Options(measure='OR', convention='metafor'))\n"
        "print(sorted({'django', 'celery', 'pandas', 'reviews', 'matplotlib', 'plotly'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
