"""Values that come from files beside the configuration: which file, and which line of it where it is data."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.terraform.provenance.spots import Path, Spot
from guardrail.frontends.terraform.syntax import File, nodes
from guardrail.frontends.terraform.values import Unknown
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer

_DECODERS: Final = frozenset({"yamldecode", "jsondecode"})
_READERS: Final = frozenset({"file", "templatefile"})


class Stretch(nodes.Node):
    """What was read: a line of data; nothing of a file that was taken as a whole."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Read:
    """
    A file that a value was read from.

    `stretch` is where the value stands, empty where only the file is known. `name` is the expression that names the
    file; with `whole` nothing else is part of the value.
    """

    file: File
    stretch: Stretch
    name: Spot
    whole: bool

    @property
    def exact(self) -> bool:
        """Whether the value stands in the stretch, and not somewhere in the file."""
        return self.stretch.end > 0


def read_by(spot: Spot) -> Optional[Read]:
    """Return what a call reads, or decodes of what it reads; None where it is no such call, or nobody knows."""
    node: nodes.Node = spot.node
    if not isinstance(node, nodes.Call) or not node.arguments or node.expand:
        return None
    decoder = node.function if node.function in _DECODERS else None
    if decoder is not None:
        node = _bare(node.arguments[0])
    if not isinstance(node, nodes.Call) or node.function not in _READERS or not node.arguments:
        return None
    file = _file(spot, node.arguments[0])
    if file is None:
        return None
    whole = node.function == "file"
    found = _stretch(file.text, decoder, spot.path) if decoder is not None and whole else None
    return Read(file, found or Stretch(0, 0), spot.at(node.arguments[0]), whole)


def _bare(node: nodes.Expression) -> nodes.Expression:
    while isinstance(node, (nodes.Parenthesized, nodes.Wrapped)):
        node = node.inner
    return node


def _file(spot: Spot, argument: nodes.Expression) -> Optional[File]:
    from guardrail.frontends.terraform.functions.files import SIZE, located

    program, path = spot.module.program, spot.evaluate(argument)
    where = located(program, path) if isinstance(path, str) and not isinstance(path, Unknown) else None
    if not isinstance(where, str):
        return None
    try:
        text = program.tree.read(where, limit=SIZE).data.decode("utf-8")
    except (SourceError, UnicodeDecodeError):
        return None
    return File(where, text, nodes.Body({}, (), 0, 0))


def _stretch(text: str, decoder: str, path: Path) -> Optional[Stretch]:
    """Return where the value at a path stands, as far as it is on one line with its key."""
    from guardrail.frontends.documents import jsontext
    from guardrail.frontends.documents.nodes import find, yaml_nodes

    if not path:
        return None
    roots = yaml_nodes(text) if decoder == "yamldecode" else jsontext.nodes(text)
    if len(roots) != 1:
        return None
    node, exact = find(roots[0], pointer(path))
    if not exact:
        return None
    end = text.find("\n", node.start)
    return Stretch(node.start, min(node.end, end if end >= 0 else len(text)))
