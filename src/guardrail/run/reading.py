"""One unit of a tree, read."""

from __future__ import annotations

from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.dataclass import dataclass
from guardrail.sources.watched import Watched


@dataclass(frozen=True, slots=True)
class Reading:
    """One unit as it was read, and what of the tree that rests on."""

    unit: Unit
    tree: Watched
    parsed: Parsed
