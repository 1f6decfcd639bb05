"""From what is asked of a resource to the text that has to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Optional, Union

from guardrail.frontends.terraform.edits import json, native, spelled
from guardrail.frontends.terraform.edits.edit import Refusal, Why
from guardrail.frontends.terraform.edits.rows import Piece, in_layout
from guardrail.frontends.terraform.edits.spelled import Plain, UnwritableError
from guardrail.frontends.terraform.native import Written
from guardrail.frontends.terraform.provenance.locate import Located
from guardrail.frontends.terraform.provenance.origin import Blocked, Holder, Origin, holder, origin, origin_of
from guardrail.frontends.terraform.provenance.spots import Spot
from guardrail.frontends.terraform.syntax import File, nodes, parse, spelling
from guardrail.frontends.terraform.values import Unknown, Value
from guardrail.model.path import pointer
from guardrail.model.value import ABSENT

_SHOWN: Final = 60
"""How many characters of a value are told."""


class Found(NamedTuple):
    """What has to change in the text of a file, and how that is told."""

    file: File
    piece: Piece
    says: str


def assigned(resource: Written, path: tuple[str, ...], value: Plain) -> Union[Found, Refusal]:
    """Return the change that writes another value where the present one is written."""
    located = resource.locate(path)
    if located.argument is None and located.body is not None and path:
        return _refused("block", f"{pointer(path)} is a nested block", located.file, located.node)
    found = origin(located)
    if isinstance(found, Blocked):
        return _of(found)
    file, node = found.spot.file, found.spot.node
    if found.spot.path or found.spot.value() is ABSENT:
        return _refused("missing", f"nothing is written for {pointer(path)}", file, node)
    refusal = _irreplaceable(found)
    if refusal is not None:
        return refusal
    old = file.text[node.start : node.end]
    try:
        new = _spelled(file, node, value)
    except UnwritableError as error:
        return _refused("value", str(error), file, node)
    if new == old:
        return _refused("present", f"{pointer(path)} has that value", file, node)
    return _found(file, Piece(node.start, node.end, new), f"{_shown(old)} becomes {_shown(new)}")


def added(resource: Written, path: tuple[str, ...], value: Plain) -> Union[Found, Refusal]:
    """Return the change that writes what is not there: in the nearest block or object around it that is."""
    present = value_at(resource, path)
    located = resource.locate(path)
    if not path or located.body is not None or not (present is ABSENT or isinstance(present, Unknown)):
        return _refused("present", f"{pointer(path) or 'the resource'} is written", located.file, located.node)
    for depth in range(len(path) - 1, -1, -1):
        around = resource.locate(path[:depth])
        found = _container(around)
        if isinstance(found, Blocked):
            return _of(found)
        if found is not None:
            wrapped = _wrapped(path[depth + 1 :], value)
            if wrapped is _NO_OBJECT or (path[depth].isdigit() and isinstance(found, Located)):
                message = f"{pointer(path)} is in a nested block, or in a list, that would have to be made first"
                return _refused("block", message, around.file, around.node)
            return _added_to(found, path[depth], wrapped)
    return _refused("missing", f"there is nothing that {pointer(path)} could be added to", located.file, located.node)


def removed(resource: Written, path: tuple[str, ...]) -> Union[Found, Refusal]:
    """Return the change that takes away an argument or an entry."""
    located = resource.locate(path)
    if located.body is not None:
        return _refused("block", f"{pointer(path) or 'this'} is a block", located.file, located.node)
    found = holder(located)
    if isinstance(found, Blocked):
        return _of(found)
    file, node = found.file, found.node
    refusal = _unread(file, node)
    if refusal is not None:
        return refusal
    if file.path.endswith(".json"):
        piece = json.removed(file.text, node)
    elif isinstance(node, nodes.Argument):
        piece = native.argument_removed(file.text, node)
    elif isinstance(found.within, (nodes.Object, nodes.Tuple)):
        piece = native.entry_removed(file.text, found.within, found.within.items, node)
    else:
        return _refused("missing", f"nothing is written for {pointer(path)} alone", file, node)
    return _found(file, piece, f"{_shown(file.text[node.start : node.end])} is removed")


def value_at(resource: Written, path: tuple[str, ...]) -> Value:
    """Return the value that is written for a path, `ABSENT` where nothing is."""
    spot = resource.locate(path).spot
    return ABSENT if spot is None else spot.value()


# Where something is added

_Container = Union[Spot, Located]
"""An object, or null, in its surroundings; or a block."""


def _container(around: Located) -> Union[_Container, Blocked, None]:
    """Return what something can be added to at a place; None where nothing is written there."""
    if around.body is not None:
        return around
    if around.argument is None:
        return None
    found = origin(around)
    if isinstance(found, Blocked):
        return found
    if found.spot.path:
        return None
    if found.quoted:
        return Blocked("template", "the object is within a text of JSON", found.spot.file, found.spot.node)
    return _object(found.spot)


def _object(spot: Spot) -> Union[Spot, Blocked]:
    """Return the object that an expression is; of a `merge`, the last that is written in it, which wins."""
    node = spot.node
    if isinstance(node, nodes.Object) or (isinstance(node, nodes.Literal) and node.value is None):
        return spot
    if isinstance(node, nodes.Call) and node.function == "merge" and not node.expand:
        ends = [origin_of(spot.at(argument), Holder(spot.file, argument)) for argument in node.arguments]
        objects = [end.spot for end in ends if isinstance(end, Origin) and isinstance(end.spot.node, nodes.Object)]
        own = [each for each in objects if node.start <= each.node.start < node.end and each.file is spot.file]
        if own or objects:
            return (own or objects)[-1]
    return Blocked("expression", "what it would be added to is made by an expression", spot.file, node)


def _added_to(container: _Container, name: str, value: Plain) -> Union[Found, Refusal]:
    file = container.file
    node = container.node
    refusal = _unread(file, node)
    if refusal is not None:
        return refusal
    try:
        if isinstance(container, Spot):
            piece = _entry_added(file, container.node, name, value)
        else:
            piece = _argument_added(file, container.body, name, value)
        said = spelled.native(value)
    except UnwritableError as error:
        return _refused("value", str(error), file, node)
    if piece is None:
        return _refused("unread", "the object is written in several pieces", file, node)
    return _found(file, piece, f"{name} = {_shown(said)} is added")


def _entry_added(file: File, node: nodes.Node, name: str, value: Plain) -> Optional[Piece]:
    if not isinstance(node, nodes.Object):  # null
        return Piece(node.start, node.end, _spelled(file, node, {name: value}))
    if file.text[node.start] != "{":
        return None
    if file.path.endswith(".json"):
        return json.added(file.text, node.start, node.end, name, value, template=_is_template(file, node))
    return native.entry_added(file.text, node, name, value)


def _argument_added(file: File, body: Optional[nodes.Body], name: str, value: Plain) -> Optional[Piece]:
    if body is None:
        return None
    if file.path.endswith(".json"):
        if file.text[body.start - 1] != "{":  # an array, whose objects count together
            return None
        return json.added(file.text, body.start - 1, body.end + 1, name, value, template=_is_template(file, body))
    block = native.block_at(file.body, body.start - 1)  # as it stands in this file: others may override it
    if not (name.isascii() and spelling.is_name(name)):
        raise UnwritableError(f"an argument cannot be called {spelled.quoted(name)}")
    return None if block is None else native.argument_added(file.text, block, name, value)


_NO_OBJECT: Final = object()


def _wrapped(path: Sequence[str], value: Plain) -> Plain:
    """Return a value within the objects that a path leads through; `_NO_OBJECT` if one of them is no object."""
    for segment in reversed(path):
        if segment.isdigit():
            return _NO_OBJECT  # type: ignore[return-value]
        value = {segment: value}
    return value


# What is in the way

_WHAT: Final[Mapping[type, tuple[Why, str]]] = {
    nodes.Template: ("template", "the value is a text with others in it"),
    nodes.TemplateIf: ("template", "the value is a text that depends on others"),
    nodes.TemplateFor: ("template", "the value is a text that is made of others"),
    nodes.Call: ("expression", "the value is what a function gives"),
    nodes.For: ("expression", "the value is made by a comprehension"),
    nodes.Splat: ("expression", "the value is taken of several others"),
}


def _irreplaceable(found: Origin) -> Optional[Refusal]:
    """Return why what is written at a place cannot be another value."""
    file, node = found.spot.file, found.spot.node
    refusal = _unread(file, node)
    if refusal is not None:
        return refusal
    if found.quoted:
        return _refused("template", "the value is within a text of JSON", file, node)
    if file.text.startswith("<<", node.start):
        return _refused("heredoc", "the value is a text of several lines", file, node)
    if isinstance(node, nodes.Tuple) and file.text[node.start] != "[":
        return _refused("several", "the property is written several times", file, node)
    made = _made(node)
    if made is None:
        return None
    code, message = _WHAT.get(type(made), ("expression", "the value is made by an expression"))
    return _refused(code, message, file, made)


def _made(node: nodes.Node) -> Optional[nodes.Node]:
    """Return what in an expression is more than a value that is written out; None where all of it is."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, nodes.Object):
            pending += [part for item in one.items for part in (item.key, item.value)]
        elif isinstance(one, nodes.Tuple):
            pending += one.items
        elif isinstance(one, nodes.Parenthesized):
            pending.append(one.inner)
        elif isinstance(one, nodes.Unary):
            pending.append(one.operand)
        elif isinstance(one, nodes.Binary):
            pending += (one.left, one.right)
        elif not isinstance(one, nodes.Literal):
            return one
    return None


