"""Where a document stands: journal, volume, issue, pages, however a database writes them."""

import functools
import re
from typing import NamedTuple

from reviews.search.duplicates import text

_YEAR = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {month: str(place + 1) for place, month in enumerate(_YEAR.split())}
_EXCEL = re.compile(r"(\d{1,2})-([a-z]{3})|([a-z]{3})-(\d{1,3})")
_PAGE = re.compile(r"([a-z]{0,4})[ .]?0*(\d{1,9})(?:[ ]{0,3}[-–—‐−~～/+]+[ ]{0,3}([a-z]{0,4})0*(\d{1,9}))?")
_PAGE_WORD = re.compile(r"\b(?:pages?|pp|p|art(?:icle)?|no|number|id|artn|unsp|abstract|pg|seite|s\.)\b[.: ]*")
# "Suppl-87", "t-8": the start was lost.
_HEADLESS = re.compile(r"(?:suppl|[a-z]?)[-–]\d")
# "12 May 2010", "2010 Mar", "May 12", "2010-05-12", "2010年5月": dates, in whatever order.
_MONTH = rf"(?:{_YEAR.replace(' ', '|')})[a-z]{{0,6}}\.?"
_DAY, _FOUR = r"\d{1,2}(?:st|nd|rd|th)?", r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?:{_FOUR}[ ,.-]*)?(?:{_DAY}[ ,.-]*)?{_MONTH}(?:[ /-]{_MONTH})?(?:[ ,.-]*{_DAY})?(?:[ ,.-]*{_FOUR})?|"
    rf"{_FOUR}([-/.])\d{{1,2}}\1\d{{1,2}}|\d{{1,2}}([-/.])\d{{1,2}}\2{_FOUR}|{_FOUR}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?|"
    r"\d{1,2}月(?:\d{1,2}日)?"
)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,9}")
_ROMAN = re.compile(r"[ivxlc]{1,8}")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_SUPPLEMENT = re.compile(r"suppl|\bsup\b|\bs\d|\bpt\b|增刊|增|meeting|abstract", re.IGNORECASE)
_UNKNOWN = frozenset({"unknown", "na", "n/a", "none", "-", "0"})
# A whole citation in the journal field: "J Clin Psychol. 2015 Mar;71(3):200-10", "Stroke 12 (3): 34-56, 2001".
_GLUED_YEAR = re.compile(
    r"[\s.,;:(\[]+(?:19|20)\d\d\b(?:\s?[A-Za-z]{3,9}\b)?[\s\d,-]{0,8}[)\];:,.\s]*"
    r"(?:vol(?:ume)?\.?\s*)?(?P<volume>\d{1,4}(?:-\d{1,4})?)?\s*"
    r"(?:[(,]\s*(?:no\.?|issue)?\s*(?P<issue>[^(),:;]{1,20})\)?)?(?:\s?\([^()]{0,20}\))?"
    r"\s*[:,;]\s*(?:pp?\.?\s*)?(?P<pages>[A-Za-z]{0,3}\d[\w-]{0,15})",
)
_GLUED_VOLUME = re.compile(
    r"[\s.,;:(]+(?:vol(?:ume)?\.?\s*)?(?P<volume>\d{1,4}(?:-\d{1,4})?)\s*"
    r"(?:\(\s*(?P<issue>[^()]{1,20})\)|,\s*no\.?\s*(?P<issue2>\d+))?"
    r"\s*[:,;]\s*(?:pp?\.?\s*)?(?P<pages>[A-Za-z]{0,3}\d[\w-]{0,15})",
)
# A year before other words belongs to the name of a conference.
_GLUED_TAIL = re.compile(
    r"(?is)[\s.,;:(\[]+(?:(?:19|20)\d\d\b(?=\s*(?:$|[;:,.)\]]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))|"
    r"vol(?:ume)?\b|doi\b|pp?\.\s*\d).*$"
)
_SMALL = "the of and in for a an on de la et und der die des del di y e zur fur journal j"
_JOURNAL_STOP = frozenset(_SMALL.split())
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]|\s*[:=].*$|\.\s?Conference\b.*$")


_JOURNAL = re.compile(
    r"\b(?:journal|annals|archives|acta|bulletin|revista|revue|zeitschrift|rivista|proceedings|transactions|magazine|"
    r"quarterly|zhonghua)\b|(?:杂志|学报|期刊|月刊|双月刊|季刊|通报|通讯|年鉴)(?:社|.{1,8}版)?$"
)
_LONGEST_JOURNAL = 9


