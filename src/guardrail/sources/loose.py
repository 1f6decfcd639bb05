"""
Objects that stand in files of their own, as git leaves them until it packs them.

git takes 50 µs for each, and this 7: thousands of files that were committed here, and not cloned, would make people
wait. Whatever is odd about one is left to git to say.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final, Optional

from guardrail.sources.locate import shared_dir

_FOLDER: Final = re.compile(r"[0-9a-f]{2}")
_MOST: Final = 50_000
"""How many of them are looked up. git packs them from some 7,000 on."""

_HEADER: Final = 32
"""More bytes than `blob <size>` and a zero have."""

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Loose:
    """The loose objects of a repository: those of its own, not of others that it borrows from."""

    def __init__(self, git_dir: Path) -> None:
        self._folder = str(shared_dir(git_dir) / "objects")
        self._ids: Optional[frozenset[str]] = None

    def ids(self) -> frozenset[str]:
        """Return their ids, as they were when this was first asked; none where there are too many."""
        if self._ids is None:
            found = frozenset(islice(_listed(self._folder), _MOST + 1))
            self._ids = found if len(found) <= _MOST else frozenset()
        return self._ids

    def blob(self, identity: str, limit: int) -> Optional[bytes]:
        """Return a blob of up to so many bytes, None where git is to be asked."""
        try:
            descriptor = os.open(f"{self._folder}/{identity[:2]}/{identity[2:]}", _FLAGS)
            try:
                packed = os.read(descriptor, min(os.fstat(descriptor).st_size, limit + _HEADER))
            finally:
                os.close(descriptor)
            engine = zlib.decompressobj()
            header, _, data = engine.decompress(packed, limit + _HEADER).partition(b"\0")
        except (OSError, zlib.error):
            return None
        whole = engine.eof and len(data) <= limit and header == b"blob %d" % len(data)
        return data if whole else None


def _listed(folder: str) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as folders:
        for each in folders:
            if _FOLDER.fullmatch(each.name):
                with os.scandir(each) as files:
                    yield from (each.name + file.name for file in files)
