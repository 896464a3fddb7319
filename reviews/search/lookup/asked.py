"""What people type to find references, read word by word.

``sleep therapy`` wants every word, in any of its forms; ``"sleep therapy"`` these words side by side; ``-animal``
leaves out what has it; ``random*`` takes every word that begins so; ``sleep OR insomnia`` is content with either.
Chinese, Japanese and Korean are found as they stand, ``1例`` with its digit beside its character.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviews.search.duplicates import text
from reviews.search.lookup import words

_TYPED = re.compile(r'(-?)(?:["“”„«]([^"“”«»]*)["“”»]?|(\S+))')
# Shorter words are themselves, not the beginnings of others: "art" is not arthritis.
_SHORTEST_STEM = 4
_SPELLED_TWICE = re.compile(r"(?<=[a-z]{2})i[sz](?=(?:e|ed|es|er|ers|ing|ation|ations)$)")
# In capitals, as databases want them: "or" is a word like others.
_OR = frozenset({"OR", "|"})
_OPERATORS = _OR | {"AND", "NOT", "&"}
_PARTS = re.compile(f"{words.RUN.pattern}|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@dataclass(frozen=True)
class Piece:
    """One word, folded: ``is_exact`` as it was typed, ``is_open`` with any ending, else in any of its forms.

    ``is_glued``: nothing stands between it and the piece before it, as between the digit and the character of 1例.
    """

    word: str
    is_exact: bool = False
    is_open: bool = False
    is_glued: bool = False

    @property
    def is_run(self) -> bool:
        return bool(words.RUN.fullmatch(self.word))

    @property
    def has_forms(self) -> bool:
        is_word = self.word.isalpha() and len(self.word) >= _SHORTEST_STEM
        return is_word and not (self.is_run or self.is_exact or self.is_open)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The word in British and in American spelling."""
        both = (_SPELLED_TWICE.sub(letters, self.word) for letters in ("is", "iz"))
        return tuple(dict.fromkeys([self.word, *both]))


@dataclass(frozen=True)
class Term:
    """What has to stand side by side when ``is_phrase``, else anywhere; ``is_or`` when the term before it does too."""

    pieces: tuple[Piece, ...]
    is_phrase: bool
    is_unwanted: bool
    is_or: bool = False


@dataclass(frozen=True)
class Asked:
    terms: tuple[Term, ...]

    @property
    def stemmed(self) -> tuple[str, ...]:
        """The words whose stems :meth:`wanted` needs."""
        pieces = (piece for term in self.terms for piece in term.pieces if piece.has_forms)
        return tuple(dict.fromkeys(word for piece in pieces for word in piece.spellings))

    def wanted(self, stems: Mapping[str, str]) -> str:
        """The query (PostgreSQL's ``tsquery``) of everything that has to be there; empty when nothing has to."""
        groups: list[list[str]] = []
        for term in self.terms:
            if term.is_unwanted:
                continue
            if term.is_or and groups:
                groups[-1].append(_written(term, stems))
            else:
                groups.append([_written(term, stems)])
        return " & ".join(f"({' | '.join(group)})" if len(group) > 1 else group[0] for group in groups)

    def unwanted(self, stems: Mapping[str, str]) -> str:
        """The query of what must not be there, any of it; empty when everything may."""
        return " | ".join(_written(term, stems) for term in self.terms if term.is_unwanted)

    def marks(self, stems: Mapping[str, str]) -> "Marks":
        """What to mark in the texts that were found."""
        whole: set[str] = set()
        beginnings: set[str] = set()
        runs: set[str] = set()
        wanted = (term for term in self.terms if not term.is_unwanted)
        for piece, *glued in (group for term in wanted for group in _groups(term.pieces)):
            if piece.is_run or glued:
                runs.add("".join(one.word for one in (piece, *glued)))
            elif piece.has_forms:
                beginnings.update(_beginnings(piece, stems))
            else:
                (beginnings if piece.is_open else whole).add(piece.word)
        return Marks(frozenset(whole), tuple(sorted(beginnings)), tuple(sorted(runs, key=len, reverse=True)))


