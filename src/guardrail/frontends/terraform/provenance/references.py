"""What a reference leads to: a definition, or an instance of a resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

from guardrail.frontends.terraform.calls import UnresolvedModule
from guardrail.frontends.terraform.declarations import Declaration, ResourceMode
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.expansion import Expansion
from guardrail.frontends.terraform.provenance.alike import alike
from guardrail.frontends.terraform.provenance.spots import Binding, Path, Spot, slot_bindings
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import (
    Attribute,
    Call,
    Expression,
    Index,
    Literal,
    Node,
    Object,
    ObjectItem,
)
from guardrail.frontends.terraform.values import Listed, SetValue, Value
from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment
from guardrail.model.value import ABSENT, lookup


@dataclass(frozen=True, slots=True)
class Defined:
    """
    A definition: of a local, an output, a variable.

    `node` is what is shown of it, `spot` its value, None where it has none. `sensitive` says that it is marked so.
    `otherwise` is what stands in for a value that is null or left out: the default of a variable, or of an attribute
    of its type.
    """

    file: File
    node: Node
    spot: Optional[Spot]
    sensitive: bool = False
    otherwise: Optional[Defined] = None

    def spots(self) -> Iterator[Spot]:
        """Yield the values that it can have."""
        if self.spot is not None:
            yield self.spot
        if self.otherwise is not None:
            yield from self.otherwise.spots()


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a collection, behind an iterator. `counted` says that it is only a number, of `count`."""

    spot: Spot
    is_key: bool


@dataclass(frozen=True, slots=True)
class Instances:
    """Instances of a resource or data source, and the path of what is taken of each."""

    instances: Sequence[Instance]
    path: Path


Target = Union[Defined, Element, Instances]


def reference(spot: Spot) -> tuple[Expression, Path, list[Expression]]:
    """
    Return what a chain of attributes and indexes begins with, its steps, and the indexes that are expressions.

    The steps end at an index that is not known.
    """
    node: Expression = spot.node
    steps: list[Optional[Segment]] = []
    keys: list[Expression] = []
    while isinstance(node, (Attribute, Index)):
        if isinstance(node, Attribute):
            steps.append(node.name)
        else:
            steps.append(node.key.value if isinstance(node.key, Literal) else spot.key(node.key))  # type: ignore[arg-type]
            if not isinstance(node.key, Literal):
                keys.append(node.key)
        node = node.base
    known: list[Segment] = []
    for step in reversed(steps):
        if step is None:
            break
        known.append(step)
    return node, tuple(known), keys


def target(spot: Spot, name: str, path: Path) -> Optional[Target]:
    """Return what a name leads to, None where it leads nowhere that is written down."""
    binding = spot.bindings.get(name)
    if binding is not None:
        return _bound(binding, path)
    module = spot.module
    if name in ("path", "terraform", "each", "count", "self") or not path:
        return None
    first, rest = str(path[0]), path[1:]
    if name == "var":
        return _variable(module, first, rest)
    if name == "local":
        local = module.declarations.locals.get(first)
        if local is None:
            return None
        return Defined(local.file, local.argument, Spot(local.argument.value, rest, module.scope, local.file, module))
    if name == "module":
        return _output(module, first, rest)
    if name in ("data", "resource", "ephemeral"):
        return _resource(module, name, first, rest)  # type: ignore[arg-type]
    return _resource(module, "resource", name, path)


def _bound(binding: Binding, path: Path) -> Optional[Target]:
    if binding.part == "pair":
        part, path = (path[0] if path else "value"), path[1:]
    else:
        part = binding.part
    if part != "value":
        return Element(binding.collection, is_key=True)
    element = binding.element()
    return Element(element.at(element.node, (*element.path, *path)), is_key=False)


def _variable(module: Evaluated, name: str, rest: Path) -> Optional[Target]:
    declaration = module.declarations.variables.get(name)
    if declaration is None:
        return None
    marked = declaration.argument("sensitive")
    sensitive = marked is not None and module.literals.evaluate(marked.value) is not False
    value = module.values.get(("var", name))
    given = _given(module, name, rest)
    default = _default(module, declaration, rest, value, sensitive=sensitive)
    if given is not None:
        file, node, spot = given
        spot = _as_given(spot, value)
        optional = _optional(module, declaration, spot)
        stands_in = optional if optional or _is_there(spot) or spot.at(spot.node).value() is not None else default
        return Defined(file, node, spot, sensitive, stands_in)
    return default or Defined(declaration.file, declaration.block, None, sensitive)


