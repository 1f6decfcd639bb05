"""Members of messages, which parsers of protobuf take in camelCase and in snake_case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Optional

from guardrail.catalog.spelling import snake
from guardrail.model.path import pointer
from guardrail.model.value import Value


class Written(NamedTuple):
    """A value and the pointer of the document that it is written at."""

    value: Value
    at: str


def member(of: Written, *names: str) -> Optional[Written]:
    """Return what stands below a value at names in snake case, None where nothing does."""
    for name in names:
        if not isinstance(of.value, Mapping):
            return None
        key = name if name in of.value else next((one for one in of.value if snake(one) == name), None)
        if key is None or of.value[key] is None:
            return None
        of = Written(of.value[key], of.at + pointer((key,)))
    return of


def entry(of: Optional[Written], name: str) -> Optional[Written]:
    """Return what a map of somebody's own keys holds under a name."""
    if of is None or not isinstance(of.value, Mapping) or of.value.get(name) is None:
        return None
    return Written(of.value[name], of.at + pointer((name,)))


def entries(of: Optional[Written]) -> Iterator[tuple[str, Written]]:
    """Yield what a map of somebody's own keys holds."""
    if of is not None and isinstance(of.value, Mapping):
        for name, value in of.value.items():
            yield name, Written(value, of.at + pointer((name,)))


def text(of: Optional[Written]) -> str:
    """Return a value that is text, else nothing."""
    return of.value if of is not None and isinstance(of.value, str) else ""
