"""Chunks that are read ahead: in order, whole, and given up without a trace."""

import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from reviews.search import rules
from reviews.search.formats import parsed
from reviews.search.services import readying


def items(count: int) -> Iterator[parsed.Item]:
    for position in range(1, count + 1):
        if position % 5 == 0:
            yield parsed.Refused(position, position, "", "Nothing says what it is.")
        else:
            yield parsed.ParsedRecord(
                position, position, "raw", title=f"Made title {position}", tags={"ZZ": ("a", "b")}
            )


@pytest.fixture(autouse=True)
def chunks_of_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHUNK", 7)


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 50])
def test_every_item_comes_once_and_in_order(count: int) -> None:
    found = list(readying.chunks(items(count)))
    assert [chunk.position for chunk in found] == [*range(7, count, 7), count][: len(found)]
    places = sorted(
        [row[0] for chunk in found for row in chunk.rows] + [one.position for c in found for one in c.refused]
    )
    assert places == list(range(1, count + 1))
    assert all(len(chunk.rows) == len(chunk.entries) == len(chunk.hashes) for chunk in found)


def test_what_a_reader_refuses_late_is_raised_where_it_comes() -> None:
    def broken() -> Iterator[parsed.Item]:
        yield from items(10)
        raise parsed.FormatError("Line 99 is damaged.")

    found = readying.chunks(broken())
    assert next(found).position == 7
    with pytest.raises(parsed.FormatError, match="Line 99"):
        list(found)


def test_nothing_is_left_behind_by_who_gives_up() -> None:
    turn, threads = sys.getswitchinterval(), threading.active_count()
    with closing(readying.chunks(items(1000))) as chunks:
        next(chunks)
        assert sys.getswitchinterval() == pytest.approx(readying.TURN)
    assert sys.getswitchinterval() == pytest.approx(turn)
    assert threading.active_count() == threads


def test_rows_hold_lists_and_tags_as_json() -> None:
    [chunk] = readying.chunks(items(1))
    values = dict(zip(readying.STORED, chunk.rows[0], strict=True))
    assert (values["title"], values["authors"], values["tags"]) == ("Made title 1", "[]", '{"ZZ": ["a", "b"]}')
