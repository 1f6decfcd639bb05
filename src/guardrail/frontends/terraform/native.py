"""What stays behind a `Resource`: the syntax that it was made of, asked for places and origins."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Call, Evaluated
from guardrail.frontends.terraform.meter import deep
from guardrail.frontends.terraform.provenance.basis import Piece, alike, attribute, whole
from guardrail.frontends.terraform.provenance.locate import Located, locate_argument, locate_instance, locate_setting
from guardrail.frontends.terraform.provenance.referents import referents
from guardrail.frontends.terraform.provenance.steps import is_sensitive, trace
from guardrail.frontends.terraform.providers import Configured
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.syntax.nodes import Literal, Template
from guardrail.frontends.terraform.values import Mapped, OpenMap, Unknown, Value
from guardrail.model.path import segments
from guardrail.model.place import Place, Step
from guardrail.model.resource import ALL, Native


class Written:
    """Answers for what `locate` finds."""

    __slots__ = ()

    def locate(self, path: tuple[str, ...]) -> Located:
        """Return what is written for a path below the attributes."""
        raise NotImplementedError

    @property
    def module(self) -> Evaluated:
        """The module that the block stands in."""
        raise NotImplementedError

    def _located(self, path: str) -> Located:
        return self.module.program.cells.demand(lambda: self.locate(segments(path)))

    def place(self, path: str) -> Place:
        """Return where the attribute at a pointer is written, else its nearest ancestor."""
        with deep():
            located = self._located(path)
        return located.file.place(located.node.start, located.node.end)

    def trace(self, path: str) -> tuple[Step, ...]:
        """Return the lines that led to the attribute at a pointer, its own first; none where it is not written."""
        with deep():
            return trace(self._located(path))

    def sensitive(self, path: str) -> bool:
        """Whether the attribute at a pointer is made of what is marked as sensitive, and must not be shown."""
        with deep():
            spot = self._located(path).spot
            return spot is not None and is_sensitive(spot)

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the addresses of the resources in this unit that the attribute at a pointer is made of."""
        with deep():
            spot = self._located(path).spot
            return () if spot is None else referents(spot)

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether all that is written behind the attribute at a pointer is what another object has there."""
        if not isinstance(other, Written):
            return False
        with deep():
            found = alike(self.module.program, other.module.program)
            return found.same(self.pieces(segments(path)), other.pieces(segments(path)))

    def pieces(self, path: tuple[str, ...]) -> list[Piece]:
        """Return what is written for a path below the attributes, of all if it is empty."""
        raise NotImplementedError


class NativeResource(Written):
    """
    Behind an instance of a resource, and the provider that it belongs to.

    `labels` is the attribute that the provider adds its default tags to, None where it adds none.
    """

    __slots__ = ("_instance", "_labels", "_provider")

    def __init__(self, instance: Instance, provider: Configured, labels: Optional[str] = None) -> None:
        self._instance = instance
        self._provider = provider
        self._labels = labels

    @property
    def module(self) -> Evaluated:
        """The module that the block stands in."""
        return self._instance.module

    def locate(self, path: tuple[str, ...]) -> Located:
        """Return what is written for a path; a region or a tag that only the provider sets is written there."""
        provider = self._provider
        if provider.declaration is not None:
            if path == _REGION and not self._states_region():
                return _region_of(provider, provider.declaration)
            if len(path) == _TAG and path[0] == self._labels and self._is_default(path[1]):
                return locate_setting(provider.module, provider.declaration, (*provider.labels_path, path[1]))
        return locate_instance(self._instance, path)

    def pieces(self, path: tuple[str, ...]) -> list[Piece]:
        """Return what is written for a path; a region and tags may be the provider's."""
        declaration, provider = self._instance.declaration, self._provider
        if not path:
            return whole(self.module, declaration)
        found = whole(self.module, declaration) if path == _ALL else attribute(self.module, declaration, path[0])
        if provider.declaration is not None and path[0] in ("region", self._labels, *_ALL):
            for name in ("region", "zone", provider.labels_path[0]):
                found += attribute(provider.module, provider.declaration, name)
        return found

    def configured(self, name: str) -> Value:
        """Return the value that the configuration gives to an attribute, None where it gives none."""
        if name not in self._instance.names():
            return None
        with deep():
            return self.module.program.cells.demand(lambda: self._instance.configured(name))

    def heredoc(self, name: str) -> Optional[Place]:
        """Return the lines between the markers of a heredoc that is all there is of an argument, None for another."""
        declaration = self._instance.declaration
        argument = declaration.argument(name)
        if argument is None or not isinstance(argument.value, (Literal, Template)):
            return None
        file, value = declaration.file_of(name), argument.value
        if not file.text.startswith("<<", value.start):
            return None
        place = file.place(value.start, value.end)
        return Place(place.file, place.line + 1, 1, place.end_line - 1, 1)

    def settings_referents(self) -> tuple[str, ...]:
        """Return the addresses of the resources that say where the provider connects to: of a cluster, its `host`."""
        declaration = self._provider.declaration
        found: dict[str, None] = {}
        for path in _HOSTS if declaration is not None else ():
            with deep():
                spot = locate_setting(self._provider.module, declaration, path).spot  # type: ignore[arg-type]
                found.update(dict.fromkeys(() if spot is None else referents(spot)))
        return tuple(found)

    def _states_region(self) -> bool:
        """Whether the resource says its region; null says nothing, and leaves it to the provider."""
        name = _REGION[0]
        return name in self._instance.names() and self._instance.configured(name) is not None

    def _is_default(self, tag: str) -> bool:
        """Whether the provider sets a tag, and the resource does not. Where nobody can tell, its own tags are why."""
        name = self._labels or ""
        own = self._instance.configured(name) if name in self._instance.names() else None
        defaults = self._provider.labels()
        if isinstance(own, (Unknown, OpenMap)):
            return False
        return isinstance(defaults, Mapped) and tag in defaults and not (isinstance(own, Mapped) and tag in own)


