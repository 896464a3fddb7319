"""Small-study effects: tests of asymmetry, trim and fill, PET-PEESE, fail-safe N, excess significance, funnel contours.

The front door is `small_study`; the kernels below it take many meta-analyses at once.
"""
