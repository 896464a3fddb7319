"""The formats that can be read, in the order in which detection prefers them."""

from reviews.search.formats import (
    chinese_labels,
    cochrane_text,
    embase_text,
    estudy,
    gbt7714,
    layout,
    nbib,
    noteexpress,
    ovid,
    parsed,
    pubmed_summary,
    refer,
    refworks,
    ris,
    unproven,
    vip_text,
    wos,
)
from reviews.search.formats.bibtex import reader as bibtex
from reviews.search.formats.structured import (
    csl_json,
    endnote_xml,
    ovid_xml,
    pubmed_xml,
    register_xml,
    scholarly_json,
    trials_json,
)
from reviews.search.formats.tabular import texts
from reviews.search.formats.tabular.workbooks import books

FORMATS: tuple[layout.Format, ...] = (
    nbib.FORMAT,
    ris.FORMAT,
    wos.FORMAT,
    ovid.FORMAT,
    embase_text.FORMAT,
    cochrane_text.FORMAT,
    pubmed_summary.FORMAT,
    *unproven.FORMATS,
    noteexpress.FORMAT,
    refer.FORMAT,
    refworks.FORMAT,
    estudy.FORMAT,
    vip_text.FORMAT,
    chinese_labels.FORMAT,
    gbt7714.FORMAT,
    bibtex.FORMAT,
    pubmed_xml.FORMAT,
    ovid_xml.FORMAT,
    endnote_xml.FORMAT,
    *register_xml.FORMATS,
    trials_json.FORMAT,
    *scholarly_json.FORMATS,
    csl_json.FORMAT,
    *texts.KNOWN,
    texts.TABLE,
    *books.FORMATS,
)
# For the fields in which a person chooses: name, label.
CHOICES: tuple[tuple[str, str], ...] = tuple((item.name, item.label) for item in FORMATS)
# What a refusal names: the list of all would be longer than a screen.
READS = (
    "RIS, MEDLINE/nbib, BibTeX, the XML of PubMed and EndNote, csv and Excel tables, "
    "and the text formats of Web of Science, Ovid, Embase, Cochrane, CNKI, Wanfang and VIP"
)
LABELS = ", ".join(item.label for item in FORMATS[:-1]) + f" and {FORMATS[-1].label}"


def named(name: str) -> layout.Format:
    """The format of that name. Raises `parsed.FormatError`."""
    for item in FORMATS:
        if name == item.name or name in item.aliases:
            return item
    names = ", ".join(item.name for item in FORMATS)
    raise parsed.FormatError(f"The format {name!r} cannot be read; choose one of: {names}.")
