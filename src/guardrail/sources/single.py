"""One file that a run was given by name, wherever it is: a report or a plan that some other program wrote."""

from __future__ import annotations

from pathlib import Path

from guardrail.errors import UsageError


def single(path: Path, limit: int, hint: str) -> bytes:
    """
    Return the bytes of a file, of a pipe as well. What cannot be read is a `UsageError`; `hint` says what to give.

    No more than `limit` bytes and one more are read, so that the reader can tell that there are too many.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
