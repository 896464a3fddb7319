"""BibTeX as Web of Science, Scopus, EBSCO, Zotero and others write it.

An entry begins at an `@word{` at the start of a line, whatever state the one before was left in: braces that do not
match cost one field, not the rest of the file.
"""
