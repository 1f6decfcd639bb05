"""What stays of a template behind a resource: places, the lines that a value came from, whom it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from guardrail.frontends.cloudformation.template import Template, hidden, names_in
from guardrail.frontends.masked import masked
from guardrail.frontends.step import own_step
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped, segments
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import Native
from guardrail.model.value import ABSENT, Value, lookup

_SECTIONS: Final = ("Parameters", "Mappings", "Conditions")
_STEPS: Final = 20
"""Lines that are told of one value."""


@dataclass(frozen=True, slots=True)
class Written:
    """
    A resource of a template.

    `shown` are its properties, worked out. `apart` is what stands behind names in addresses.
    """

    file: str
    template: Template
    name: str
    shown: Mapping[str, Value]
    apart: str = ""

    @property
    def _base(self) -> str:
        made = self.template.places.get(self.name)
        return f"{made if made is not None else f'/Resources/{escaped(self.name)}'}/Properties"

    def place(self, path: str) -> Place:
        """Return where the value at a pointer is written, else its nearest ancestor."""
        base = self._base if path else self._base.rpartition("/")[0]
        return self.template.document.place(self.file, base + path)

    def trace(self, path: str) -> tuple[Step, ...]:
        """Return the line of a value, and those of the parameters, maps and conditions that it is made of."""
        own = own_step(self.place, self.shown, path, self.name)
        return (own,) if lookup(self.shown, segments(path)) is ABSENT else (own, *self._behind(path))

    def _behind(self, path: str) -> Iterator[Step]:
        seen: dict[tuple[str, str], None] = {}
        waiting = [*names_in(self._raw(path))]
        while waiting and len(seen) < _STEPS:
            name = waiting.pop(0)
            for section in _SECTIONS:
                declared = self.template.section(section).get(name)
                if declared is None or (section, name) in seen:
                    continue
                seen[section, name] = None
                waiting.extend(names_in(declared))
                giver = self.template.giver
                if section == "Parameters" and giver is not None and name in self.template.given:
                    told = UNSAID if hidden(declared, name) else masked(self.template.given[name])
                    yield Step(giver[1].place(giver[0], f"/Parameters/{escaped(name)}"), f"{section}.{name}", told)
                    continue
                at = f"/{section}/{escaped(name)}"
                default = declared.get("Default") if section == "Parameters" and isinstance(declared, Mapping) else None
                told = UNSAID if default is None or hidden(declared, name) else masked(default)
                place = self.template.document.place(self.file, f"{at}/Default" if default is not None else at)
                yield Step(place, f"{section}.{name}", told)

    def _raw(self, path: str) -> Value:
        """Return what is written at a pointer, or the function above it that makes it."""
        value = lookup(self._object(""), ("Properties",))
        for key in segments(path):
            below = lookup(value, (key,))
            if below is ABSENT:
                break
            value = below
        return value

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether all that is written behind the value at a pointer is what another resource has there."""
        if not isinstance(other, Written):
            return False
        ours, theirs = self._object(path), other._object(path)  # noqa: SLF001 - of the same kind
        if ours != theirs or self.template.given != other.template.given:
            return False
        if any(self.template.section(name) != other.template.section(name) for name in _SECTIONS):
            return False
        return self._referred(ours) == other._referred(theirs)  # noqa: SLF001 - of the same kind

    def _object(self, path: str) -> Value:
        """Return what is written behind a pointer; of the object itself, what makes it one or none (its condition)."""
        if path not in ("", "/*"):
            return self._raw(path)
        return self.template.section("Resources").get(self.name, ABSENT)

    def _referred(self, value: Value) -> Mapping[str, Value]:
        """Return the resources that a value refers to, and those that these do: attributes of theirs may be in it."""
        resources = self.template.section("Resources")
        found: dict[str, Value] = {}
        waiting = [*names_in(value)]
        while waiting:
            name = waiting.pop()
            if name in resources and name not in found:
                found[name] = resources[name]
                waiting.extend(names_in(found[name]))
        return found

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the native addresses of the resources that the value at a pointer refers to."""
        resources = self.template.section("Resources")
        return tuple(dict.fromkeys(name + self.apart for name in names_in(self._raw(path)) if name in resources))

    def sensitive(self, path: str) -> bool:
        """Whether the value at a pointer is made of a parameter that must not be shown."""
        parameters = self.template.section("Parameters")
        return any(name in parameters and hidden(parameters[name], name) for name in names_in(self._raw(path)))
