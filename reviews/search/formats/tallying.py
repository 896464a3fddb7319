"""Counts over the items of one file: what an inspection reports of it."""

from collections import Counter

from reviews.search.formats import decoding, layout, parsed

_SHOWN_REFUSALS = 200
_SHOWN_CHARACTERS = 500
_PREVIEW = 3
_FILLED = ("title", "abstract", "doi", "year")
# Any of them says where a document stands or names it.
_PLACES = ("pages", "volume", "doi", "pmid", "accession")
_UNPLACED = (
    "No record in the file has pages, a volume, a DOI or a PMID; most of its duplicates cannot be told by the program "
    "alone and will wait for people to decide."
)
_UNREADABLE = "characters that could not be read, shown as \ufffd"


class Tally:
    """Counts over the items of one file, in memory that does not grow with it."""

    def __init__(self) -> None:
        self.readable = 0
        self.refused: list[parsed.Refused] = []
        self.incomplete: list[parsed.Refused] = []
        self.refused_count = 0
        self.placed = 0
        self.filled: Counter[str] = Counter()
        self.preview: list[parsed.ParsedRecord] = []
        self.flaws: parsed.Flaws = {}

    def add(self, item: parsed.Item) -> None:
        """Count one item."""
        if isinstance(item, parsed.Refused):
            self._refuse(item)
            return
        self.readable += 1
        if len(self.preview) < _PREVIEW:
            self.preview.append(item)
        self.filled.update(name for name in _FILLED if getattr(item, name))
        self.placed += any(getattr(item, name) for name in _PLACES)
        for flaw in item.flaws:
            self._note(flaw)
        if "\ufffd" in item.raw:
            self._note(parsed.Flaw(_UNREADABLE, item.line))

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
    def is_cut(self) -> bool:
        """Whether a reader has found the last record unfinished, or the first without its beginning."""
        return bool(self.incomplete)

    @property
    def starts(self) -> int:
        """How many records begin in the file, refused ones included."""
        return self.readable + self.refused_count

    def check(self, counted: int, label: str, filename: str) -> None:
        """Refuse a file in which a plain count finds more beginnings than the reader found records."""
        if not self.readable and not counted:
            raise parsed.FormatError(
                f"{filename} holds no record in {label}. Export the references again and upload that file."
            )
        if counted > self.starts:
            raise parsed.FormatError(
                f"{filename} has {counted} lines that begin a record, but only {self.starts} records could be "
                "told apart; export the references again, or send the file to whoever runs this server."
            )

    def warnings(self, chosen: layout.Format, head: str) -> tuple[str, ...]:
        """A sentence for everything odd about the file or its format."""
        found = []
        announced = chosen.announced(head)
        if announced is not None and self.starts < announced:
            found.append(f"The file says that it holds {announced} records, and {self.starts} were found in it.")
        if chosen.is_unverified:
            unproven = f"{chosen.label} is not yet proven on a real file; compare the preview with the source."
            found.append(chosen.advice or unproven)
        if not chosen.has_abstracts:
            found.append(
                f"{chosen.label} has no abstracts; to screen by abstract, choose a fuller export at the source."
            )
        elif self.readable and not self.filled["abstract"]:
            found.append("No record in the file has an abstract; to screen by abstract, export them with abstracts.")
        if self.filled["title"] and not self.placed:
            found.append(_UNPLACED)
        if chosen.advice and not chosen.is_unverified:
            found.append(chosen.advice)
        found += [f"{flaw.times} × {flaw.text}; the first at line {flaw.line}." for flaw in self.flaws.values()]
        return tuple(found)

    def inspection(
        self,
        filename: str,
        chosen: layout.Format,
        codec: str,
        warnings: tuple[str, ...],
        columns: tuple[parsed.Column, ...],
    ) -> parsed.Inspection:
        """What was counted, with what the caller knows about the file."""
        shares = {name: self.filled[name] / max(self.readable, 1) for name in _FILLED}
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
            encoding_label=decoding.label(codec),
            has_abstracts=chosen.has_abstracts,
            is_unverified=chosen.is_unverified,
            columns=columns,
        )
