"""How time and memory grow with the number of records: ``python -m tests.bench.growth 100000 [workers]``.

Made records: titles from a word list with a long tail, journals, authors and places that collide as real ones do, and
three in ten noisy copies. For growth only; whether the joins are right says `tests.bench.duplicates`.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from reviews.search.duplicates import finding, keys, prepare
from reviews.search.duplicates.record import Record

_PIECES = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo the car neu gly ost hem cor pul tri lum"
_SYLLABLES = _PIECES.split()


class Growth(NamedTuple):
    """`cpu` and `wall` in seconds, of this process and its workers; `peak` resident memory in MB; `copies` made."""

    records: int
    copies: int
    compared: int
    removed: int
    cpu: float
    wall: float
    peak: float


def made(count: int, seed: int = 7) -> Iterator[Record]:
    """`count` records, three in ten of them copies of one of the last ten thousand."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randrange(1, 5))) for _ in range(30_000)]
    weights = [1 / (place + 20) for place in range(len(words))]
    cumulative = list(accumulate(weights))
    recent: list[Record] = []
    for number in range(count):
        if recent and chance.random() < 0.3:
            yield _noisy(chance, chance.choice(recent), number)
            continue
        drawn = chance.choices(words, cum_weights=cumulative, k=chance.randrange(70, 110))
        one = _original(chance, drawn, number)
        if len(recent) < 10_000:
            recent.append(one)
        else:
            recent[chance.randrange(10_000)] = one
        yield one


def _original(chance: random.Random, drawn: list[str], number: int) -> Record:
    length, start = chance.randrange(6, 17), chance.randrange(2, 3000)
    names = tuple(f"{drawn[place].capitalize()} {drawn[place + 1][0].upper()}" for place in range(20, 28, 2))
    year = chance.randrange(1990, 2025)
    return Record(
        number, " ".join(drawn[:length]).capitalize(), authors=names, year=year, journal=f"J {drawn[-1]} {drawn[-2]}",
        volume=str(year - 1970), issue=str(chance.randrange(1, 13)), pages=f"{start}-{start + 9}",
        doi=f"10.{1000 + number % 997}/x.{number}" if chance.random() < 0.6 else "",
        abstract=" ".join(drawn) * 2,
    )  # fmt: skip


def _noisy(chance: random.Random, one: Record, number: int) -> Record:
    title = one.title if chance.random() < 0.7 else one.title.upper() + "."
    if chance.random() < 0.1:
        place = chance.randrange(len(title))
        title = title[:place] + title[place + 1 :]
    return one._replace(
        id=number, title=title, doi=one.doi if chance.random() < 0.5 else "",
        pages=one.pages if chance.random() < 0.8 else "", abstract=one.abstract if chance.random() < 0.8 else "",
        authors=("; ".join(one.authors),) if chance.random() < 0.5 else one.authors,
    )  # fmt: skip


class _Timed:
    """Records made a thousand at a time, with the CPU seconds that took."""

    def __init__(self, count: int) -> None:
        self.seconds = 0.0
        self._left = made(count)

    def __iter__(self) -> Iterator[Record]:
        while True:
            start = time.process_time()
            some = list(islice(self._left, 1000))
            self.seconds += time.process_time() - start
            if not some:
                return
            yield from some


def measure(count: int, workers: int = 1) -> Growth:
    """Find the duplicates of `count` made records; the CPU time of making them is not counted."""
    start, cpu, records = time.perf_counter(), _cpu(), _Timed(count)
    found = finding.find(records, workers=workers)
    removed = sum(len(group) - 1 for group in found.clusters)
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    spent, wall = _cpu() - cpu - records.seconds, time.perf_counter() - start
    return Growth(count, int(count * 0.3), found.compared, removed, spent, wall, peak)


def incremental(old: int, new: int) -> tuple[int, float]:
    """Match the last `new` of `old` + `new` made records against the others, as an import does.

    Gives how many old records share a key with a new one, and the CPU seconds for keys, comparing and grouping; the
    look-up of the keys is the database's and is not counted.
    """
    records = list(made(old + new))
    stored, arriving = records[:old], records[old:]
    wanted = {number for one in arriving for number in keys.hashes(prepare.record(one))}
    candidates = [one for one in stored if not wanted.isdisjoint(keys.hashes(prepare.record(one)))]
    start = time.process_time()
    for one in arriving:
        keys.hashes(prepare.record(one))
    finding.match_new(arriving, candidates)
    return len(candidates), time.process_time() - start


def _cpu() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def line(one: Growth) -> str:
    return (
        f"{one.records:>10,} records {one.compared:>11,} pairs {one.removed:>9,} joined of {one.copies:,} "
        f"{one.cpu:>7.1f} CPU s {one.wall:>7.1f} s {one.records / one.cpu:>8,.0f} records/CPU s {one.peak:>7,.0f} MB"
    )


def main() -> None:
    sizes = [int(value) for value in sys.argv[1:2]] or [10_000, 100_000, 1_000_000]
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for size in sizes:
        print(line(measure(size, workers)), flush=True)
    found, seconds = incremental(90_000, 10_000)
    print(f"10,000 new records against the {found:,} of 90,000 that share a key: {seconds:.1f} CPU s")


if __name__ == "__main__":
    main()
