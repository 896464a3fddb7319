"""Which encoding a file is in, and which files are no text at all."""

import codecs
import re
from typing import BinaryIO

import charset_normalizer

from reviews.search.formats import lines, parsed

# What a person may choose when the guess is wrong: name, label.
CHOICES: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("gb18030", "Chinese (GB18030, GBK, GB2312)"),
    ("big5hkscs", "Chinese, traditional (Big5)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp932", "Japanese (Shift-JIS)"),
    ("euc-jp", "Japanese (EUC-JP)"),
    ("cp949", "Korean (EUC-KR)"),
    ("utf-16-le", "UTF-16 little-endian"),
    ("utf-16-be", "UTF-16 big-endian"),
)
LABELS = dict(CHOICES)
# What stands in the place of an encoding for workbooks and other files that are no text.
BINARY = "binary"
BINARY_LABEL = "none (a workbook, not a text file)"

# The detector's names for what a run of non-ASCII bytes may be.
_DETECTABLE = {
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp1251": "cp1251",
    "koi8_r": "koi8-r",
    "cp1253": "cp1253",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "shift_jis_2004": "cp932",
    "shift_jisx0213": "cp932",
    "euc_jp": "euc-jp",
    "euc_jis_2004": "euc-jp",
    "euc_jisx0213": "euc-jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
}
_HEAD = 1 << 16
_SAMPLE = 1 << 14

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an Excel or Word file of the old kind (.xls, .doc)"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "a database file"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f\ufffd]")
_NOT_ASCII_AT_ALL = re.compile(r"[^\x00-\x7f]")
# Latin, Greek and Cyrillic letters, spaces, dashes and quotes, signs and arrows.
_WESTERN = re.compile("[\xa0-\u024f\u0370-\u04ff\u1e00-\u1eff\u2000-\u2bff]")


def other_kind(head: bytes) -> str:
    """What a file is when it is no text export ("a PDF document"); empty when it may be one."""
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, kind in _MAGIC:
        if bare.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head)
    if _HTML.match(bare):
        return "a web page"
    if b"\0" in head and not _utf16(head):
        return "a binary file"
    return ""


def _zip_kind(head: bytes) -> str:
    if b"word/" in head:
        return "a Word document"
    if b"xl/" in head:
        return "an Excel workbook"
    return "a zip archive (or an office document)"


def _utf16(head: bytes) -> str:
    """The UTF-16 that the head is in, by its mark or by where the NULs of its ASCII characters stand."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = len(head) // 10
    if odd > enough and even * 20 < odd:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd * 20 < even else ""


def encoding(stream: BinaryIO) -> str:
    """Name the encoding of a text file: one of `CHOICES`.

    A byte order mark, then strict UTF-8 over the whole file, then UTF-8 with a few damaged characters, then
    the detector, GB18030 (a superset of GBK that can hold every character) and Windows-1252.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    if name := _utf16(head):
        return name
    if head.startswith(codecs.BOM_UTF8) or _is_strictly(stream, "utf-8") or _is_damaged_utf8(stream):
        return "utf-8"
    sample = _sample(stream)
    if _is_western_gb18030(sample) and _is_strictly(stream, "gb18030"):
        return "gb18030"
    if _is_single_byte(sample):
        return "cp1252"
    if _is_simplified_chinese(sample) and _is_strictly(stream, "gb18030"):
        return "gb18030"
    best = charset_normalizer.from_bytes(sample).best()
    guess = _DETECTABLE.get(best.encoding, "gb18030") if best else "gb18030"
    return next((name for name in (guess, "gb18030") if _is_strictly(stream, name)), "cp1252")


def _is_strictly(stream: BinaryIO, name: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        while block := stream.read(lines.BLOCK):
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    # No final call: a file cut in the middle of its last character is still in this encoding.
    return True


def _is_damaged_utf8(stream: BinaryIO) -> bool:
    """Whether nearly all non-ASCII bytes are UTF-8; by chance about one pair in four of GBK is."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    while block := stream.read(lines.BLOCK):
        text = decoder.decode(block)
        bad += text.count("\ufffd")
        good += len(_NOT_ASCII.findall(text))
    return good > 20 * bad


def _sample(stream: BinaryIO) -> bytes:
    """Up to 16 kB of the lines that hold non-ASCII bytes."""
    stream.seek(0)
    sample = b""
    while len(sample) < _SAMPLE and (block := stream.read(lines.BLOCK)):
        for line in block.replace(b"\r", b"\n").split(b"\n"):
            if len(sample) < _SAMPLE and not line.isascii():
                sample += line[:_SAMPLE] + b"\n"
    return sample


def _is_single_byte(sample: bytes) -> bool:
    # An accented letter stands alone between ASCII letters; a character of GBK or Cyrillic words do not.
    # No-break spaces come in rows too.
    runs = _HIGH.findall(sample)
    return sum(len(run) == 1 or not run.strip(b"\xa0") for run in runs) * 2 > len(runs)


def _is_western_gb18030(sample: bytes) -> bool:
    """Whether the sample is western text that a Chinese program saved.

    There an accented letter has two bytes under A8 or four (81 30 8A 35), a dash or a Greek letter two under A1
    to A9. The bytes of Windows-1252 make rare hanzi in GB18030, private characters or none at all.
    """
    found = _NOT_ASCII_AT_ALL.findall(sample.decode("gb18030", "replace"))
    western = sum(_WESTERN.match(character) is not None for character in found)
    usual = sum(_is_common(character) for character in found)
    most = western * 2 > len(found) or (western > 0 and _is_single_byte(sample))
    return most and (western + usual) * 10 > len(found) * 9


def _is_common(character: str) -> bool:
    """Whether it is among the 3,755 common hanzi or the punctuation of Chinese text."""
    code = character.encode("gbk", "ignore")
    return len(code) == 2 and code[1] > 0xA0 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))


def _is_simplified_chinese(sample: bytes) -> bool:
    """Whether nearly all characters are among the 3,755 common ones of GB 2312, the later half of them too.

    They stand in the order of their sounds under the lead bytes B0 to D7; Korean fills only B0 to C8 of these,
    Japanese (kana stand under A4 and A5) and traditional Chinese go beyond. Decides for samples too short
    for the detector.
    """
    leads = [
        code[0]
        for code in (character.encode("gbk", "ignore") for character in sample.decode("gb18030", "replace"))
        if len(code) == 2 and (code[0] > 0xAF or code[0] in (0xA4, 0xA5))
    ]
    common = sum(0xB0 <= lead <= 0xD7 for lead in leads)
    late = sum(0xC9 <= lead <= 0xD7 for lead in leads)
    return common * 100 > len(leads) * 85 and late * 100 > len(leads) * 15


def label(name: str) -> str:
    """How an encoding is called on a page."""
    return BINARY_LABEL if name == BINARY else LABELS.get(name, name)


def chosen(name: str) -> str:
    """The codec for a choice made by a person. Raises `parsed.FormatError` for anything not in `CHOICES`."""
    if name not in LABELS:
        raise parsed.FormatError(
            f"The encoding {name!r} is not one that can be read; choose one of: {', '.join(LABELS)}."
        )
    return name
