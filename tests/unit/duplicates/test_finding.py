"""Pairs that must join, that must be proposed, and that must stay apart."""

import itertools

import pytest

from reviews.search.duplicates import finding, keys, prepare
from reviews.search.duplicates.bands import Band, Thresholds
from reviews.search.duplicates.record import Id, Record
from reviews.search.duplicates.table import build

ABSTRACT = (
    "BACKGROUND: Zinc deficiency is common in children who do not grow. METHODS: We randomised 212 children to zinc or "
    "placebo for twelve weeks and measured their height. RESULTS: Children given zinc grew 3 mm more."
)
PAPER = Record(
    "a",
    title="Zinc supplementation and growth of undernourished children in rural Bangladesh",
    authors=("Feldman, G. M.", "Kloner, R. A.", "Okafor, I. M."),
    year=2015,
    journal="Journal of Nutrition",
    volume="145",
    issue="3",
    pages="512-519",
    doi="10.1000/jn.2015.77",
    pmid="25733490",
    abstract=ABSTRACT,
)
CHINESE = Record(
    "a",
    title="针刺治疗偏头痛的多中心随机对照研究",
    authors=("张仲景", "李时珍", "王伟"),
    year=2012,
    journal="中国针灸",
    issue="04",
    pages="295-299",
    accession="CNKI:0",
    issn=("0255-2930",),
    abstract="目的：观察针刺治疗偏头痛的临床疗效。方法：将120例偏头痛患者随机分为观察组和对照组，疗程4周，比较两组患者的症状评分。",
)


def other(one: Record = PAPER, **changes: object) -> Record:
    return one._replace(id="b", **changes)  # type: ignore[arg-type]


def band(one: Record, two: Record) -> Band:
    found = finding.find([one, two])
    if found.clusters:
        return Band.JOIN
    return Band.PROPOSE if found.proposals else Band.APART


@pytest.mark.parametrize(
    "copy",
    [
        other(),
        other(title=PAPER.title.upper(), authors=("FeldmanG.M.KlonerR.A.OkaforI.M.",), pmid="", journal="J Nutr"),
        other(doi="", pmid="", pages="512-9", authors=("Feldman GM", "Kloner RA"), abstract=""),
        other(
            doi="http://dx.doi.org/10.1000/JN.2015.77", pmid="", year=2014, volume="", issue="", pages="", abstract=""
        ),
        other(doi="", pmid="", volume="", issue="", pages="", journal="J Nutr. 2015 Mar;145(3):512-9", abstract=""),
        other(doi="", pmid="", title=PAPER.title + ". [Review] [41 refs]", pages="Suppl-519"),
        other(doi="", pmid="", pages="512-519", title=PAPER.title.replace("Zinc", "ZincÂ®")),
    ],
)
def test_copies_of_one_paper_are_joined(copy: Record) -> None:
    assert band(PAPER, copy) is Band.JOIN


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Erratum: " + PAPER.title, "pages": "702", "doi": "", "pmid": "", "abstract": ""},
        {"title": "Reply to: " + PAPER.title, "pages": "703", "doi": "", "pmid": "", "abstract": ""},
        {"title": PAPER.title + ": study protocol", "year": 2013, "pages": "12", "volume": "9", "doi": "", "pmid": ""},
        {"title": PAPER.title + ", part 2", "pages": "520-527", "doi": "10.1000/jn.2015.78", "pmid": "25733491"},
        {"year": 2018, "volume": "148", "pages": "77-84", "doi": "", "pmid": ""},
        {"volume": "145 Suppl 1", "issue": "", "pages": "S31", "doi": "", "pmid": "", "abstract": ""},
        {"journal": "FASEB Journal", "volume": "29", "pages": "A12", "doi": "", "pmid": "", "issue": "S1"},
        {"pmid": "25733499", "doi": ""},
        {"doi": "10.1000/other.1", "pmid": "", "pages": "88-95"},
        {"title": PAPER.title.replace("children", "adults"), "pages": "520-527", "doi": "", "pmid": "", "abstract": ""},
        {"authors": ("Miller, A.", "Santos, B."), "doi": "", "pmid": "", "pages": "800-807"},
        {"title": "", "doi": "", "pmid": ""},
        {"title": "Zinc in Kindern: eine randomisierte Studie in Bangladesch", "doi": "", "pmid": ""},
    ],
)
def test_what_only_looks_like_the_paper_is_never_joined(changes: dict[str, object]) -> None:
    assert band(PAPER, other(**changes)) is not Band.JOIN


