"""Whether a short edit of a title makes another title of it: "men" for "women", "asymptomatic" for "symptomatic".

The rule looks at what each title has and the other lacks. What is left after spelling, slips of the keyboard,
inflection and words that carry nothing is a word of another meaning. Where it negates or is the known opposite, it
reverses.
"""

import functools
import re
from typing import Final

import pypinyin
from rapidfuzz import distance

from reviews.search.duplicates import spelling, text

# What two titles come to: alike, one word put for another, or the opposite said.
ALIKE, OTHER, REVERSED = 0, 1, 2

_EMPTY_TEXT = (
    "a an the of in on for and or with to by from at as is are its their his her using use via de la le "
    "les des du el los las der die das und et y en s study trial"
)
_EMPTY: Final = frozenset(_EMPTY_TEXT.split())
_NEGATIONS_TEXT = (
    "no not non without never neither nor un anti against absence absent lack lacking free less fail "
    "fails failed failure cannot nicht ohne kein keine sans pas sin sem senza nao"
)
_NEGATIONS: Final = frozenset(_NEGATIONS_TEXT.split())
_PREFIXES_TEXT = (
    "a an ab ad anti ante post pre peri intra inter extra hyper hypo iso eu dys micro macro mono bi di "
    "tri poly uni multi un in im ir il non dis de re co contra pro super supra sub infra endo exo ecto "
    "over under out up down hetero homo fe wo step great mid retro epi ortho allo auto xeno tachy brady "
    "lympho oligo normo"
)
_PREFIXES: Final = frozenset(_PREFIXES_TEXT.split())
# Those that make the opposite of a word by standing before it.
_NEGATING_TEXT = (
    "a an anti un in im ir il non dis de dys contra post pre extra hyper hypo sub super over under fe wo re"
)
_NEGATING: Final = frozenset(_NEGATING_TEXT.split())
_SUFFIXES: Final = ("less", "free")
_PAIRS: Final = (
    "men women,man woman,male female,boys girls,boy girl,mothers fathers,maternal paternal,"
    "primary secondary,before after,high low,higher lower,short long,early late,acute chronic,"
    "upper lower,left right,positive negative,with without,increase decrease,increased decreased,"
    "young old,younger older,children adults,benign malignant,active inactive,first second,more less,"
    "rural urban,smokers nonsmokers,inpatients outpatients,proximal distal,anterior posterior,"
    "systolic diastolic,internal external,fast slow,rich poor,open closed,short term long term,"
    "single multiple,dominant recessive,arterial venous,survivors nonsurvivors"
)
_OPPOSITES: Final = frozenset(frozenset(pair.split()) for pair in _PAIRS.split(","))
# "[abstract no: 134]" negates nothing.
_NUMBERED = re.compile(r"\b(?:abstract )?no \d+")
_LATIN = re.compile("[a-z0-9]+")
_WIDE_EMPTY: Final = frozenset("的地得之与和及以并在对中于了例")
_WIDE_NEGATIONS: Final = frozenset("不无非未没否反抗免禁勿")
_WIDE_PAIRS = (
    "男女 前后 有无 高低 上下 左右 早晚 大小 多少 内外 阴阳 新旧 急慢 长短 "
    "增减 升降 老幼 父母 真假 动静 快慢 中西 正反 主次 良恶 先后 原继"
)
_WIDE_OPPOSITES: Final = frozenset(frozenset(pair) for pair in _WIDE_PAIRS.split())
_SHORT, _LONG = 5, 9
_FEWEST_KEPT = 3


def of(one: str, other: str) -> int:
    """`ALIKE`, `OTHER` or `REVERSED` for two folded titles (`text.words`)."""
    if one.isascii() and other.isascii():
        return _of_words(one, other)
    if text.WIDE.search(one) and text.WIDE.search(other):
        words = _of_words(" ".join(_LATIN.findall(one)), " ".join(_LATIN.findall(other)))
        return max(words, _of_characters("".join(text.WIDE.findall(one)), "".join(text.WIDE.findall(other))))
    return _of_words(one, other)


