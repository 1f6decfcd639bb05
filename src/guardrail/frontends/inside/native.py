"""What stays of the text behind an object that stands inside a Terraform resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Optional

from guardrail.frontends.documents import Document
from guardrail.frontends.kubernetes.objects import Object
from guardrail.model.dataclass import dataclass
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import ALL, Native

Pointers = Callable[[str], str]
"""The pointer of a native attribute of the Terraform resource, for one into the object."""

Within = Mapping[str, tuple[str, ...]]
"""The native addresses of the objects by the address of the block that they are written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner(Document):
    """
    A document that a resource holds: its lines are those of the resource.

    `original` is the document in its text, where that stands at `lines_at`, line by line.
    """

    holder: Native = field(repr=False)
    pointers: Pointers = field(repr=False)
    original: Optional[Document] = None
    lines_at: Optional[Place] = None

    def place(self, file: str, pointer: str = "") -> Place:
        """Return where the value at a pointer is written, else its nearest ancestor."""
        there = self.pointers(pointer)
        if self.original is None or self.lines_at is None or not pointer or there != self.pointers(""):
            return self.holder.place(there)
        found = self.original.place(file, pointer)
        before = self.lines_at.line - 1
        return Place(self.lines_at.file, before + found.line, 1, before + max(found.end_line, found.line), 1)


@dataclass(frozen=True, slots=True)
class Held:
    """
    Behind such an object.

    `written` is what would be behind it in a manifest, `holder` what is behind the Terraform resource, whose native
    address is `address`. `within` are all objects of the unit that are written inside of others. `whole`: the object
    rests on all of the resource.
    """

    written: Native
    holder: Native
    pointers: Pointers
    address: str
    within: Within
    whole: bool = False

    @property
    def object(self) -> Optional[Object]:
        """The object, None for one that a controller makes in a cloud."""
        found = getattr(self.written, "object", None)
        return found if isinstance(found, Object) else None

    def place(self, path: str) -> Place:
        """Return where the value at a pointer is written, else its nearest ancestor."""
        return self.written.place(path)

    def trace(self, path: str) -> tuple[Step, ...]:
        """
        Return the lines of Terraform that led to the value at a pointer, its own first.

        Where they are about a whole text, what the object has comes first, and the text is not repeated.
        """
        steps = self.holder.trace(self.pointers(path))
        own, *before = self.written.trace(path)
        if before:
            return (own, *before, *(replace(step, value=UNSAID) for step in steps))
        if steps and (steps[0].value is UNSAID or steps[0].value == own.value or self.sensitive(path)):
            return steps
        return (replace(own, place=self.place(path)), *(replace(step, value=UNSAID) for step in steps))

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether all that is written behind the value at a pointer is what another object has there."""
        if not isinstance(other, Held):
            return False
        if path in ("", ALL) or self.whole:
            return self.holder.same_basis(ALL if self.whole else path, other.holder)
        return self.holder.same_basis(self.pointers(path), other.holder)

    def referents(self, path: str) -> tuple[str, ...]:
        """
        Return the native addresses that the name at a pointer means, or that its expression refers to.

        Of a resource with objects inside, both it and they are meant. "" is what holds the object.
        """
        if not path:
            return (self.address,)
        found = dict.fromkeys(self.written.referents(path))
        for block in self.holder.referents(self.pointers(path)):
            found.update(dict.fromkeys((block, *self.within.get(block, ()))))
        return tuple(found)

    def sensitive(self, path: str) -> bool:
        """Whether the value at a pointer is made of what is marked as sensitive, and must not be shown."""
        return self.holder.sensitive(self.pointers(path))