def test_abstracts_of_one_supplement_share_a_doi_and_stay_apart() -> None:
    one = PAPER._replace(title="Insulin and the liver in obese rats after a year", pages="S12", pmid="", abstract="")
    two = other(title="Exercise in children with asthma at high altitude", pages="S12", pmid="", abstract="")
    assert band(one, two) is not Band.JOIN


def test_serial_titles_stay_apart() -> None:
    series = [
        Record(
            n,
            "Editorial introduction",
            authors=("Zwass, V.",),
            year=2005,
            journal="J MIS",
            volume="22",
            issue=str(n),
            pages="5-7",
        )
        for n in range(1, 5)
    ]
    assert not finding.find(series).clusters


def test_repeating_accession_numbers_are_no_identity() -> None:
    one = Record(1, "针灸治疗慢性失眠的临床观察", accession="CNKI:0")
    two = Record(2, "阿托伐他汀治疗冠心病的疗效", accession="CNKI:0")
    found = finding.find([one, two])
    assert (found.clusters, found.proposals) == ([], [])


@pytest.mark.parametrize(
    "copy",
    [
        other(CHINESE, authors=("张仲景；李时珍；王 伟",), volume="32", issue="第4期", pages="295~299", accession=""),
        other(CHINESE, title="針刺治療偏頭痛的多中心隨機對照研究", issn=("02552930",), abstract=""),
        other(
            CHINESE,
            title="针刺治疗偏头痛的多中心随机对照研究。",
            volume="32",
            original_title="Acupuncture for migraine",
        ),
    ],
)
def test_chinese_copies_are_joined(copy: Record) -> None:
    assert band(CHINESE, copy) is Band.JOIN


@pytest.mark.parametrize(
    "changes",
    [
        {"title": CHINESE.title + "（二）", "pages": "300-304"},
        {"year": 2015, "pages": "95-99"},
        {"authors": ("刘备", "关羽"), "pages": "411-415"},
        {"title": "针刺治疗失眠症的多中心随机对照研究", "pages": "300-304", "abstract": ""},
        {"publication_type": "Conference Proceedings", "issue": "", "pages": "51-52", "journal": "学术年会论文集"},
    ],
)
def test_chinese_near_twins_are_never_joined(changes: dict[str, object]) -> None:
    assert band(CHINESE, other(CHINESE, **changes)) is not Band.JOIN


ENGLISH = Record(
    "b",
    title="[Acupuncture for migraine: a multicenter randomized controlled trial].",
    authors=("Zhang ZJ", "Li SZ", "Wang W"),
    year=2012,
    journal="Zhongguo Zhen Jiu",
    volume="32",
    issue="4",
    pages="295-9",
    pmid="22734374",
    issn=("0255-2930",),
)


def test_the_english_counterpart_is_proposed_and_joined_when_the_doi_proves_it() -> None:
    assert band(CHINESE, ENGLISH) is Band.PROPOSE
    assert band(CHINESE._replace(doi="10.1000/zj.4"), ENGLISH._replace(doi="10.1000/ZJ.4")) is Band.JOIN
    parallel = CHINESE._replace(original_title=ENGLISH.title, pages="", issn=())
    assert band(parallel, ENGLISH) is Band.PROPOSE


