"""One search as six databases export it: PubMed, Web of Science, Embase, Cochrane, CNKI, Wanfang. All invented."""

from collections.abc import Mapping
from dataclasses import dataclass

_SUBJECTS = (
    "Guided rehabilitation by telephone after hip fracture in rural hospitals",
    "Night shifts and insomnia among emergency nurses: a randomised trial of timed light",
    "Tai chi classes for balance in community-dwelling adults with Parkinson disease",
    "Pharmacist visits at home to reduce falls in frail older people",
    "Dietary counselling by video for gestational diabetes",
    "School gardens and vegetable intake: a cluster randomised study",
    "Acupressure for nausea in day surgery of the knee",
)


@dataclass(frozen=True)
class Article:
    """What a database knows of one article."""

    number: int
    title: str

    @property
    def doi(self) -> str:
        return f"10.5555/six.{self.number:03d}"

    @property
    def pmid(self) -> str:
        return f"3900{self.number:04d}"

    @property
    def author(self) -> str:
        return f"Author{chr(65 + self.number)}, Quinn"

    @property
    def pages(self) -> str:
        return f"{100 + 10 * self.number}-{108 + 10 * self.number}"

    @property
    def abstract(self) -> str:
        return f"Background: {self.title}. Methods: two groups of {40 + self.number}. Results: they differed."


@dataclass(frozen=True)
class ChineseArticle:
    """An article of a Chinese journal; some have an English title, DOI and place in PubMed too."""

    number: int
    title: str
    authors: tuple[str, ...]
    english: str = ""

    @property
    def doi(self) -> str:
        return f"10.5555/j.cnki.six.2023.{self.number:02d}"

    @property
    def pages(self) -> str:
        return f"{20 + 5 * self.number}-{24 + 5 * self.number}"


ARTICLES = tuple(Article(number, title) for number, title in enumerate(_SUBJECTS, start=1))
CHINESE = (
    ChineseArticle(
        1,
        "针刺联合康复训练治疗脑卒中后吞咽障碍的随机对照研究",
        ("王小明", "李建华"),
        "Acupuncture with rehabilitation for dysphagia after stroke",
    ),
    ChineseArticle(2, "远程护理干预对老年慢性心力衰竭患者自我管理的影响", ("张伟", "陈丽")),
    ChineseArticle(3, "认知行为疗法对慢性失眠患者睡眠质量的疗效观察", ("刘洋", "赵敏")),
    ChineseArticle(4, "八段锦对社区老年人平衡功能影响的临床研究", ("周强", "孙芳")),
)
ENGLISH_ABSTRACT = "Objective: to watch the effect. Methods: two groups at random. Conclusion: it works."
JOURNAL, CHINESE_JOURNAL = "Journal of Invented Trials", "虚构康复医学杂志"
# The same title and people, but another DOI and other pages: a second report, and a person has to look.
TWIN = "\n".join(
    (
        "TY  - JOUR",
        f"T1  - {_SUBJECTS[2]}",
        "A1  - AuthorD, Quinn",
        f"JF  - {JOURNAL}",
        "Y1  - 2023",
        "VL  - 12",
        "IS  - 3",
        "SP  - 145",
        "EP  - 150",
        "DO  - 10.5555/six.twin",
        "DB  - Embase",
        "U2  - L2022000099",
        "ER  - ",
        "",
        "",
    )
)
# An article that Embase knows without any identifier and with a shortened title: a person has to look.
SHORTENED = "Acupressure for nausea in day surgery"


def files() -> Mapping[str, tuple[str, bytes, int]]:
    """Source to the file's name, its bytes, and how many records it holds."""
    pubmed, wos, embase, cochrane = (*ARTICLES[0:4], ARTICLES[6]), ARTICLES[2:6], ARTICLES[3:7], ARTICLES[0:2]
    return {
        "PubMed": ("pubmed.nbib", ("".join(map(_nbib, pubmed)) + _english()).encode(), len(pubmed) + 1),
        "Web of Science": (
            "savedrecs.txt",
            ("FN Clarivate Analytics Web of Science\nVR 1.0\n" + "".join(map(_wos, wos)) + "EF\n").encode("utf-8-sig"),
            len(wos),
        ),
        "Embase": ("embase.ris", ("".join(map(_embase, embase)) + TWIN).encode(), len(embase) + 1),
        "Cochrane": ("citation-export.ris", "".join(map(_cochrane, cochrane)).encode(), len(cochrane)),
        "CNKI": ("CNKI.net", "".join(map(_cnki, CHINESE[:3])).encode(), 3),
        "Wanfang": ("wanfang.net", "".join(map(_wanfang, (CHINESE[0], CHINESE[1], CHINESE[3]))).encode("gb18030"), 3),
    }


def records() -> int:
    """How many records the six files hold together."""
    return sum(count for _, _, count in files().values())


