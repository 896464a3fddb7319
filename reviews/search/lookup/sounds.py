"""Chinese as it sounds, in pinyin without tones: what people type without a Chinese keyboard, and how it is sorted."""

from collections.abc import Iterable, Iterator

import pypinyin

from reviews.search.duplicates import people, text

_MOST = 400


def syllables(value: str) -> str:
    """``value`` with every Chinese character as its syllable, words apart, small: 针灸 gives "zhen jiu"."""
    simple = text.folded(value[:_MOST])
    return text.words(" ".join(pypinyin.lazy_pinyin(simple))) if text.HAN.search(simple) else text.words(simple)


def name_key(name: str) -> str:
    """By what a person's name is sorted: the surname's own reading first."""
    simple = "".join(text.folded(name).split()) if text.HAN.search(name) else name
    if not text.HAN.search(simple):
        return text.words(simple)
    family, given = _parted(simple)
    return f"{people.pinyin_surname(simple)} {''.join(pypinyin.lazy_pinyin(given))}".strip() if family else ""


def of_names(names: Iterable[str]) -> Iterator[str]:
    """The words by which Chinese names are found: surname, given name, and both as one."""
    for name in names:
        if text.HAN.search(name):
            family, _, given = name_key(name).partition(" ")
            yield from (family, given, f"{family}{given}", f"{given}{family}")


def of_titles(titles: Iterable[str]) -> Iterator[str]:
    """The words by which Chinese titles are found: every two and every three neighbouring syllables as one.

    No single ones: "man" and "men" are English words.
    """
    for title in titles:
        simple = text.folded(title[:_MOST])
        for run in text.HAN_RUN.findall(simple):
            found = pypinyin.lazy_pinyin(run)
            for length in (2, 3, 4):
                yield from ("".join(found[at : at + length]) for at in range(len(found) - length + 1))


def _parted(name: str) -> tuple[str, str]:
    length = 2 if name[:2] in people.COMPOUND else 1
    return name[:length], name[length:]
