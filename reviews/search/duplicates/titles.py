"""Titles as databases agree on them, and what a title says about the kind of document."""

import re
from typing import NamedTuple

from reviews.search.duplicates import text

_LANGUAGES = (
    "arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|estonian|finnish|french|german|greek|hebrew|"
    "hungarian|icelandic|italian|japanese|korean|norwegian|persian|polish|portuguese|romanian|russian|serbian|"
    "slovak|slovenian|spanish|swedish|thai|turkish|ukrainian"
)
# What Ovid, Embase, Web of Science and EndNote put behind a title.
_SUFFIXES = re.compile(
    rf"""(?:
      \s*[\[(]\s*(?:(?:\d{{1,4}}\s+)?refs?\.?|(?:\d{{1,4}}\s+)?references|review|reviews|abstract|letter|article|
        editorial|comment|in\s+(?:{_LANGUAGES})|(?:{_LANGUAGES})|author'?s\s+transl\.?|proceedings|
        meeting\s+abstract|conference\s+abstract)\s*[\])]\s*
      |\.\s+(?:{_LANGUAGES})
      |\s*[;:]\s*\[[^\[\]]{{1,400}}\]
      |\s*[\[(]\s*(?:published\s+)?(?:errat|corrig|correct(?:ed|ion)|retract|comment\s+(?:in|on)|see\s+comment|
        republished|update\s+(?:in|of)|summary\s+for\s+patients)[^\[\]]{{0,300}}[\])]
    )[\s.*]*$""",
    re.IGNORECASE | re.VERBOSE,
)
# Looking for the suffix costs more than all else; this look at the end spares most titles.
_MAY_END = re.compile(rf"(?:[\])][\s.*]*|\.\s+(?:{_LANGUAGES})[\s.]*)$", re.IGNORECASE)
# "(vol 360, pg 542, 2009)" and "(N Engl J Med (2009) 360 (542-544))" name the paper that is corrected.
_CORRECTED = re.compile(r"\(vol\.?\s*\w+,?\s+(?:pg|p|pp)\.?\s*\w+|\([A-Z][^()]{3,80}\((?:19|20)\d\d\)\s*[\d:(]", re.I)

_ERRATUM = re.compile(
    r"(?:published |publisher s? ?|author )?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|retraction|retracted|"
    r"withdrawn|withdrawal|addendum|expression of concern)\b"
)
_COMMENT = re.compile(
    r"(?:invited |editorial )?comment(?:s|ary)?\b|repl(?:y|ies)\b|response\b|re\b|in (?:reply|response)\b|"
    r"authors? (?:s )?(?:reply|response)|the authors? repl|letters? to the editor|editorials?\b|discussion\b"
)
_COMMENT_INSIDE = re.compile(
    r"\b(?:authors? (?:s )?(?:reply|response)|(?:comments?|commentary) (?:on|to)\b|reply to\b|"
    r"(?:the )?authors? respond|response to (?:the )?(?:letter|comment|editor)|letter to the editor|reply$)"
)
# Looked for first: plain words are found faster than patterns.
_HINTS = ("comment", "repl", "respon", "letter")
_PROTOCOL = re.compile(r"\b(?:protocol|study design|rationale and design|design and rationale|design of the)\b")
_PROTOCOL_HAN = re.compile("研究方案|试验方案|研究设计")
_ERRATUM_HAN = re.compile("更正|勘误|撤稿|撤回")

_NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_WORDS = "two three four five six seven eight nine ten eleven twelve first second third fourth fifth"
_NUMERALS |= {word: str(place + 2 if place < 11 else place - 10) for place, word in enumerate(_WORDS.split())}
_HAN_NUMERALS = {numeral: str(place + 1) for place, numeral in enumerate("一二三四五六七八九十")}
_PARTS = "part phase type stage study volume chapter section group teil partie parte"
_PART = frozenset(_PARTS.split())
_PART_VALUES = {"i": "1", "one": "1", "v": "5", "x": "10", "a": "a", "b": "b", "c": "c", "d": "d", "e": "e"}
_PART_HAN = re.compile("(?:第|之|[(（])([一二三四五六七八九十])(?:部分|篇|报|期|[)）])|([上中下])(?:篇|[)）]$)")
_NUMBER = re.compile(r"\d+")

_GENERIC = re.compile(
    r"(?:(?:the )?(?:editorial|editors? (?:s )?(?:note|choice|comment|page)|author(?:s| s)? (?:reply|response)|"
    r"repl(?:y|ies)|response|letters?(?: to the editor)?|correspondence|comments?|commentary|discussion|introduction|"
    r"preface|foreword|erratum|corrigendum|corrections?|retraction|news|abstracts?|poster abstracts?|"
    r"oral presentations?|book reviews?|in memoriam|obituary|case reports?|clinical trials?|not available|untitled|"
    r"no title|contents|table of contents|index|summary|conclusions?|guest editorial|editorial notes?|announcements?|"
    r"in this issue|from the editor|issue information|front matter|back matter|name|na))"
)
# Latin letters, and Han characters, below which a title names no document by itself.
SHORT, SHORT_HAN = 25, 8


class Title(NamedTuple):
    """`words` folded with single spaces; `numbers` the numbers in it, in order; flags about its wording."""

    words: str
    numbers: str
    is_erratum: bool
    is_comment: bool
    is_protocol: bool
    is_generic: bool


EMPTY = Title("", "", False, False, False, True)


def read(title: str) -> Title:
    """Fold a title and read off it what tells documents apart."""
    bare = text.unmarked(title)
    while _MAY_END.search(bare) and (found := _SUFFIXES.search(bare)) and found.start():
        bare = bare[: found.start()]
    words = text.words(bare)
    if not words or words == "name":
        return EMPTY
    return Title(
        words,
        numbers(words, bare),
        bool(_ERRATUM.match(words) or _CORRECTED.search(bare) or _ERRATUM_HAN.search(words)),
        _is_comment(words),
        _is_protocol(words),
        is_generic(words),
    )


def _is_comment(words: str) -> bool:
    if _COMMENT.match(words):
        return True
    return any(hint in words for hint in _HINTS) and bool(_COMMENT_INSIDE.search(words))


def _is_protocol(words: str) -> bool:
    if "protocol" in words or "design" in words:
        return bool(_PROTOCOL.search(words))
    return not words.isascii() and bool(_PROTOCOL_HAN.search(words))


def numbers(words: str, raw: str = "") -> str:
    """The numbers of a folded title in order: digits, numerals, number words, letters of parts."""
    found = []
    before = ""
    for word in words.split():
        if word in _NUMERALS:
            found.append(_NUMERALS[word])
        elif before in _PART and word in _PART_VALUES:
            found.append(_PART_VALUES[word])
        elif not word.isalpha():
            found += [number.lstrip("0") or "0" for number in _NUMBER.findall(word)]
        before = word
    if not raw.isascii():
        for numeral, place in _PART_HAN.findall(raw):
            found.append(_HAN_NUMERALS.get(numeral) or str("上中下".index(place) + 1))
    return " ".join(found)


def is_generic(words: str) -> bool:
    """Whether a folded title is too short or too common to name one document."""
    squeezed = words.replace(" ", "")
    wide = len(text.WIDE.findall(squeezed)) if not squeezed.isascii() else 0
    if wide * 2 >= len(squeezed):
        return len(squeezed) < SHORT_HAN
    return len(squeezed) < SHORT or bool(_GENERIC.fullmatch(words))
