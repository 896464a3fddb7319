"""Chinese is found and sorted by how it sounds; a language that no file says is told by the script."""

import pytest

from reviews.search import selectors
from reviews.search.selectors import Order, Wanted
from tests import imports
from tests import world as worlds
from tests.world import World

ENTRIES = (
    {"title": "针灸治疗失眠的随机对照试验", "author": "王小明", "year": 2021},
    {"title": "慢性头痛的观察", "author": "单青", "year": 2001},
    {"title": "Sleep of a man", "author": "Ahlberg, Ove", "year": 2019},
    {"title": "睡眠の研究について", "author": "欧阳, 修", "year": 2015},
    {"title": "Nobody wrote this"},
)


@pytest.fixture
def library(world: World) -> World:
    worlds.upload(world, imports.ris(ENTRIES), "made.ris")
    return world


def numbers(world: World, order: Order = Order.NUMBER, **wanted: str) -> list[int]:
    return [one.number for one in selectors.references(world.rea, Wanted(**wanted), order)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("zhenjiu", [1]),
        ("shimian zhenjiu", [1]),
        ("Wang Xiaoming", [1]),
        ("wangxiaoming", [1]),
        ("shan", [2]),
        ("man", [3]),
        ("manxing toutong", [2]),
        ("ouyang", [4]),
        ("zhenjiu OR ouyang", [1, 4]),
    ],
)
def test_chinese_is_found_by_its_pinyin(library: World, words: str, expected: list[int]) -> None:
    assert numbers(library, words=words) == expected


def test_first_authors_are_sorted_chinese_ones_by_pinyin(library: World) -> None:
    assert numbers(library, Order.AUTHOR) == [3, 4, 2, 1, 5]


def test_the_script_tells_the_language(library: World) -> None:
    assert numbers(library, language="Chinese") == [1, 2]
    assert numbers(library, language="Japanese") == [4]
    assert numbers(library, language=selectors.NOT_GIVEN) == [3, 5]
