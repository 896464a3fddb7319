"""How much the result hangs on single studies and on single choices.

`leave_one_out`, `cumulative`, `influence`, `baujat`, `radial` and `gosh` look at the studies, `multiverse` at the
choices. All are many pooled estimates of subsets of the same studies, which `pooled` computes in batches of bounded
memory.
"""
