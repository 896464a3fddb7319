"""One record of an XML file as a tree: no document type, no entities, no network, whatever the file says.

Entities of HTML become their characters, other ampersands stand for themselves, and control characters, which XML
forbids and old libraries hold, are left out. What is still not well-formed is mended by libxml2 and said so.
"""

import html.entities
import re
from typing import Any, NamedTuple

from lxml import etree

from reviews.search.formats import lines, parsed

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL_NUMBERS = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2})|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#\d{1,7};|#x[0-9a-fA-F]{1,6};)(?:([A-Za-z][A-Za-z0-9]*);)?")
_NAMESPACES = (
    'xmlns:mml="http://www.w3.org/1998/Math/MathML" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_CONTROL_FLAW = "control characters, which XML forbids, left out"
_MENDED = "a record whose XML is damaged, read as far as possible"
_NO_END = "no end tag"
_OUTSIDE = "text between the records, left out"

_DECLARED = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]{0,400}\[", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]{0,400}>", re.IGNORECASE)
_EXTERNAL = re.compile(r"\b(?:SYSTEM|PUBLIC)\b", re.IGNORECASE)
_TRUSTED = re.compile(r"[\"'](?:https?:)?//(?:[\w.]+\.)?(?:nlm|ncbi\.nlm)\.nih\.gov/|[\"']-//NLM//")
_FOREIGN_TYPE = "a document type outside the file, not fetched"
_LONGEST_FRAME = 50_000
# What may stand between the records: declarations, the tags of sets, comments.
_FRAME = re.compile(r"<\?[^>]*\?>|<!--.*?-->|</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>", re.DOTALL)


class Fragment(NamedTuple):
    """A record's own text, the tree of it (None when nothing of it could be read) and what was odd."""

    raw: str
    tree: Any
    has_end: bool
    flaws: parsed.Flaws


def outside(text: str, line: int, flaws: parsed.Flaws) -> None:
    """Look at text between the records. Raises `parsed.FormatError` when it declares entities."""
    if found := _DECLARED.search(text):
        at = line + text.count("\n", 0, found.start())
        raise parsed.FormatError(
            f"Line {at} declares a document type with entities of its own, which no export of references needs and "
            "which can be used for an attack, so the file is not read; export the references again."
        )
    for doctype in _DOCTYPE.findall(text):
        if _EXTERNAL.search(doctype) and not _TRUSTED.search(doctype):
            parsed.note(flaws, _FOREIGN_TYPE, line)
    if len(text) > _LONGEST_FRAME:
        parsed.note(flaws, _OUTSIDE, line)
        return
    bare = _FRAME.sub(lambda tag: "\n" * tag[0].count("\n"), _DOCTYPE.sub("", text))
    if bare.strip():
        parsed.note(flaws, _OUTSIDE, line + bare[: len(bare) - len(bare.lstrip())].count("\n"))


def read(chunk: lines.Chunk, name: str) -> Fragment:
    """The record that a chunk begins with; `name` is its element's."""
    close = f"</{name}>"
    cut = chunk.text.find(close)
    raw = chunk.text if cut < 0 else chunk.text[: cut + len(close)]
    flaws: parsed.Flaws = {}
    if cut < 0:
        raw = raw.rstrip()
        parsed.note(flaws, _NO_END, chunk.line)
    else:
        outside(chunk.text[len(raw) :], chunk.line + raw.count("\n"), flaws)
    return Fragment(raw, _tree(raw, chunk.line, flaws), cut >= 0, flaws)


def _tree(raw: str, line: int, flaws: parsed.Flaws) -> Any:
    text = _CONTROLS.sub("", raw) if _CONTROLS.search(raw) else raw
    text = _CONTROL_NUMBERS.sub("", text) if "&#" in text else text
    if len(text) < len(raw):
        parsed.note(flaws, _CONTROL_FLAW, line)
    wrapped = f"<set {_NAMESPACES}>{_AMPERSAND.sub(_character, text) if '&' in text else text}</set>".encode()
    try:
        root = etree.fromstring(wrapped, _parser(recover=False))
    except etree.XMLSyntaxError:
        parsed.note(flaws, _MENDED, line)
        try:
            root = etree.fromstring(wrapped, _parser(recover=True))
        except etree.XMLSyntaxError:
            return None
    return root[0] if root is not None and len(root) else None


def _character(found: re.Match[str]) -> str:
    known = html.entities.html5.get(f"{found[1]};", "") if found[1] else ""
    return known if known else "&amp;" + found[0][1:]


def _parser(*, recover: bool) -> Any:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )


def text(element: Any) -> str:
    """All text below an element on one line; empty for None."""
    return "" if element is None else " ".join(_inside(element).split())


def _inside(element: Any) -> str:
    # Most elements have no other in them.
    return "".join(element.itertext()) if len(element) else element.text or ""


def paragraphs(element: Any) -> str:
    """All text below an element with its line breaks; empty for None."""
    if element is None:
        return ""
    found = _inside(element)
    if "\n" not in found and "\r" not in found:
        return " ".join(found.split())
    rows = (" ".join(row.split()) for row in found.replace("\r", "\n").split("\n"))
    return "\n".join(filter(None, rows))


def first(tree: Any, *paths: str) -> str:
    """The text of the first element with any at these paths."""
    for path in paths:
        for element in tree.iterfind(path):
            if found := text(element):
                return found
    return ""


def every(tree: Any, path: str) -> list[str]:
    """The texts of all elements at a path that have any."""
    return list(filter(None, map(text, tree.iterfind(path))))
