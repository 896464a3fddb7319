"""Invented exports in the tagged formats of western databases: small files, one trap each."""

WOS_HEAD = "FN Clarivate Analytics Web of Science\nVR 1.0\n"


def wos(number: int, *, end: str = "ER\n\n", **changed: str) -> str:
    """One record; a keyword replaces a tag's value, an empty string drops the tag."""
    fields = {
        "PT": "J",
        "AU": "Quill, O\n   Marsh, BT",
        "AF": "Quill, Ottoline\n   Marsh, Barnaby T.",
        "TI": f"Warm mittens for bell ringers: invented\n   trial {number}",
        "SO": "ANNALS OF FICTIONAL MEDICINE",
        "LA": "English",
        "DT": "Article",
        "DE": "mittens; bell\n   ringers",
        "ID": "WARMTH",
        "AB": "Thirty invented ringers wore invented mittens.",
        "C1": "[Quill, O] Univ Nowhere.\n   [Marsh, BT] Univ Elsewhere.",
        "CR": "Plume I, 1999, FICT MED, V1, P1, DOI 10.5555/cited\n   PT J, 1998",
        "SN": "0028-0836",
        "EI": "1476-4687",
        "PY": "2021",
        "VL": "7",
        "IS": str(number),
        "BP": f"{number}1",
        "EP": f"{number}9",
        "DI": f"10.5555/mittens.{number}",
        "UT": f"WOS:00099000{number}",
        "PM": f"9910{number}",
    }
    fields.update(changed)
    return "".join(f"{tag} {value}\n" for tag, value in fields.items() if value) + end


def wos_file(*records: str) -> str:
    return WOS_HEAD + "".join(records) + "EF"


OVID_ABSTRACT = (
    "Background: Nobody has measured kettles.\nMethod(s): We invented forty keepers.\nUV - light was not used."
)


def ovid(number: int, **changed: str) -> str:
    """One tagged record; a keyword replaces a tag's value, an empty string drops the tag."""
    fields = {
        "VN": "Ovid Technologies",
        "DB": "Embase",
        "UI": f"62138{number}",
        "TI": f"Kettles and keepers: invented trial {number}.",
        "SO": "Fict Med. 12(3):45-e9, 2018.",
        "AU": "Quill O. [Inventor, Reprint Author]\nAU  - Marsh B.T.",
        "AB": OVID_ABSTRACT,
        "IS": "0028-0836",
        "DO": f"http://dx.doi.org/10.5555/kettle.{number}",
        "LG": "English",
        "PT": "Article",
        "MH": "*kettle\nMH  - sleep",
    }
    fields.update(changed)
    body = "".join(f"{tag}  - {value}\n" for tag, value in fields.items() if value)
    return f"<{3000 + number}. >\n{body}\n"


OVID_LABELLED = """<8>
Score
  *****
Accession Number
  01445406-1.
Author
  Quill, Ottoline 1;  Marsh, Barnaby 1,2
Institution
  (1) Nowhere
Title
  Kettles along a gradient.[Article]
Source
  Ecofiction.   8(6):1048-1064, September 2015.
Abstract
  Invented kettles
whistled.
References
  Plume I. 1999. Fictional Medicine 56: 378-386.

  Plume J. 2001. Fictional Medicine 57: 1-2.
Digital Object Identifier
  10.5555/label
"""


def embase(number: int, abstract: str = "Nobody has measured\nkettles.") -> str:
    return (
        f"RECORD {number}\nTITLE\n  Kettles and keepers: invented\ntrial {number}\n"
        f"ORIGINAL (NON-ENGLISH) TITLE\n  Hervidores\nAUTHOR NAMES\n  Quill O.; Marsh B.T.\n"
        f"AiP/IP ENTRY DATE\n  2021-02-26\nSOURCE\n  Fict Med (2021) 7:1 (e12). Date of Publication: 2 Feb 2021\n"
        f"SOURCE TITLE\n  Fictional Medicine\nPUBLICATION YEAR\n  2021\nVOLUME\n  7\nSTRANGE LABEL\n  odd\n"
        f"ISSN\n  0028-0836 (electronic)\nABSTRACT\n  {abstract}\nAUTHOR KEYWORDS\n  kettle; sleep\n"
        f"EMTREE MEDICAL INDEX TERMS (MAJOR FOCUS)\n  whistling; \nMEDLINE PMID\n  9900{number} (http://x/9900{number})\n"
        f"PUI\n  L60{number}\nDOI\n  10.5555/kettle.{number}\nLANGUAGE OF ARTICLE\n  English; Spanish\n\n"
    )


def cochrane(number: int, of: int = 2, **changed: str) -> str:
    fields = {
        "ID": f"CD00990{number}",
        "AU": "Quill Ottoline\nAU: Marsh Barnaby T",
        "TI": f"Kettles for keepers {number}",
        "SO": "Cochrane Database of Fictional Reviews",
        "YR": "2017",
        "NO": "2",
        "KY": "Kettle;Sleep [drug therapy]",
        "DOI": f"10.5555/kettle.{number}.pub2",
        "AB": "Background: Nobody measured.",
        "US": f"http://example.org/{number}",
    }
    fields.update(changed)
    body = "".join(f"{tag}: {value}\n" for tag, value in fields.items() if value)
    return f"Record #{number} of {of}\n{body}\n\n"


SUMMARY = """1: Quill O, van der Plume I, O'Marsh BT Jr; KETTLE Study Group. Causes of whistling:
an invented review. Fict Med (Nowhere). 2021 Apr 26;405(10488):1468-1480. doi:
10.5555/S0140(25)00448-9. Epub 2021 Apr 3. PMID: 99000001; PMCID:
PMC9900001.

2: Ünal Ž. Chaleiras e sono em faroleiros [Kettles and sleep in keepers]. Rev Fict.
2011 Jan;33(1):13-9. Portuguese. PMID: 99000002.

3: Is whistling bad for sleep? Lamp Lett. 2019;5:e12. PMID: 99000003.
"""


FILES = {
    "wos": wos_file(wos(1), wos(2), wos(3)),
    "ovid": ovid(1) + ovid(2) + ovid(3),
    "ovid labels": OVID_LABELLED,
    "embase-text": embase(1) + embase(2),
    "cochrane-text": cochrane(1) + cochrane(2),
    "pubmed-summary": SUMMARY,
}
