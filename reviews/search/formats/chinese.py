"""What Chinese databases need beyond tags: lists of names and keywords, noise in abstracts, identifiers."""

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from reviews.search.formats import cleaning

_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KANA = re.compile(r"[\u3041-\u30ff\uac00-\ud7a3]")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HAN_NAME = re.compile(f"[{_HAN}]{{2,4}}")
_ONLY_HAN = re.compile(rf"[{_HAN}\s]+")
_GAP = re.compile(r"\s+")

_SEMICOLONS = re.compile(r"[;；]+")
_COMMAS = re.compile(r"[,，、]")
# VIP numbers the affiliations behind the names: 甲[1];乙[1,2].
_AFFILIATION = re.compile(r"\[\d+(?:[,，]\s*\d+)*\]")
_AND_OTHERS = re.compile(r"[,，、;；\s]*(?<![A-Za-z])(?:等|et\s+al\.?)$", re.IGNORECASE)
# A comma between figures or behind a single letter belongs to a substance: 1,2-二氯乙烷, N,N-dimethyl.
_KEYWORD_COMMA = re.compile(r"(?<![\dNO])[,，、]|[，、](?!\d)|,(?=\s|$)")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s+|\\s+(?=[{_HAN}])")

_BREAK = re.compile(r"(?:\(#br\)\s*)+")
_HEADING = re.compile(r"\A\s*(?:<正>\s*)?(?:(?:Abstract|摘要|Summary)\s*(?=\(#br\)))?", re.IGNORECASE)
_CITATION = re.compile(r"~\(\[[\d,，\-\u2013~]+\]\)")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7});")

_CHINESE = frozenset({"chi", "zho", "zh", "zh-cn", "cn", "chinese", "中文", "汉语", "汉文"})
_ENGLISH = frozenset({"eng", "en", "english", "英文", "英语"})

# A prefix and a zero, which CiteSpace and others put where no number is.
_NO_NUMBER = re.compile(r"(?:[A-Za-z]{2,8}\s?[:：]?\s?)?0*\d{0,3}")
_CNKI_NUMBER = re.compile(r"cnki\.(?:net|com\.cn)/\S*?[?&]filename=([A-Za-z0-9._-]{6,40})", re.IGNORECASE)
_WANFANG_NUMBER = re.compile(
    r"wanfangdata\.com\.cn/(?:\S*?[?&]id=|(?:periodical|thesis|conference|patent|standard)/)([A-Za-z0-9_-]{5,60})"
)
# Libraries mirror VIP under hosts of their own.
_VIP_NUMBER = re.compile(r"(?:[?&]lngid=|cqvip\.com/(?:\S*?[?&]id=|qk/\w+/\w+/))([A-Z]{0,4}\d{6,20})", re.IGNORECASE)
_FOUR_FIGURES = re.compile(r"[12]\d{3}", re.ASCII)
_DATABASES = (
    (re.compile(r"CNKI|中国知网|同方知网|中国学术期刊", re.IGNORECASE), "CNKI"),
    (re.compile(r"万方|wanfang", re.IGNORECASE), "Wanfang"),
    (re.compile(r"维普|cqvip", re.IGNORECASE), "VIP"),
    (re.compile(r"中华医学杂志|yiigle", re.IGNORECASE), "yiigle"),
)

_TYPES = {
    "journal article": "Journal article",
    "journal": "Journal article",
    "期刊": "Journal article",
    "journal, electronic": "Journal article",
    "electronic article": "Journal article",
    "thesis": "Thesis",
    "dissertation/thesis": "Thesis",
    "硕士": "Master's thesis",
    "博士": "Doctoral thesis",
    "硕士学位论文": "Master's thesis",
    "博士学位论文": "Doctoral thesis",
    "学位论文": "Thesis",
    "conference proceedings": "Conference paper",
    "conference proceeding": "Conference paper",
    "conference paper": "Conference paper",
    "国内会议": "Conference paper",
    "国际会议": "Conference paper",
    "中国会议": "Conference paper",
    "会议": "Conference paper",
    "newspaper article": "Newspaper article",
    "报纸": "Newspaper article",
    "magazine article": "Magazine article",
    "standard": "Standard",
    "国家标准": "Standard",
    "行业标准": "Standard",
    "标准": "Standard",
    "patent": "Patent",
    "中国专利": "Patent",
    "海外专利": "Patent",
    "专利": "Patent",
    "年鉴": "Yearbook",
    "统计年鉴": "Yearbook",
    "book": "Book",
    "book, whole": "Book",
    "图书": "Book",
    "book section": "Book chapter",
    "book, section": "Book chapter",
    "report": "Report",
    "成果": "Report",
    "web page": "Web page",
    "generic": "Generic",
}


def has_han(text: str) -> bool:
    """Whether any Chinese character stands in the text."""
    return _HAN_CHARACTER.search(text) is not None


def authors(values: Iterable[str]) -> tuple[str, ...]:
    """The names in the values, each once, in their order.

    A value is cut at `;`, `；` and `;;`; at commas and 、 only when every part is 2 to 4 Chinese characters, so that
    `Quill, Ottoline` stays one name. Affiliation numbers and a closing 等 or "et al." go.
    """
    return tuple(cleaning.unique(name for value in values for name in _names(value)))