def _region_of(provider: Configured, declaration: Declaration) -> Located:
    """Return what the block of a provider says of its region, which may be by its zone."""
    by_zone = provider.source.startswith("google") and provider.setting("region") is None
    path = ("zone",) if by_zone and declaration.argument("zone") else _REGION
    return locate_setting(provider.module, declaration, path)


_REGION: Final = ("region",)
_HOSTS: Final = (("host",), ("kubernetes", "0", "host"))
"""Where the providers of Kubernetes and of Helm are told the address of a cluster."""

_ALL: Final = tuple(segments(ALL))

_TAG: Final = 2
"""How long the path of a tag is."""


class NativeCall(Written):
    """Behind the call of a module that is not at hand, and the provider that its resources have, where that is told."""

    __slots__ = ("_call", "_provider")

    def __init__(self, call: Call, provider: Optional[Configured] = None) -> None:
        self._call = call
        self._provider = provider

    @property
    def module(self) -> Evaluated:
        """The module that calls."""
        return self._call.parent

    def locate(self, path: tuple[str, ...]) -> Located:
        """Return what is written for a path below the arguments; a region that no argument states is the provider's."""
        provider = self._provider
        if path == _REGION and not self._states_region() and provider is not None and provider.declaration is not None:
            return _region_of(provider, provider.declaration)
        return locate_argument(self._call, path)

    def pieces(self, path: tuple[str, ...]) -> list[Piece]:
        """Return what is written for a path below the arguments."""
        declaration = self._call.declaration
        if not path or path == _ALL:
            return whole(self.module, declaration)
        found = attribute(self.module, declaration, path[0])
        provider = self._provider
        if path == _REGION and provider is not None and provider.declaration is not None:
            for name in ("region", "zone"):
                found += attribute(provider.module, provider.declaration, name)
        return found

    def _states_region(self) -> bool:
        name = _REGION[0]
        return self._call.declaration.argument(name) is not None and self._call.argument(name) is not None
