"""What the tests of the evaluator share: roots given as texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Optional

import pytest

from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.sources.listed import MemoryTree


@dataclass(frozen=True)
class Found:
    """What was read, with shortcuts."""

    parsed: Parsed

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resources by native address."""
        return {each.address.partition("//")[2]: each for each in self.parsed.resources}

    @property
    def only(self) -> Resource:
        """The only resource there is."""
        (resource,) = self.parsed.resources
        return resource

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Code and place of every diagnostic."""
        return [(each.code, str(each.place)) for each in self.parsed.diagnostics]


Read = Callable[..., Found]


@pytest.fixture
def read_root() -> Read:
    """Read files as a root; further arguments are those of the unit, `modules` apart."""

    def reading(files: Mapping[str, str], *, modules: Optional[Mapping[str, str]] = None, **unit: Any) -> Found:
        tree = MemoryTree({path: text.encode() for path, text in files.items()})
        root = Unit(**{"name": ".", "format": "terraform", "directory": ".", "files": (), **unit})
        return Found(read(tree, root, SyntaxCache(), modules or {}))

    return reading
