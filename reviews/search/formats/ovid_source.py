"""The source line of Ovid's records: journal, year, volume, issue and pages in the ways its databases write them."""

import re
from typing import NamedTuple

_LONGEST = 600
# As most databases write it: `Fict Med. 8(6):1048-1064, September 2015.`
_USUAL = re.compile(
    r"(?:^|[\s.])(\d{1,5}(?:[A-Z]|-\d+)?)\s*(?:\(([^()]{1,40})\))?\s*(?::\s?([A-Za-z]{0,3}\d[\w.+-]{0,30})|\(no pag)"
)
_DATE = re.compile(r"\b((?:19|20)\d\d)\b")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?|Spring|Summer|Fall|Autumn|Winter)\.?"
)
_WHEN = rf"(?:\d{{1,2}}\s)?{_MONTH}(?:[\s/&-]{{1,3}}(?:{_MONTH}|\d{{1,2}}))*,?\s"
_PAGES = r"(?P<pages>[A-Za-z]{0,3}\d[\w.+-]*?)"
_FORMS = (
    # Journals@Ovid: "Fict Med June 2015;58(6):688-696"; BIOSIS: "Fict Med. March 2020; 3 (1) 1-9."
    re.compile(
        rf"(?P<journal>\S.*?)[.,]?\s(?:{_WHEN})?(?P<year>(?:19|20)\d\d);\s?(?P<volume>\w[\w-]*)?\s?"
        rf"(?:\((?P<issue>[^()]*)\))?(?:\s?:\s?|\s){_PAGES}\.?"
    ),
    # Journals@Ovid: "Fict Med 12, Winter 2007: 7-14."
    re.compile(
        rf"(?P<journal>\S.*?)[.,]?\s(?P<volume>\d{{1,5}})\s?(?:\((?P<issue>[^()]*)\))?,\s(?:{_WHEN})?"
        rf"(?P<year>(?:19|20)\d\d):\s?{_PAGES}\.?"
    ),
)


class Place(NamedTuple):
    """Where something was published; empty where the line does not say."""

    journal: str
    year: int | None
    volume: str
    issue: str
    pages: str


def read(source: str) -> Place:
    """The place that a source line names."""
    bare = source[:_LONGEST].strip()
    for form in _FORMS:
        if found := form.fullmatch(bare):
            return Place(
                found["journal"], int(found["year"]), found["volume"] or "", found["issue"] or "", found["pages"]
            )
    usual = _USUAL.search(source)
    volume, issue, pages = (usual[1], usual[2] or "", usual[3] or "") if usual else ("", "", "")
    # The last year of the line, as pages may look like one.
    years = _DATE.findall(source)
    return Place(source.partition(". ")[0].strip(), int(years[-1]) if years else None, volume, issue, pages)
