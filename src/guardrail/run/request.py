"""What is asked of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

from guardrail.model.dataclass import dataclass

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def silent(stage: str, done: int, total: int) -> None:
    """Show no progress."""
    del stage, done, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What to judge (`head`, `staged`, else the files on disk), against what, by whose rules, as of when (UTC).

    `paths` are as the user wrote them, relative to `working`. Against a base only what the change touches is judged,
    unless `everything` is asked for. `modules` is the folder with modules that are not in the repository; `var_files`
    are given to the one Terraform root in `paths`, or to the unit `root`. `plans` are (root that it is of, file); the
    root is None where it was not named. `progress` is told (stage, done, total) while files are read.
    """

    now: datetime
    paths: tuple[Path, ...] = ()
    working: Path = Path()
    base: Optional[str] = None
    head: Optional[str] = None
    staged: bool = False
    everything: bool = False
    trusted: Optional[str] = None
    trusted_dir: Optional[Path] = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    modules: Optional[Path] = None
    var_files: tuple[Path, ...] = ()
    root: Optional[str] = None
    plans: tuple[tuple[Optional[str], Path], ...] = ()
    progress: Callable[[str, int, int], None] = silent

    @property
    def time(self) -> str:
        """The time of the run, RFC 3339."""
        return self.now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def time_ns(self) -> int:
        """The time of the run in nanoseconds since 1970, exact."""
        since = self.now - _EPOCH
        return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000
