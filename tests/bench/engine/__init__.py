"""The engine against R's metafor and the Python packages PyMARE, statsmodels and pimeta, in one run on one machine."""