class Pages(NamedTuple):
    """`start` with its letters ("s528"), `number` of the start, `end`; 0 and "" when the file does not say.

    A paper paged from 1 has an `end` alone.
    """

    start: str
    number: int
    end: int


NOWHERE = Pages("", 0, 0)


class Glued(NamedTuple):
    journal: str
    volume: str
    issue: str
    pages: str


def pages(value: str, year: int = 0) -> Pages:
    """The start and end of a page range; "123-9" ends at 129, Excel's "06-Oct" is 6-10. The date of a paper of
    ``year``, or a part of it, is no page."""
    value = text.folded(value).lower().strip()
    if not value or value in _UNKNOWN or _HEADLESS.match(value):
        return NOWHERE
    if found := _EXCEL.fullmatch(value):
        value = _undated(found) or value
    elif _DATE.fullmatch(value):
        return NOWHERE
    found = _PAGE.search(_PAGE_WORD.sub("", value))
    if not found:
        return NOWHERE
    letters, start, _, end = found.groups()
    number = int(start)
    if _is_year(number, int(end) if end else 0, year) and not letters:
        return NOWHERE
    # Papers ahead of print and conference papers are all paged from 1.
    if number == 0 or (number == 1 and not letters):
        return Pages("", 0, max(number, int(end or 0)))
    if end and len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return Pages(letters + start, number, int(end) if end else number)


def _is_year(start: int, end: int, year: int) -> bool:
    """A lone "page" that is the year, or the year with a month ("2010-05") or a day ("20100512") behind it."""
    if not year:
        return False
    if end in {0, start} or (start == year and 0 < end < 13):
        return abs(start - year) <= 1 or (
            start // 10_000 == year and 0 < start // 100 % 100 < 13 and 0 < start % 100 < 32
        )
    return False


def _undated(found: re.Match[str]) -> str:
    day, month, month_first, number = found.groups()
    if day and month in _MONTHS:
        # Day and month swap with the locale; a range runs upwards.
        low, high = sorted((int(day), int(_MONTHS[month])))
        return f"{low}-{high}"
    if month_first in _MONTHS:
        return f"{_MONTHS[month_first]}-{number}"
    return ""


def number(value: str) -> int:
    """The first number of a volume or issue, Roman numerals too; 0 when there is none."""
    if value.isdecimal() and len(value) < 10:
        return int(value)
    value = text.folded(value).lower().strip()
    if not value or value in _UNKNOWN:
        return 0
    if found := _NUMBER.search(value):
        # "3)" is what is left of "30 (Suppl. 3)".
        return 0 if value.count(")") > value.count("(") else int(found[0])
    return _roman(value) if _ROMAN.fullmatch(value) else 0


def _roman(value: str) -> int:
    total = 0
    for place, letter in enumerate(value):
        worth = _ROMAN_VALUES[letter]
        following = _ROMAN_VALUES[value[place + 1]] if place + 1 < len(value) else 0
        total += -worth if worth < following else worth
    return total


def is_supplement(*values: str) -> bool:
    """Whether volume, issue or pages name a supplement: where the abstracts of meetings are printed."""
    return any(not value.isdecimal() and _SUPPLEMENT.search(value) for value in values if value)


@functools.lru_cache(maxsize=20_000)
def unglued(journal: str) -> Glued:
    """Take a citation that stands in the journal field apart; a plain name comes back whole."""
    if not _DIGIT.search(journal):
        return Glued(journal, "", "", "")
    for pattern in (_GLUED_YEAR, _GLUED_VOLUME):
        if (found := pattern.search(journal)) and found.start() > 2:
            parts = found.groupdict()
            issue = parts["issue"] or parts.get("issue2") or ""
            return Glued(journal[: found.start()], parts["volume"] or "", issue, parts["pages"] or "")
    return Glued(_GLUED_TAIL.sub("", journal), "", "", "")


@functools.lru_cache(maxsize=20_000)
def journal(name: str) -> str:
    """The words of a journal's name without articles, brackets and subtitles."""
    short = _BRACKETS.sub("", name) or name
    words = text.words(short).split()
    kept = [word for word in words if word not in _JOURNAL_STOP]
    return " ".join(kept or words)


def names_a_journal(title: str, name: str) -> bool:
    """Whether an "original title" is the name of a journal: that of the record, ``name``, or one by its words."""
    if not title:
        return False
    words = text.words(title)
    if name and journal(title) == journal(name):
        return True
    return len(words.split()) <= _LONGEST_JOURNAL and bool(_JOURNAL.search(words))