def documents() -> int:
    """How many different documents they are of."""
    return len(ARTICLES) + len(CHINESE) + 1


def _nbib(one: Article) -> str:
    lines = (
        f"PMID- {one.pmid}", "OWN - NLM", f"TI  - {one.title}.", f"AB  - {one.abstract}", f"FAU - {one.author}",
        f"JT  - {JOURNAL}", "DP  - 2023 Mar", "VI  - 12", "IP  - 3", f"PG  - {one.pages}", f"LID - {one.doi} [doi]",
        "LA  - eng", "PST - ppublish", f"SO  - J Invent Trials. 2023 Mar;12(3):{one.pages}.",
    )  # fmt: skip
    return "\r\n".join(lines) + "\r\n\r\n"


def _english() -> str:
    """The first Chinese article as PubMed has it: in English, with the place in the journal and romanised authors."""
    one = CHINESE[0]
    lines = (
        "PMID- 39009999", "OWN - NLM", f"TI  - [{one.english}].", f"AB  - {ENGLISH_ABSTRACT}", "FAU - Wang, Xiaoming",
        "FAU - Li, Jianhua", "JT  - Invented rehabilitation medicine", "IS  - 1001-1242 (Print)", "DP  - 2023 May",
        "VI  - 38", "IP  - 5", f"PG  - {one.pages}", "LA  - chi", "PST - ppublish",
        f"SO  - Invent Rehabil Med. 2023 May;38(5):{one.pages}.",
    )  # fmt: skip
    return "\r\n".join(lines) + "\r\n\r\n"


def _wos(one: Article) -> str:
    start, _, end = one.pages.partition("-")
    lines = (
        "PT J", f"AF {one.author}", f"TI {one.title}", f"SO {JOURNAL.upper()}", "LA English", "DT Article",
        f"AB {one.abstract}", "PY 2023", "VL 12", "IS 3", f"BP {start}", f"EP {end}", f"DI {one.doi}",
        f"UT WOS:00090000000{one.number:04d}", "ER", "",
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def _embase(one: Article) -> str:
    is_last = one is ARTICLES[-1]
    start, _, end = one.pages.partition("-")
    lines = [
        "TY  - JOUR", f"T1  - {SHORTENED if is_last else one.title}", f"A1  - {one.author}", f"JF  - {JOURNAL}",
        "Y1  - 2023", "VL  - 12", "IS  - 3", f"SP  - {start}", f"EP  - {end}", f"N2  - {one.abstract}",
        "DB  - Embase", f"U2  - L20230000{one.number:02d}",
    ]  # fmt: skip
    return "\n".join([*lines, *([] if is_last else [f"DO  - {one.doi}"]), "ER  - ", "", ""])


def _cochrane(one: Article) -> str:
    lines = (
        f"Record #{one.number} of 2", "Provider: John Wiley & Sons, Ltd.", 'Content: text/plain; charset="UTF-8"', "",
        "TY  -  JOUR", f"AN  -  CN-0200000{one.number}", f"AU  -  {one.author}", f"TI  -  {one.title}",
        f"JA  -  {JOURNAL}", "PY  -  2023", "VL  -  12", "IS  -  3", f"SP  -  {one.pages}",
        f"C3  -  PUBMED {one.pmid}", f"AB  -  {one.abstract}", "ER  -  ", "", "",
    )  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def _cnki(one: ChineseArticle) -> str:
    lines = (
        "{Reference Type}: Journal Article", f"{{Title}}: {one.title}", f"{{Author}}: {';'.join(one.authors)};",
        f"{{Journal}}: {CHINESE_JOURNAL}", "{Year}: 2023", "{Volume}: 38", "{Issue}: 05", f"{{Pages}}: {one.pages}",
        f"{{Abstract}}: 目的:观察疗效。方法:随机分为两组。结论:{one.title[:8]}有效。", "{ISBN/ISSN}: 1001-1242",
        f"{{DOI}}: {one.doi}", "{Database Provider}: CNKI", "", "",
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def _wanfang(one: ChineseArticle) -> str:
    translated = (f"{{Translated Title}}: {one.english}",) if one.english else ()
    lines = (
        "{Reference Type}: Journal Article",
        f"{{Title}}: {one.title}",
        *translated,
        *(f"{{Author}}: {name}" for name in one.authors),
        f"{{Journal}}: {CHINESE_JOURNAL}",
        "{Year}: 2023",
        "{Volume}: 38",
        "{Issue}: 5",
        f"{{Pages}}: {one.pages}",
        f"{{Abstract}}: 目的 观察疗效。方法 随机分组。结论 {one.title[:8]}有效。",
        "{Language}: chi",
        "{Database Provider}: 北京万方数据股份有限公司",
        "",
        "",
    )
    return "\r\n".join(lines) + "\r\n"
