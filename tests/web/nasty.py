"""What people, scripts and broken clients send. Shared by the tests that send it everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

TEXTS = (
    "",
    "be\x00fore",
    "9" * 30,
    "9" * 5000,
    "-1",
    "1e999",
    "NaN",
    "٣",
    "0000-00-00",
    "<script>alert(1)</script>",
    "\u202eltr {0} %s {{ x }} =1+1",
    "x" * 3000,
    "a" * 250 + "@example.org",
)


@contextmanager
def undone() -> Iterator[None]:
    """Everything written within is rolled back, also after the database has refused a statement."""
    block = transaction.atomic()
    block._from_testcase = True  # as in Django's own TestCase: services may open their durable transactions inside
    with block:
        yield
        transaction.set_rollback(True)
