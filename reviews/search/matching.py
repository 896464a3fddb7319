"""When two records are certainly the same document: exact keys, vetoes and grouping. Pure functions.

Precision first: a wrong join hides a document from the reviewers, a missed one costs a minute of screening.
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

from reviews.search import wording
from reviews.search.formats import cleaning
from reviews.search.wording import Likeness, Wording

Id = TypeVar("Id", int, str)

DOI, PMID, TITLE = "doi", "pmid", "title"
LONGEST_KEY = 255


class Citation(Protocol):
    """What matching needs of a record: a parsed one, or a row of the table."""

    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def doi(self) -> str: ...
    @property
    def pmid(self) -> str: ...


class MatchKey(NamedTuple):
    """An exact key: records that share one are the same document unless they contradict each other.

    `kind` is "doi", "pmid" or "title"; `value` is at most 255 characters long.
    """

    kind: str
    value: str


Keys = Sequence[MatchKey]

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_OTHER_TITLE = re.compile(r";\s{0,9}\[[^\[\]]{1,999}\]\s{0,9}$")
_NOT_WORD = re.compile(r"[\W_]+")
_COMBINING = re.compile("[\u0300-\u036f]+")
# Letters that NFKD leaves whole although other databases write them without the stroke or ligature.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})

# One author writes several of these in a year, so title, year and author do not tell them apart.
_GENERIC_TITLES = (
    "notavailable untitled notitle notitleavailable editorial editorialcomment editorialcommentary reply "
    "inreply authorreply authorsreply thereply replytotheeditor response responsetotheeditor authorresponse "
    "authorsresponse letter lettertotheeditor letterstotheeditor correspondence comment comments commentary "
    "invitedcommentary discussion introduction preface foreword erratum corrigendum correction retraction "
    "news abstracts posterabstracts oralpresentations bookreview bookreviews inmemoriam obituary "
    "clinicaltrials casereport casereports"
)
_GENERIC = frozenset(_GENERIC_TITLES.split())
_EDITORIAL = re.compile(r".{0,40}editor(?:ial)?s?(?:comments?|notes?|remarks|introduction|column|choice)")
_SHORTEST_TITLE = 10

_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_PARTICLE_WORDS = "de del della der den des di da do dos das du la le van von vom zu zur ter ten te af al el"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())


def normalise_title(title: str) -> str:
    """The letters and digits of a title, of every script, case and Latin accents folded.

    HTML, punctuation and spaces go, and the original title that Scopus puts behind the English one.
    """
    bare = _OTHER_TITLE.sub("", _TAG.sub(" ", html.unescape(title)))
    return _letters(bare)


def _letters(text: str) -> str:
    if text.isascii():
        return _NOT_WORD.sub("", text).lower()
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    # Only Latin, Greek and Cyrillic accents are folded; the vowel signs of other scripts are letters.
    composed = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFKD", folded)))
    return "".join(char for char in composed if char.isalnum() or unicodedata.category(char)[0] == "M")


def normalise_doi(doi: str) -> str:
    """The bare DOI in small letters; empty when the text holds none."""
    return cleaning.doi(doi).lower()


def normalise_pmid(pmid: str) -> str:
    """The digits of a PMID; empty when the text is none."""
    return cleaning.pmid(re.sub(r"(?i)^\s*(?:pmid|pubmed)[:\s]*", "", pmid))


def first_author_key(author: str) -> str:
    """The family name of an author as any database writes it, folded like a title.

    "Smith, Anna", "Smith AB", "A. B. Smith" and "Smith Jr, A" agree; particles ("van der") are left out
    because some databases move them behind the given names. A Chinese name counts whole.
    """
    family, comma, _ = author.partition(",")
    names = [name for name in family.split() if not _SUFFIX.fullmatch(name)]
    shorter = _without_initials(names)
    if not comma and shorter == names and not wording.WIDE.search(family):
        shorter = _behind_given_names(names)
    kept = [name for name in shorter if name.lower() not in _PARTICLES]
    return _letters("".join(kept or shorter))


def _without_initials(names: list[str]) -> list[str]:
    kept = list(names)
    while len(kept) > 1 and _DOTTED.fullmatch(kept[0]):
        kept.pop(0)
    while len(kept) > 1 and _INITIALS.fullmatch(kept[-1]) and kept[-1].isupper():
        kept.pop()
    return kept


def _behind_given_names(names: list[str]) -> list[str]:
    """The family part of "Ludwig van Beethoven" or "Anna Smith"."""
    particle = next((at for at, name in enumerate(names) if name.lower() in _PARTICLES), None)
    return names[-1:] if particle is None else names[particle:]


def match_keys(record: Citation) -> tuple[MatchKey, ...]:
    """The exact keys of a record: DOI, PMID, and title with year and first author when all three are there."""
    keys = [
        MatchKey(kind, value)
        for kind, value in ((DOI, normalise_doi(record.doi)), (PMID, normalise_pmid(record.pmid)))
        if value and len(value) <= LONGEST_KEY
    ]
    if value := _title_value(record):
        keys.append(MatchKey(TITLE, value))
    return tuple(keys)


def _title_value(record: Citation) -> str:
    title = normalise_title(record.title)
    author = first_author_key(record.authors[0]) if record.authors else ""
    # A Han, kana or Hangul character says as much as two letters.
    length = len(title) + len(wording.WIDE.findall(title))
    if not (record.year and author and length >= _SHORTEST_TITLE):
        return ""
    if title in _GENERIC or _EDITORIAL.fullmatch(title):
        return ""
    value = f"{title}|{record.year}|{author}"
    if len(value) <= LONGEST_KEY:
        return value
    digest = hashlib.blake2b(value.encode(), digest_size=16).hexdigest()
    return f"{value[: LONGEST_KEY - len(digest) - 1]}#{digest}"


def contradicts(a: Keys, b: Keys) -> bool:
    """Whether two records (or groups, with all their keys) that share a key are different documents all the same.

    Under one DOI, titles that are not alike: the abstracts of a congress supplement share its DOI. Under one
    title, DOIs or PMIDs that differ. A shared PMID settles it: titles then differ by language.
    """
    shared = {key.kind for key in set(a) & set(b)}
    if PMID in shared:
        return False
    if DOI in shared:
        ours, theirs = _titles(a), _titles(b)
        return bool(ours and theirs) and not any(_alike(one, other) for one in ours for other in theirs)
    # No identifier is shared, so two of one kind are two different ones.
    return bool(({key.kind for key in a} & {key.kind for key in b}) - {TITLE})


def alike(one: str, other: str) -> bool:
    """Whether two titles may name one document: the question to ask before a DOI alone joins two records.

    False for two abstracts of one congress supplement. True when a title is missing, or in another script.
    """
    return wording.likeness(wordings(one), wordings(other)) is not Likeness.DIFFERENT


def wordings(title: str) -> frozenset[Wording]:
    """A title as :mod:`wording` compares it; nothing for a record without one."""
    normalised = normalise_title(title)
    return frozenset({Wording(normalised)} if normalised else ())


def _titles(keys: Keys) -> list[str]:
    # A value that was hashed for storage has no bar and says nothing about its words.
    return [key.value.partition("|")[0] for key in keys if key.kind == TITLE and "|" in key.value]


def _alike(one: str, other: str) -> bool:
    return Wording(one).compared(Wording(other)) is not Likeness.DIFFERENT


def components(items: Sequence[tuple[Id, Keys]]) -> list[tuple[Id, ...]]:
    """Group records into documents: in each group the ids in the order given, groups by their first id.

    A PMID joins; a DOI joins what has titles alike; a title then joins the groups that share it, unless two
    of them have a DOI or a PMID: to which of two documents a record without identifiers belongs is not guessed.
    """
    groups = _Groups(len(items))
    by_key: defaultdict[MatchKey, list[int]] = defaultdict(list)
    for place, (_, keys) in enumerate(items):
        for key in keys:
            by_key[key].append(place)
    for key, places in by_key.items():
        if key.kind == PMID:
            groups.join(places)
    titles = ["".join(_titles(keys)) for _, keys in items]
    for key, places in by_key.items():
        if key.kind == DOI and len(places) > 1:
            for alike in _same_document(places, titles):
                groups.join(alike)
    _join_by_title(groups, by_key, [{key.kind for key in keys} - {TITLE} for _, keys in items])
    return groups.named([name for name, _ in items])


def _same_document(places: Sequence[int], titles: Sequence[str]) -> list[list[int]]:
    """Split the records of one DOI by title; those without one go along only when there is one document."""
    documents: list[tuple[str, list[int]]] = []
    untitled = []
    for place in places:
        title = titles[place]
        if not title:
            untitled.append(place)
        elif found := next((own for other, own in documents if other == title or _alike(other, title)), None):
            found.append(place)
        else:
            documents.append((title, [place]))
    split = [own for _, own in documents]
    if len(split) > 1:
        return split
    return [sum(split, untitled)]


def _join_by_title(groups: "_Groups", by_key: dict[MatchKey, list[int]], kinds: Sequence[set[str]]) -> None:
    identified = groups.gather(kinds)
    for key, places in by_key.items():
        if key.kind != TITLE or len(places) < 2:
            continue
        roots = {groups.root(place) for place in places}
        # Groups with the same title that are still apart share no identifier: two of one kind differ.
        counts = Counter(kind for root in roots for kind in identified[root])
        if max(counts.values(), default=0) < 2:
            identified[groups.join(places)] = set(counts)


class _Groups:
    """A union-find over places 0 to n - 1; the root of a group is its first place."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, place: int) -> int:
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def join(self, places: Sequence[int]) -> int:
        roots = {self.root(place) for place in places}
        first = min(roots)
        for other in roots:
            self._parents[other] = first
        return first

    def gather(self, kinds: Sequence[set[str]]) -> defaultdict[int, set[str]]:
        found: defaultdict[int, set[str]] = defaultdict(set)
        for place, own in enumerate(kinds):
            found[self.root(place)] |= own
        return found

    def named(self, names: Sequence[Id]) -> list[tuple[Id, ...]]:
        found: defaultdict[int, list[Id]] = defaultdict(list)
        for place, name in enumerate(names):
            found[self.root(place)].append(name)
        return [tuple(group) for group in found.values()]
