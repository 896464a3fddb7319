"""A constructed labelled set: articles as CNKI, Wanfang, VIP and PubMed would export them, with near-twins.

No labelled set with Chinese records is known. This one is made from word lists, so it says how the engine treats the
differences between these databases, not how often they occur. Deterministic.
"""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import opencc
import pypinyin

from reviews.search.duplicates.record import Record
from tests.bench.labelled import Labelled

NAME = "constructed/chinese"
ARTICLES = 360
SEED = 20
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志远晓东文博海燕春梅立新思雨子涵浩然雪松"
_INTERVENTIONS = {
    "针刺": "acupuncture", "电针": "electroacupuncture", "艾灸": "moxibustion", "耳穴压豆": "auricular acupressure",
    "推拿手法": "Tuina manipulation", "穴位贴敷": "acupoint application", "太极拳训练": "Tai Chi training",
    "八段锦": "Baduanjin exercise", "黄芪注射液": "Astragalus injection", "丹参注射液": "Danshen injection",
    "阿托伐他汀": "atorvastatin", "瑞舒伐他汀": "rosuvastatin", "二甲双胍": "metformin", "利拉鲁肽": "liraglutide",
    "奥氮平": "olanzapine", "阿立哌唑": "aripiprazole", "低分子肝素": "low molecular weight heparin",
    "认知行为疗法": "cognitive behavioral therapy", "经颅磁刺激": "transcranial magnetic stimulation",
    "音乐疗法": "music therapy", "早期康复护理": "early rehabilitation nursing",
}  # fmt: skip
_CONDITIONS = {
    "慢性失眠": "chronic insomnia", "原发性失眠": "primary insomnia", "偏头痛": "migraine",
    "脑卒中后偏瘫": "hemiplegia after stroke",
    "脑卒中后抑郁": "post-stroke depression", "膝骨关节炎": "knee osteoarthritis",
    "腰椎间盘突出症": "lumbar disc herniation",
    "2型糖尿病": "type 2 diabetes mellitus", "糖尿病肾病": "diabetic nephropathy",
    "糖尿病周围神经病变": "diabetic peripheral neuropathy",
    "高血压病": "hypertension", "冠心病心绞痛": "angina pectoris of coronary heart disease",
    "慢性心力衰竭": "chronic heart failure",
    "慢性阻塞性肺疾病": "chronic obstructive pulmonary disease", "支气管哮喘": "bronchial asthma",
    "溃疡性结肠炎": "ulcerative colitis",
    "功能性消化不良": "functional dyspepsia", "首发精神分裂症": "first-episode schizophrenia",
    "帕金森病": "Parkinson disease",
    "更年期综合征": "perimenopausal syndrome",
}  # fmt: skip
_DESIGNS = {
    "的临床观察": "clinical observation of {0} for {1}",
    "的疗效观察": "therapeutic effect of {0} on {1}",
    "的随机对照研究": "a randomized controlled trial of {0} in the treatment of {1}",
    "的临床研究": "clinical study on {0} for {1}",
    "的疗效及安全性分析": "efficacy and safety of {0} in patients with {1}",
    "的Meta分析": "{0} for {1}: a meta-analysis",
    "的多中心随机双盲试验": "{0} in patients with {1}: a multicenter randomized double-blind trial",
}
_JOURNALS = (
    ("中国针灸", "Zhongguo Zhen Jiu", "0255-2930"),
    ("针刺研究", "Zhen Ci Yan Jiu", "1000-0607"),
    ("中华医学杂志", "Zhonghua Yi Xue Za Zhi", "0376-2491"),
    ("中国中西医结合杂志", "Zhongguo Zhong Xi Yi Jie He Za Zhi", "1003-5370"),
    ("中国中药杂志", "Zhongguo Zhong Yao Za Zhi", "1001-5302"),
    ("中华护理杂志", "Zhonghua Hu Li Za Zhi", "0254-1769"),
    ("中国康复理论与实践", "Zhongguo Kang Fu Li Lun Yu Shi Jian", "1006-9771"),
    ("中华精神科杂志", "Zhonghua Jing Shen Ke Za Zhi", "1006-7884"),
)
_AIMS = ("观察", "探讨", "评价", "研究", "比较")
_TRADITIONAL = opencc.OpenCC("s2t")


