"""Encodings, and files that are no text."""

import codecs
import io
import zipfile

import pytest

from reviews.search.formats import decoding, parsed
from tests.unit.formats import invented

CHINESE = "".join(invented.ris(n, TI=f"虚构的水壶对灯塔看守人睡眠的影响 {n}", AU="王小明") for n in (1, 2, 3))
WESTERN = "".join(invented.ris(n, AU="Ünal, Jörg", AB="Déjà vu: fièvre, café, über Straße.") for n in (1, 2))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
        ((CHINESE + "ß").encode("gb18030"), "gb18030"),
        (codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-16-be"), "utf-16-be"),
        (WESTERN.encode("cp1252"), "cp1252"),
        (WESTERN.encode("gb18030"), "gb18030"),
        (invented.ris(1, AU="Acosta, Julián N").encode("gb18030"), "gb18030"),
        (invented.ris(1, AU="Müller, Jörg", TI="5 ± 2 °C – α ≥ β").encode("gb18030"), "gb18030"),
        (invented.ris(1, AU="Müller, Jörg", TI="5 ± 2 °C – § 7 ©").encode("cp1252"), "cp1252"),
        (invented.ris(1, TI="¿Qué? ¡Ñandú!", AB="\xa0\xa0kettles ‘hot’\xa0\xa0").encode("cp1252"), "cp1252"),
        (invented.ris(1, AU="Acosta, Julián N").encode("cp1252"), "cp1252"),
        (invented.ris(1).encode(), "utf-8"),
    ],
)
def test_the_encoding_is_found_and_nothing_is_lost(data, encoding):
    assert decoding.encoding(io.BytesIO(data)) == encoding
    found = invented.records(data)
    text = data.decode(encoding).lstrip("\ufeff")
    assert [record.title for record in found] == [line[6:] for line in text.split("\n") if line.startswith("TI")]
    assert not any("\ufffd" in record.raw for record in found)


def test_a_guessed_encoding_is_reported_and_can_be_overridden():
    data = CHINESE.encode("gb18030")
    assert "read as Chinese (GB18030" in invented.inspected(data).warnings[0]
    assert invented.inspected(data, encoding="gb18030").warnings == ()
    polish = invented.ris(1, AU="Żółw, Łucja").encode("cp1250")
    assert invented.record(polish, encoding="cp1250").authors == ("Żółw, Łucja",)


def test_an_encoding_that_is_not_offered_is_refused():
    with pytest.raises(parsed.FormatError, match=r"'rot13' is not one that can be read; choose one of: utf-8"):
        invented.inspected(CHINESE, encoding="rot13")


@pytest.mark.parametrize("name", [name for name, _ in decoding.CHOICES])
def test_every_encoding_offered_exists(name):
    assert codecs.lookup(name)


def test_a_file_cut_inside_its_last_character_is_still_utf8():
    data = CHINESE.encode()
    data = data[: data.rindex("灯".encode()) + 1]
    found = invented.inspected(data)
    assert (found.encoding, found.readable, len(found.incomplete)) == ("utf-8", 2, 1)


def test_a_few_damaged_characters_do_not_turn_utf8_into_something_else():
    data = CHINESE.encode().replace(b"3\nPY", b"\xff3\nPY")
    found = invented.inspected(data)
    assert found.encoding == "utf-8"
    assert found.preview[0].authors == ("王小明",)
    assert found.warnings == ("1 × characters that could not be read, shown as \ufffd; the first at line 27.",)


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (codecs.BOM_UTF8 + b"\n%PDF-1.7", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel or Word file of the old kind (.xls, .doc)"),
        (archive("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (archive("data.ris"), "a zip archive (or an office document)"),
        (b"PK\x03\x04\x14\0data.ris", "a zip archive (or an office document)"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"<html lang=en>", "a web page"),
        (bytes(range(256)) * 4, "a binary file"),
    ],
)
def test_what_is_no_text_is_named(head, kind):
    with pytest.raises(parsed.FormatError) as refusal:
        invented.inspected(head, name="references.ris")
    sentence = str(refusal.value)
    assert sentence.startswith(
        f"references.ris is {kind}, not an export of references. Export the references in one of"
    )
    assert "MEDLINE/nbib" in sentence
    assert sentence.endswith("and upload that file.")