def _names(value: str) -> list[str]:
    bare = _AND_OTHERS.sub("", _AFFILIATION.sub("", value).strip())
    parts = [name for part in _SEMICOLONS.split(bare) if (name := _name(part))]
    if len(parts) == 1 and not has_semicolon(bare):
        shorter = [name for part in _COMMAS.split(bare) if (name := _name(part))]
        if all(map(_HAN_NAME.fullmatch, shorter)):
            return shorter
    return parts


def has_semicolon(value: str) -> bool:
    """Whether the value is a list cut by semicolons, half or full width."""
    return _SEMICOLONS.search(value) is not None


def _name(part: str) -> str:
    # Names of two characters are padded in the middle: 王　芳.
    bare = _GAP.sub(" ", part).strip(" ,，")
    short = bare.replace(" ", "")
    return short if _ONLY_HAN.fullmatch(bare) and len(short) <= 4 else bare


class Names(NamedTuple):
    """The names of one list in Chinese and those in Latin letters."""

    chinese: tuple[str, ...]
    latin: tuple[str, ...]


def by_script(names: Iterable[str]) -> Names:
    """Tell names with Chinese characters from the others, the order kept."""
    both = tuple(names)
    return Names(tuple(filter(has_han, both)), tuple(name for name in both if not has_han(name)))


def keywords(values: Iterable[str], *, by_spaces: bool = False) -> tuple[str, ...]:
    """The keywords in the values, each once: cut at `;`, `；`, `;;`, else at commas, else (`by_spaces`) at spaces.

    Spaces separate keywords only beside a Chinese character, so that "breast cancer" stays whole.
    """
    return tuple(cleaning.unique(word for value in values for word in _keywords(text(value), by_spaces)))


def _keywords(value: str, by_spaces: bool) -> list[str]:
    if has_semicolon(value):
        parts = _SEMICOLONS.split(value)
    elif _KEYWORD_COMMA.search(value):
        parts = _KEYWORD_COMMA.split(value)
    else:
        parts = _BETWEEN_HAN.split(value) if by_spaces else [value]
    return [part.strip(" \t\u3000,，;；") for part in parts]


def text(value: str) -> str:
    """A title or abstract without the marks that CNKI leaves in it; full-width characters stay."""
    if "<正>" in value or "(#br)" in value:
        value = _BREAK.sub(" ", _HEADING.sub("", value).replace("<正>", ""))
    if "~" in value:
        value = _CITATION.sub("", value)
    if "&" in value:
        value = _ENTITY.sub(lambda found: html.unescape(found[0]), value)
    return value.strip()


def joined(first: str, second: str) -> str:
    """Two lines of one text: without a space between Chinese characters, with one between words."""
    if not first or not second:
        return first or second
    is_tight = _is_wide(first[-1]) or _is_wide(second[0])
    return f"{first}{second}" if is_tight else f"{first} {second}"


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")


def language(values: Iterable[str], title: str) -> str:
    """The language as PubMed's code where the file names Chinese or English; else `chi` for a Chinese title."""
    named = [part.strip() for value in values for part in _SEMICOLONS.split(value) if part.strip()]
    codes = cleaning.unique(_code(name) for name in named)
    if codes:
        return "; ".join(codes)
    return "chi" if has_han(title) and not _KANA.search(title) else ""


def _code(name: str) -> str:
    low = name.casefold()
    if low in _CHINESE:
        return "chi"
    return "eng" if low in _ENGLISH else name


def database(values: Iterable[str]) -> str:
    """The short name of the Chinese database that a value names, else the value itself."""
    for value in filter(None, values):
        return next((name for pattern, name in _DATABASES if pattern.search(value)), value)
    return ""


def doi(numbers: Iterable[str], links: Iterable[str]) -> str:
    """The first DOI in the fields for it, else in a link to a DOI; `urlid` links of CNKI hold none."""
    linked = (link for link in links if "urlid" not in link and ("doi.org/" in link or "cnki.net/doi/" in link))
    stated = (number for number in numbers if "urlid" not in number)
    # Wanfang writes some with full-width strokes.
    plain = (unicodedata.normalize("NFKC", value) for value in (*stated, *linked))
    return next(filter(None, map(cleaning.doi, plain)), "")


def accession(numbers: Iterable[str], links: Iterable[str]) -> str:
    """The database's own number of a record: stated, or in its link; `CNKI:0` and its like are none."""
    for number in numbers:
        if number and not _NO_NUMBER.fullmatch(number):
            return number
    for link in links:
        for pattern in (_CNKI_NUMBER, _WANFANG_NUMBER, _VIP_NUMBER):
            if found := pattern.search(link):
                return found[1]
    return ""


def year(values: Iterable[str]) -> int | None:
    """The first year of the date fields; a bare number of four figures counts as the file gives it."""
    dates = tuple(values)
    found = cleaning.year(dates)
    return found or next((int(date) for date in dates if _FOUR_FIGURES.fullmatch(date.strip())), None)


def kind(*names: str) -> str:
    """The type of a document: the first of the names that is known, else the first at all."""
    filled = [name.strip() for name in names if name.strip()]
    known = (_TYPES.get(name.casefold(), "") for name in filled)
    return next(filter(None, known), filled[0] if filled else "")
