"""Invented exports of Chinese databases about invented trials: small texts, one trap each."""

NAMES = ("苏杭舟", "柳青禾", "欧阳墨白", "简宁")
TITLE = "羊毛袜对灯塔看守人睡眠质量影响的随机对照试验"
ABSTRACT = "目的 探讨羊毛袜对灯塔看守人睡眠的影响。方法 将四十名虚构的看守人随机分为两组。结论 袜子是温暖的。"
JOURNAL = "虚构医学杂志"


def noteexpress(number: int, **changed: str) -> str:
    """One CNKI record; a keyword (spaces as `_`, slashes as `__`) replaces a field, an empty string drops it."""
    fields = {
        "Reference Type": "Journal Article",
        "Title": f"{TITLE}（第{number}部分）",
        "Author": f"{NAMES[number % 4]};{NAMES[(number + 1) % 4]};",
        "Author Address": "虚构医院灯塔科;",
        "Journal": JOURNAL,
        "Year": "2021",
        "Volume": "7",
        "Issue": f"{number:02}",
        "Pages": f"{number}1-{number}9",
        "Keywords": "羊毛袜;;睡眠;;灯塔",
        "Abstract": ABSTRACT,
        "ISBN/ISSN": "1234-5679",
        "Notes": "99-0000/R",
        "DOI": f"10.5555/xuguo.{number}",
        "Database Provider": "CNKI",
    }
    fields.update({name.replace("__", "/").replace("_", " "): value for name, value in changed.items()})
    return "".join(f"{{{name}}}: {value}\n" for name, value in fields.items() if value) + "\n\n"


def refer(number: int, **changed: str) -> str:
    """One CNKI record in EndNote's layout; `tag0="…"` replaces a tag, an empty string drops it."""
    fields = {
        "0": "Journal Article",
        "A": f"{NAMES[number % 4]}\n%A {NAMES[(number + 1) % 4]}",
        "+": "虚构医院灯塔科;",
        "T": f"{TITLE}（第{number}部分）",
        "J": JOURNAL,
        "D": "2021",
        "V": "7",
        "N": f"{number:02}",
        "K": "羊毛袜;;睡眠;;灯塔",
        "X": ABSTRACT,
        "P": f"{number}1-{number}9",
        "@": "1234-5679",
        "L": "99-0000/R",
        "W": "CNKI",
    }
    fields.update({name.removeprefix("tag"): value for name, value in changed.items()})
    return "".join(f"%{tag} {value}\n" for tag, value in fields.items() if value) + "\n"


def refworks(number: int, **changed: str) -> str:
    """One CNKI record in the layout of RefWorks; a keyword replaces a tag's value, an empty string drops it."""
    fields = {
        "RT": "Journal Article",
        "SR": "1",
        "A1": f"{NAMES[number % 4]};{NAMES[(number + 1) % 4]}",
        "AD": "虚构医院灯塔科;",
        "T1": f"{TITLE}（第{number}部分）",
        "JF": JOURNAL,
        "YR": "2021",
        "IS": f"{number:02}",
        "vo": "7",
        "OP": f"{number}1-{number}9",
        "K1": "羊毛袜;睡眠;灯塔",
        "AB": ABSTRACT,
        "SN": "1234-5679",
        "CN": "99-0000/R",
        "LA": "中文;",
        "DS": "CNKI",
        "LK": f"https://link.cnki.net/urlid/99.0000.R.20210101.000{number}.002",
        "DO": f"10.5555/xuguo.{number}",
    }
    fields.update(changed)
    return "".join(f"{tag} {value}\n" for tag, value in fields.items() if value) + "\n"


def estudy(number: int, **changed: str) -> str:
    """One E-Study record; a keyword replaces the field of that English name, an empty string drops it."""
    fields = {
        "Title-题名": f"{TITLE}（第{number}部分）",
        "Author-作者": f"{NAMES[number % 4]};{NAMES[(number + 1) % 4]};",
        "Source-刊名": JOURNAL,
        "Year-年": "2021",
        "PubTime-出版时间": "2021-01-15 10:52",
        "Keyword-关键词": "羊毛袜;睡眠;灯塔",
        "Summary-摘要": ABSTRACT,
        "Period-期": f"{number:02}",
        "Roll-卷": "7",
        "PageCount-页数": "9",
        "Page-页码": f"{number}1-{number}9",
        "SrcDatabase-来源库": "期刊",
        "Organ-机构": "虚构医院灯塔科;",
        "Link-链接": f"https://kns.cnki.net/kcms/detail/detail.aspx?FileName=XGYX20210100{number}&DbName=CJFQTEMP",
    }
    for name, value in changed.items():
        fields.update({full: value for full in fields if full.split("-")[0] == name})
    return "DataType: 1\n" + "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def citation(number: int) -> str:
    """One reference after GB/T 7714."""
    names = f"{NAMES[number % 4]},{NAMES[(number + 1) % 4]}"
    return f"[{number}]{names}.{TITLE}{number}[J].{JOURNAL},2021,7({number:02}):{number}1-{number}9.\n\n"


FILES = {
    "noteexpress": "".join(map(noteexpress, range(1, 7))),
    "refer": "".join(map(refer, range(1, 7))),
    "refworks": "".join(map(refworks, range(1, 7))),
    "estudy": "".join(map(estudy, range(1, 7))),
    "gbt7714": "".join(map(citation, range(1, 7))),
}
