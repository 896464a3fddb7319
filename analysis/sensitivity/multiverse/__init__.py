"""The multiverse: every defensible combination of choices and subsets of studies, as one table of specifications.

`axes` says which choices there are and which go together, `computing` runs them, `table` holds what comes out.
Steegen, Tuerlinckx, Gelman and Vanpaemel 2016, Perspectives on Psychological Science 11:702-712; for meta-analyses
Voracek, Kossmeier and Tran 2019, Zeitschrift für Psychologie 227:64-82.
"""

from __future__ import annotations

from analysis.sensitivity.multiverse.axes import Axes, ZeroRule, usual
from analysis.sensitivity.multiverse.computing import run
from analysis.sensitivity.multiverse.table import Multiverse, Specification

__all__ = ["Axes", "Multiverse", "Specification", "ZeroRule", "run", "usual"]
