"""What a policy is, once its file has been read and understood."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal, Optional

from guardrail.model.cost import BoundName
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic, Level, Severity
from guardrail.model.path import pointer
from guardrail.model.place import Place
from guardrail.model.resource import Resource
from guardrail.policy.engine import Module

Origin = Literal["builtin", "user"]
Of = Literal["head", "delta", "accelerators"]

Path = tuple[str, ...]
"""
Keys into the document. Besides plain ones there are `*` (any key), `~` (a resource that was reached from another one),
`{name}` (each key that parameter `name` lists; `{name:i}` in whatever case) and, at the end, `@` (the keys there).
"""

ANY: Final = "*"
JOINED: Final = "~"
KEYS: Final = "@"

DENY: Final = "deny"
APPLIES: Final = "applies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applies:
    """
    Which resources a policy judges: those of one of the categories or types, the taggable ones, or all.

    It may be narrowed in Rego: a rule `applies contains address if …` names those that the policy has a say about.
    """

    categories: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    taggable: bool = False
    all: bool = False

    def to(self, resource: Resource) -> bool:
        """Whether a resource is one of them."""
        return (
            self.all
            or (self.taggable and resource.taggable)
            or resource.category in self.categories
            or resource.type in self.types
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """
    The sums that a policy compares, and what its decisions report as `measure`.

    `by` are dimensions or `total`; `of` says whether of the money after the change, of what the change adds, or of
    accelerators. Money is USD, accelerators are plain numbers.
    """

    name: str
    by: tuple[str, ...] = ()
    of: Of = "head"
    bound: BoundName = "expected"


_WITH_THE_CHANGE: Final = frozenset({"unit", "namespace"})
"""Dimensions of which no value is read in part when only what a change touches is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    One policy, as its file declares it.

    `requires` are patterns of paths that are read where the Rego does not show it. `schema` describes the
    parameters. `level` holds where the configuration says nothing. `place` is that of the METADATA.
    """

    id: str
    revision: int
    title: str
    description: str
    severity: Severity
    remediation: str
    level: Level
    applies: Optional[Applies]
    requires: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    measure: Optional[MeasureSpec] = None
    package: str
    file: str
    source: str = field(repr=False)
    origin: Origin
    place: Place

    @property
    def docs(self) -> Optional[str]:
        """Where it is explained; an organisation's own are explained by their file."""
        return f"docs/policies/{self.id}.md" if self.origin == "builtin" else self.file

    @property
    def asks_for_everything(self) -> bool:
        """
        Whether it must see also what a change does not touch.

        A built-in policy that compares no sums looks at one resource and what that is linked with; a delta is that of
        the change, a unit is read whole, and with one of its manifests a namespace is. What others may look at,
        nobody can tell.
        """
        if self.origin != "builtin":
            return True
        measure = self.measure
        if measure is None or measure.of == "delta":
            return False
        return measure.of == "head" or not _WITH_THE_CHANGE.issuperset(measure.by)


@dataclass(frozen=True, slots=True)
class Reads:
    """
    Paths into the document that are read.

    A deep read depends on all that lies there, a shallow one on whether it is there and on which members it has.
    """

    deep: frozenset[Path] = frozenset()
    shallow: frozenset[Path] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(self.deep | other.deep, self.shallow | other.shallow)


@dataclass(frozen=True, slots=True, order=True)
class Pattern:
    """
    One path of a resource that is read; `deep`: all that lies there counts.

    `joined`: of a resource that is reached from the one that is judged.
    """

    path: Path
    deep: bool = True
    joined: bool = False

    def __str__(self) -> str:
        """Return the pointer, as METADATA spells it."""
        return pointer(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """
    A policy that can be asked.

    `reads` is all that it reads of the document; `rests_on` what its answer about a resource rests on. `narrowed_by`
    is what its rule `applies` rests on, None where it has none.
    """

    policy: Policy
    reads: Reads
    rests_on: tuple[Pattern, ...]
    narrowed_by: Optional[tuple[Pattern, ...]] = None

    @property
    def joins(self) -> bool:
        """Whether what it says of a resource may depend on others."""
        around = (("edges",), ("index", "linked_from"), ("change",), ("resources", JOINED))
        paths = self.reads.deep | self.reads.shallow
        return () in self.reads.deep or any(path[: len(one)] == one for path in paths for one in around)

    @property
    def module(self) -> Module:
        """What the engine is given."""
        return Module(self.policy.file, self.policy.source)

    @property
    def query(self) -> str:
        """What the engine is asked: the decisions, and the addresses that the policy has a say about if it tells."""
        package = f"data.{self.policy.package}"
        return f"[{package}.{DENY}]" if self.narrowed_by is None else f"[{package}.{DENY}, {package}.{APPLIES}]"


@dataclass(frozen=True, slots=True)
class Library:
    """All policies that load, by id, and what is wrong with the others."""

    shared: Module
    loaded: Mapping[str, Loaded]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies as they are declared."""
        return {name: loaded.policy for name, loaded in self.loaded.items()}

    @property
    def modules(self) -> tuple[Module, ...]:
        """All policies as the engine is given them."""
        return tuple(loaded.module for loaded in self.loaded.values())

    @property
    def digest(self) -> str:
        """SHA-256 over the texts of all policies and the library, for the report."""
        total = hashlib.sha256(self.shared.source.encode())
        for name, loaded in self.loaded.items():
            total.update(f"\0{name}\0{loaded.policy.source}".encode())
        return f"sha256:{total.hexdigest()}"
