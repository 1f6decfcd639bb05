"""What evaluates Rego, whichever program does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Optional, Protocol, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place


@dataclass(frozen=True, slots=True)
class Module:
    """A Rego file. `file` is what messages name."""

    file: str
    source: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A module that compiles. `trees` are the syntax trees of all modules, as the engine gives them."""

    trees: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Value:
    """What a query yielded: plain JSON, sets as lists."""

    json: Any


@dataclass(frozen=True, slots=True)
class Undefined:
    """A query without an answer."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer: an error in Rego, a limit that was reached, an engine that ended."""

    message: str
    place: Optional[Place] = None


Outcome = Union[Value, Undefined, Failed]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one evaluation and one rule of it may take, in seconds of wall clock."""

    run: float = 30.0
    rule: float = 5.0


class Engine(Protocol):
    """Evaluates rules, confined in time, memory and reach. Nothing here raises for what a policy does."""

    @property
    def name(self) -> str:
        """Program and version, for the report."""

    def library(self, module: Module) -> None:
        """Give the module that all others may use. Ours: an error in it is a bug."""

    def check(self, module: Module) -> Union[Checked, Failed]:
        """Say whether a module compiles beside the library alone."""

    def prepare(self, modules: Sequence[Module]) -> None:
        """Hint that these modules are evaluated next."""

    def evaluate(self, modules: Sequence[Module], document: bytes, queries: Sequence[str]) -> Mapping[str, Outcome]:
        """Answer each query (`data.package.rule`) about the document; one that fails spares the others."""

    def answers(self, modules: Sequence[Module], asked: Iterable[tuple[bytes, str]]) -> Iterator[tuple[str, Outcome]]:
        """Answer (document, query) one after the other, ahead of the caller where the engine can work beside it."""

    def close(self) -> None:
        """End it."""
