"""The public face: look at a file, then read it."""

import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import decoding, detect, layout, lines, parsed, registry

_HEAD = 1 << 16
_SHOWN_REFUSALS = 200
_SHOWN_CHARACTERS = 500
_PREVIEW = 3


def inspect(
    stream: BinaryIO, filename: str, *, format: str | None = None, encoding: str | None = None
) -> parsed.Inspection:
    """Read a seekable binary stream and say what it holds; only counts and a preview stay in memory.

    `format` and `encoding` override what is detected. Raises `parsed.FormatError` with a sentence for the
    person who uploaded the file.
    """
    head = _text_head(stream, filename)
    codec = decoding.chosen(encoding) if encoding else decoding.encoding(stream)
    text = next(lines.blocks(io.BytesIO(head), codec), "")
    chosen = registry.named(format) if format else detect.detect(text, filename)
    tally = _Tally()
    for item in chosen.read(stream, codec, 0):
        tally.add(item)
    _check_count(stream, codec, chosen, tally, filename)
    return tally.inspection(filename, chosen, codec, _warnings(tally, codec, encoding, chosen.announced(text)))


def read(stream: BinaryIO, format: str, encoding: str, *, start_after: int = 0) -> Iterator[parsed.Item]:
    """Yield the records of a seekable binary stream in file order, refused ones included.

    Positions depend on the bytes alone, so `start_after=n` resumes behind position n.
    Raises `parsed.FormatError` with a sentence.
    """
    return registry.named(format).read(stream, decoding.chosen(encoding), start_after)


def _text_head(stream: BinaryIO, filename: str) -> bytes:
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head.strip():
        raise parsed.FormatError(f"{filename} is empty. Export the references again and upload that file.")
    if kind := decoding.other_kind(head):
        raise parsed.FormatError(
            f"{filename} is {kind}, not an export of references. "
            f"Export the references as {' or '.join(item.label for item in registry.FORMATS)} "
            "and upload that file."
        )
    return head


class _Tally:
    """Counts over the items of one file."""

    def __init__(self) -> None:
        self.readable = 0
        self.refused: list[parsed.Refused] = []
        self.incomplete: list[parsed.Refused] = []
        self.refused_count = 0
        self.filled: Counter[str] = Counter()
        self.preview: list[parsed.ParsedRecord] = []
        self.flaws: parsed.Flaws = {}

    def add(self, item: parsed.Item) -> None:
        if isinstance(item, parsed.Refused):
            self._refuse(item)
            return
        self.readable += 1
        if len(self.preview) < _PREVIEW:
            self.preview.append(item)
        self.filled.update(name for name in ("title", "abstract", "doi", "year") if getattr(item, name))
        for flaw in item.flaws:
            self._note(flaw)
        if "\ufffd" in item.raw:
            self._note(parsed.Flaw("characters that could not be read, shown as \ufffd", item.line))

    def _refuse(self, item: parsed.Refused) -> None:
        self.refused_count += 1
        short = parsed.Refused(item.position, item.line, item.raw[:_SHOWN_CHARACTERS], item.reason, item.is_incomplete)
        if len(self.refused) < _SHOWN_REFUSALS:
            self.refused.append(short)
        if item.is_incomplete:
            self.incomplete.append(short)

    def _note(self, flaw: parsed.Flaw) -> None:
        known = self.flaws.get(flaw.text)
        self.flaws[flaw.text] = known._replace(times=known.times + flaw.times) if known else flaw

    @property
    def starts(self) -> int:
        return self.readable + self.refused_count

    def inspection(
        self, filename: str, chosen: layout.Format, codec: str, warnings: tuple[str, ...]
    ) -> parsed.Inspection:
        shares = {name: self.filled[name] / max(self.readable, 1) for name in ("title", "abstract", "doi", "year")}
        return parsed.Inspection(
            filename=filename,
            format=chosen.name,
            format_label=chosen.label,
            encoding=codec,
            starts=self.starts,
            readable=self.readable,
            refused_count=self.refused_count,
            refused=tuple(self.refused),
            incomplete=tuple(self.incomplete),
            fill=parsed.Fill(**shares),
            preview=tuple(self.preview),
            warnings=warnings,
        )


def _check_count(stream: BinaryIO, codec: str, chosen: layout.Format, tally: _Tally, filename: str) -> None:
    """Refuse a file in which a plain count finds more beginnings than the reader found records."""
    counted = sum(len(chosen.counts.findall(text)) for text in lines.blocks(stream, codec))
    if not tally.readable and not counted:
        raise parsed.FormatError(
            f"{filename} holds no record in {chosen.label}. Export the references again and upload that file."
        )
    if counted > tally.starts:
        raise parsed.FormatError(
            f"{filename} has {counted} lines that begin a record, but only {tally.starts} records could be "
            "told apart; export the references again, or send the file to whoever runs this server."
        )


def _warnings(tally: _Tally, codec: str, override: str | None, announced: int | None) -> tuple[str, ...]:
    found = []
    if not override and codec not in ("utf-8", "utf-16-le", "utf-16-be"):
        found.append(
            f"The file is not in UTF-8 and was read as {decoding.LABELS[codec]}; "
            "look at the preview, and choose another encoding if letters are wrong."
        )
    if announced is not None and tally.starts < announced:
        found.append(f"The file says that it holds {announced} records, and {tally.starts} were found in it.")
    found += [f"{flaw.times} × {flaw.text}; the first at line {flaw.line}." for flaw in tally.flaws.values()]
    return tuple(found)