def _unread(file: File, node: nodes.Node) -> Optional[Refusal]:
    if file.complete:
        return None
    return _refused("unread", f"{file.path} could not be read in full", file, node)


def _of(blocked: Blocked) -> Refusal:
    return _refused(blocked.code, blocked.message, blocked.file, blocked.node)


def _refused(code: Why, message: str, file: File, node: nodes.Node) -> Refusal:
    return Refusal(code, message, file.place(node.start, node.end))


# How it is written


def _spelled(file: File, node: nodes.Node, value: Plain) -> str:
    """Return a value as it is written in place of another: on several lines if that is."""
    text = file.text
    layout = native.Layout(text)
    lines = "\n" in text[node.start : node.end] and isinstance(value, (Mapping, list, tuple))
    indent = layout.indent(node.start)
    if file.path.endswith(".json"):
        return spelled.json(
            value, template=_is_template(file, node), lines=lines, indent=indent, newline=layout.newline
        )
    return spelled.native(value, lines=lines, indent=indent, newline=layout.newline)


def _is_template(file: File, node: nodes.Node) -> bool:
    """Whether strings there, in a JSON file, are templates: in all but what is about variables."""
    variables = (block for block in file.body.blocks if block.type == "variable")
    within = any(block.start <= node.start < block.end for block in variables)
    return not (within or file.path.endswith(".tfvars.json"))


def _found(file: File, piece: Piece, says: str) -> Found:
    if not file.path.endswith(".json"):
        piece = in_layout(file, lambda text: parse(text, file.path), piece)
    return Found(file, piece, says)


def _shown(text: str) -> str:
    """Return a text on one line, and not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
