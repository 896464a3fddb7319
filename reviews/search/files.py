"""The bytes of imported files: hashed as a stream, kept under their digest, opened again."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from reviews.core.refusals import Refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class GoneError(Refusal):
    """Bytes that a row points to are not in the store: forgotten by somebody a moment ago, or really lost."""


# Where the parts of uploads wait for the rest.
PARTS = "uploads"
Teller = Callable[[int], None]


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
        raise GoneError(
            f"The kept bytes of {file_name} are not in the server's file store ({stored_as}). Ask whoever runs "
            "the server to restore them from the backup, then start the job again."
        ) from error


def forget(stored_as: str) -> None:
    """Delete kept bytes; gone already is as good."""
    default_storage.delete(stored_as)


def parts(*, older_than: datetime) -> Iterator[str]:
    """The names of kept parts of uploads that were written before a time."""
    try:
        names = default_storage.listdir(PARTS)[1]
    except FileNotFoundError:
        return
    for name in names:
        stored_as = f"{PARTS}/{name}"
        if default_storage.get_modified_time(stored_as) < older_than:
            yield stored_as


class _Watched(io.RawIOBase):
    def __init__(self, stream: BinaryIO, tell: Teller) -> None:
        self._stream, self._tell, self._read = stream, tell, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, target: "WriteableBuffer") -> int:
        with memoryview(target) as view, view.cast("B") as octets:
            found = self._stream.read(len(octets))
            octets[: len(found)] = found
        self._read += len(found)
        self._tell(self._read)
        return len(found)


def watched(stream: BinaryIO, tell: Teller) -> BinaryIO:
    """The same bytes; ``tell`` hears now and then how many were read, all passes over the file together."""
    return cast(BinaryIO, io.BufferedReader(_Watched(stream, tell), 1 << 18))
