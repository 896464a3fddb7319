"""The folder of a server's Unix sockets: closed to others, and short enough."""

import os
import pathlib
import shutil
import tempfile

from reviews.core.embedded import accounts

# A socket's path holds at most 103 bytes on macOS and 107 on Linux; PostgreSQL's file name takes 18 of them.
LONGEST_FOLDER = 84


def create(wanted: pathlib.Path, account: accounts.Account) -> pathlib.Path:
    """Make the folder, mode 0700, owned by the account; under the temporary folder when its path is too long."""
    if len(os.fsencode(wanted)) > LONGEST_FOLDER:
        wanted = pathlib.Path(tempfile.mkdtemp(prefix="tandem-"))
    shutil.rmtree(wanted, ignore_errors=True)
    wanted.mkdir(mode=0o700, parents=True)
    if not account.is_self:
        os.chown(wanted, account.uid, account.gid)
    return wanted


def remove(folder: pathlib.Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
