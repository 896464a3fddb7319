"""Run works at the same moment, each in a thread and on a database connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from reviews.core.refusals import Refusal


def at_once(*works: Callable[[], object]) -> list[object]:
    """Results or refusals, in the order of ``works``."""
    barrier = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def go(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = work()
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=go, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