class Article(NamedTuple):
    """One publication, before any database writes it."""

    name: str
    title: str
    english: str
    authors: tuple[str, ...]
    journal: tuple[str, str, str]
    year: int
    volume: int
    issue: int
    start: int
    end: int
    doi: str
    pmid: str
    abstract: str
    english_abstract: str
    kind: str


def read(articles: int = ARTICLES, seed: int = SEED) -> Labelled:
    """The set: `articles` publications in two to four databases each, and their near-twins."""
    chance = random.Random(seed)
    records: list[Record] = []
    clusters: list[str] = []
    for number in range(articles):
        original = _article(chance, number)
        for article in (original, *_twins(chance, original, number)):
            for record in _exported(chance, article, is_original=article is original):
                records.append(record._replace(id=f"c{len(records):05}"))
                clusters.append(article.name)
    order = list(range(len(records)))
    chance.shuffle(order)
    return Labelled(NAME, [records[i] for i in order], [clusters[i] for i in order])


def _article(chance: random.Random, number: int) -> Article:
    treatment, illness = chance.choice(list(_INTERVENTIONS)), chance.choice(list(_CONDITIONS))
    design, form = chance.choice(list(_DESIGNS.items()))
    cases = chance.randrange(40, 400)
    title = f"{treatment}治疗{illness}{f'{cases}例' if chance.random() < 0.3 and 'Meta' not in design else ''}{design}"
    english = form.format(_INTERVENTIONS[treatment], _CONDITIONS[illness])
    start, authors = chance.randrange(2, 900), tuple(_name(chance) for _ in range(chance.randrange(1, 7)))
    year = chance.randrange(2003, 2024)
    return Article(
        f"a{number:04}", title, english[0].upper() + english[1:], authors, chance.choice(_JOURNALS), year,
        year - 1980, chance.randrange(1, 13), start, start + chance.randrange(2, 9),
        f"10.13702/j.{1000 + number}-{chance.randrange(10**6):06}" if chance.random() < 0.5 else "",
        str(20_000_000 + number * 97),
        *_abstracts(chance, treatment, illness, cases), "Journal Article",
    )  # fmt: skip


def _name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2, 2))))


def _abstracts(chance: random.Random, treatment: str, illness: str, cases: int) -> tuple[str, str]:
    aim, weeks = chance.choice(_AIMS), chance.randrange(2, 13)
    rate, other = chance.randrange(75, 98), chance.randrange(50, 75)
    chinese = (
        f"目的：{aim}{treatment}治疗{illness}的临床疗效。方法：将{cases}例{illness}患者随机分为观察组和对照组，"
        f"观察组采用{treatment}治疗，对照组采用常规治疗，疗程{weeks}周，比较两组患者治疗前后的症状评分。"
        f"结果：观察组总有效率为{rate}%，对照组为{other}%，差异有统计学意义(P<0.05)。"
        f"结论：{treatment}治疗{illness}疗效确切，值得临床推广。"
    )
    english = (
        f"OBJECTIVE: To observe the effect of {_INTERVENTIONS[treatment]} on {_CONDITIONS[illness]}. "
        f"METHODS: {cases} patients were randomly divided into an observation group and a control group and treated "
        f"for {weeks} weeks. RESULTS: The total effective rate was {rate}% in the observation group and {other}% in "
        "the control group (P<0.05). CONCLUSION: It is effective."
    )
    return chinese, english


def _twins(chance: random.Random, one: Article, number: int) -> Iterator[Article]:
    """Publications that look like `one` and are not: a kind in turn for every second article."""
    elsewhere = {"start": one.start + 37, "end": one.end + 37, "doi": "", "pmid": str(int(one.pmid) + 13)}
    kind = number % 10
    if kind == 0:
        other = _article(chance, number)
        yield other._replace(
            name=f"{one.name}-next", authors=one.authors, journal=one.journal, year=one.year, **elsewhere
        )
    elif kind == 2:
        yield one._replace(name=f"{one.name}-later", year=one.year + 3, volume=one.volume + 3, **elsewhere)
    elif kind == 4:
        first, second = (
            one._replace(title=f"{one.title}（二）", english=f"{one.english} (Part 2)"),
            {"name": f"{one.name}-part"},
        )
        yield first._replace(**second, issue=one.issue % 12 + 1, **elsewhere)
    elif kind == 6:
        yield one._replace(name=f"{one.name}-abstract", kind="Conference Proceedings", issue=0, **elsewhere)
    elif kind == 8:
        authors = tuple(_name(chance) for _ in one.authors)
        journal = _JOURNALS[(_JOURNALS.index(one.journal) + 3) % len(_JOURNALS)]
        yield one._replace(name=f"{one.name}-others", authors=authors, journal=journal, **elsewhere)


