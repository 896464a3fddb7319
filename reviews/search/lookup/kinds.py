"""Types of publication, from what databases write into a record: the most telling one counts."""

import re
from typing import NamedTuple


class Kind(NamedTuple):
    name: str
    label: str
    pattern: str


# The first that fits counts: a retracted trial is a retraction, a trial in a journal a trial. RIS types are whole words
# in capitals (CONF, THES), Chinese databases write a word or a letter in brackets.
KINDS: tuple[Kind, ...] = (
    Kind("retraction", "Retraction or erratum", r"retract|erratum|corrig|correction|expression of concern|更正|撤稿"),
    Kind("registration", "Trial registration", r"trial regist|registry record|试验注册"),
    Kind("conference", "Conference paper or abstract", r"\bconf\b|\bcpaper\b|conference|proceeding|congress|会议"),
    Kind("thesis", "Thesis", r"\bthes\b|thesis|dissertation|学位论文|硕士|博士"),
    Kind("preprint", "Preprint", r"preprint|\bunpb\b|预印本"),
    Kind("book", "Book or chapter", r"\bbook\b|\bchap\b|\bedbook\b|chapter|monograph|图书"),
    Kind("synthesis", "Systematic review or meta-analysis", r"systematic review|meta-?analysis|系统评价|荟萃"),
    Kind("guideline", "Guideline", r"guideline|consensus development|指南"),
    Kind("trial", "Trial", r"trial|randomi[sz]ed|临床试验"),
    Kind("letter", "Letter, editorial or news", r"letter|editorial|comment|\bnews\b|\bnote\b|interview|biograph"),
    Kind("case", "Case report", r"case report|case study|病例报告"),
    Kind("review", "Review", r"\breview\b|综述"),
    Kind("patent", "Patent or standard", r"\bpat\b|patent|standard|专利|标准"),
    Kind("web", "Web page, data or report", r"\belec\b|\bweb\b|\brprt\b|\breport\b|\bdata\b|dataset|newspaper|报纸"),
    Kind("article", "Journal article", r"\bjour\b|\bjfull\b|\bejour\b|article|journal|in press|期刊|论文"),
)
OTHER, UNKNOWN = "other", "unknown"
LABELS: dict[str, str] = {**{kind.name: kind.label for kind in KINDS}, OTHER: "Other", UNKNOWN: "Not given"}
_PATTERNS = tuple((kind.name, re.compile(kind.pattern)) for kind in KINDS)


def of(publication_type: str) -> str:
    """The name of the kind that a record's type of publication belongs to."""
    said = publication_type[:1000].lower()
    if not said.strip():
        return UNKNOWN
    return next((name for name, pattern in _PATTERNS if pattern.search(said)), OTHER)
