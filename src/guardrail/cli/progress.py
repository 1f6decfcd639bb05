"""Progress of long work: one line on a terminal's standard error, gone when the work is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from guardrail.run import silent

PATIENCE: Final = 1.0
"""How many seconds a person waits without wondering. What is done by then shows nothing."""

_EVERY: Final = 0.1
_CLEAR: Final = "\r\x1b[2K"


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told (stage, done, total). Silent unless standard error is a terminal."""
    line = _Line(sys.stderr)
    try:
        yield line.show if sys.stderr.isatty() else silent
    finally:
        line.clear()


class _Line:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = time.monotonic() + PATIENCE
        self._shown = False

    def show(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._stream.write(f"{_CLEAR}{stage}: {done:,} of {total:,} units")
            self._stream.flush()
            self._next = now + _EVERY
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()
