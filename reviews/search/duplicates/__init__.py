"""Duplicates found without false merges: records in, joined groups and proposals out. Plain Python; no Django.

`finding.find` compares a whole set, `finding.match_new` new records with stored ones, both prepared by `table.build`;
`keys.of` gives the numbers to store per record, `primary.choose` the fields of a reference, `explain.pair` the reasons
for the review page.
"""