def _of_words(one: str, other: str) -> int:
    mine, yours = _remains(_read(one), _read(other))
    if "".join(mine) == "".join(yours):
        return ALIKE
    mine, yours = _without_slips(mine, yours)
    if not mine and not yours:
        return ALIKE
    if any(_are_opposite(a, b) for a in mine for b in yours):
        return REVERSED
    ours, theirs = _NEGATIONS.intersection(mine), _NEGATIONS.intersection(yours)
    if bool(ours) != bool(theirs) and len(mine) + len(yours) <= _SHORT:
        return REVERSED
    mine, yours = [word for word in mine if word not in _EMPTY], [word for word in yours if word not in _EMPTY]
    if not mine or not yours or _are_alike("".join(mine), "".join(yours)):
        return ALIKE
    return OTHER


def _read(title: str) -> list[str]:
    return spelling.folded(_NUMBERED.sub(" ", title)).split()


def _remains(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    mine, yours = [], list(other)
    for word in one:
        if word in yours:
            yours.remove(word)
        else:
            mine.append(word)
    return mine, yours


def _without_slips(mine: list[str], yours: list[str]) -> tuple[list[str], list[str]]:
    """What is left when each word has met the one it misspells or inflects."""
    left, rest = [], list(yours)
    for word in mine:
        found = next((other for other in rest if _are_alike(word, other)), None)
        if found is None:
            left.append(word)
        else:
            rest.remove(found)
    return left, rest


def _are_alike(one: str, other: str) -> bool:
    """One word, misspelt, cut short or inflected. Slips hardly ever hit the first letter; opposites do."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if not one.isalpha() or not other.isalpha() or one[0] != other[0] or _are_opposite(one, other):
        return False
    if len(shorter) >= _FEWEST_KEPT and longer.startswith(shorter):
        return True
    allowed = 0 if len(shorter) < _SHORT else 1 if len(shorter) < _LONG else 2
    return distance.OSA.distance(one, other, score_cutoff=allowed) <= allowed or (
        len(shorter) >= _SHORT and _stem(shorter, longer) >= max(_SHORT - 1, len(shorter) - 3)
    )


def _stem(one: str, other: str) -> int:
    size = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        size += 1
    return size


def _are_opposite(one: str, other: str) -> bool:
    if frozenset((one, other)) in _OPPOSITES:
        return True
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter) and longer[len(shorter) :] in _SUFFIXES:
        return True
    if longer.endswith(shorter) and len(shorter) >= _FEWEST_KEPT and longer[: -len(shorter)] in _NEGATING:
        return True
    return any(
        one.startswith(mine) and one[len(mine) :] == other[len(yours) :]
        for yours in _prefixes(other)
        for mine in _prefixes(one)
        if mine != yours and len(one) - len(mine) >= _FEWEST_KEPT
    )


def _prefixes(word: str) -> list[str]:
    return [word[:size] for size in range(1, 7) if word[:size] in _PREFIXES]


def _of_characters(one: str, other: str) -> int:
    """Chinese titles: characters put for others that do not even sound alike, and characters that negate."""
    worst = ALIKE
    for step in distance.Levenshtein.opcodes(one, other):
        if step.tag == "equal":
            continue
        mine = one[step.src_start : step.src_end]
        yours = other[step.dest_start : step.dest_end]
        worst = max(worst, _of_stretch(mine, yours))
    return worst


def _of_stretch(mine: str, yours: str) -> int:
    if any(frozenset((a, b)) in _WIDE_OPPOSITES for a in mine for b in yours):
        return REVERSED
    if bool(_WIDE_NEGATIONS.intersection(mine)) != bool(_WIDE_NEGATIONS.intersection(yours)):
        return REVERSED
    mine, yours = (
        "".join(sign for sign in mine if sign not in _WIDE_EMPTY),
        "".join(sign for sign in yours if sign not in _WIDE_EMPTY),
    )
    if not mine or not yours or _sound_alike(mine, yours):
        return ALIKE
    return OTHER


def _sound_alike(mine: str, yours: str) -> bool:
    return len(mine) == len(yours) and all(_sounds(a) & _sounds(b) for a, b in zip(mine, yours, strict=True))


@functools.lru_cache(maxsize=20_000)
def _sounds(sign: str) -> frozenset[str]:
    """How a character is read, without tones: "粘" as "zhan" and "nian"."""
    return frozenset(pypinyin.pinyin(sign, style=pypinyin.Style.NORMAL, heteronym=True)[0])
