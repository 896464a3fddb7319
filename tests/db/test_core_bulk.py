"""Rows written by COPY meet every rule that rows written one by one meet."""

import pytest
from django.db import IntegrityError, transaction

from reviews.core import bulk
from reviews.search.models import Key, Record, RecordIndex
from tests import world as worlds
from tests.world import World


@pytest.fixture
def record(world: World) -> Record:
    worlds.upload(world, b"TY  - JOUR\nTI  - A made title with a tab\tand a \\N in it\nER  - \n")
    return Record.objects.get()


def test_keys_are_taken_in_rising_order_and_never_twice(world: World) -> None:
    first, second = bulk.take_ids(Record, 3), bulk.take_ids(Record, 2)
    assert sorted({*first, *second}) == [*first, *second]


def test_what_means_something_to_copy_is_stored_as_it_stands(record: Record) -> None:
    assert record.title == "A made title with a tab and a \\N in it"
    assert "A made title with a tab\tand a \\N in it" in record.raw


def test_a_column_that_is_left_out_is_refused(record: Record) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.store(RecordIndex, ["record", "review"], [(record.pk, record.review_id)])


def test_a_key_without_its_record_is_refused(record: Record) -> None:
    with pytest.raises(IntegrityError, match="does not have"), transaction.atomic():
        bulk.store(Key, ["review", "hash", "record"], [(record.review_id, 1, record.pk), (record.review_id, 1, 0)])


def test_a_key_in_another_review_than_its_record_is_refused(record: Record) -> None:
    with pytest.raises(IntegrityError, match="does not have"), transaction.atomic():
        Key.objects.create(review_id=record.review_id + 1, hash=1, record_id=record.pk)
    with pytest.raises(IntegrityError, match="does not have"), transaction.atomic():
        Key.objects.filter(record=record).update(review_id=record.review_id + 1)
