"""LaTeX in BibTeX values to plain text, and back.

The table of macros is that of pylatexenc (its Unicode to LaTeX rules, turned around); accents are composed by
Unicode. What is not known stays as it is written.
"""

import re
import unicodedata

from pylatexenc import latexencode

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
# Characters that mean something to BibTeX stand in the private use area until the braces are gone.
_HIDDEN = {"{": "\ue000", "}": "\ue001", "~": "\ue002", "\\": "\ue003", "$": "\ue004"}
_SHOWN = {hidden: plain for plain, hidden in _HIDDEN.items()}

_NEEDS = re.compile(r"[\\{}~\t]")
# Spaces of any width, and what only says where a line may break.
_SPACES = re.compile(
    r"\s*(?<!\\)\\(?:[ \t,:;>]"
    r"|(?:q?quad|thinspace|enspace|medspace|thickspace|space|nobreakspace|hfill|newline)(?![A-Za-z]))"
    r"(?:\{\})?\s*|\s*(?<!\\)\\hspace\*?\{[^{}]*\}\s*"
)
_NO_SPACES = re.compile(
    r"(?<!\\)\\(?:[!/]|-(?=\w)|(?:negthinspace|allowbreak|linebreak|nolinebreak)(?![A-Za-z])(?:\{\})?)"
)
_TABS = re.compile(r"[ \t]*\t[ \t]*")
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_MARK = re.compile(r"\\([`'^\"~=.])\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))")
_LETTER_MARK = re.compile(r"\\([uvHcdbkrt])(?:\s*\{\s*(\\?[A-Za-z])\s*\}|\s+(\\?[A-Za-z])(?![A-Za-z]))")
_MACRO = re.compile(r"\\([A-Za-z]+)(\{\}|[ \t]+)?")
_MATH = re.compile(r"\$([^$]{0,200})\$")
_TIE = re.compile(r"(?<=[\w.,])~(?=\w)")
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
}  # fmt: skip
_NAMED = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textdollar": "$",
    "textasciicircum": "^", "textless": "<", "textgreater": ">", "textbar": "|", "textquotedblleft": "“",
    "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’", "textendash": "–", "textemdash": "—",
    "textquotesingle": "'", "textquotedbl": '"', "textunderscore": "_", "textasteriskcentered": "*", "ldots": "…",
    "dots": "…", "textperiodcentered": "·", "textdegree": "°", "textmu": "μ", "backslash": "\\",
}  # fmt: skip
# Commands that only say how their argument looks.
_LOOK_NAMES = (
    "textit textbf textsc textrm textsf texttt textup textsl textnormal textsuperscript textsubscript emph mathrm "
    "mathit mathbf mathsf mathcal mathbb text mbox hbox url path protect it bf em rm sc tt relax upshape "
    "boldsymbol ensuremath left right displaystyle"
)
_LOOKS = frozenset(_LOOK_NAMES.split())


def _table() -> dict[str, str]:
    known: dict[str, str] = {}
    for code, macro in latexencode.get_builtin_uni2latex_dict().items():
        name = re.fullmatch(r"(?:\\ensuremath\{)?\\([A-Za-z]+)\}?", macro)
        if name and name[1] not in _LOOKS:
            known.setdefault(name[1], chr(code))
    return {**known, **_LETTERS, **_NAMED}


_MACROS = _table()
_SPECIALS = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip
_ENCODE = str.maketrans(_SPECIALS)


def decode(value: str) -> str:
    """Plain text of a value: accents composed, macros replaced, grouping braces gone."""
    if not _NEEDS.search(value):
        return value
    if "\\" in value:
        value = _SPACES.sub(" ", _NO_SPACES.sub("", value))
        value = _ESCAPED.sub(lambda found: _HIDDEN.get(found[1], found[1]), value)
        value = _MARK.sub(_composed, value)
        value = _LETTER_MARK.sub(_composed, value)
        value = _MATH.sub(lambda found: found[1] if "\\" in found[1] else found[0], value)
        value = _MACRO.sub(_replaced, value)
    if "\t" in value:
        value = _TABS.sub(" ", value)
    value = _TIE.sub(" ", value).replace("{", "").replace("}", "")
    for hidden, plain in _SHOWN.items():
        value = value.replace(hidden, plain)
    return value


def _composed(found: re.Match[str]) -> str:
    letter = (found[2] or found[3]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[found[1]])


def _replaced(found: re.Match[str]) -> str:
    name, behind = found[1], found[2] or ""
    if name in _LOOKS:
        return ""
    plain = _MACROS.get(name)
    if plain is None:
        return found[0]
    # TeX swallows the space behind a macro; those who write \alpha in running text mean the space.
    space = "" if name in _LETTERS or behind == "{}" else behind
    return _HIDDEN.get(plain, plain) + space


def encode(text: str) -> str:
    """The text as a BibTeX value between braces; everything but LaTeX's own characters stays Unicode."""
    return text.translate(_ENCODE)
