"""Tables: comma-, semicolon- and tab-separated text and workbooks, whatever database wrote them.

`rows` and `workbooks` turn files into rows, `table` finds the header and makes records of the rows behind it, and
each source is a `profile` with a header by which it is known. `generic` reads any other table by a mapping from
columns to fields.
"""
