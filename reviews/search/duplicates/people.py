"""Author names as surnames that databases agree on, whatever separates them; Chinese names also in pinyin."""

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

import pypinyin

from reviews.search.duplicates import text

# A run of capitals is a surname only when it is long, or stands before a given name ("LI Ming").
_LATIN = re.compile(r"^[A-Z]{2,3}(?=,?\s[A-Z][a-z])|[A-Z][a-z]+|[a-z]{2,}|[A-Z]{4,}", re.MULTILINE)
_CAPITALS = re.compile(r"[A-Z]{2,}")
_OTHER = re.compile(r"[^\W\d_]{2,}")
_HAN_NAME = re.compile("[\u3400-\u9fff]{2,4}")
_HAN_GAP = re.compile("(?<=[\u3400-\u9fff])[ \u3000](?=[\u3400-\u9fff](?:[ \u3000;；,，、]|$))")
_SMALL = (
    "de del della der den des di da do dos das du la le van von vom zu zur ter ten te af al el and et jr sr mc mac st "
    "the for of group study investigators dr prof md phd"
)
_PARTICLES = frozenset(_SMALL.split())
_TWO = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 西门 长孙 宇文"
COMPOUND = frozenset(_TWO.split())
# Characters that sound otherwise as a surname.
_SURNAMES = {"曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao"}
_SURNAMES |= {"任": "ren", "翟": "zhai", "乐": "yue", "覃": "qin", "缪": "miao", "宓": "mi", "洗": "xian", "冼": "xian"}
_SURNAMES |= {"尉": "wei", "种": "chong", "员": "yun", "折": "she", "逄": "pang", "繁": "po", "长": "zhang"}
_LONGEST = 700
_MOST = 30


class People(NamedTuple):
    """`latin`: surname tokens in order; `han`: Chinese names in order; `first`: the first surname."""

    latin: str
    han: str
    first: str


NOBODY = People("", "", "")


def read(authors: Sequence[str], parallel: Sequence[str] = ()) -> People:
    """The names of a citation; `latin` of Chinese names without a romanised list is their pinyin surname."""
    if not authors and not parallel:
        return NOBODY
    latin, han = _read("\n".join(authors))
    if parallel:
        other_latin, other_han = _read("\n".join(parallel))
        latin, han = latin or other_latin, han or other_han
    romanised = latin or tuple(pinyin_surname(name) for name in han)
    first = next((name for name in romanised if name not in _PARTICLES), "")
    return People(" ".join(romanised), " ".join(han), first)


def _read(names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = text.folded(text.unmarked(names[:_LONGEST]))
    if not names.isascii():
        return _not_ascii(names)
    return _latin(names), ()


def _latin(names: str) -> tuple[str, ...]:
    pattern = _CAPITALS if names.isupper() else _LATIN
    found = [name.lower() for name in pattern.findall(names)]
    # "Lü" is written Lv, Lu or Lyu.
    return tuple("lu" if name in {"lv", "lyu"} else name for name in found if name not in _PARTICLES)[:_MOST]


def _not_ascii(names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if text.HAN.search(names):
        # "张 三" is one name: a two-character name is often spaced out to align with three.
        names = _HAN_GAP.sub("", names)
        han = tuple(_HAN_NAME.findall(names))[:_MOST]
        return _latin(re.sub(r"[^\x00-\x7f]+", " ", names)), han
    ascii_only = _latin(names)
    others = tuple(name.casefold() for name in _OTHER.findall(names) if not name.isascii())
    return (ascii_only + others)[:_MOST], ()


@functools.lru_cache(maxsize=50_000)
def pinyin_surname(name: str) -> str:
    """The surname of a Chinese name in pinyin without tones; "欧阳修" gives "ouyang"."""
    family = name[:2] if name[:2] in COMPOUND else name[:1]
    if family in _SURNAMES:
        return _SURNAMES[family]
    sound = "".join(pypinyin.lazy_pinyin(family))
    return "lu" if sound == "lv" else sound
