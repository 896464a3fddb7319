"""The example's made-up records and what became of each, written as the files that databases export.

No article, trial or author here exists. What the team did with a record so far is its ``fate``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    INCLUDED = "included"
    READ_AND_EXCLUDED = "read and excluded"
    NOT_RETRIEVED = "not retrieved"
    DISPUTED_REPORT = "disputed at full text"
    HALF_READ = "read by Cy only"
    TO_READ = "to be read"
    SETTLED_OUT = "excluded by the adjudicator"
    EXCLUDED = "excluded by both"
    DISPUTED = "disputed by title and abstract"
    CY_VOTED = "Cy has voted"
    BO_VOTED = "Bo has voted"
    UNTOUCHED = "untouched"


PUBMED, WOS, COCHRANE, EMBASE = "PubMed", "Web of Science Core Collection", "Cochrane Library", "Embase"
CNKI, WANFANG, VIP = "CNKI", "Wanfang", "VIP"
CHINESE = (CNKI, WANFANG, VIP)

FATES: tuple[tuple[Fate, int], ...] = (
    (Fate.INCLUDED, 9),
    (Fate.READ_AND_EXCLUDED, 6),
    (Fate.NOT_RETRIEVED, 1),
    (Fate.DISPUTED_REPORT, 1),
    (Fate.HALF_READ, 2),
    (Fate.TO_READ, 2),
    (Fate.SETTLED_OUT, 3),
    (Fate.EXCLUDED, 18),
    (Fate.DISPUTED, 3),
    (Fate.CY_VOTED, 7),
    (Fate.BO_VOTED, 3),
    (Fate.UNTOUCHED, 9),
)

FAMILIES = ("Arden", "Belcourt", "Castellan", "Dunmore", "Ekholt", "Farrow", "Gantry", "Hollis", "Ingram", "Jessop")
GIVEN = ("Mara", "Tobias", "Ilse", "Renn", "Odile", "Piers", "Sunniva", "Teodor")
CONDITIONS = (
    "chronic low back pain",
    "fibromyalgia",
    "osteoarthritis of the knee",
    "chronic musculoskeletal pain",
    "migraine",
    "chronic pelvic pain",
    "pain after cancer treatment",
    "temporomandibular disorder",
)
RELEVANT = (
    "Guided internet-delivered cognitive behavioural therapy for adults with {condition}: a randomised trial",
    "Web-based cognitive behavioural therapy and sleep in {condition}: a randomised controlled trial",
    "Effects of an online self-management course based on CBT on pain and insomnia in {condition}",
)
DISTANT = (
    "Experiences of patients with {condition} who use a pain diary app: a qualitative study",
    "Prevalence of poor sleep in {condition}: a cross-sectional survey",
    "Exercise therapy by video call for {condition}: a pilot study",
    "Pharmacological treatment of {condition}: a narrative review",
    "Protocol of a trial of mindfulness training for {condition}",
)
CHINESE_TITLES = (
    "互联网认知行为疗法对慢性疼痛患者睡眠质量影响的随机对照试验",
    "网络认知行为干预在慢性腰痛患者中的应用研究",
    "慢性疼痛患者失眠的在线认知行为治疗效果观察",
    "远程心理干预对纤维肌痛患者疼痛和睡眠的影响",
)
CHINESE_AUTHORS = (("林知远", "许明澈"), ("周以宁", "方清越"), ("贺书遥", "沈安和"), ("陆景和", "温若川"))


@dataclass(frozen=True)
class Citation:
    number: int
    fate: Fate
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int
    doi: str
    pmid: str
    abstract: str
    sources: tuple[str, ...]
    trial: str = ""


def all_citations() -> list[Citation]:
    """Every made-up document, in the order of its fate."""
    fates = [fate for fate, count in FATES for _ in range(count)]
    return [_citation(number, fate) for number, fate in enumerate(fates, start=1)]


def _citation(number: int, fate: Fate) -> Citation:
    is_chinese = fate in {Fate.EXCLUDED, Fate.UNTOUCHED} and number % 5 == 0
    title = CHINESE_TITLES[number // 5 % 4] + f"（{number}）" if is_chinese else _title(number, fate)
    return Citation(
        number=number,
        fate=fate,
        title=title,
        authors=CHINESE_AUTHORS[number % 4] if is_chinese else _authors(number),
        journal="虚构医学杂志" if is_chinese else f"Journal of Imaginary {('Pain', 'Sleep', 'e-Health')[number % 3]}",
        year=2008 + (number * 7) % 17,
        doi="" if is_chinese and number % 2 else f"10.5555/example.{number:03d}",
        pmid="" if is_chinese else str(99_000_000 + number),
        abstract=_abstract(number, fate, is_chinese),
        sources=_sources(number, is_chinese),
        trial=f"SYN-{number:02d}" if fate == Fate.INCLUDED else "",
    )


def _title(number: int, fate: Fate) -> str:
    condition = CONDITIONS[number % len(CONDITIONS)]
    near = fate not in {Fate.EXCLUDED, Fate.SETTLED_OUT, Fate.UNTOUCHED} or number % 4 == 0
    titles = RELEVANT if near else DISTANT
    prefix = f"SYN-{number:02d}. " if fate == Fate.INCLUDED else ""
    return prefix + titles[number % len(titles)].format(condition=condition) + f" (example record {number})"


def _authors(number: int) -> tuple[str, ...]:
    people = [
        f"{FAMILIES[(number + step * 3) % len(FAMILIES)]}, {GIVEN[(number + step) % len(GIVEN)]}" for step in range(3)
    ]
    return tuple(dict.fromkeys(people))


def _abstract(number: int, fate: Fate, is_chinese: bool) -> str:
    if is_chinese:
        return f"目的：本记录为示例而虚构。方法：将{40 + number}名患者随机分为两组。结果：数字为虚构。结论：不可引用。"
    start = "BACKGROUND: This record was made up for Tandem's example review. "
    if fate == Fate.INCLUDED:
        return start + (
            "METHODS: Adults with chronic pain were randomised to eight weeks of internet-based cognitive "
            "behavioural therapy or to a control group. Sleep was measured with the ISI, pain with a numerical "
            "rating scale. RESULTS: The numbers are in Table 2 of the made-up report. CONCLUSION: Not to be cited."
        )
    return start + (
        f"METHODS: {60 + 3 * number} people took part and were followed for {4 + number % 9} weeks. RESULTS: "
        "Sleep and pain changed a little. CONCLUSION: Not to be cited."
    )


def _sources(number: int, is_chinese: bool) -> tuple[str, ...]:
    """Where the document was found; most are in several databases."""
    if is_chinese:
        return CHINESE[: 1 + number // 5 % 3]
    found = [PUBMED] if number % 6 else []
    found += [EMBASE] if number % 2 else []
    found += [WOS] if number % 3 != 1 else []
    found += [COCHRANE] if number % 4 == 0 or number <= 9 else []
    return tuple(found or [EMBASE])


def nbib(citations: list[Citation]) -> bytes:
    return "".join(_nbib(citation) for citation in citations).encode()


def _nbib(one: Citation) -> str:
    authors = "".join(f"FAU - {author}\n" for author in one.authors)
    return (
        f"PMID- {one.pmid}\nOWN - NLM\nSTAT- MEDLINE\nDP  - {one.year}\nTI  - {one.title}.\n"
        f"LID - {one.doi} [doi]\nAB  - {one.abstract}\n{authors}LA  - eng\nPT  - Journal Article\n"
        f"JT  - {one.journal}\nPST - ppublish\nSO  - {one.journal}. {one.year}.\n\n"
    )


def ris(citations: list[Citation], database: str) -> bytes:
    return "".join(_ris(citation, database) for citation in citations).encode()


def _ris(one: Citation, database: str) -> str:
    authors = "".join(f"AU  - {author}\n" for author in one.authors)
    doi = f"DO  - {one.doi}\n" if one.doi else ""
    language = "LA  - 中文\n" if database in CHINESE else ""
    return (
        f"TY  - JOUR\nTI  - {one.title}\n{authors}JF  - {one.journal}\nPY  - {one.year}\n{doi}{language}"
        f"AB  - {one.abstract}\nDB  - {database}\nER  - \n\n"
    )