@dataclass(frozen=True)
class Marks:
    """Whole words, beginnings of words, and runs of Chinese, Japanese or Korean; all folded."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    runs: tuple[str, ...]

    def has(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.beginnings)


def read(typed: str) -> Asked:
    """Read what somebody typed; signs that mean nothing are left out."""
    found: list[Term] = []
    said = ""
    for minus, quoted, plain in _TYPED.findall(typed):
        if plain in _OPERATORS and not minus:
            said = plain
            continue
        is_unwanted = bool(minus) or said == "NOT"
        term = _quoted(quoted, is_unwanted) if quoted else _plain(plain, is_unwanted)
        if term.pieces:
            # An alternative to what must not be there would be everything else.
            is_or = said in _OR and bool(found) and not (is_unwanted or found[-1].is_unwanted)
            found.append(replace(term, is_or=is_or))
            said = ""
    return Asked(tuple(found))


def _quoted(typed: str, is_unwanted: bool) -> Term:
    pieces = tuple(Piece(part, is_exact=True, is_glued=is_glued) for part, is_glued in _parts(typed))
    return Term(pieces, len(pieces) > 1, is_unwanted)


def _plain(typed: str, is_unwanted: bool) -> Term:
    parts = _parts(typed)
    if len(parts) == 1:
        (only, _) = parts[0]
        is_open = typed.endswith("*") and not words.RUN.fullmatch(only)
        return Term((Piece(only, is_open=is_open),), False, is_unwanted)
    # "cost-effective" and a DOI are words side by side; between Chinese words a sign is only a sign.
    is_phrase = not any(words.RUN.fullmatch(part) for part, _ in parts)
    pieces = [Piece(part, is_glued=is_glued) for part, is_glued in parts]
    if parts and is_phrase and typed.endswith("*"):
        pieces[-1] = replace(pieces[-1], is_open=True)
    return Term(tuple(pieces), is_phrase, is_unwanted)


def _parts(typed: str) -> list[tuple[str, bool]]:
    """The words, those of another script apart, and whether each stands at the one before it without a sign."""
    found = []
    for word in text.words(typed).split():
        found += [(part[: words.LONGEST], place > 0) for place, part in enumerate(_PARTS.findall(word))]
    return found


def _groups(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Pieces with those that are glued to them."""
    group: list[Piece] = []
    for piece in pieces:
        if group and not piece.is_glued:
            yield tuple(group)
            group = []
        group.append(piece)
    if group:
        yield tuple(group)


def _written(term: Term, stems: Mapping[str, str]) -> str:
    if term.is_phrase:
        return f"({_side_by_side(term.pieces, stems)})"
    return f"({' & '.join(_group(group, stems) for group in _groups(term.pieces))})"


def _group(group: Sequence[Piece], stems: Mapping[str, str]) -> str:
    return _alternatives(group[0], stems, False) if len(group) == 1 else f"({_side_by_side(group, stems)})"


def _side_by_side(pieces: Sequence[Piece], stems: Mapping[str, str]) -> str:
    last = len(pieces) - 1
    return " <-> ".join(
        _whole_run(piece.word) if piece.is_run and place < last else _alternatives(piece, stems, True)
        for place, piece in enumerate(pieces)
    )


def _whole_run(run: str) -> str:
    """A run that ends where something else begins: its last character is a word of its own in the index."""
    return " <-> ".join(f"'{pair}'" for pair in words.pairs(run))


def _alternatives(piece: Piece, stems: Mapping[str, str], is_phrase: bool) -> str:
    if piece.is_run:
        return _run(piece.word, " <-> " if is_phrase else " & ")
    if piece.is_open:
        return f"'{piece.word}':*"
    if not piece.has_forms:
        return f"'{piece.word}'"
    beginnings = (f"'{word}':*" for word in _beginnings(piece, stems))
    return f"({' | '.join(beginnings)})"


def _run(run: str, between: str) -> str:
    if len(run) == 1:
        return f"'{run}':*"
    quoted = (f"'{pair}'" for pair in words.pairs(run)[:-1])
    return f"({between.join(quoted)})"


def _beginnings(piece: Piece, stems: Mapping[str, str]) -> list[str]:
    """With what the forms of a word begin, none of them the beginning of another."""
    found = set()
    for word in piece.spellings:
        stem = stems.get(word, word)
        # The stem of "studies" and of "study" is "studi".
        found |= {stem, f"{stem[:-1]}y"} if stem.endswith("i") else {stem}
        found.add(word)
    long = {word for word in found if len(word) >= _SHORTEST_STEM}
    return sorted(word for word in long if not _begins_with_another(word, long))


def _begins_with_another(word: str, others: Iterable[str]) -> bool:
    return any(word != other and word.startswith(other) for other in others)
