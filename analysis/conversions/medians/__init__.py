"""Means and standard deviations from a median with the quartiles, the range or both.

`summary` holds what was printed; `closed` the formulas of Wan, Luo and Shi; `lognormal` Shi's for skewed data;
`quantiles` McGrath's quantile estimation; `power` the Box-Cox methods of McGrath and Cai; `skewness` whether the data
look too skewed for the formulas that assume normality.
"""
