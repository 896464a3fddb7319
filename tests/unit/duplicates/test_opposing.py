"""Short edits that make another title of a title."""

import pytest

from reviews.search.duplicates import explain, finding, opposing, text
from reviews.search.duplicates.opposing import ALIKE, OTHER, REVERSED
from reviews.search.duplicates.record import Record

REVERSING = [
    ("Vitamin D and falls in older men: a randomised trial", "Vitamin D and falls in older women: a randomised trial"),
    ("Stenting of symptomatic carotid lamps", "Stenting of asymptomatic carotid lamps"),
    ("Outcome of hypoglycaemia in lamp keepers", "Outcome of hyperglycaemia in lamp keepers"),
    ("Outcome of hypoglycemia in lamp keepers", "Outcome of hyperglycaemia in lamp keepers"),
    ("Preoperative lamps and pain", "Postoperative lamps and pain"),
    ("Course of treated lamp fever", "Course of untreated lamp fever"),
    ("Lamps for primary prevention of falls", "Lamps for secondary prevention of falls"),
    ("Lamps with cortisone for glare", "Lamps without cortisone for glare"),
    ("Lamps and muscular abduction at night", "Lamps and muscular adduction at night"),
    ("Macrovascular damage by lamps", "Microvascular damage by lamps"),
    ("Lamps are effective in keepers with glare", "Lamps are not effective in keepers with glare"),
    ("Insulin dependent lamp keepers in Oslo", "Non insulin dependent lamp keepers in Oslo"),
    ("Intracranial glare of lamps", "Extracranial glare of lamps"),
    ("Maternal lamps and sleep of infants", "Paternal lamps and sleep of infants"),
    ("男性灯塔看守人骨质疏松的随机对照研究", "女性灯塔看守人骨质疏松的随机对照研究"),
    ("术前照明对疼痛的影响", "术后照明对疼痛的影响"),
    ("有症状颈动脉狭窄的照明治疗", "无症状颈动脉狭窄的照明治疗"),
    ("灯光对依从性患者的疗效观察", "灯光对非依从性患者的疗效观察"),
    ("原发性眩光的临床分析", "继发性眩光的临床分析"),
]
OTHERS = [
    ("Lamps for keepers in Norway", "Lamps for keepers in Sweden"),
    ("Effect of glare on sailors: a survey", "Effect of glare on farmers: a survey"),
    ("照明对高血糖的影响研究", "照明对高血脂的影响研究"),
]
SAME = [
    ("Behaviour of haemophilic keepers randomised to lamps", "Behavior of hemophilic keepers randomized to lamps"),
    ("Oesophageal tumours and the colour of lamps", "Esophageal tumors and the color of lamps"),
    ("Postoperative glare of lamps", "Post operative glare of lamps"),
    ("Lamps versus candles in keepers", "Lamps vs. candles in keepers"),
    ("Recombinant lamps for anaemia", "Recombinnat lamps for anemia"),
    ("Effects of lamps on the keeper", "Effect of lamps on keepers"),
    ("Lamps in keepers [abstract no: 134]", "Lamps in keepers"),
    ("Lamps in keepers: a randomised trial", "Lamps in keepers"),
    ("灯塔照明的临床研究", "灯塔照明临床研究"),
    ("黏膜照明的疗效", "粘膜照明的疗效"),
]


def _of(one: str, other: str) -> int:
    found = opposing.of(text.words(one), text.words(other))
    assert found == opposing.of(text.words(other), text.words(one))
    return found


@pytest.mark.parametrize(("one", "other"), REVERSING)
def test_what_reverses_a_title(one: str, other: str) -> None:
    assert _of(one, other) == REVERSED


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_puts_another_word(one: str, other: str) -> None:
    assert _of(one, other) == OTHER


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_databases_write_in_two_ways(one: str, other: str) -> None:
    assert _of(one, other) == ALIKE


@pytest.mark.parametrize(("one", "other"), REVERSING + OTHERS)
@pytest.mark.parametrize("pages", [("", ""), ("101-9", "110-19"), ("12", "")])
def test_companion_papers_are_at_most_proposed(one: str, other: str, pages: tuple[str, str]) -> None:
    people = ("Kell, A", "Moor, B", "Lane, C")
    pair = [
        Record(place, title, "", people, (), 2010, "Lancet Lamps", "12", "", page)
        for place, (title, page) in enumerate(zip((one, other), pages, strict=True))
    ]
    assert finding.find(pair).joins == []


@pytest.mark.parametrize(("one", "other"), SAME)
def test_nothing_speaks_against_spellings_of_one_title(one: str, other: str) -> None:
    people = ("Kell, A", "Moor, B", "Lane, C")
    pair = [
        Record(place, title, "", people, (), 2010, "Lancet Lamps", "12", "3", "101-9")
        for place, title in enumerate((one, other))
    ]
    assert explain.pair(*pair).objections == ()