def test_a_chain_does_not_join_two_records_that_contradict_each_other() -> None:
    bare = PAPER._replace(id="bare", doi="", pmid="")
    two = other(pmid="99999999", doi="")
    found = finding.find([PAPER, bare, two])
    assert [set(group) for group in found.clusters] in ([{"a", "bare"}], [{"b", "bare"}])
    assert [pair for pair in found.proposals if pair.band is Band.PROPOSE]


def test_a_person_who_said_apart_is_obeyed() -> None:
    found = finding.find([PAPER, other()], apart=[("b", "a")])
    assert (found.clusters, found.proposals, found.joins) == ([], [], [])


def test_the_order_of_records_changes_nothing() -> None:
    records = [
        PAPER,
        other(),
        other(doi="", pmid="")._replace(id="c"),
        CHINESE._replace(id="d"),
        ENGLISH._replace(id="e"),
    ]
    found = {frozenset(map(frozenset, finding.find(order).clusters)) for order in itertools.permutations(records)}
    assert found == {frozenset({frozenset({"a", "b", "c"})})}


def test_processes_change_nothing() -> None:
    records = [PAPER, other(), CHINESE._replace(id="d"), ENGLISH._replace(id="e")]
    assert finding.find(records, workers=2) == finding.find(records)


def test_nothing_and_one_record() -> None:
    assert finding.find([]) == finding.Result([], [], [], 0)
    assert finding.find([PAPER]) == finding.Result([], [], [], 0)


def test_thresholds_move_pairs_between_bands() -> None:
    assert finding.find([CHINESE, ENGLISH]).proposals
    assert not finding.find([CHINESE, ENGLISH], Thresholds(join=0.8, propose=0.7)).proposals


def test_new_records_join_old_references_and_leave_them_alone() -> None:
    old = [PAPER, other(doi="", pmid=""), CHINESE._replace(id="d")]
    groups: dict[Id, Id] = {"a": "R1", "b": "R1", "d": "R2"}
    new = [
        PAPER._replace(id="n1", pmid=""),
        ENGLISH._replace(id="n2"),
        Record("n3", "Something that nobody has written yet"),
    ]
    found = finding.match_new(build(new), build(old), groups)
    assert [set(group) for group in found.clusters] == [{"n1", "a", "b"}]
    assert [(pair.one, pair.other) for pair in found.proposals] == [("n2", "d")]


def test_old_records_are_not_compared_among_themselves() -> None:
    found = finding.match_new(
        build([Record("n", "Quite another title that shares nothing at all")]), build([PAPER, other()])
    )
    assert (found.clusters, found.compared) == ([], 0)


def test_the_earlier_decision_stands_against_a_new_import() -> None:
    found = finding.match_new(build([other()]), build([PAPER]), {"a": "R1"}, apart=[("a", "b")])
    assert (found.clusters, found.proposals) == ([], [])


def test_an_old_group_stays_whole_though_its_members_contradict_each_other() -> None:
    old = [PAPER, PAPER._replace(id="x", pmid="11111111", doi="")]
    found = finding.match_new(
        build([Record("n", "A title that shares nothing with the others here")]), build(old), {"a": "R", "x": "R"}
    )
    assert [set(group) for group in found.clusters] == [{"a", "x"}]


def test_a_copy_shares_a_stored_key_and_the_numbers_never_change() -> None:
    ours, theirs = (
        set(keys.hashes(prepare.record(one))) for one in (PAPER, other(doi="", pmid="", title="", year=2015))
    )
    assert ours & theirs
    assert keys.of(prepare.record(Record(1, doi="10.1000/abc"))) == [keys.Key(keys.Kind.DOI, 382118253858843)]
    assert all(0 < key.hash < 2**63 and key.kind == key.hash >> 48 for key in keys.of(prepare.record(CHINESE)))
    assert keys.of(prepare.record(Record(1))) == []
