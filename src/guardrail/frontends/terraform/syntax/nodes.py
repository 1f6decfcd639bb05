"""
The syntax tree of HCL: plain data, with the start and end offset of every node.

Offsets count code points of the file's text, `end` is exclusive. Nodes are made once by the parser and never
changed; they are compared by identity. Classes with slots and no dataclass machinery, since a large repository has
millions of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Optional, Union


class Node:
    """Anything with a position."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Literal(Node):
    """A number, a string without interpolation, `true`, `false` or `null`."""

    __slots__ = ("value",)

    def __init__(self, value: Union[bool, int, Decimal, str, None], start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.value = value


class Template(Node):
    """A quoted string or heredoc with interpolations: its parts in order. A lone interpolation is `Wrapped`."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expression, ...], start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.parts = parts


class Wrapped(Node):
    """`"${x}"`: the value itself, of whatever type."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class TemplateIf(Node):
    """`%{ if test }…%{ else }…%{ endif }`, inside a template only."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(
        self, test: Expression, then: tuple[Expression, ...], otherwise: tuple[Expression, ...], start: int, end: int
    ) -> None:
        self.start = start
        self.end = end
        self.test = test
        self.then = then
        self.otherwise = otherwise


class TemplateFor(Node):
    """`%{ for key, value in collection }…%{ endfor }`, inside a template only."""

    __slots__ = ("body", "collection", "key", "value")

    def __init__(
        self,
        key: Optional[str],
        value: str,
        collection: Expression,
        body: tuple[Expression, ...],
        start: int,
        end: int,
    ) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value
        self.collection = collection
        self.body = body


class Name(Node):
    """The first step of a reference: `var`, `local`, `aws_instance`, an iterator."""

    __slots__ = ("name",)

    def __init__(self, name: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.name = name


class Attribute(Node):
    """`base.name`; a legacy index `base.0` is an `Index`."""

    __slots__ = ("base", "name")

    def __init__(self, base: Expression, name: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.name = name


class Index(Node):
    """`base[key]`."""

    __slots__ = ("base", "key")

    def __init__(self, base: Expression, key: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.key = key


class Element(Node):
    """Inside `Splat.each`: the element at hand, of the innermost splat. It has no text of its own."""

    __slots__ = ()


class Splat(Node):
    """
    `base[*].a[0]` (full) or `base.*.a`: the tuple of `each`, evaluated once for every element of `base`.

    `each` is an `Attribute`, `Index` or `Splat` chain that begins at an `Element`, or the `Element` alone. Splats nest:
    `a[*].b[*].c` gives a tuple of tuples. A `base` that is no collection counts as one element, null as none.
    """

    __slots__ = ("base", "each")

    def __init__(self, base: Expression, each: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.each = each


class Call(Node):
    """`name(arguments…)`; `expand` says that the last argument ends with `...`. Names may hold `::`."""

    __slots__ = ("arguments", "expand", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...], expand: bool, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.arguments = arguments
        self.expand = expand

    @property
    def function(self) -> str:
        """What is called: a function of the language may be spelt `core::name`, too."""
        return self.name.removeprefix("core::")


class Conditional(Node):
    """`test ? then : otherwise`."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Expression, then: Expression, otherwise: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.test = test
        self.then = then
        self.otherwise = otherwise


class Binary(Node):
    """`left operator right`."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.left = left
        self.right = right


class Unary(Node):
    """`!operand` or `-operand`."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.operand = operand


class Parenthesized(Node):
    """`(inner)`; kept, since a parenthesised object key is an expression and not a name."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class Tuple(Node):
    """`[items…]`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Expression, ...], start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.items = items


class ObjectItem(Node):
    """
    `key = value`; `start` to `end` covers both sides.

    A bare name as key is a `Literal` string. A bare dotted name stays an `Attribute`: ambiguous, so an error to
    evaluate, but what `providers` maps are made of. Of equal keys the last one counts.
    """

    __slots__ = ("key", "value")

    def __init__(self, key: Expression, value: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value


class Object(Node):
    """`{ items… }`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[ObjectItem, ...], start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.items = items


class For(Node):
    """`[for k, v in collection : result if test]`; with `result_key` an object, `grouped` by `...`."""

    __slots__ = ("collection", "grouped", "key", "result", "result_key", "test", "value")

    def __init__(
        self,
        key: Optional[str],
        value: str,
        collection: Expression,
        result_key: Optional[Expression],
        result: Expression,
        test: Optional[Expression],
        grouped: bool,
        start: int,
        end: int,
    ) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value
        self.collection = collection
        self.result_key = result_key
        self.result = result
        self.test = test
        self.grouped = grouped


class Malformed(Node):
    """
    What parses but can only be evaluated to an error, with that error's message.

    A number with too many digits, or a JSON string that is no valid template (its `text`, since some places take
    strings literally and never evaluate them).
    """

    __slots__ = ("message", "text")

    def __init__(self, message: str, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.message = message
        self.text = text


Expression = Union[
    Literal, Template, Wrapped, TemplateIf, TemplateFor, Name, Attribute, Index, Element, Splat, Call, Conditional,
    Binary, Unary, Parenthesized, Tuple, Object, For, Malformed,
]  # fmt: skip


class Argument(Node):
    """`name = value` in a body; `start` to `end` covers the whole argument, `name_end` is where its name ends."""

    __slots__ = ("name", "name_end", "value")

    def __init__(self, name: str, name_end: int, value: Expression, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_end = name_end
        self.value = value


class Body(Node):
    """
    Arguments by name and blocks in source order; `start` and `end` lie inside the braces.

    In JSON syntax an object may be argument or block: see `syntax.json`. `grouped` has the blocks by their type once
    somebody has grouped them.
    """

    __slots__ = ("arguments", "blocks", "grouped")

    def __init__(self, arguments: dict[str, Argument], blocks: tuple[Block, ...], start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.arguments = arguments
        self.blocks = blocks
        self.grouped: Optional[Mapping[str, Sequence[Block]]] = None


class Block(Node):
    """`type "label" … { body }`; `header_end` is where the opening brace stands."""

    __slots__ = ("body", "header_end", "labels", "type")

    def __init__(self, kind: str, labels: tuple[str, ...], body: Body, header_end: int, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.type = kind
        self.labels = labels
        self.body = body
        self.header_end = header_end
