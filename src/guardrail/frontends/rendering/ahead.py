"""Renderings that run while others are read: a tool takes half a second, and there may be hundreds of overlays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Optional, Protocol

from guardrail.frontends.budget import Budget
from guardrail.frontends.parsed import Parsed
from guardrail.model.dataclass import dataclass

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

AHEAD: Final = 16
"""How many renderings are prepared before they are read."""


class Rendering(Protocol):
    """One unit of which all files are copied: what is left to do needs no tree."""

    def run(self) -> None:
        """Run the tool. Several renderings run at once, each in a thread of its own."""

    def read(self, rows: Sequence[Mapping[str, Any]], budget: Budget) -> Parsed:
        """Return what was printed as resources, and remove the copies. `rows` are a user's own kinds."""


@dataclass(slots=True)
class Begun:
    """A rendering that runs."""

    rendering: Rendering
    end: Future[None]

    def ended(self) -> Rendering:
        """Wait for the tool."""
        self.end.result()
        return self.rendering


@dataclass(slots=True)
class Ahead:
    """Where renderings run, two to four at once. What they print is read in the order in which it is asked for."""

    _pool: Optional[ThreadPoolExecutor] = field(default=None, repr=False)

    def begin(self, rendering: Rendering) -> Begun:
        """Let a rendering run as soon as there is a processor for it."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(max_workers=min(max(os.cpu_count() or 2, 2), 4))
        return Begun(rendering, self._pool.submit(rendering.run))
