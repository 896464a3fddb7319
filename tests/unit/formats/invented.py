"""Invented exports about invented trials: small files, one trap each."""

import io
from collections.abc import Iterable

from reviews.search.formats import parsed, reading

NAMES = ("Quill, Ottoline", "Marsh, Barnaby T", "Ünal, Željka", "van der Plume, Iris")


def nbib(number: int, **changed: str) -> str:
    """One MEDLINE record; a keyword replaces a tag's value, an empty string drops the tag."""
    fields = {
        "PMID": f"9900{number:04}",
        "OWN": "NLM",
        "STAT": "MEDLINE",
        "IS": "0000-0000 (Electronic)",
        "VI": "7",
        "IP": str(number),
        "DP": "2021 Mar",
        "TI": f"Whistling kettles and sleep in lighthouse keepers: invented trial {number}.",
        "PG": f"{number}1-{number}9",
        "LID": f"10.5555/kettle.{number} [doi]",
        "AB": "BACKGROUND: Nobody has measured kettles. METHODS: We invented forty keepers \n"
        "      and two lighthouses. RESULTS: All kettles whistled.",
        "FAU": NAMES[number % len(NAMES)],
        "LA": "eng",
        "PT": "Journal Article",
        "JT": "Journal of imaginary trials",
        "OT": "*kettle",
        "PST": "ppublish",
        "SO": f"J Imag Trials. 2021 Mar;7({number}):{number}1-{number}9. doi: 10.5555/kettle.{number}.",
    }
    fields.update(changed)
    return "".join(f"{tag:4}- {value}\n" for tag, value in fields.items() if value)


def nbib_file(records: Iterable[str]) -> str:
    return "\n".join(records)


def ris(number: int, *, end: str = "ER  - \n", **changed: str) -> str:
    """One RIS record; a keyword replaces a tag's value, an empty string drops the tag."""
    fields = {
        "TY": "JOUR",
        "AU": NAMES[number % len(NAMES)],
        "TI": f"Warm socks for night watchmen: invented trial {number}",
        "PY": "2022",
        "T2": "Annals of Fictional Medicine",
        "VL": "3",
        "IS": str(number),
        "SP": f"{number}0",
        "EP": f"{number}8",
        "DO": f"10.5555/socks.{number}",
        "AB": "Thirty invented watchmen wore invented socks.",
        "KW": "socks",
    }
    fields.update(changed)
    return "".join(f"{tag}  - {value}\n" for tag, value in fields.items() if value) + end


def inspected(text: str | bytes, name: str = "upload.txt", **options: str) -> parsed.Inspection:
    return reading.inspect(_stream(text), name, **options)


def items(text: str | bytes, **options: str) -> list[parsed.Item]:
    """What import reads from a file after inspecting it."""
    found = inspected(text, **options)
    return list(reading.read(_stream(text), found.format, found.encoding))


def records(text: str | bytes, **options: str) -> list[parsed.ParsedRecord]:
    return [item for item in items(text, **options) if isinstance(item, parsed.ParsedRecord)]


def record(text: str | bytes, **options: str) -> parsed.ParsedRecord:
    (only,) = records(text, **options)
    return only


def _stream(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text.encode() if isinstance(text, str) else text)
