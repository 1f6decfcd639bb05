"""The lines that a value came by, as they are told to people."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import field
from typing import Final, NamedTuple, Optional

from guardrail.frontends.terraform.provenance.follow import VISITS, Follower
from guardrail.frontends.terraform.provenance.locate import Located, locate_instance
from guardrail.frontends.terraform.provenance.readings import read_by
from guardrail.frontends.terraform.provenance.references import Defined, Element, Target
from guardrail.frontends.terraform.provenance.spots import Spot
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Argument, Block, Node, ObjectItem
from guardrail.frontends.terraform.values import Value, extent
from guardrail.model.dataclass import dataclass
from guardrail.model.place import SENSITIVE, UNSAID, Step
from guardrail.model.value import ABSENT

STEPS: Final = 20
"""How many lines are told."""

MARKS: Final = 10_000
"""How many expressions are looked at for a mark as sensitive: what is not looked at is not shown."""

WIDTH: Final = 100
"""How many characters of a line."""

_SHOWN: Final = 40
"""How many parts a value may have to be told."""


class _Taken(NamedTuple):
    """A step, as it was come by."""

    file: File
    node: Node
    spot: Optional[Spot]
    decides: bool


@dataclass(slots=True)
class _Trail:
    """Collects the steps of a walk."""

    tests: bool = True
    narrows: bool = True
    follower: Optional[Follower] = None
    steps: list[_Taken] = field(default_factory=list)
    hidden: bool = False

    def walk(self, start: Spot, most: int = VISITS, known: Container[object] = ()) -> _Reading:
        """Walk from a spot, but not into what is known already, and return what walked."""
        self.follower = walked = _Reading(self, most, known)
        walked.follow(start)
        return walked

    def add(self, file: File, node: Node, spot: Optional[Spot]) -> None:
        """Take a step, unless its line is among them."""
        line = file.place(node.start).line
        if all(file.path != step.file.path or file.place(step.node.start).line != line for step in self.steps):
            deciding = self.follower is not None and self.follower.deciding
            self.steps.append(_Taken(file, node, spot, deciding))

    def item(self, spot: Spot, item: Node) -> None:
        """See `Visitor`."""
        self.add(spot.file, item, spot)

    def sensitive(self) -> None:
        """See `Visitor`."""
        self.hidden = True

    def target(self, found: Target) -> Iterator[Spot]:
        """See `Visitor`."""
        if isinstance(found, Element):
            yield found.spot
        elif isinstance(found, Defined):
            self.hidden = self.hidden or found.sensitive
            self.add(found.file, found.node, found.spot)
            if found.otherwise is not None:
                self.add(found.otherwise.file, found.otherwise.node, found.otherwise.spot)
                if found.otherwise.otherwise is not None:
                    inner = found.otherwise.otherwise
                    self.add(inner.file, inner.node, inner.spot)
            yield from found.spots()
        else:
            for instance in found.instances[:1]:
                yield from self._instance(instance, found.path)

    def _instance(self, instance: Instance, path: tuple[object, ...]) -> Iterator[Spot]:
        located = locate_instance(instance, tuple(str(segment) for segment in path))
        self.add(located.file, located.argument or _header(instance), located.spot)
        if located.spot is not None:
            yield located.spot


class _Reading(Follower):
    """
    Goes on where functions read files: those are where a value is written, and their names only decide.

    `passed` is what was looked at: expressions that mean the same wherever the walk comes from.
    """

    def __init__(self, trail: _Trail, most: int, known: Container[object]) -> None:
        super().__init__(trail, most)
        self._trail = trail
        self._known = known
        self.passed: list[object] = []

    def parts(self, spot: Spot) -> list[Spot]:
        """See `Follower`."""
        if not spot.bindings:
            key = (spot.node, spot.path, spot.module.prefix)
            if key in self._known:
                return []
            self.passed.append(key)
        read = read_by(spot)
        if read is None:
            return super().parts(spot)
        self._trail.add(read.file, read.stretch, spot if read.exact else None)
        self.test(read.name)
        return [] if read.whole else [part for part in super().parts(spot) if part.node is not read.name.node]


def _header(instance: Instance) -> Node:
    block = instance.declaration.block
    return Node(block.start, block.header_end)


def trace(located: Located) -> tuple[Step, ...]:
    """Return the lines that led to a value, its own first. Values that are sensitive, or too large, are not told."""
    if located.argument is None or located.spot is None:
        return ()
    trail = _Trail()
    trail.add(located.file, located.argument, located.spot)
    if located.node is not located.argument:
        trail.add(located.file, located.node, located.spot)
    walked = trail.walk(located.spot)
    hidden = trail.hidden or ((walked.narrowed or walked.cut) and is_sensitive(located.spot))
    return tuple(_step(taken, hidden=hidden) for taken in trail.steps[:STEPS])


def is_sensitive(spot: Spot) -> bool:
    """Whether a value is made of anything that is marked as sensitive, or of more than is looked at."""
    program = spot.module.program
    if not program.marks:
        return False
    trail = _Trail(narrows=False)
    walked = trail.walk(spot, MARKS, program.unmarked)
    if walked.cut or trail.hidden:
        return True
    program.unmarked.update(walked.passed)
    return False


def _step(taken: _Taken, *, hidden: bool) -> Step:
    file, node = taken.file, taken.node
    value = UNSAID if hidden or taken.spot is None else _told(taken.spot.value())
    place = file.place(node.start, _end(node))
    return Step(place, _text(file, node, hidden=hidden), value, decides=taken.decides)


def _told(value: Value) -> object:
    if value is ABSENT:
        return UNSAID
    size = extent(value)
    return value if size.unknown is None and size.weight <= _SHOWN else UNSAID


def _end(node: Node) -> int:
    return node.header_end if isinstance(node, Block) else node.end


def _text(file: File, node: Node, *, hidden: bool) -> str:
    """Return what is written, on one line; of what is sensitive the name only."""
    if hidden and isinstance(node, (Argument, ObjectItem)):
        name_end = node.name_end if isinstance(node, Argument) else node.key.end
        return f"{file.text[node.start : name_end]} = {SENSITIVE}"
    if hidden and not isinstance(node, Block) and type(node) is not Node:
        return SENSITIVE
    text = " ".join(file.text[node.start : _end(node)].split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
