"""An R script that reproduces an analysis with the package metafor."""

from analysis.r_script.writing import script

__all__ = ["script"]
