"""What stays of the text behind an object of a cloud API: places, lines, and whom its references mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from guardrail.frontends.documents import Document
from guardrail.frontends.step import own_step
from guardrail.model.dataclass import dataclass
from guardrail.model.path import ancestors
from guardrail.model.place import Place, Step
from guardrail.model.resource import Native
from guardrail.model.value import Value


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The place of a value in another document, or at another pointer of the same one."""

    file: str
    document: Document
    pointer: str


@dataclass(frozen=True, slots=True)
class Written:
    """
    An object as it is written, at the pointer `base` of a document.

    `shown` are its attributes as they may be shown; `meant` the native addresses of other objects of the unit by the
    pointer of the reference that means them. `elsewhere` are attributes, by pointer, that another document supplies.
    """

    file: str
    document: Document
    base: str
    type: str
    shown: Mapping[str, Value]
    meant: Mapping[str, tuple[str, ...]]
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Return where the value at a pointer is written, else its nearest ancestor."""
        for above in ancestors(path) if self.elsewhere else ():
            there = self.elsewhere.get(above)
            if there is not None:
                return there.document.place(there.file, there.pointer + path[len(above) :])
        return self.document.place(self.file, self.base + path)

    def trace(self, path: str) -> tuple[Step, ...]:
        """Return the line of a value. Data compute nothing: there is one."""
        return (own_step(self.place, self.shown, path, self.type),)

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether nothing is behind the value at a pointer that differs: data compute nothing."""
        del path, other
        return True

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the native addresses that the reference at a pointer means."""
        return self.meant.get(path, ())

    def sensitive(self, path: str) -> bool:
        """Whether a value must not be shown: those are masked where a document is read."""
        del path
        return False
