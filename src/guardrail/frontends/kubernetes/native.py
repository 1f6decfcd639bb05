"""What stays of the text behind an object: places, lines, and whom its names mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.step import own_step
from guardrail.model.dataclass import dataclass
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import Native
from guardrail.model.value import Value


@dataclass(frozen=True, slots=True)
class Written:
    """
    An object as it is written.

    `shown` are its attributes; `meant` the native addresses of other objects of the unit by the pointer of the name
    (of the reference, the selector) that means them.
    """

    object: Object
    shown: Mapping[str, Value]
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Return where the value at a pointer is written, else its nearest ancestor."""
        return self.object.place(path)

    def trace(self, path: str) -> tuple[Step, ...]:
        """
        Return the line of a value. Manifests compute nothing: there is one.

        What a tool made manifests of has those besides that led to it. They say no more than the first may.
        """
        own, source = own_step(self.place, self.shown, path, self.object.type), self.object
        before = source.document.before(source.file, source.base + path) if path.startswith("/") else ()
        hidden = own.value is UNSAID
        return (own, *(replace(step, value=UNSAID) if hidden else step for step in before))

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether nothing is behind the value at a pointer that differs: manifests compute nothing."""
        del path, other
        return True

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the native addresses that the name at a pointer means."""
        return self.meant.get(path, ())

    def sensitive(self, path: str) -> bool:
        """Whether a value must not be shown: those are left out or masked where a manifest is read."""
        del path
        return False
