"""Languages as databases write them: codes of two or three letters, English names, names of their own."""

import re

from reviews.search.duplicates import text

_SCRIPTS = (
    ("Japanese", re.compile("[\u3040-\u309f\u30a1-\u30fa]")),
    ("Korean", re.compile("[\uac00-\ud7af]")),
    ("Chinese", text.HAN),
)
# One letter of a script in so many makes a title one in that script.
_ENOUGH = 5

# Name, and everything databases call it besides.
_CALLED = {
    "Arabic": "ar ara",
    "Chinese": "zh zho chi cn zh-cn zh-tw zh-hans zh-hant mandarin 中文 汉语 漢語 简体中文 繁體中文",
    "Croatian": "hr hrv scr",
    "Czech": "cs cze ces",
    "Danish": "da dan",
    "Dutch": "nl dut nld flemish",
    "English": "en eng en-us en-gb en-au 英文 英语 英語",
    "Finnish": "fi fin",
    "French": "fr fre fra français",
    "German": "de ger deu deutsch",
    "Greek": "el gre ell",
    "Hebrew": "he heb",
    "Hungarian": "hu hun",
    "Indonesian": "id ind",
    "Italian": "it ita italiano",
    "Japanese": "ja jpn jp 日本語 日语",
    "Korean": "ko kor kr 한국어",
    "Lithuanian": "lt lit",
    "Malay": "ms may msa",
    "Norwegian": "no nor nb nn",
    "Persian": "fa per fas farsi",
    "Polish": "pl pol",
    "Portuguese": "pt por pt-br português",
    "Romanian": "ro rum ron",
    "Russian": "ru rus русский",
    "Serbian": "sr srp scc",
    "Slovak": "sk slo slk",
    "Slovenian": "sl slv",
    "Spanish": "es spa español castilian",
    "Swedish": "sv swe",
    "Thai": "th tha",
    "Turkish": "tr tur",
    "Ukrainian": "uk ukr",
    "Vietnamese": "vi vie",
}
_NAMES = {called: name for name, known in _CALLED.items() for called in (name.lower(), *known.split())}
_BETWEEN = re.compile(r"[;,|/\n]|\s+and\s+")
_BRACKET = re.compile(r"[(\[（][^()\[\]（）]{0,80}[)\]）]")
_MOST, _LONGEST = 6, 40


def named(language: str) -> tuple[str, ...]:
    """The languages of a record by their English names; what is not known stands as the file has it."""
    found: dict[str, None] = {}
    for part in _BETWEEN.split(_BRACKET.sub(" ", language[:400])):
        bare = " ".join(part.split())
        codes = bare.lower().split()
        if codes and all(code in _NAMES for code in codes):
            found.update({_NAMES[code]: None for code in codes})
        elif bare:
            found[bare[:1].upper() + bare[1:_LONGEST]] = None
    return tuple(found)[:_MOST]


def of_script(title: str) -> tuple[str, ...]:
    """The language that the script of a title tells, where the file doesn't say; nothing for alphabets of many."""
    letters = [char for char in title if char.isalpha()]
    wide = sum(bool(text.WIDE.match(char)) for char in letters)
    if wide * _ENOUGH <= len(letters):
        return ()
    return next(((name,) for name, script in _SCRIPTS if script.search(title)), ())
