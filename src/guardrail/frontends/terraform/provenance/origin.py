"""
The one place where a value is written, if there is one.

Where `steps` tells every line that a value came by, this follows only what hands a value on as it is: a name, an arm
that is chosen, a key of a `merge`. What makes a new value of others (an operator, a text with others in it) is where
the way ends: no place has that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final, Literal, NamedTuple, Optional, Union

from guardrail.frontends.terraform.provenance.alike import alike
from guardrail.frontends.terraform.provenance.follow import VISITS, Follower
from guardrail.frontends.terraform.provenance.locate import Located, locate_instance
from guardrail.frontends.terraform.provenance.references import Defined, Element, Target
from guardrail.frontends.terraform.provenance.spots import Spot
from guardrail.frontends.terraform.syntax import File, nodes
from guardrail.frontends.terraform.values import Unknown, Value
from guardrail.model.dataclass import dataclass
from guardrail.model.value import ABSENT

_Why = Literal["missing", "unknown", "several", "expression", "template", "key", "sensitive"]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a value has no such place, and where the way ended."""

    code: _Why
    message: str
    file: File
    node: nodes.Node


class Holder(NamedTuple):
    """The argument, or the entry of an object, that has the value, and what the entry stands in."""

    file: File
    node: nodes.Node
    within: Optional[nodes.Node] = None


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a value is written.

    `spot` has no path left, but for a value that is not there: then it is the collection that lacks it. `holder` is
    what was asked about: the way goes no further than to it, if that is all that is wanted. `quoted` says that the
    place is within a text.
    """

    spot: Spot
    holder: Holder
    quoted: bool = False


def origin(located: Located) -> Union[Origin, Blocked]:
    """Return where the value is written that was located, or why there is no such place."""
    if located.argument is None or located.spot is None:
        return Blocked("missing", "nothing is written there", located.file, located.node)
    return origin_of(located.spot, Holder(located.file, located.argument))


def holder(located: Located) -> Union[Holder, Blocked]:
    """Return the argument or the entry that has the value which was located, wherever the value itself is from."""
    if located.argument is None or located.spot is None:
        return Blocked("missing", "nothing is written there", located.file, located.node)
    way = _Way(Holder(located.file, located.argument))
    found = way.go(located.spot, to_holder=True)
    if way.held:
        return way.holder
    if isinstance(found, Origin):
        return Blocked("missing", "nothing is written there", found.spot.file, found.spot.node)
    return found


def origin_of(spot: Spot, holder: Holder) -> Union[Origin, Blocked]:
    """Return the same of a value in its surroundings."""
    return _Way(holder).go(spot)


@dataclass(slots=True)
class _Way:
    """Follows one value. As a visitor it takes note of what it passes."""

    holder: Holder
    tests: bool = False
    narrows: bool = False
    held: bool = False
    text: Optional[Spot] = None  # the last one in JSON that was looked into
    blocked: Optional[Blocked] = None
    _value: Value = None
    _at: list[Spot] = field(default_factory=list)

    def go(self, spot: Spot, *, to_holder: bool = False) -> Union[Origin, Blocked]:
        """Follow a value until it is written, or made; `to_holder`, only as far as to what holds it."""
        follower = Follower(self)
        self._value = spot.value()
        self.held = not spot.path
        for _ in range(VISITS):
            if not _hands_on(spot) or (to_holder and self.held):
                return self._end(spot)
            if isinstance(spot.node, nodes.Wrapped) and spot.file.path.endswith(".json"):
                self.text = spot
            self._at = [spot]
            parts = self._same(follower.parts(spot))
            if self.blocked is not None:
                return self.blocked
            if not parts:
                return self._nowhere(spot)
            if len(parts) > 1 and isinstance(spot.node, nodes.Conditional):
                return Blocked("several", "both arms of a condition may be the value", spot.file, spot.node)
            spot = parts[0]
        return Blocked("expression", f"the way is longer than {VISITS} steps", spot.file, spot.node)

    def _same(self, parts: Sequence[Spot]) -> list[Spot]:
        """Return the parts that have the value; all of them where nobody has it, to go on at what lacks it."""
        found = [part for part in parts if alike(part.value(), self._value)]
        return found if found or self._value is not ABSENT else list(parts)

    def _nowhere(self, spot: Spot) -> Union[Origin, Blocked]:
        if self._value is ABSENT:
            return self._end(spot)
        if isinstance(self._value, Unknown):
            note = self._value.note or self._value.reason.value
            return Blocked("unknown", f"the value is not known: {note}", spot.file, spot.node)
        return Blocked("expression", "the value is made anew on its way, by a conversion", spot.file, spot.node)

    def _end(self, spot: Spot) -> Union[Origin, Blocked]:
        if isinstance(self._value, Unknown):
            note = self._value.note or self._value.reason.value
            return Blocked("unknown", f"the value is not known: {note}", spot.file, spot.node)
        if spot.path and self._value is not ABSENT:
            return Blocked("expression", "the value is a part of what an expression makes", spot.file, spot.node)
        text = self.text
        quoted = text is not None and text.file is spot.file and text.node.start < spot.node.start < text.node.end
        return Origin(spot, self.holder, quoted)

    # What the follower tells

    def item(self, spot: Spot, item: nodes.Node) -> None:
        """See `Visitor`. The first that has all that is asked for is what holds it."""
        if not self.held:
            self.holder = Holder(spot.file, item, self._at[0].node)
            self.held = not spot.path

    def sensitive(self) -> None:
        """See `Visitor`."""
        spot = self._at[0]
        self.blocked = Blocked("sensitive", "the value is marked as sensitive", spot.file, spot.node)

    def target(self, found: Target) -> Iterator[Spot]:
        """See `Visitor`."""
        if isinstance(found, Element):
            if found.is_key:
                message = "the value is the key, or the number, of an instance or of an element"
                self.blocked = Blocked("key", message, self._at[0].file, self._at[0].node)
            else:
                yield found.spot
        elif isinstance(found, Defined):
            yield from self._defined(found)
        elif len(found.instances) == 1:
            located = locate_instance(found.instances[0], tuple(str(segment) for segment in found.path))
            if located.spot is not None and located.argument is not None:
                if not self.held:
                    self.holder = Holder(located.file, located.argument)
                    self.held = not located.spot.path
                yield located.spot

    def _defined(self, found: Defined) -> Iterator[Spot]:
        definition: Optional[Defined] = found
        while definition is not None:
            if definition.sensitive:
                message = "the value is marked as sensitive"
                self.blocked = Blocked("sensitive", message, definition.file, definition.node)
                return
            if definition.spot is not None and self._same([definition.spot]):
                if not self.held:
                    self.holder = Holder(definition.file, definition.node)
                    self.held = not definition.spot.path
                yield definition.spot
                return
            definition = definition.otherwise


_BY_PATH: Final = (nodes.Object, nodes.Tuple, nodes.Splat, nodes.For)
_AS_IT_IS: Final = (
    nodes.Parenthesized, nodes.Wrapped, nodes.Conditional, nodes.Name, nodes.Attribute, nodes.Index,
)  # fmt: skip
_CALLS: Final[Mapping[str, bool]] = {
    "merge": True,
    "concat": True,
    "try": False,
    "coalesce": False,
    "coalescelist": False,
    "lookup": False,
    "element": False,
    **dict.fromkeys(("tostring", "tonumber", "tobool", "tolist", "tomap", "sensitive", "nonsensitive"), False),
    **dict.fromkeys(("compact", "distinct", "reverse", "sort", "toset"), True),
}
"""The functions that hand on one of their arguments, or a part of one; of some that is true of a part only."""


def _hands_on(spot: Spot) -> bool:
    """Whether the value is that of a part of the expression, and not one that the expression makes."""
    node = spot.node
    if isinstance(node, nodes.Call):
        by_path = _CALLS.get(node.function)
        return by_path is not None and not node.expand and (bool(spot.path) or not by_path)
    return isinstance(node, _AS_IT_IS) or (bool(spot.path) and isinstance(node, _BY_PATH))