def _exported(chance: random.Random, one: Article, *, is_original: bool) -> list[Record]:
    writers = [_cnki, _wanfang, _vip, _pubmed]
    count = chance.choice((2, 3, 3, 4)) if is_original else chance.choice((1, 1, 2))
    if one.kind != "Journal Article":
        writers, count = [_cnki, _wanfang], 1
    return [writer(chance, one) for writer in chance.sample(writers, count)]


def _cnki(chance: random.Random, one: Article) -> Record:
    is_meeting = one.kind != "Journal Article"
    return Record(
        "", one.title, authors=one.authors, year=one.year,
        journal="中华中医药学会学术年会论文集" if is_meeting else one.journal[0],
        issue="" if is_meeting else f"{one.issue:02}", pages=f"{one.start}-{one.end}", accession="CNKI:0",
        doi=one.doi if chance.random() < 0.5 else "", issn=(one.journal[2],), abstract=one.abstract,
        language="中文", publication_type=one.kind, database="CNKI",
    )  # fmt: skip


def _wanfang(chance: random.Random, one: Article) -> Record:
    has_english = chance.random() < 0.35
    title = one.title.replace("（", "(").replace("）", ")")
    return Record(
        "", title, one.english if has_english else "", one.authors,
        tuple(_roman(name, is_full=True) for name in one.authors) if has_english else (), one.year, one.journal[0],
        str(one.volume), str(one.issue or ""), f"{one.start}-{one.end}{_jump(chance, one)}",
        one.doi if chance.random() < 0.7 else "", issn=(one.journal[2],),
        abstract=one.abstract.replace("目的：", "【目的】").replace("方法：", "【方法】").replace("结果：", "【结果】"),
        language="chi", publication_type=one.kind, database="Wanfang",
    )  # fmt: skip


def _jump(chance: random.Random, one: Article) -> str:
    """An article that goes on elsewhere in the issue: "12-14,33"."""
    return f",{one.end + 3}" if chance.random() < 0.2 else ""


def _vip(chance: random.Random, one: Article) -> Record:
    title = one.title.translate(_FULL_WIDTH)
    if chance.random() < 0.1:
        title = _TRADITIONAL.convert(title)
    spaced = tuple(" ".join(name) if len(name) == 2 else name for name in one.authors)
    return Record(
        "", title, authors=("；".join(spaced),), year=one.year, journal=one.journal[0], volume=str(one.volume),
        issue=f"第{one.issue}期", pages=f"{one.start}~{one.end}", issn=(one.journal[2].replace("-", ""),),
        abstract=one.abstract[: chance.randrange(80, 400)], language="中文", publication_type="期刊论文",
        database="VIP",
    )  # fmt: skip


def _pubmed(chance: random.Random, one: Article) -> Record:
    has_original = chance.random() < 0.3
    return Record(
        "", f"[{one.english}].", one.title if has_original else "", tuple(_roman(name) for name in one.authors), (),
        one.year, one.journal[1], str(one.volume), str(one.issue or ""), _short(one.start, one.end),
        one.doi if chance.random() < 0.8 else "", one.pmid, issn=(one.journal[2],), abstract=one.english_abstract,
        language="chi", publication_type="Journal Article", database="PubMed",
    )  # fmt: skip


_FULL_WIDTH = str.maketrans({**{chr(code): chr(code + 0xFEE0) for code in range(0x30, 0x3A)}, "M": "Ｍ"})


def _roman(name: str, *, is_full: bool = False) -> str:
    sounds: Sequence[str] = pypinyin.lazy_pinyin(name)
    if is_full:
        return f"{sounds[0].upper()} {'-'.join(sounds[1:]).capitalize()}"
    return f"{sounds[0].capitalize()} {''.join(sound[0].upper() for sound in sounds[1:])}"


def _short(start: int, end: int) -> str:
    first, last = str(start), str(end)
    if len(first) != len(last):
        return f"{first}-{last}"
    common = next((place for place in range(len(first)) if first[place] != last[place]), len(first) - 1)
    return f"{first}-{last[common:]}"
