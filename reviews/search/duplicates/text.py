"""Text folded so that databases agree on it: case, accents, widths, scripts, markup. Every script is kept."""

import functools
import html
import re
import unicodedata

import opencc

HAN = re.compile("[\u3400-\u9fff]")
HAN_RUN = re.compile("[\u3400-\u9fff]+")
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_COMBINING = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# UTF-8 read as latin-1 or cp1252: a lead byte as a letter, then a continuation byte as a sign.
_MOJIBAKE = re.compile("[ÂÃÄÅÎÏâ][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]")
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
# Greek letters are spelled out by half of the databases; the other letters NFKD leaves whole.
_SPELLED = {chr(0x3B1 + place): name for place, name in enumerate(_GREEK.split())}
_SPELLED |= {key.upper(): name for key, name in _SPELLED.items() if key != "ς"}
_SPELLED |= {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
_SPELLED |= {"Ø": "O", "Ł": "L", "Đ": "D", "Þ": "Th", "Æ": "Ae", "Œ": "Oe", "’": "'", "‘": "'"}
_PLAIN = str.maketrans(_SPELLED)
# For ASCII, which most text is, tables do in a tenth of the time what a pattern does.
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_ASCII_LETTERS = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
_NOT_LETTERS = re.compile("[^a-z0-9\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@functools.cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def unmarked(text: str) -> str:
    """`text` without HTML entities and tags, and with UTF-8 that was read as latin-1 put right."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if not text.isascii() and _MOJIBAKE.search(text):
        text = _repaired(text)
    return text


def _repaired(text: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    # A damaged sign somewhere: mend the pairs that can be mended.
    return _MOJIBAKE.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    try:
        return found[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return found[0]


def folded(text: str) -> str:
    """Accents, widths, Greek letters and traditional characters folded; case is kept."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    text = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFKD", text)))
    if HAN.search(text):
        converted: str = _converter().convert(text)
        return converted
    return text


def words(text: str) -> str:
    """The words of `text`, folded, in small letters, one space between them."""
    text = unmarked(text)
    if text.isascii():
        return " ".join(text.translate(_ASCII_WORDS).split())
    return _NOT_WORD.sub(" ", folded(text).casefold()).strip()


def letters(text: str) -> str:
    """The letters and digits of `text`, small, without signs and spaces; accented Latin letters are left out."""
    text = unmarked(text)
    if text.isascii():
        return text.translate(_ASCII_LETTERS)
    text = text.lower()
    return _NOT_LETTERS.sub("", folded(text) if HAN.search(text) else text)
