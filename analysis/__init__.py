"""The numbers of a systematic review: frozen inputs in, frozen results out.

Plain Python with numpy, scipy and, for print, matplotlib. Nothing here reads a clock or a setting, and only the command
line (`python -m analysis`) reads a file.

    from analysis import BinaryStudy, Options, analyse

    trials = [BinaryStudy("a", "Ada 2020", 4, 123, 11, 139), BinaryStudy("b", "Bo 2021", 6, 306, 29, 303)]
    found = analyse(trials, Options(measure="OR", convention="metafor"))
    found.overall.estimate, found.overall.ci_low, found.overall.tau2

The names below are the front door and stay as they are. Behind it are `effects` (measures), `pooling` (kernels over
arrays of shape (..., k)), `subgroups`, `regression`, `sensitivity`, `bias`, `conversions`, `integrity`, `agreement`,
`figures` and `r_script`; `docs/methods` has the formulas. A name is loaded when it is first used, so that
`import analysis` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.data import (
        BinaryStudy,
        ChangeStudy,
        ContinuousStudy,
        CorrelationStudy,
        DeterminationStudy,
        GenericStudy,
        HazardStudy,
        MatchedStudy,
        MeanStudy,
        PairedStudy,
        PartialCorrelationStudy,
        ProportionStudy,
        RateStudy,
        ReliabilityStudy,
        SingleRateStudy,
        StudySet,
    )
    from analysis.errors import InputError, OptionError
    from analysis.options import Options
    from analysis.results import Analysis
    from analysis.synthesis import analyse
    from analysis.version import ENGINE_VERSION

__all__ = [
    "ENGINE_VERSION",
    "Analysis",
    "BinaryStudy",
    "ChangeStudy",
    "ContinuousStudy",
    "CorrelationStudy",
    "DeterminationStudy",
    "GenericStudy",
    "HazardStudy",
    "InputError",
    "MatchedStudy",
    "MeanStudy",
    "OptionError",
    "Options",
    "PairedStudy",
    "PartialCorrelationStudy",
    "ProportionStudy",
    "RateStudy",
    "ReliabilityStudy",
    "SingleRateStudy",
    "StudySet",
    "analyse",
]
_ELSEWHERE = {
    "Analysis": "results",
    "ENGINE_VERSION": "version",
    "InputError": "errors",
    "OptionError": "errors",
    "Options": "options",
    "analyse": "synthesis",
}


def __getattr__(name: str) -> object:
    """A public name, from the module that has it; without an entry in `_ELSEWHERE` it is a kind of study."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{_ELSEWHERE.get(name, 'data')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
