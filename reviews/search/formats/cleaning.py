"""Small repairs that every format needs: identifiers, years, pages."""

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d")
# A percent-encoded link may hide control characters.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\x00-\x1f\x7f]+")
_ISSN = re.compile(r"(?<![\dA-Za-z-])(\d{4})[-\u2010-\u2015]?(\d{3}[\dXx])(?![\dA-Za-z-])", re.ASCII)
_LATEX = re.compile(r"\\documentclass.{0,600}?\\begin\{document\}(.{0,2000}?)\\end\{document\}", re.DOTALL)
_LONGEST_DOI = 2000
# How R, Python and spreadsheets write that there is no value.
MISSING = frozenset({"NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "None", "NULL", "null", "NA_character_"})
_PUBMED_LINK = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,9})", re.ASCII)
_PMID = re.compile(r"[1-9]\d{0,8}", re.ASCII)


def year(values: Iterable[str]) -> int | None:
    """The first year from 1900 to 2099 in the date fields given, in their order."""
    for value in values:
        if found := _YEAR.search(value):
            return int(found[0])
    return None


def doi(value: str) -> str:
    """The bare DOI in `value`, its case kept; empty when there is none.

    Takes `https://doi.org/…`, `doi:…`, percent-encoded links and PubMed's ` [doi]` suffix.
    """
    # No DOI is that long; the cap keeps hostile values from costing time.
    value = value[:_LONGEST_DOI]
    if "%2" in value:
        value = unquote(value)
    if "&" in value:
        value = html.unescape(value)
    found = _DOI.search(value)
    if not found:
        return ""
    bare = found[0].removesuffix("[doi]").rstrip(".,;")
    # "(doi:10.1/x)" leaves a bracket that the DOI did not open.
    return bare[:-1] if bare.endswith(")") and bare.count("(") < bare.count(")") else bare


def pmid(value: str) -> str:
    """The digits when `value` is a PMID and nothing else, else empty."""
    bare = value.strip()
    return bare if _PMID.fullmatch(bare) else ""


def issns(values: Iterable[str]) -> tuple[str, ...]:
    """Every ISSN in the values, each once, as `1234-567X`; ISBNs and CN numbers are none.

    Takes `12345679`, `1234-5679 (Electronic)`, several in one value.
    """
    found = (f"{one}-{two.upper()}" for value in values for one, two in _ISSN.findall(value))
    return tuple(dict.fromkeys(number for number in found if _is_issn(number)))


def _is_issn(number: str) -> bool:
    # The last figure checks the others (ISO 3297): eight figures may as well be a date or a page.
    digits = number.replace("-", "")
    weighted = sum((8 - place) * int(digit) for place, digit in enumerate(digits[:7]))
    return "0123456789X"[-weighted % 11] == digits[7]


def linked_pmid(url: str) -> str:
    """The PMID in a link to PubMed, else empty."""
    found = _PUBMED_LINK.search(url)
    return found[1] if found else ""


def unique(values: Iterable[str]) -> list[str]:
    """The non-empty values in their order, each once."""
    return [value for value in dict.fromkeys(values) if value]


def without_latex(text: str) -> str:
    """The text with Springer's formulas bare: a whole LaTeX document stands around each of them."""
    return _LATEX.sub(r"\1", text) if "\\documentclass" in text else text


def pages(start: str, end: str) -> str:
    """One page range; the start may hold a whole range already ("1535-41")."""
    if not end or end == start or start.endswith(f"-{end}"):
        return start
    return f"{start}-{end}" if start else end
