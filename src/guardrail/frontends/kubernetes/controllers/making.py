"""What a controller makes of an object, while it is put together: values, and where each of them is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.workload import MADE
from guardrail.frontends.documents import Documents, read
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import Reading, Scope, lookup, opened, segments
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value


@dataclass(frozen=True, slots=True)
class Part:
    """A value with where it is written: the object, and the pointer in it."""

    value: Value
    owner: Object
    at: str

    def find(self, pointer: str) -> Part:
        """Return what lies at a pointer below; `ABSENT` as value if there is nothing."""
        return Part(lookup(self.value, segments(pointer)), self.owner, self.at + pointer)

    def below(self, key: str) -> Part:
        """Return what is at a key of a mapping."""
        return Part(lookup(self.value, (key,)), self.owner, f"{self.at}/{escaped(key)}")

    @property
    def there(self) -> bool:
        """Whether anything is written."""
        return self.value is not ABSENT and self.value is not None

    def mapping(self) -> Mapping[str, Value]:
        """Return the value as a mapping, an empty one for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> Sequence[Part]:
        """Return the elements of a list; none for anything else."""
        listed = self.value if isinstance(self.value, tuple) else ()
        return [Part(one, self.owner, f"{self.at}/{index}") for index, one in enumerate(listed)]

    def text(self, key: str) -> Optional[str]:
        """Return the text at a key, None for anything else."""
        value = self.mapping().get(key)
        return value if isinstance(value, str) else None


@dataclass(slots=True)
class Making:
    """The sources of what is made, by pointer below `MADE`."""

    reading: Reading
    scope: Scope
    sources: dict[str, tuple[Object, str]] = field(default_factory=dict)

    def own(self, pointer: str) -> Part:
        """Return what the object states at a pointer, wherever that was taken from."""
        value, at = self.scope.find(pointer)
        owner, there = self.reading.whose(at)
        return Part(value, owner, there)

    def put(self, at: str, part: Part) -> Value:
        """Note where the value that is put at a pointer comes from; return it."""
        self.sources[at] = (part.owner, part.at)
        return part.value

    def finished(self, value: Value) -> Scope:
        """Return the scope of the object with what was made of it."""
        at = self.scope.at + MADE
        moved = self.reading.moved
        moved[at] = (self.reading.object, self.scope.at)
        moved.update({at + pointer: source for pointer, source in self.sources.items()})
        stated = self.scope.value if isinstance(self.scope.value, dict) else {}
        whole = {**stated, MADE[1:]: value}
        return Scope(whole, self.scope.at, whole, self.scope.at)

    def over(self, base: Value, at: str, patch: Part) -> Value:
        """
        Return a value with another one laid over it, as a strategic merge patch does it.

        Mappings merge, lists of what has a name merge by name, all else is replaced. `at` is where the value is put.
        """
        if not patch.there:
            return base
        if isinstance(base, dict) and isinstance(patch.value, dict):
            return self._mapping(base, at, patch, patch.value)
        if isinstance(base, Unknown) and isinstance(patch.value, dict):
            return opened(dict(patch.value), base)
        if isinstance(base, tuple) and isinstance(patch.value, tuple) and at.rpartition("/")[2] in _NAMED:
            return self._listed(base, at, patch)
        return self.put(at, patch)

    def _mapping(self, base: Mapping[str, Value], at: str, patch: Part, stated: Mapping[str, Value]) -> Value:
        kept = dict(base)
        for key, value in stated.items():
            if value is None:
                kept.pop(key, None)
            else:
                below = f"/{escaped(key)}"
                kept[key] = self.over(kept.get(key, ABSENT), at + below, Part(value, patch.owner, patch.at + below))
        rest = next((one.rest for one in (stated, base) if isinstance(one, OpenMap)), None)
        return kept if rest is None else opened(kept, rest)

    def _listed(self, base: Sequence[Value], at: str, patch: Part) -> Value:
        kept: list[Value] = list(base)
        places = {name: index for index, one in enumerate(kept) if (name := named(one)) is not None}
        for one in patch.elements():
            name = named(one.value)
            place = len(kept) if name is None else places.get(name, len(kept))
            if place == len(kept):
                kept.append(ABSENT)
                if name is not None:
                    places[name] = place
            kept[place] = self.over(kept[place], f"{at}/{place}", one)
        return tuple(kept)


_NAMED: Final = frozenset({"containers", "initContainers", "volumes", "sidecars"})
"""Lists that a patch merges by name."""


LIMIT: Final = Unknown(Reason.REFUSED, note="so many objects name others that they are not read any more")
"""In place of what another object states, once too much was read of others."""


def named(value: Value) -> Optional[str]:
    """Return the name of an element, None if it has none that is known."""
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def sides_of(resources: Value) -> Union[dict[str, dict[str, Value]], Unknown]:
    """Return requests and limits of a container, to be added to; unknown where one of them is."""
    stated = resources if isinstance(resources, dict) else {}
    if isinstance(resources, Unknown):
        return resources
    sides: dict[str, dict[str, Value]] = {}
    for side in ("requests", "limits"):
        amounts = stated.get(side)
        if isinstance(amounts, Unknown):
            return amounts
        kept = dict(amounts) if isinstance(amounts, dict) else {}
        sides[side] = opened(kept, amounts.rest) if isinstance(amounts, OpenMap) else kept
    return sides


@lru_cache(maxsize=16)
def _held(text: str) -> Documents:
    """Return the documents in a string; one that many pods share is read once."""
    return read(text.encode("utf-8", "surrogatepass"), "")


def embedded(text: Part) -> list[Part]:
    """
    Return the documents that are written in a string: an object in an object.

    Where the string is one that another tool fills in, its text is read; what cannot be read is one unknown document.
    """
    value = text.value
    written = value.written if isinstance(value, Unknown) else value
    if not isinstance(written, str) or not written.strip():
        return [text] if isinstance(value, Unknown) else []
    held = _held(written)
    broken = next((one for one in held.diagnostics if one.unread), None)
    if broken is not None:
        filled = isinstance(value, Unknown) or broken.code == "template"
        why = Reason.TEMPLATE if filled else Reason.ERROR
        return [Part(Unknown(why, note=f"the text there: {broken.message}"), text.owner, text.at)]
    return [Part(one.value, text.owner, text.at) for one in held.documents]
