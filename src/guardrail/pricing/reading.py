"""What the lines of a kind read of a resource: made ready once for a kind, and called for each resource."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, Optional, Union

from guardrail.catalog.kind import Always, Fact, Flat, Kind, Line
from guardrail.catalog.read import Reader, reader
from guardrail.catalog.registry import in_words_of_kind
from guardrail.model.resource import Resource
from guardrail.model.value import Value


class Read(NamedTuple):
    """A line with the readers of its facts, which only a flat amount has beside its condition."""

    line: Line
    applies: Reader
    sku: Optional[Reader] = None
    quantity: Optional[Reader] = None


@cache
def read_lines(kind: Kind) -> tuple[Read, ...]:
    """Return the lines of a kind, made ready once for all its resources."""
    found = []
    for line in kind.lines:
        if isinstance(line, Flat):
            sku = reader(Always(line.sku) if isinstance(line.sku, str) else line.sku)
            found.append(Read(line, reader(line.when), sku, reader(line.quantity)))
        else:
            found.append(Read(line, reader(line.when)))
    return tuple(found)


def read_facts(resource: Resource, kind: Kind) -> tuple[Value, ...]:
    """Return all that the lines of a kind read from attributes, beside the facts of the resource."""
    attributes = in_words_of_kind(resource)
    return tuple([read(attributes) for read in _varying(kind)])


@cache
def _varying(kind: Kind) -> tuple[Reader, ...]:
    facts: list[Union[Fact, str]] = []
    for line in kind.lines:
        facts += [line.when, line.sku, line.quantity] if isinstance(line, Flat) else [line.when]
    return tuple(reader(fact) for fact in facts if not isinstance(fact, (Always, str)))
