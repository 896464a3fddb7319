"""From what a report prints to what an analysis needs.

`spread` (SE, CI, t, p, F to SD), `wald` (estimates with CI, z or p), `medians` (medians, quartiles and ranges), `arms`,
`change`, `clusters`, `crossover`, `between` (OR, RR, RD; d, lnOR, r). Every function takes numbers or arrays of any one
shape and returns a `converted.Converted` or `converted.MeanSd`: the value, the method's name, and what was assumed.
Impossible input raises InputError naming the field.
"""