def _given(module: Evaluated, name: str, rest: Path) -> Optional[tuple[File, Node, Spot]]:
    """Return what a variable is given from outside: the argument of the call, or the entry of a file."""
    call = module.call
    if call is None:
        entry = module.inputs.get(name)
        if entry is None:
            return None
        return entry.file, entry.argument, Spot(entry.argument.value, rest, module.literals, entry.file, module)
    argument = call.declaration.argument(name)
    if argument is None:
        return None
    file = call.declaration.file_of(name)
    bindings = slot_bindings(call.parent, call.declaration, call.slot)
    return file, argument, Spot(argument.value, rest, call.scope, file, call.parent, bindings)


def _as_given(spot: Spot, value: Value) -> Spot:
    """Return what was given for a part of a variable's value. A set has its elements in an order of its own."""
    path: list[Segment] = []
    given = spot.evaluate(spot.node)
    for segment in spot.path:
        at = segment
        if isinstance(value, SetValue) and isinstance(given, Listed) and isinstance(segment, int):
            element = lookup(value, (segment,))
            at = next((index for index, each in enumerate(given) if alike(each, element)), segment)
        path.append(at)
        value, given = lookup(value, (segment,)), lookup(given, (at,))
    return spot.at(spot.node, tuple(path))


def _default(
    module: Evaluated, declaration: Declaration, rest: Path, value: Value, *, sensitive: bool
) -> Optional[Defined]:
    default = declaration.argument("default")
    if default is None:
        return None
    file = declaration.file_of("default")
    spot = _as_given(Spot(default.value, rest, module.scope, file, module), value)
    return Defined(file, default, spot, sensitive, _optional(module, declaration, spot))


def _is_there(spot: Spot) -> bool:
    value = spot.value()
    return value is not None and value is not ABSENT


def _optional(module: Evaluated, declaration: Declaration, given: Spot) -> Optional[Defined]:
    """Return the default that the type of a variable has for an attribute which is null or left out."""
    argument = declaration.argument("type")
    if argument is None or not given.path or _is_there(given):
        return None
    file = declaration.file_of("type")
    node: Optional[Expression] = argument.value
    found: Optional[Defined] = None
    for depth, segment in enumerate(given.path, 1):
        item, node = _declared(node, segment)
        if node is None:
            break
        if item is not None and isinstance(item.value, Call) and len(item.value.arguments) == _WITH_DEFAULT:
            spot = Spot(item.value.arguments[1], given.path[depth:], module.literals, file, module)
            left_out = not _is_there(given.at(given.node, given.path[:depth]))
            if left_out and (found is None or _is_there(spot)):
                found = Defined(file, item, spot)
    return found


_WITH_DEFAULT = 2
"""How many arguments `optional` has where it states a default."""


def _declared(node: Optional[Node], segment: Segment) -> tuple[Optional[ObjectItem], Optional[Expression]]:
    """Return what a type says of one step into its values: the attribute, if it is one, and its type."""
    while isinstance(node, Call) and node.name == "optional" and node.arguments:
        node = node.arguments[0]
    if not isinstance(node, Call) or len(node.arguments) != 1:
        return None, None
    inner = node.arguments[0]
    if node.name in ("map", "list", "set"):
        return None, inner
    if node.name != "object" or not isinstance(inner, Object):
        return None, None
    item = next((each for each in inner.items if isinstance(each.key, Literal) and each.key.value == segment), None)
    return item, None if item is None else item.value


def _output(module: Evaluated, name: str, path: Path) -> Optional[Target]:
    if name not in module.declarations.modules:
        return None
    expansion, children = module.children(name)
    child, path = _chosen(expansion, children, path)
    if child is None or not path:
        return None
    if isinstance(child, UnresolvedModule):
        declaration = child.call.declaration
        return Defined(declaration.file, declaration.block, None)
    output = child.declarations.outputs.get(str(path[0]))
    argument = output.argument("value") if output else None
    if output is None or argument is None:
        return None
    file = output.file_of("value")
    marked = output.argument("sensitive")
    return Defined(file, argument, Spot(argument.value, path[1:], child.scope, file, child), marked is not None)


def _chosen(expansion: Expansion, instances: Sequence[Any], path: Path) -> tuple[Any, Path]:
    """Return the instance that a path begins with, and the rest of the path."""
    if expansion.mode == "single":
        return (instances[0] if instances else None), path
    if not path:
        return None, path
    by_key = {slot.key: each for slot, each in zip(expansion.slots, instances, strict=True) if not slot.symbolic}
    symbolic = next((each for slot, each in zip(expansion.slots, instances, strict=True) if slot.symbolic), None)
    return by_key.get(path[0], symbolic), path[1:]


def _resource(module: Evaluated, mode: ResourceMode, kind: str, path: Path) -> Optional[Target]:
    if not path or (kind, str(path[0])) not in module.declarations.among(mode):
        return None
    expansion, instances = module.instances(mode, kind, str(path[0]))
    chosen, rest = _chosen(expansion, instances, path[1:])
    if chosen is None:
        return Instances(instances, ())
    return Instances((chosen,), rest)
