"""The bytes of imported files: hashed as a stream, kept under their digest, opened again."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from reviews.core.refusals import Refusal


def digest(file: "File[bytes]") -> str:
    """SHA-256 of a file, read in blocks."""
    summing = hashlib.sha256()
    for block in file.chunks():
        summing.update(block)
    return summing.hexdigest()


def stream(file: "File[bytes]") -> BinaryIO:
    """The seekable stream under Django's file, from its start."""
    file.seek(0)
    return cast(BinaryIO, file.file)


def keep(file: "File[bytes]", sha256: str) -> str:
    """Store the bytes and return their name: ``imports/<sha256>``.

    The storage never writes over a file: half a file left by a crash only makes the next name a longer one,
    and no row points to it.
    """
    file.seek(0)
    return default_storage.save(f"imports/{sha256}", file)


def is_kept(stored_as: str, size: int) -> bool:
    return default_storage.exists(stored_as) and default_storage.size(stored_as) == size


@contextmanager
def opened(stored_as: str, file_name: str) -> Iterator[BinaryIO]:
    """The kept bytes as a seekable stream."""
    with kept(stored_as, file_name) as file:
        yield stream(file)


def kept(stored_as: str, file_name: str) -> "File[bytes]":
    """The kept bytes as a file; the caller closes it."""
    try:
        return default_storage.open(stored_as, "rb")
    except FileNotFoundError as error:
        raise Refusal(
            f"The kept bytes of {file_name} are not in the server's file store ({stored_as}). Ask whoever runs "
            "the server to restore them from the backup, then start the job again."
        ) from error
