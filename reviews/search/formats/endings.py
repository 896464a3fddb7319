"""Whether a text file ends as its format ends a file, which one whose download broke off does not.

A format has an end mark (a line, a tag, a blank line behind every record), or nothing but the end of a line. What
stands in front of it, a reader judges record by record; here only the end of the text is looked at.
"""

import re

LINE = re.compile(r"\n[ \t\ufeff\x1a]*\Z")
# A quoted cell that is closed: a row that lacks cells behind it is refused by the reader.
ROW = re.compile(r'[\n"][ \t\ufeff\x1a]*\Z')
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*\Z")
# Where one blank line may stand inside a record, in a list of references.
TWO_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t]*\n\s*\Z")
# Behind the mark of the last record or of the file nothing may follow.
RIS = re.compile(r"(?:\A|\n)[ \t\ufeff]*ER\b[^\n]*\s*\Z", re.IGNORECASE)
WEB_OF_SCIENCE = re.compile(r"(?:\A|\n)(?:ER|EF)\s*\Z")
BIBTEX = re.compile(r"[})]\s*\Z")
# The tag of a record closes no file.
XML = re.compile(r"</(?!record>|PubmedArticle>|PubmedBookArticle>)[\w:]+>\s*\Z")
JSON = re.compile(r"[\]}]\s*\Z")
SUMMARY = re.compile(r"(?:PMID:\s*\d+|PMCID:\s*PMC\d+)\.\s*\Z")


def sentence(label: str) -> str:
    return (
        f"The file does not end as {label} does, so it may be cut off: compare its last record with the source, "
        "or export it again."
    )
