"""Subgroups: an estimate in each, with a common or separate tau², and the test whether they differ."""
