"""What a frontend returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    The resources of one unit, and what could not be read.

    `moved` maps a full address that earlier revisions used to the one that holds now.
    """

    resources: tuple[Resource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
