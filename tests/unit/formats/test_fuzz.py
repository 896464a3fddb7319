"""Hostile and random input: a sentence or a full account of every record, never another exception."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.search.formats import decoding, parsed, reading, registry
from tests.unit.formats import invented, invented_chinese, invented_western, samples

BIBTEX = (
    "@article{quill2020,\n  title = {Kettles {and} sleep},\n  author = {Quill, O and Marsh, B},\n  year = 2020\n}\n\n"
)
XML = "<record><titles><title>Kettles &amp; {n}</title></titles><dates><year>2020</year></dates></record>"
ARTICLE = (
    "<PubmedArticle><MedlineCitation><PMID>9900{n}</PMID><Article><ArticleTitle>Kettles</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>"
)
STUDY = '{"protocolSection": {"identificationModule": {"nctId": "NCT0000000N", "briefTitle": "Kettles \\u0001"}}}'
OTHERS = [
    BIBTEX + BIBTEX.replace("quill", "marsh"),
    f"<?xml version='1.0'?>\n<xml><records>{XML}\n{XML}</records></xml>\n",
    f"<?xml version='1.0'?>\n<PubmedArticleSet>{ARTICLE}\n{ARTICLE}</PubmedArticleSet>\n",
    f"[\n{STUDY},\n{STUDY}\n]\n",
    'PMID,Title,Authors,Citation\n99001,"Kettles, again",Quill O,"J Imag. 2020"\n99002,"Two\nlines",Marsh B,J\n',
    "Title\tAuthor\tYear\tDOI\nKettles\tQuill\t2020\t10.5555/x\nSocks\tMarsh\t2021\t\n",
]
SEEDS = [
    invented.nbib_file(map(invented.nbib, (1, 2, 3))),
    "".join(map(invented.ris, (1, 2, 3))),
    *invented_western.FILES.values(),
    *invented_chinese.FILES.values(),
    *OTHERS,
]
# Slices of real exports, where they are.
REAL = [(samples.FOLDER / name).read_bytes()[:200_000] for name, _, _ in samples.rows()] or [b""]
LINES = sorted({line for seed in SEEDS for line in seed.split("\n")} | {"ER  - ", "TY - JOUR", "PMID-", "\ufeffTY  -"})
PIECES = st.sampled_from(
    [*LINES, "\u2028", "\x0c", "1.", "Record #1 of 9", "junk", "      more", "\ud7ff", "ER", "er -"]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""])
TOKENS = (
    "\n",
    "\r",
    "\n\n",
    "\ufeff",
    "\0",
    "\x0c",
    '"',
    "{",
    "}",
    "<",
    "]]>",
    ",",
    "\t",
    "&#0;",
    "\\ud800",
    *LINES[::7],
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030", "cp1252"])
MANY = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def inspected(data: bytes, **options: str) -> parsed.Inspection | str:
    try:
        return reading.inspect(io.BytesIO(data), "fuzz.txt", **options)
    except parsed.FormatError as error:
        return str(error)


def account(data: bytes, **options: str) -> None:
    found = inspected(data, **options)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    items = list(reading.read(io.BytesIO(data), found.format, found.encoding))
    refused = [item for item in items if isinstance(item, parsed.Refused)]
    assert found.starts == found.readable + found.refused_count == len(items)
    assert found.refused_count == len(refused)
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    lines = [item.line for item in items]
    assert lines == sorted(lines)
    assert not any("\0" in item.raw for item in items)


@QUICK
@given(st.lists(st.tuples(PIECES, ENDS), max_size=60))
def test_shuffled_lines(rows):
    account("".join(f"{piece}{end}" for piece, end in rows).encode())


@st.composite
def edits(draw: st.DrawFn, size: int) -> list[tuple[int, int, bytes]]:
    """Places to cut out up to 40 bytes and put something else there."""
    places = st.integers(0, max(size - 1, 0))
    put = st.one_of(st.binary(max_size=6), st.sampled_from([piece.encode() for piece in TOKENS]))
    return draw(st.lists(st.tuples(places, st.integers(0, 40), put), min_size=1, max_size=6))


def edited(raw: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, put in changes:
        raw = raw[:place] + put + raw[place + length :]
    return raw


@MANY
@given(st.sampled_from(SEEDS), ENCODINGS, st.data())
def test_thousands_of_mutated_files(seed, encoding, data):
    raw = seed.encode(encoding, "replace")
    account(edited(raw, data.draw(edits(len(raw)))))


@QUICK
@given(st.sampled_from(REAL), st.data())
def test_mutated_slices_of_real_exports(whole, data):
    begin = data.draw(st.integers(0, max(len(whole) - 1, 0)))
    raw = whole[: data.draw(st.integers(0, 3000))] + whole[begin : begin + data.draw(st.integers(0, 5000))]
    account(edited(raw, data.draw(edits(len(raw)))))


@QUICK
@given(st.sampled_from(SEEDS), st.data())
def test_cut_and_damaged_files(seed, data):
    raw = bytearray(seed.encode())
    begin = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(begin, len(raw)))
    for _ in range(data.draw(st.integers(0, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    account(bytes(raw[begin:end]))


@QUICK
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", *decoding.LABELS]))
def test_any_bytes(data, encoding):
    account(data, **({"encoding": encoding} if encoding else {}))
    account(b"TY  - JOUR\n" + data, **({"encoding": encoding} if encoding else {}))


@QUICK
@given(st.text(max_size=300), st.sampled_from([item.name for item in registry.FORMATS if not item.is_binary]))
def test_any_text_in_a_forced_format(text, form):
    account(text.encode("utf-8", "surrogatepass"), format=form)


@pytest.mark.parametrize("form", ["nbib", "ris"])
@pytest.mark.parametrize(
    "filling",
    [
        "\n" * 400_000,
        " " * 400_000,
        "\n ".join(" " * 200_000),
        "AB  - " + "x\n" * 200_000,
        "DO  - " + "10.1111.10" * 40_000,
        "T2  - " + ";[" * 200_000,
        "KW  - " + "; " * 200_000,
        "1: \n" * 100_000,
        "@ " * 200_000,
    ],
    ids=["newlines", "spaces", "indents", "continuations", "dois", "brackets", "semicolons", "numbers", "ats"],
)
def test_long_runs_are_accounted_for(form, filling):
    # Quadratic work on these would take minutes.
    record = invented.nbib(1) if form == "nbib" else invented.ris(1)
    account(f"{record}{filling}\n{record}".encode())
