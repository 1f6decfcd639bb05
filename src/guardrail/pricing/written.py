"""
Putting a book in the place of another one, as a whole or not at all.

Whoever reads while it is written, and whoever comes after a machine has lost its power, finds the old book or the new
one. A folder cannot be replaced in one step everywhere, so the old one steps aside, and comes back where the new one
did not arrive.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from guardrail.errors import GuardrailError


def write(files: Mapping[str, bytes], into: Path) -> None:
    """Write a book. Raises `GuardrailError` where that fails; the old one is there then, as it was."""
    fresh, aside = into.with_name(f"{into.name}.new"), into.with_name(f"{into.name}.old")
    recover(into)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        for path, data in files.items():
            _written(fresh / path, data)
        if into.exists():
            into.rename(aside)
        fresh.rename(into)
    except OSError as error:
        recover(into)
        shutil.rmtree(fresh, ignore_errors=True)
        raise GuardrailError(
            f"the price book cannot be written: {error.strerror}", hint="the one that was there is as it was"
        ) from error
    shutil.rmtree(aside, ignore_errors=True)


def recover(into: Path) -> None:
    """Bring back the book that stepped aside for one that never arrived, and clear away what is left of either."""
    aside = into.with_name(f"{into.name}.old")
    if aside.exists() and not into.exists():
        aside.rename(into)
    shutil.rmtree(aside, ignore_errors=True)


def _written(target: Path, data: bytes) -> None:
    """Write a file that is on the disk when this returns: the folder is renamed right after."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
