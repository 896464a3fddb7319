"""CPU seconds and memory of one piece of work."""

import statistics
import time
import tracemalloc
from collections.abc import Callable

ENOUGH = 0.6
FEWEST, MOST = 3, 200


def cpu_seconds(work: Callable[[], object], enough: float = ENOUGH) -> float:
    """The median over repetitions, after one to warm up; at least three, and until `enough` seconds are used."""
    work()
    taken: list[float] = []
    while len(taken) < FEWEST or (sum(taken) < enough and len(taken) < MOST):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def once(work: Callable[[], object]) -> float:
    """A single run, for what takes long."""
    start = time.process_time()
    work()
    return time.process_time() - start


def peak_megabytes(work: Callable[[], object]) -> float:
    """The most memory that the work held at a time, its result included."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
