"""ClinicalTrials.gov's JSON (API v2): an array of studies, or an object with the array in it.

Every study is cut out of the text by its first key and parsed alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, lines, parsed
from reviews.search.formats.structured import pieces

_START = re.compile(r'\{\s{0,100}(?:"hasResults"\s{0,20}:\s{0,20}\w{4,5}\s{0,20},\s{0,100})?"protocolSection"\s{0,20}:')
_BEGINS = re.compile(r'\{\s*"protocolSection"\s*:\s*\{')
# Between two studies: the array's commas and brackets, and the frame of an answer of the API.
_BETWEEN = re.compile(r'[\s,\[\]{}]*|[\s,\[\]{}]*"(?:studies|nextPageToken|totalCount)"[^{]*')
_JUNK = "text between the studies, left out"
_MODULES = ("identificationModule", "statusModule", "designModule", "eligibilityModule", "sponsorCollaboratorsModule")


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    flaws: parsed.Flaws = {}
    position = 0
    for chunk in pieces.split(stream, encoding, _START):
        if not chunk.is_record:
            _look(chunk.text, chunk.line, flaws)
            continue
        position += 1
        item = _item(position, chunk, flaws)
        flaws = {}
        if position > start_after:
            yield item


def _look(text: str, line: int, flaws: parsed.Flaws) -> None:
    if not _BETWEEN.fullmatch(text):
        parsed.note(flaws, _JUNK, line)


def _item(position: int, chunk: lines.Chunk, flaws: parsed.Flaws) -> parsed.Item:
    try:
        study, end = json.JSONDecoder(strict=False).raw_decode(chunk.text)
    except (ValueError, RecursionError) as error:
        line = chunk.line + (error.lineno - 1 if isinstance(error, json.JSONDecodeError) else 0)
        if chunk.is_last:
            reason = f"Record {position} begins at line {chunk.line} and does not end: the file looks cut off."
        else:
            reason = f"Record {position} at line {chunk.line} is no JSON from line {line} on; export it again."
        return parsed.Refused(position, chunk.line, chunk.text.rstrip(), reason, is_incomplete=chunk.is_last)
    raw = chunk.text[:end]
    _look(chunk.text[end:], chunk.line + raw.count("\n"), flaws)
    record = _record(position, chunk.line, raw, study, tuple(flaws.values()))
    return parsed.judged(record)


def _at(study: object, *path: str) -> object:
    """What stands at a path of keys; None where the study does not go that way."""
    for key in path:
        if not isinstance(study, Mapping):
            return None
        study = study.get(key)
    return study


def _text(study: object, *path: str) -> str:
    found = _at(study, *path)
    return found.strip() if isinstance(found, str) else ""


def _list(study: object, *path: str) -> list[Any]:
    found = _at(study, *path)
    return found if isinstance(found, list) else []


def _record(position: int, line: int, raw: str, study: object, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    protocol = _at(study, "protocolSection")
    number = _text(protocol, "identificationModule", "nctId")
    sponsor = _text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name")
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=_text(protocol, "identificationModule", "briefTitle")
        or _text(protocol, "identificationModule", "officialTitle"),
        abstract=_text(protocol, "descriptionModule", "briefSummary"),
        authors=(sponsor,) if sponsor else (),
        year=cleaning.year(
            [
                _text(protocol, "statusModule", "startDateStruct", "date"),
                _text(protocol, "statusModule", "studyFirstSubmitDate"),
            ]
        ),
        accession=number,
        keywords=tuple(_keywords(protocol)),
        url=f"https://clinicaltrials.gov/study/{number}" if number else "",
        publication_type="Trial registration",
        database="ClinicalTrials.gov",
        tags=dict(_tags(protocol)),
        flaws=flaws,
    )


def _keywords(protocol: object) -> list[str]:
    words = [*_list(protocol, "conditionsModule", "conditions"), *_list(protocol, "conditionsModule", "keywords")]
    for intervention in _list(protocol, "armsInterventionsModule", "interventions"):
        words.append(_text(intervention, "name"))
    return cleaning.unique(word.strip() for word in words if isinstance(word, str))


def _tags(protocol: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The plain values of the modules that say what kind of study it is."""
    for module in _MODULES:
        found = _at(protocol, module)
        for name, value in found.items() if isinstance(found, Mapping) else ():
            values = value if isinstance(value, list) else [value]
            plain = tuple(str(part) for part in values if isinstance(part, str | int | float) and str(part).strip())
            if plain and name not in ("nctId", "briefTitle"):
                yield str(name), plain


def _count(stream: BinaryIO, encoding: str) -> int:
    return pieces.count(stream, encoding, re.compile(r'"protocolSection"\s{0,20}:\s{0,20}\{'))


FORMAT = layout.Format(
    name="ctgov-json",
    label="ClinicalTrials.gov JSON",
    begins=_BEGINS,
    read=_read,
    ends=endings.JSON,
    count=_count,
    family="Trial registers",
)
