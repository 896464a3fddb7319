"""Meta-regression: a design from terms, tau² for a model with p coefficients, tests, predictions, permutations.

The front door is `regress.regress`; the kernels below it take many analyses at once.
"""
