"""Records to files: RIS, BibTeX, csv, xlsx, as streams; what is written comes back through our own readers.

Nothing here knows Django: a record is anything with the attributes of `citation.Citation`.
"""
