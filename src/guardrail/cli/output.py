"""Where a report goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Optional

import click

from guardrail.model.dataclass import dataclass
from guardrail.model.report import Report

_PIPE_CLOSED: Final = 141
"""As the shell reports a process that SIGPIPE ended."""


_NARROW: Final = 60
_WIDE: Final = 160


@dataclass(frozen=True, slots=True)
class Sink:
    """A format and the file that it goes to, None for standard output."""

    style: str
    file: Optional[Path]

    @classmethod
    def pair(cls, styles: Sequence[str], files: Sequence[Path]) -> tuple[Sink, ...]:
        """Return the n-th format with the n-th file. At most one may go to standard output."""
        if len(files) > len(styles):
            raise click.UsageError(f"{len(files)} times --output, but {len(styles)} times --format.")
        sinks = tuple(cls(style, files[index] if index < len(files) else None) for index, style in enumerate(styles))
        if sum(sink.file is None for sink in sinks) > 1:
            raise click.UsageError("two formats would be printed into each other; give each --format its --output.")
        return sinks


def emit(report: Report, sinks: Sequence[Sink], color: Optional[bool]) -> None:
    """Render the report for each sink and write it."""
    from guardrail.report import REPORTERS

    for sink in sinks:
        text = REPORTERS[sink.style](report, colorful(color, sink.file), columns(sink.file))
        write(text, sink.file)


def colorful(wish: Optional[bool], file: Optional[Path] = None) -> bool:
    """Whether to colour what goes to a file, else to standard output: as wished, else in a terminal, if it may be."""
    if wish is not None:
        return wish
    return file is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def columns(file: Optional[Path] = None) -> int:
    """Return how wide a report may be: what the terminal has, within reason; elsewhere always the same."""
    from guardrail.report.page import WIDTH

    if file is not None or not sys.stdout.isatty():
        return WIDTH
    import shutil

    return min(max(shutil.get_terminal_size((WIDTH, 0)).columns, _NARROW), _WIDE)


def write(text: str, file: Optional[Path]) -> None:
    """Write text as UTF-8 whatever the locale is: reports have the same bytes everywhere."""
    data = text.encode("utf-8", "backslashreplace")
    if file is None:
        _print(data)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"cannot write {file}: {error.strerror}.") from error


def _print(data: bytes) -> None:
    """
    Write to standard output; whoever reads it may have seen enough (`guardrail graph | head`).

    Where it cannot take all of it (a full disk), the outermost frame says so: a report without its end is none.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # click would end with 1, and 1 means `blocked`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # closing stdout must not complain again
        sys.exit(_PIPE_CLOSED)
